using System.Text.Json;
using MedInsure.Hosting.Tenancy;
using MedInsure.Hosting.Web;
using MedInsure.Kernel;
using Npgsql;

namespace MedInsure.Billing;

/// <summary>A county's database for one request of an operator, and what they sent.</summary>
internal sealed record BillingRequest(Tenant County, NpgsqlDataSource Database, HttpContext Http)
{
    public CancellationToken Cancellation => Http.RequestAborted;

    /// <summary>The JSON body; null: none of the documented form.</summary>
    public async Task<T?> Body<T>() where T : class
    {
        try { return Http.Request.HasJsonContentType() ? await Http.Request.ReadFromJsonAsync<T>(BillingJson.Options, Cancellation) : null; }
        catch (JsonException) { return null; }
    }
}

/// <summary>Lets operators and services in (authorization Bearer) under /billing/{county}, and answers them.</summary>
internal sealed class BillingDesk(BilledCounties counties, BearerTokens tokens)
{
    public async Task<IResult> Open(string county, HttpContext http, Func<BillingRequest, Task<IResult>> answer)
    {
        if (tokens.IsServiceOrOperator(http.Request.Headers.Authorization.ToString())) return await Admit(county, http, answer);
        http.Response.Headers.CacheControl = "no-store";
        return BearerTokens.NotAuthenticated.ToProblem();
    }

    /// <summary>Whoever has proved in another way who they are.</summary>
    public async Task<IResult> Admit(string county, HttpContext http, Func<BillingRequest, Task<IResult>> answer)
    {
        http.Response.Headers.CacheControl = "no-store";
        if (!counties.All.TryGetValue(county, out var tenant)) return Refusals.CountyNotServed.ToProblem();
        return await DatabaseFaults.Answer(http, Hosting.Rpc.RefusalStatus.Unavailable, () => answer(new BillingRequest(tenant, counties.Database(county), http)));
    }

    public static IResult Answer<T>(Outcome<T> outcome) => Answer(outcome, value => value!);

    public static IResult Answer<T>(Outcome<T> outcome, Func<T, object> render) => outcome.Refusal is { } refusal ? refusal.ToProblem() : Results.Json(render(outcome.Value), BillingJson.Options);
}
