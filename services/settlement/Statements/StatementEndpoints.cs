using System.Text;
using MedInsure.Hosting.Tenancy;
using MedInsure.Hosting.Web;
using MedInsure.Protos.Settlement.V1;
using MedInsure.Settlement.Journal;
using MedInsure.Settlement.Queries;

namespace MedInsure.Settlement.Statements;

/// <summary>
/// GET /statements/{setl_id}: the one-stop bill as JSON, or as a printable page where the caller prefers HTML (a browser) or asks for ?format=html.
/// For operators and services: authorization Bearer, or Basic with the operator token as password, so that a browser can open it.
/// </summary>
internal static class StatementEndpoints
{
    public static void Map(WebApplication app) => app.MapGet("/statements/{setlId}", Get);

    private static async Task<IResult> Get(string setlId, string? format, HttpContext http, TenantJournals journals, TenantDatabases databases, BearerTokens tokens)
    {
        http.Response.Headers.CacheControl = "no-store";
        if (!tokens.IsServiceOrOperator(BearerOf(http.Request.Headers.Authorization.ToString())))
        {
            http.Response.Headers.WWWAuthenticate = "Basic realm=\"MedInsure\", charset=\"UTF-8\"";
            return BearerTokens.NotAuthenticated.ToProblem();
        }
        // Every id that we issue begins with its tenant's division code.
        if (setlId.Length < 7 || journals.Find(setlId[..6]) is not { } journal) return Refusals.SettlementUnknown.ToProblem();
        var statement = await GetStatement.Query(journal, databases.For(journal.Tenant.Code, SettlementModule.Service), new GetStatementRequest { SetlId = setlId }, http.RequestAborted);
        if (statement.Refusal is { } refusal) return refusal.ToProblem();
        var html = format == "html" || (format is null && http.Request.Headers.Accept.ToString().Contains("text/html", StringComparison.OrdinalIgnoreCase));
        return html
            ? Results.Content(StatementPage.Render(journal.Tenant, statement.Value), "text/html; charset=utf-8", Encoding.UTF8)
            : Results.Bytes(StatementJson.Render(journal.Tenant, statement.Value), "application/json; charset=utf-8");
    }

    private static string BearerOf(string authorization)
    {
        const string basic = "Basic ";
        if (!authorization.StartsWith(basic, StringComparison.OrdinalIgnoreCase)) return authorization;
        Span<byte> decoded = stackalloc byte[512];
        if (!Convert.TryFromBase64String(authorization[basic.Length..].Trim(), decoded, out var length)) return "";
        var pair = Encoding.UTF8.GetString(decoded[..length]);
        var colon = pair.IndexOf(':', StringComparison.Ordinal);
        return colon < 0 ? "" : "Bearer " + pair[(colon + 1)..];
    }
}
