using MedInsure.FraudAudit.Notices;
using MedInsure.Kernel;

namespace MedInsure.FraudAudit.Cases;

/// <summary>The investigator tells the subject what it is held to have done (陈述申辩告知书); from the notice's service on it has its days to answer.</summary>
internal static class NotifyHearing
{
    internal const int TextMax = 4_000;

    /// <param name="Text">What it is held to have done, and what may follow.</param>
    internal sealed record Order(string? RequestKey, string? By, string? Reason, string? Text) : CaseOrder(RequestKey, By, Reason);

    /// <summary>In order: the act's own; the investigator; the text; standing evidence.</summary>
    public static async Task<Outcome<object>> Execute(AuditRequest request, CaseOffice office, string caseNo, Order order)
    {
        var now = office.Calendar.UtcNow;
        var begun = await CaseAct.Begin(request, caseNo, order, "hearing_opened", now, "investigating");
        if (begun.Refusal is { } refusal) return refusal;
        await using var act = begun.Value;
        if (act.IsReplay) return act.Shown;
        if (!TwoPeople.AreOne(order.By, act.Row.Investigator)) return CaseRefusals.NotTheInvestigator;
        if (!AuditTexts.IsText(order.Text, TextMax)) return CaseRefusals.TextInvalid;
        var evidence = await CaseEvidence.Standing(act);
        if (evidence.Refusal is { } gone) return gone;
        var notice = await NoticeRow.Issue(act, office, request.County, "hearing", 0, "", 0, false, order.By!.Trim(), new { Text = order.Text!.Trim(), Evidence = evidence.Value.Select(e => e.Shown), office.Ladder.Terms.StatementDays });
        await act.Change("state = 'hearing', statement_due_on = NULL, heard = false");
        return await act.Done(new { NoticeNo = notice });
    }
}
