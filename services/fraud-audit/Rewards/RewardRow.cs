using MedInsure.FraudAudit.Cases;
using MedInsure.FraudAudit.FieldWork;
using MedInsure.FraudAudit.Tips;
using MedInsure.Kernel;
using Npgsql;

namespace MedInsure.FraudAudit.Rewards;

/// <summary>What an informer gets: a share of what came back, between a floor and a ceiling (field/terms.yaml). It is the budget's money, not the fund's: nothing of it is in the ledger.</summary>
internal sealed record RewardRow(long Number, long Tip, long RecoveredFen, int ShareBp, long AmountFen, string State, string ProposedBy, string DecidedBy, string PaidBy, DateOnly? PaidOn, string Receipt)
{
    private static readonly string[] States = ["proposed", "approved", "rejected", "paid"];

    private const string Columns = "SELECT reward_no, tip_no, recovered_fen, share_bp, amount_fen, state, proposed_by, decided_by, paid_by, paid_on, receipt FROM reward";

    private static RewardRow Read(NpgsqlDataReader r) =>
        new(r.GetInt64(0), r.GetInt64(1), r.GetInt64(2), r.GetInt32(3), r.GetInt64(4), r.GetString(5), r.GetString(6), r.GetString(7), r.GetString(8), r.IsDBNull(9) ? null : r.GetFieldValue<DateOnly>(9), r.GetString(10));

    /// <summary>Locked.</summary>
    public static async Task<RewardRow?> Find(FieldAct act, long number) => (await act.Rows($"{Columns} WHERE reward_no = $1 FOR UPDATE", Read, number)).FirstOrDefault();

    public object Shown(string county) => new
    {
        RewardNo = Number, TipNo = TipRow.NoOf(county, Tip), Recovered = AuditJson.Yuan(RecoveredFen), Share = new BasisPoints(ShareBp).ToString(), Amount = AuditJson.Yuan(AmountFen), State, ProposedBy, DecidedBy = Said(DecidedBy), PaidBy = Said(PaidBy),
        PaidOn = PaidOn is { } day ? AuditJson.Day(day) : null, Receipt = Said(Receipt),
    };

    private static string? Said(string text) => text.Length > 0 ? text : null;

    public static async Task<Outcome<object>> List(AuditRequest request, string? state, int? page, int? pageSize)
    {
        if (!string.IsNullOrEmpty(state) && !States.Contains(state)) return TipRefusals.StateUnknown;
        var rows = await FieldRows.Page(request, page, pageSize, $"{Columns} WHERE ($1 = '' OR state = $1) ORDER BY reward_no DESC OFFSET $2 LIMIT $3", Read, state ?? "");
        return rows.Refusal is { } refusal ? refusal : new { Rewards = rows.Value.Select(r => r.Shown(request.County.Code)) };
    }

    /// <summary>The reward of what came back.</summary>
    public static Fen Of(Fen recovered, FieldTerms terms) => Fen.Min(new Fen(terms.RewardCeilingFen), Fen.Max(new Fen(terms.RewardFloorFen), recovered.ShareHalfUp(new BasisPoints(terms.RewardShareBp))));

    /// <summary>What has come back of the confirmed tip's case, and was not given back after an appeal, as settlement's ledger has it.</summary>
    public static async Task<Outcome<long>> Recovered(AuditRequest request, CaseOffice office, FieldAct act, long tip)
    {
        var sum = 0L;
        foreach (var (notice, providerCounty) in await act.Rows("""
            SELECT n.notice_no, CASE WHEN c.subject_kind = 'provider' AND NOT n.by_payment AND c.subject_county <> $2 THEN c.subject_county ELSE '' END
            FROM tip t JOIN case_notice n USING (case_no) JOIN audit_case c USING (case_no) WHERE t.tip_no = $1 AND n.kind IN ('deduction', 'repayment')
            """, r => (r.GetString(0), r.GetString(1)), tip, request.County.Code))
        {
            var money = await office.Money(request.County.Code, notice, providerCounty, request.Cancellation);
            if (money.Refusal is { } refusal) return refusal;
            if (money.Value is { } state) sum += state.RecoveredFen - state.ReturnedFen - state.ToReturnFen;
        }
        return sum;
    }
}
