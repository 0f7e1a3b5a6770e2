using MedInsure.FraudAudit.Credit;
using MedInsure.FraudAudit.Notices;
using MedInsure.FraudAudit.Sanctions;
using MedInsure.Hosting.Tenancy;
using MedInsure.Kernel;
using MedInsure.Protos.ProviderRegistry.V1;
using MedInsure.Protos.Settlement.V1;

namespace MedInsure.FraudAudit.Cases;

/// <summary>A third person releases the decision: its papers get their numbers, and with them, in one commit, it is recorded what settlement and provider-registry are to do.</summary>
internal static class ReleaseDecision
{
    internal sealed record Order(string? RequestKey, string? By, string? Reason) : CaseOrder(RequestKey, By, Reason);

    /// <summary>In order: the act's own; another person than investigator and decider.</summary>
    public static async Task<Outcome<object>> Execute(AuditRequest request, CaseOffice office, string caseNo, Order order)
    {
        var (now, today) = (office.Calendar.UtcNow, office.Today);
        var begun = await CaseAct.Begin(request, caseNo, order, "released", now, "decided");
        if (begun.Refusal is { } refusal) return refusal;
        await using var act = begun.Value;
        if (act.IsReplay) return act.Shown;
        if (TwoPeople.Another(order.By, "by", act.Row.Investigator, act.Row.Decider) is { } same) return same;
        var (by, decision) = (order.By!.Trim(), await DecisionRow.Of(act));
        var notices = new List<string>
        {
            await NoticeRow.Issue(act, office, request.County, "decision", decision.DecisionNo, "", 0, false, by, new { decision.Reason, Sanctions = decision.Plan.Shown(), office.Ladder.Terms.AppealDays, DecidedBy = act.Row.Decider }),
        };
        if (decision.Plan.MoneyFen > 0) notices.Add(await Money(act, office, request.County, decision, by, now));
        await Agreement(act, office, decision, notices[0], today, now);
        await CreditEntries.Take(act, office.Ladder, decision, today, now);
        var days = decision.Plan.CorrectionDays;
        await act.Change("state = 'in_force', releaser = $3, correction = $4, correction_due_on = $5", by, days > 0 ? "due" : "", days > 0 ? today.AddDays(days) : null);
        await CaseEvidence.Settle(act, "confirmed", now);
        var shown = await act.Done(new { Notices = notices });
        office.Ring(act.County);
        return shown;
    }

    private static async Task<string> Money(CaseAct act, CaseOffice office, Tenant county, DecisionRow decision, string by, DateTimeOffset now)
    {
        var evidence = (await CaseEvidence.Read(act.Connection, act.Transaction, act.Row.Number, act.Cancellation)).Where(e => e.WithdrawnBy.Length == 0).ToList();
        string[] settlements = [.. evidence.Select(e => e.SetlId).Where(s => s.Length > 0).Distinct()];
        var notice = await NoticeRow.Issue(act, office, county, decision.ByPayment ? "repayment" : "deduction", decision.DecisionNo, "", decision.Plan.MoneyFen, decision.ByPayment, by, new
        {
            decision.Reason, Principal = AuditJson.Yuan(decision.Plan.PrincipalFen), Damages = AuditJson.Yuan(decision.Plan.DamagesFen), Sanctions = decision.Plan.Sanctions.Where(s => s.AmountFen > 0).Select(SanctionPlan.Show),
            Evidence = evidence.Select(e => e.Shown), DecidedBy = act.Row.Decider, Fund = decision.Fund.Length > 0 ? decision.Fund : null,
        });
        var booking = new BookAuditNoticeRequest
        {
            NoticeNo = notice, AmountFen = decision.Plan.MoneyFen, ByPayment = decision.ByPayment, Fund = decision.Fund, Evidence = act.Row.No(act.County), DecidedBy = act.Row.Decider, ReleasedBy = by,
            Reason = $"{act.Row.Title}：违规本金{new Fen(decision.Plan.PrincipalFen)}，违约金{new Fen(decision.Plan.DamagesFen)}",
            // Settlements of one provider, as the notice's evidence names them; more than a line of a statement can carry stay with the notice.
            SetlId = { act.Row.IsProvider ? settlements.Take(BookedSettlementsMax) : [] },
        };
        if (act.Row.IsProvider) booking.FixmedinsCode = act.Row.Subject;
        else booking.PsnNo = act.Row.Subject;
        // Deducted by the county that pays the provider. What is paid in here names no settlements of its: this county's statements do not know them.
        booking.ProviderCounty = act.Row.DeductedIn(act.County, decision.ByPayment);
        if (act.Row.SubjectCounty != act.County && decision.ByPayment) booking.SetlId.Clear();
        await CaseEffect.Record(act, notice, "book_notice", booking, office.Today, now);
        return notice;
    }

    private const int BookedSettlementsMax = 1_000;

    private static async Task Agreement(CaseAct act, CaseOffice office, DecisionRow decision, string notice, DateOnly today, DateTimeOffset now)
    {
        if (decision.Plan.Terminates(office.Ladder)) await Set(act, "terminate", AgreementStatus.Terminated, today, today, notice, now);
        if (decision.Plan.SuspendedMonths(office.Ladder) is not (> 0 and var months)) return;
        await Set(act, "suspend", AgreementStatus.Suspended, today, today, notice, now);
        await Set(act, "resume", AgreementStatus.Active, today.AddMonths(months), today.AddMonths(months), notice, now);
    }

    public static Task<int> Set(CaseAct act, string kind, AgreementStatus status, DateOnly from, DateOnly dueOn, string notice, DateTimeOffset now) => CaseEffect.Record(act, CaseEffect.AgreementOf(act.Row.Subject), kind,
        new SetAgreementStatusRequest { FixmedinsCode = act.Row.Subject, Status = status, FromOn = DayNumber.Of(from), Reason = $"{act.Row.No(act.County)} {notice}" }, dueOn, now);
}
