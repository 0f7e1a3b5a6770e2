using MedInsure.Kernel;

namespace MedInsure.FraudAudit.Cases;

/// <summary>Evidence comes to a case while it is investigated, or is taken off it (it stays on record; a finding is open again).</summary>
internal static class AddEvidence
{
    internal sealed record Order(string? RequestKey, string? By, string? Reason, IReadOnlyList<CaseEvidence.Piece>? Evidence) : CaseOrder(RequestKey, By, Reason);

    internal sealed record Withdrawal(string? RequestKey, string? By, string? Reason) : CaseOrder(RequestKey, By, Reason);

    public static async Task<Outcome<object>> Execute(AuditRequest request, CaseOffice office, string caseNo, Order order)
    {
        var begun = await CaseAct.Begin(request, caseNo, order, "evidence_added", office.Calendar.UtcNow, "lead", "investigating");
        if (begun.Refusal is { } refusal) return refusal;
        await using var act = begun.Value;
        if (act.IsReplay) return act.Shown;
        if (await CaseEvidence.Add(act.Connection, act.Transaction, act.County, act.Row.Number, act.Row.IsProvider, act.Row.Subject, order.Evidence, order.By!.Trim(), office.Calendar.UtcNow, act.Cancellation) is { } unfit) return unfit;
        return await act.Done(new { Evidence = order.Evidence!.Select(e => $"{e.Kind} {e.Number}") });
    }

    /// <summary>In order: the act's own; the investigator; the evidence; something left.</summary>
    public static async Task<Outcome<object>> Withdraw(AuditRequest request, CaseOffice office, string caseNo, int evidenceNo, Withdrawal order)
    {
        var begun = await CaseAct.Begin(request, caseNo, order, $"evidence_{evidenceNo}_withdrawn", office.Calendar.UtcNow, "investigating");
        if (begun.Refusal is { } refusal) return refusal;
        await using var act = begun.Value;
        if (act.IsReplay) return act.Shown;
        if (!TwoPeople.AreOne(order.By, act.Row.Investigator)) return CaseRefusals.NotTheInvestigator;
        if (await act.Run("UPDATE case_evidence SET withdrawn_by = $3 WHERE case_no = $1 AND evidence_no = $2 AND withdrawn_by = ''", act.Row.Number, evidenceNo, order.By!.Trim()) == 0) return CaseRefusals.EvidenceUnknown;
        if (await act.One<long>("SELECT count(*) FROM case_evidence WHERE case_no = $1 AND withdrawn_by = ''", act.Row.Number) == 0) return CaseRefusals.NothingLeft;
        await act.Run("""
            UPDATE finding SET state = CASE WHEN gone_at IS NULL THEN 'open' ELSE 'withdrawn' END, case_no = NULL
            WHERE case_no = $1 AND state = 'in_case' AND finding_no::text IN (SELECT number FROM case_evidence WHERE case_no = $1 AND evidence_no = $2 AND kind = 'finding')
            """, act.Row.Number, evidenceNo);
        return await act.Done(new { EvidenceNo = evidenceNo });
    }
}
