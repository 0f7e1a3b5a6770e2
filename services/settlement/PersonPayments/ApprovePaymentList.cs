using MedInsure.Kernel;
using MedInsure.Settlement.Runs;

namespace MedInsure.Settlement.PersonPayments;

/// <summary>A second person releases a list, by its amount. Asked again by the same person it answers the same.</summary>
internal static class ApprovePaymentList
{
    /// <param name="Amount">Yuan; must be the list's.</param>
    internal sealed record Approval(string? Approver, decimal? Amount);

    public static async Task<Outcome<PaymentList>> Execute(RunPlace place, long number, Approval approval, DateTimeOffset now, CancellationToken cancellation)
    {
        if (TwoPeople.Name(approval.Approver, "approver") is { } nobody) return nobody;
        if (await PaymentList.Find(place, number, cancellation) is not { } list) return Refusals.PaymentListUnknown;
        if (TwoPeople.AreOne(list.PreparedBy, approval.Approver)) return Refusals.ActorsAreOne;
        if (list.State is "approved" or "paid" && TwoPeople.AreOne(list.ApprovedBy, approval.Approver)) return list;
        if (list.State != "prepared") return Refusals.PaymentListNotPrepared;
        if (approval.Amount is not { } yuan || !Yuan.TryRead(yuan, out var amount) || amount.Value != list.AmountFen) return Refusals.PaymentListAmountMismatch;
        return await PaymentList.Step(place, number, ["prepared"], "state = 'approved', approved_by = $3, approved_at = $4", cancellation, approval.Approver!.Trim(), now.ToUniversalTime())
            ? (await PaymentList.Find(place, number, cancellation))! : Refusals.PaymentListNotPrepared;
    }
}
