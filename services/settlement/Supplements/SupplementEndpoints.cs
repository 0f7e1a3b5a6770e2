using MedInsure.Hosting.Tenancy;
using MedInsure.Hosting.Web;
using MedInsure.Kernel;
using MedInsure.Settlement.Journal;
using Npgsql;

namespace MedInsure.Settlement.Supplements;

/// <summary>
/// GET /supplements/{county}?state=given_up: settlements that went without their insurer's answer, the oldest first, at most 1,000; state: pending, answered, reversed, given_up
/// (the default: what a person must see to). For operators and services, authorization Bearer.
/// </summary>
internal static class SupplementEndpoints
{
    private const int RowsMax = 1_000;
    private static readonly string[] States = ["pending", "answered", "reversed", "given_up"];

    public static void Map(WebApplication app) => app.MapGet("/supplements/{county}", Get);

    private sealed record LateSupplement(
        string SetlId, string ContractNo, string Insurer, string PolicyNo, string BillId, DateTimeOffset SettledAt, string State, string? DecisionNo, string? Amount, int AskedCount, DateTimeOffset NextAskAt, string LastFailure);

    private static async Task<IResult> Get(string county, string? state, HttpContext http, TenantJournals journals, TenantDatabases databases, BearerTokens tokens)
    {
        http.Response.Headers.CacheControl = "no-store";
        if (!tokens.IsServiceOrOperator(http.Request.Headers.Authorization.ToString())) return BearerTokens.NotAuthenticated.ToProblem();
        if (journals.Find(county) is not { } journal) return Refusals.TenantUnknown.ToProblem();
        if (state is not null && !States.Contains(state)) return Refusals.SupplementStateUnknown.ToProblem();
        await using var command = databases.For(journal.Tenant.Code, SettlementModule.Service).CreateCommand("""
            SELECT setl_id, contract_no, insurer, policy_no, bill_id, settled_at, state, decision_no, amount_fen, asked_count, next_ask_at, last_failure
            FROM late_supplement WHERE state = $1 ORDER BY settled_at, setl_id LIMIT $2
            """);
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = state ?? "given_up" });
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = RowsMax });
        var rows = new List<LateSupplement>();
        await using var reader = await command.ExecuteReaderAsync(http.RequestAborted);
        while (await reader.ReadAsync(http.RequestAborted))
            rows.Add(new LateSupplement(reader.GetString(0), reader.GetString(1), reader.GetString(2), reader.GetString(3), reader.GetString(4), reader.GetFieldValue<DateTimeOffset>(5), reader.GetString(6),
                reader.IsDBNull(7) ? null : reader.GetString(7), reader.IsDBNull(8) ? null : new Fen(reader.GetInt64(8)).ToString(), reader.GetInt32(9), reader.GetFieldValue<DateTimeOffset>(10), reader.GetString(11)));
        return Results.Json(rows);
    }
}
