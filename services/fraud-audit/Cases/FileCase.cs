using MedInsure.Kernel;

namespace MedInsure.FraudAudit.Cases;

/// <summary>A lead becomes a case (立案) with an investigator, by somebody else's decision; or is dismissed (不予立案) by another person than who registered it: its findings are open again then.</summary>
internal static class FileCase
{
    internal sealed record Order(string? RequestKey, string? By, string? Reason, string? Investigator) : CaseOrder(RequestKey, By, Reason);

    internal sealed record Dismissal(string? RequestKey, string? By, string? Reason) : CaseOrder(RequestKey, By, Reason);

    /// <summary>In order: the act's own (<see cref="CaseAct.Begin"/>); two people.</summary>
    public static async Task<Outcome<object>> Execute(AuditRequest request, CaseOffice office, string caseNo, Order order)
    {
        var begun = await CaseAct.Begin(request, caseNo, order, "filed", office.Calendar.UtcNow, "lead");
        if (begun.Refusal is { } refusal) return refusal;
        await using var act = begun.Value;
        if (act.IsReplay) return act.Shown;
        if (TwoPeople.Check(order.By, "by", order.Investigator, "investigator") is { } unfit) return unfit;
        await act.Change("state = 'investigating', investigator = $3", order.Investigator!.Trim());
        return await act.Done(new { Investigator = order.Investigator.Trim() });
    }

    public static async Task<Outcome<object>> Dismiss(AuditRequest request, CaseOffice office, string caseNo, Dismissal order)
    {
        var begun = await CaseAct.Begin(request, caseNo, order, "dismissed", office.Calendar.UtcNow, "lead");
        if (begun.Refusal is { } refusal) return refusal;
        await using var act = begun.Value;
        if (act.IsReplay) return act.Shown;
        if (TwoPeople.Another(order.By, "by", act.Row.OpenedBy) is { } same) return same;
        await act.Change("state = 'dismissed'");
        await CaseEvidence.Settle(act, "open", office.Calendar.UtcNow);
        return await act.Done();
    }
}
