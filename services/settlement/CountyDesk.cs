using System.Globalization;
using System.Text.Json;
using MedInsure.Hosting.Tenancy;
using MedInsure.Hosting.Web;
using MedInsure.Kernel;
using MedInsure.Settlement.Journal;
using MedInsure.Settlement.Ledger;
using MedInsure.Settlement.Runs;

namespace MedInsure.Settlement;

/// <summary>Lets an operator in (authorization Bearer, the operator token) and finds the county, or the city, of a path; JSON in snake case, money in yuan.</summary>
internal sealed class CountyDesk(TenantJournals journals, TenantDatabases databases, BearerTokens tokens)
{
    public static readonly JsonSerializerOptions Json = new(WebJson.Options) { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    public Task<IResult> Open(string county, HttpContext http, Func<RunPlace, Task<IResult>> answer) => Enter(() => CountyOf(county), http, answer);

    /// <summary>A county's ledger, or that of a city that is served here.</summary>
    public Task<IResult> OpenLedger(string tenant, HttpContext http, Func<LedgerPlace, Task<IResult>> answer) => Enter(() => CountyOf(tenant) ?? CityOf(tenant), http, answer);

    /// <summary>What only a city does.</summary>
    public Task<IResult> OpenCity(string city, HttpContext http, Func<LedgerPlace, Task<IResult>> answer) => Enter(() => CityOf(city), http, answer);

    private async Task<IResult> Enter<T>(Func<T?> find, HttpContext http, Func<T, Task<IResult>> answer) where T : LedgerPlace
    {
        http.Response.Headers.CacheControl = "no-store";
        if (!tokens.IsOperator(http.Request.Headers.Authorization.ToString())) return BearerTokens.NotAuthenticated.ToProblem();
        if (find() is not { } place) return Refusals.TenantUnknown.At("county").ToProblem();
        return await DatabaseFaults.Answer(http, Refusals.Unavailable, () => answer(place));
    }

    private RunPlace? CountyOf(string code) => journals.Find(code) is { } journal ? new RunPlace(journal, databases.For(code, SettlementModule.Service)) : null;

    private LedgerPlace? CityOf(string code) =>
        databases.TenantsOf(SettlementModule.Service).FirstOrDefault(t => t.IsCity && t.Code == code) is { } city ? new LedgerPlace(city, databases.For(code, SettlementModule.Service)) : null;

    public static IResult Answer<T>(Outcome<T> outcome, Func<T, object> render) => outcome.Refusal is { } refusal ? refusal.ToProblem() : Results.Json(render(outcome.Value), Json);

    /// <summary>Null: the body is no JSON of this form.</summary>
    public static async Task<T?> Body<T>(HttpContext http) where T : class
    {
        try { return http.Request.HasJsonContentType() ? await http.Request.ReadFromJsonAsync<T>(Json, http.RequestAborted) : null; }
        catch (JsonException) { return null; }
    }

    /// <summary>1 to 40 characters of the caller's own: the same request again has the same effect, once.</summary>
    public static bool IsRequestNumber(string? number) => !string.IsNullOrWhiteSpace(number) && number.Length <= 40 && !number.Contains('\0', StringComparison.Ordinal);

    /// <summary>A text that must be there, at most 500 characters.</summary>
    public static bool IsReason(string? text) => !string.IsNullOrWhiteSpace(text) && text.Length <= 500 && !text.Contains('\0', StringComparison.Ordinal);

    /// <summary>Null, and so not in the JSON: nobody said it.</summary>
    public static string? Said(string text) => text.Length > 0 ? text : null;

    /// <summary>A bank's own number of a transfer, at most 100 characters.</summary>
    public static bool IsReference(string? reference) => !string.IsNullOrWhiteSpace(reference) && reference.Length <= 100 && !reference.Contains('\0', StringComparison.Ordinal);

    /// <summary>yyyy-MM-dd.</summary>
    public static bool IsDay(string? text, out DateOnly day) => DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out day);

    /// <summary>yyyy-MM-dd, not in the future.</summary>
    public static bool IsDay(string? text, ChinaCalendar calendar, out DateOnly day) => IsDay(text, out day) && day <= calendar.Today;

    public static string? Time(DateTimeOffset? at) => at is { } t ? ChinaCalendar.ToLocal(t).ToString("yyyy-MM-ddTHH:mm:sszzz", CultureInfo.InvariantCulture) : null;
}
