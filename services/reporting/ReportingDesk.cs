using System.Text.Json;
using MedInsure.Hosting.Tenancy;
using MedInsure.Hosting.Web;
using MedInsure.Kernel;
using Npgsql;

namespace MedInsure.Reporting;

/// <summary>A city's database for one request of an operator, and what they sent.</summary>
internal sealed record ReportingRequest(Tenant City, NpgsqlDataSource Database, HttpContext Http)
{
    public CancellationToken Cancellation => Http.RequestAborted;

    public string? Query(string name) => Http.Request.Query[name].ToString() is { Length: > 0 } text ? text : null;

    /// <summary>The JSON body; null: none of the documented form.</summary>
    public async Task<T?> Body<T>() where T : class
    {
        try { return Http.Request.HasJsonContentType() ? await Http.Request.ReadFromJsonAsync<T>(ReportingJson.Options, Cancellation) : null; }
        catch (JsonException) { return null; }
    }
}

/// <summary>Lets operators in (authorization Bearer, the operator token) under /reports/{city}, and answers them.</summary>
internal sealed class ReportingDesk(ReportedCities cities, BearerTokens tokens)
{
    public async Task<IResult> Open(string city, HttpContext http, Func<ReportingRequest, Task<IResult>> answer)
    {
        http.Response.Headers.CacheControl = "no-store";
        if (!tokens.IsOperator(http.Request.Headers.Authorization.ToString())) return BearerTokens.NotAuthenticated.ToProblem();
        if (!cities.All.TryGetValue(city, out var tenant)) return ReportingRefusals.CityNotServed.ToProblem();
        return await DatabaseFaults.Answer(http, Hosting.Rpc.RefusalStatus.Unavailable, () => answer(new ReportingRequest(tenant, cities.Database(city), http)));
    }

    public static IResult Answer<T>(Outcome<T> outcome) => outcome.Refusal is { } refusal ? refusal.ToProblem() : Results.Json(outcome.Value, ReportingJson.Options);
}
