using MedInsure.FraudAudit.Sanctions;
using Npgsql;

namespace MedInsure.FraudAudit.Cases;

/// <summary>A decision, or what an appeal made of it.</summary>
internal sealed record DecisionRow(int DecisionNo, int AppealNo, SanctionPlan Plan, bool ByPayment, string Fund, string LadderSha256, string DecidedBy, DateTime DecidedAt, string Reason)
{
    public static async Task<List<DecisionRow>> Read(NpgsqlConnection connection, NpgsqlTransaction? transaction, long caseNo, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand("""
            SELECT decision_no, appeal_no, sanctions, principal_fen, damages_fen, by_payment, fund, ladder_sha256, decided_by, decided_at, reason FROM case_decision WHERE case_no = $1 ORDER BY decision_no
            """, connection, transaction) { Parameters = { new() { Value = caseNo } } };
        var rows = new List<DecisionRow>();
        await using var r = await command.ExecuteReaderAsync(cancellation);
        while (await r.ReadAsync(cancellation))
            rows.Add(new DecisionRow(r.GetInt32(0), r.GetInt32(1), new SanctionPlan(SanctionPlan.Read(r.GetString(2)), r.GetInt64(3), r.GetInt64(4)), r.GetBoolean(5), r.GetString(6), r.GetString(7), r.GetString(8), r.GetDateTime(9), r.GetString(10)));
        return rows;
    }

    /// <summary>The one that stands.</summary>
    public static async Task<DecisionRow> Of(CaseAct act) => (await Read(act.Connection, act.Transaction, act.Row.Number, act.Cancellation)).First(d => d.DecisionNo == act.Row.DecisionNo);

    public object Shown => new
    {
        DecisionNo, AppealNo = AppealNo == 0 ? (int?)null : AppealNo, Sanctions = Plan.Shown(), Principal = AuditJson.Yuan(Plan.PrincipalFen), Damages = AuditJson.Yuan(Plan.DamagesFen), ByPayment, Fund = Fund.Length > 0 ? Fund : null,
        LadderSha256, DecidedBy, DecidedAt = AuditJson.Time(DecidedAt), Reason,
    };
}
