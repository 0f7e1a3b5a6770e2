using MedInsure.FraudAudit.Sanctions;
using MedInsure.Kernel;

namespace MedInsure.FraudAudit.Cases;

/// <summary>Another person than the investigator decides: sanctions of the ladder, or that there is nothing to impose (不予处理: the findings were wrong). Nothing leaves the agency before its release.</summary>
internal static class DecideCase
{
    /// <param name="Sanctions">None: no violation.</param>
    /// <param name="ByPayment">The money is paid in, not deducted from statements; of a person always.</param>
    /// <param name="Fund">By payment: whose money it is.</param>
    internal sealed record Order(string? RequestKey, string? By, string? Reason, IReadOnlyList<SanctionOrder>? Sanctions, bool ByPayment = false, string? Fund = null) : CaseOrder(RequestKey, By, Reason);

    /// <summary>In order: the act's own; another person; standing evidence; the sanctions; where money and agreement are.</summary>
    public static async Task<Outcome<object>> Execute(AuditRequest request, CaseOffice office, string caseNo, Order order)
    {
        var now = office.Calendar.UtcNow;
        var begun = await CaseAct.Begin(request, caseNo, order, "decided", now, "concluded");
        if (begun.Refusal is { } refusal) return refusal;
        await using var act = begun.Value;
        if (act.IsReplay) return act.Shown;
        if (TwoPeople.Another(order.By, "by", act.Row.Investigator) is { } same) return same;
        var evidence = await CaseEvidence.Standing(act);
        if (evidence.Refusal is { } gone) return gone;
        if (order.Sanctions is not { Count: > 0 })
        {
            await act.Change("state = 'cleared', decider = $3", order.By!.Trim());
            await CaseEvidence.Settle(act, "rejected", now);
            return await act.Done(new { Violation = false });
        }
        var planned = SanctionPlan.Of(office.Ladder, act.Row.SubjectKind, await CaseEvidence.Worth(act, evidence.Value), order.Sanctions);
        if (planned.Refusal is { } unfit) return unfit;
        var plan = planned.Value;
        var pays = plan.MoneyFen > 0 && (order.ByPayment || !act.Row.IsProvider);
        if (plan.MoneyFen > 0 && !pays && act.Row.SubjectCounty != act.County && !office.IsNeighbour(request.County, act.Row.SubjectCounty)) return CaseRefusals.ProviderElsewhere;
        if (pays && (order.Fund is not { Length: 6 } fund || !fund.All(char.IsAsciiDigit))) return CaseRefusals.MoneyUnnamed;
        if (act.Row.SubjectCounty != act.County && (plan.Terminates(office.Ladder) || plan.SuspendedMonths(office.Ladder) > 0)) return CaseRefusals.AgreementElsewhere;

        var number = await Write(act, plan, 0, pays, pays ? order.Fund! : "", office.Ladder.Sha256, order.By!.Trim(), now, order.Reason!.Trim());
        await act.Change("state = 'decided', decider = $3, decision_no = $4", order.By.Trim(), number);
        return await act.Done(new { DecisionNo = number, Sanctions = plan.Shown(), Principal = AuditJson.Yuan(plan.PrincipalFen), Damages = AuditJson.Yuan(plan.DamagesFen), ByPayment = pays });
    }

    /// <param name="appealNo">0: the first.</param>
    public static async Task<int> Write(CaseAct act, SanctionPlan plan, int appealNo, bool byPayment, string fund, string ladderSha256, string by, DateTimeOffset now, string reason)
    {
        var number = await act.One<int>("SELECT coalesce(max(decision_no), 0) + 1 FROM case_decision WHERE case_no = $1", act.Row.Number);
        await act.Run("""
            INSERT INTO case_decision (case_no, decision_no, appeal_no, sanctions, principal_fen, damages_fen, by_payment, fund, ladder_sha256, decided_by, decided_at, reason) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
            """, act.Row.Number, number, appealNo, plan.ToJson(), plan.PrincipalFen, plan.DamagesFen, byPayment, fund, ladderSha256, by, now.UtcDateTime, reason);
        return number;
    }
}
