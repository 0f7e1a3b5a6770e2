using MedInsure.FraudAudit.Cases;
using MedInsure.FraudAudit.FieldWork;
using MedInsure.Kernel;

namespace MedInsure.FraudAudit.Tips;

/// <summary>Who gave a tip is shown to one person, whom another lets, for a reason. That they saw it is on record before they do.</summary>
internal static class RevealInformer
{
    internal sealed record Order(string? RequestKey, string? By, string? Reason, string? Approver) : CaseOrder(RequestKey, By, Reason);

    /// <summary>In order: key, who, why; the same request before; two people; the tip; named; the key.</summary>
    public static async Task<Outcome<Informer>> Execute(AuditRequest request, TipVault vault, ChinaCalendar calendar, string tipNo, Order order)
    {
        if (TipRow.Parse(request.County.Code, tipNo) is not { } number) return TipRefusals.Unknown;
        var begun = await FieldAct.Begin(request, order, "tip", number, "informer_revealed", calendar.UtcNow);
        if (begun.Refusal is { } refusal) return refusal;
        await using var act = begun.Value;
        if (TwoPeople.Check(order.By, "by", order.Approver) is { } same) return same;
        var found = await act.Rows("SELECT contact FROM tip WHERE tip_no = $1", r => r.IsDBNull(0) ? null : r.GetFieldValue<byte[]>(0), number);
        if (found.Count == 0) return TipRefusals.Unknown;
        if (found[0] is not { } sealedBytes) return TipRefusals.Anonymous;
        var informer = vault.Open(sealedBytes, tipNo);
        if (!informer.IsRefused && act.Before is null) await act.Done(number, new { order.Approver });
        return informer;
    }
}
