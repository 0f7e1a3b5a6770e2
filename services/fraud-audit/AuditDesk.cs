using System.Text.Json;
using MedInsure.Hosting.Tenancy;
using MedInsure.Hosting.Web;
using MedInsure.Kernel;
using Npgsql;

namespace MedInsure.FraudAudit;

/// <summary>A county's database for one request of an operator, and what they sent.</summary>
internal sealed record AuditRequest(Tenant County, NpgsqlDataSource Database, HttpContext Http)
{
    public CancellationToken Cancellation => Http.RequestAborted;

    /// <summary>The JSON body; null: none of the documented form.</summary>
    public async Task<T?> Body<T>() where T : class
    {
        try { return Http.Request.HasJsonContentType() ? await Http.Request.ReadFromJsonAsync<T>(AuditJson.Options, Cancellation) : null; }
        catch (JsonException) { return null; }
    }
}

/// <summary>Lets operators in (authorization Bearer, the operator token) under /audit/{county}, and answers them.</summary>
internal sealed class AuditDesk(AuditedCounties counties, BearerTokens tokens)
{
    public async Task<IResult> Open(string county, HttpContext http, Func<AuditRequest, Task<IResult>> answer)
    {
        http.Response.Headers.CacheControl = "no-store";
        if (!tokens.IsOperator(http.Request.Headers.Authorization.ToString())) return BearerTokens.NotAuthenticated.ToProblem();
        if (!counties.All.TryGetValue(county, out var tenant)) return Refusals.CountyNotServed.ToProblem();
        return await DatabaseFaults.Answer(http, Hosting.Rpc.RefusalStatus.Unavailable, () => answer(new AuditRequest(tenant, counties.Database(county), http)));
    }

    /// <summary>An act with a JSON body.</summary>
    public Task<IResult> Act<TOrder, TResult>(string county, HttpContext http, Func<AuditRequest, TOrder, Task<Outcome<TResult>>> act) where TOrder : class => Open(county, http, async request =>
        await request.Body<TOrder>() is { } order ? Answer(await act(request, order)) : Refusals.BodyMalformed.ToProblem());

    public static IResult Answer<T>(Outcome<T> outcome) => outcome.Refusal is { } refusal ? refusal.ToProblem() : Results.Json(outcome.Value, AuditJson.Options);
}
