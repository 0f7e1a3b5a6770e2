using MedInsure.FraudAudit.Notices;
using MedInsure.Kernel;

namespace MedInsure.FraudAudit.Cases;

/// <summary>A severe case goes to the judiciary, the police or discipline inspection (移送): two people hand the packet over, which is kept as it left; their receipt is the notice's service.</summary>
internal static class HandOverCase
{
    private const int AuthorityMax = 100;

    internal sealed record Order(string? RequestKey, string? By, string? Reason, string? Authority, string? ApprovedBy) : CaseOrder(RequestKey, By, Reason);

    /// <summary>In order: the act's own; two people; the authority.</summary>
    public static async Task<Outcome<object>> Execute(AuditRequest request, CaseOffice office, string caseNo, Order order)
    {
        var begun = await CaseAct.Begin(request, caseNo, order, "handed_over", office.Calendar.UtcNow, "investigating", "hearing", "concluded", "decided", "in_force", "closed");
        if (begun.Refusal is { } refusal) return refusal;
        await using var act = begun.Value;
        if (act.IsReplay) return act.Shown;
        if (TwoPeople.Check(order.By, "by", order.ApprovedBy, "approved_by") is { } unfit) return unfit;
        if (!AuditTexts.IsText(order.Authority, AuthorityMax)) return CaseRefusals.AuthorityInvalid;
        var packet = await ShowCase.Read(act.Connection, act.Transaction, act.County, act.Row, act.Cancellation);
        var notice = await NoticeRow.Issue(act, office, request.County, "hand_over", act.Row.DecisionNo, "", 0, false, order.By!.Trim(), new { Authority = order.Authority!.Trim(), ApprovedBy = order.ApprovedBy!.Trim(), Reason = order.Reason!.Trim(), Packet = packet });
        return await act.Done(new { NoticeNo = notice, Authority = order.Authority.Trim(), ApprovedBy = order.ApprovedBy.Trim() });
    }
}
