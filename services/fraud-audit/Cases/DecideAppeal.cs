using MedInsure.FraudAudit.Credit;
using MedInsure.FraudAudit.Notices;
using MedInsure.FraudAudit.Sanctions;
using MedInsure.Kernel;
using MedInsure.Protos.ProviderRegistry.V1;
using MedInsure.Protos.Settlement.V1;

namespace MedInsure.FraudAudit.Cases;

/// <summary>
/// An appeal is decided by somebody who has neither investigated nor decided nor released, and released by another: the decision stands, is made lighter, or is cancelled. Money, agreement and credit
/// follow by new entries; the first decision and its papers stay as they left.
/// </summary>
internal static class DecideAppeal
{
    /// <param name="By">Who decides it.</param>
    /// <param name="Outcome">upheld, changed, cancelled.</param>
    /// <param name="Sanctions">Of changed: all that is left.</param>
    internal sealed record Order(string? RequestKey, string? By, string? Reason, string? ReleasedBy, string? Outcome, IReadOnlyList<SanctionOrder>? Sanctions) : CaseOrder(RequestKey, By, Reason);

    /// <summary>In order: the act's own; two people, neither of them before; an open appeal; the outcome; the sanctions, none of them worse.</summary>
    public static async Task<Outcome<object>> Execute(AuditRequest request, CaseOffice office, string caseNo, Order order)
    {
        var now = office.Calendar.UtcNow;
        var begun = await CaseAct.Begin(request, caseNo, order, "appeal_decided", now, "in_force");
        if (begun.Refusal is { } refusal) return refusal;
        await using var act = begun.Value;
        if (act.IsReplay) return act.Shown;
        if (TwoPeople.Check(order.By, "by", order.ReleasedBy, "released_by") is { } unfit) return unfit;
        if (TwoPeople.Another(order.By, "by", act.Row.Investigator, act.Row.Decider, act.Row.Releaser) is { } same) return same;
        if (TwoPeople.Another(order.ReleasedBy, "released_by", act.Row.Investigator) is { } own) return own;
        if (await act.One<int>("SELECT appeal_no FROM case_appeal WHERE case_no = $1 AND outcome = ''", act.Row.Number) is not (> 0 and var appeal)) return CaseRefusals.AppealUnknown;
        if (order.Outcome is not ("upheld" or "changed" or "cancelled") || order.Outcome == "changed" != order.Sanctions is { Count: > 0 }) return CaseRefusals.OutcomeInvalid;
        var before = await DecisionRow.Of(act);
        var plan = SanctionPlan.Nothing;
        if (order.Outcome == "changed")
        {
            var planned = SanctionPlan.Of(office.Ladder, act.Row.SubjectKind, before.Plan.PrincipalFen, order.Sanctions);
            if (planned.Refusal is { } wrong) return wrong;
            plan = planned.Value;
            if (IsWorse(office.Ladder, before.Plan, plan)) return CaseRefusals.AppealMakesWorse;
        }
        var (by, releasedBy) = (order.By!.Trim(), order.ReleasedBy!.Trim());
        await act.Run("UPDATE case_appeal SET outcome = $3, decided_by = $4, released_by = $5, decided_at = $6, reason = $7 WHERE case_no = $1 AND appeal_no = $2", act.Row.Number, appeal, order.Outcome, by, releasedBy, now.UtcDateTime, order.Reason!.Trim());
        if (order.Outcome == "upheld") return await act.Done(new { AppealNo = appeal, order.Outcome, ReleasedBy = releasedBy });

        var number = await DecideCase.Write(act, plan, appeal, before.ByPayment, before.Fund, office.Ladder.Sha256, by, now, order.Reason.Trim());
        var decision = (await DecisionRow.Read(act.Connection, act.Transaction, act.Row.Number, act.Cancellation)).First(d => d.DecisionNo == number);
        var notices = new List<string>
        {
            await NoticeRow.Issue(act, office, request.County, "decision", number, "", 0, false, releasedBy, new { decision.Reason, Sanctions = plan.Shown(), AppealNo = appeal, order.Outcome, DecidedBy = by, office.Ladder.Terms.AppealDays }),
        };
        var less = before.Plan.MoneyFen - plan.MoneyFen;
        if (less > 0) notices.Add(await Reverse(request, office, act, number, less, by, releasedBy, order.Reason.Trim(), act.Row.DeductedIn(act.County, before.ByPayment), now));
        await Agreement(act, office, before.Plan, plan, notices[0], now);
        await CreditEntries.GiveBack(act, number, now);
        await CreditEntries.Take(act, office.Ladder, decision, await Released(act), now);
        var corrects = plan.CorrectionDays > 0 && act.Row.Correction.Length > 0;
        await act.Change("decision_no = $3, correction = $4, correction_due_on = $5", number, corrects ? act.Row.Correction : "", corrects ? act.Row.CorrectionDueOn : null);
        // Cancelled: the rules were wrong about it.
        await CaseEvidence.Settle(act, order.Outcome == "cancelled" ? "rejected" : "confirmed", now);
        var shown = await act.Done(new { AppealNo = appeal, order.Outcome, ReleasedBy = releasedBy, DecisionNo = number, Sanctions = plan.Shown(), Notices = notices });
        office.Ring(act.County);
        return shown;
    }

