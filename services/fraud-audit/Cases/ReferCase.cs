using MedInsure.FraudAudit.Notices;
using MedInsure.Kernel;
using MedInsure.Protos.FraudAudit.V1;

namespace MedInsure.FraudAudit.Cases;

/// <summary>
/// What this county may not impose on another county's provider (its agreement is that county's) is referred to that county (移送): two people send what they propose and why, which becomes a lead
/// there, once. No patient's history goes with it: that county has its provider's settlements.
/// </summary>
internal static class ReferCase
{
    public const string Kind = "refer";

    private const int TextMax = 1_000;

    /// <param name="Proposed">What that county is to look at and may impose.</param>
    internal sealed record Order(string? RequestKey, string? By, string? Reason, string? Proposed, string? ApprovedBy) : CaseOrder(RequestKey, By, Reason);

    /// <summary>In order: the act's own; two people; the text; a provider that another county of the city pays; not referred before.</summary>
    public static async Task<Outcome<object>> Execute(AuditRequest request, CaseOffice office, string caseNo, Order order)
    {
        var now = office.Calendar.UtcNow;
        var begun = await CaseAct.Begin(request, caseNo, order, "referred", now, "investigating", "hearing", "concluded", "decided", "in_force", "closed");
        if (begun.Refusal is { } refusal) return refusal;
        await using var act = begun.Value;
        if (act.IsReplay) return act.Shown;
        if (TwoPeople.Check(order.By, "by", order.ApprovedBy, "approved_by") is { } unfit) return unfit;
        if (!AuditTexts.IsText(order.Proposed, TextMax)) return CaseRefusals.ProposalInvalid;
        if (!act.Row.IsProvider || !office.IsNeighbour(request.County, act.Row.SubjectCounty)) return CaseRefusals.ProviderIsOurs;
        if (await act.One<bool>("SELECT EXISTS (SELECT FROM case_effect WHERE case_no = $1 AND kind = $2 AND state <> 'cancelled')", act.Row.Number, Kind)) return CaseRefusals.ReferredBefore;
        var (by, approver, proposed) = (order.By!.Trim(), order.ApprovedBy!.Trim(), order.Proposed!.Trim());
        var evidence = (await CaseEvidence.Read(act.Connection, act.Transaction, act.Row.Number, act.Cancellation)).Where(e => e.WithdrawnBy.Length == 0 && e.GoneWhy is null).ToList();
        var worth = await CaseEvidence.Worth(act, evidence);
        var authority = $"{act.Row.SubjectCounty}医保经办机构";
        var notice = await NoticeRow.Issue(act, office, request.County, "hand_over", act.Row.DecisionNo, "", 0, false, by, new { Authority = authority, ApprovedBy = approver, Reason = order.Reason!.Trim(), Text = proposed });
        var referral = new TakeReferralRequest { HomeCounty = act.County, ReferralNo = notice, FixmedinsCode = act.Row.Subject, Title = act.Row.Title, Text = proposed, AmountFen = worth, ReferredBy = by, ApprovedBy = approver };
        referral.SetlId.AddRange(evidence.Select(e => e.SetlId).Where(s => s.Length > 0).Distinct().Take(TakeReferral.SettlementsMax));
        await CaseEffect.Record(act, notice, Kind, referral, office.Today, now);
        var shown = await act.Done(new { NoticeNo = notice, Authority = authority, ApprovedBy = approver, Proposed = proposed });
        office.Ring(act.County);
        return shown;
    }
}