    private static bool IsWorse(SanctionLadder ladder, SanctionPlan before, SanctionPlan after) =>
        after.PrincipalFen > before.PrincipalFen || after.DamagesFen > before.DamagesFen || after.Terminates(ladder) && !before.Terminates(ladder)
        || after.SuspendedMonths(ladder) > before.SuspendedMonths(ladder) && !before.Terminates(ladder) || after.CorrectionDays > 0 && before.CorrectionDays == 0
        || after.Sanctions.Any(s => ladder.ByName[s.Step].Amount == "recorded" && s.AmountFen > before.Sanctions.Where(b => b.Step == s.Step).Sum(b => b.AmountFen));

    private static async Task<string> Reverse(AuditRequest request, CaseOffice office, CaseAct act, int decisionNo, long lessFen, string by, string releasedBy, string reason, string providerCounty, DateTimeOffset now)
    {
        var of = (await act.One<string>("SELECT notice_no FROM case_notice WHERE case_no = $1 AND kind IN ('deduction', 'repayment')", act.Row.Number))!;
        var notice = await NoticeRow.Issue(act, office, request.County, "reversal", decisionNo, of, lessFen, false, releasedBy, new { OfNoticeNo = of, Reason = reason, DecidedBy = by });
        await CaseEffect.Record(act, of, "reverse_notice", new ReverseAuditNoticeRequest { ReversalNo = notice, NoticeNo = of, AmountFen = lessFen, Reason = reason, DecidedBy = by, ReleasedBy = releasedBy, ProviderCounty = providerCounty }, office.Today, now);
        return notice;
    }

    /// <summary>A suspension ends now or earlier; what is not done yet is not done.</summary>
    private static async Task Agreement(CaseAct act, CaseOffice office, SanctionPlan before, SanctionPlan after, string notice, DateTimeOffset now)
    {
        var (was, months) = (before.SuspendedMonths(office.Ladder), after.SuspendedMonths(office.Ladder));
        if (was == months && before.Terminates(office.Ladder) == after.Terminates(office.Ladder)) return;
        var (released, today) = (await Released(act), office.Today);
        await act.Run("UPDATE case_effect SET state = 'cancelled', note = $2 WHERE case_no = $1 AND kind IN ('suspend', 'terminate', 'resume') AND state IN ('pending', 'refused')", act.Row.Number, notice);
        var stands = await act.One<bool>("SELECT EXISTS (SELECT FROM case_effect WHERE case_no = $1 AND kind IN ('suspend', 'terminate') AND state = 'done')", act.Row.Number);
        var end = released.AddMonths(months);
        if (months > 0 && end > today)
        {
            if (!stands) await ReleaseDecision.Set(act, "suspend", AgreementStatus.Suspended, released, today, notice, now);
            await ReleaseDecision.Set(act, "resume", AgreementStatus.Active, end, end, notice, now);
        }
        // A termination cannot be undone (agreement.terminated): it stays refused on the work list, until another agreement is made.
        else if (stands) await ReleaseDecision.Set(act, "resume", AgreementStatus.Active, today, today, notice, now);
    }

    /// <summary>When the first decision came into force.</summary>
    private static async Task<DateOnly> Released(CaseAct act) =>
        DateOnly.FromDateTime(ChinaCalendar.ToLocal(new DateTimeOffset(DateTime.SpecifyKind(await act.One<DateTime>("SELECT min(acted_at) FROM case_act WHERE case_no = $1 AND act = 'released'", act.Row.Number), DateTimeKind.Utc))).DateTime);
}
