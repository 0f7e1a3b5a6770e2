using System.Globalization;
using MedInsure.Kernel;
using MedInsure.Settlement.Runs;
using Npgsql;

namespace MedInsure.Settlement.PersonPayments;

/// <summary>A third person records that the bank paid a list: once, the whole of it. Asked again with the same content it answers the same.</summary>
internal static class RecordListPayment
{
    private const int ReferenceLengthMax = 100;

    /// <param name="Amount">Yuan; must be the list's.</param>
    /// <param name="PaidOn">yyyy-MM-dd, not in the future.</param>
    /// <param name="Reference">The bank's, used once.</param>
    internal sealed record Payment(string? PaidBy, decimal? Amount, string? PaidOn, string? Reference);

    /// <summary>In order: who, the day, the reference, the list, a third person; paid before by the same payment; approved; the amount; the reference used before.</summary>
    public static async Task<Outcome<PaymentList>> Execute(RunPlace place, long number, Payment payment, ChinaCalendar calendar, CancellationToken cancellation)
    {
        if (TwoPeople.Name(payment.PaidBy, "paid_by") is { } nobody) return nobody;
        if (!DateOnly.TryParseExact(payment.PaidOn, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var paidOn) || paidOn > calendar.Today) return Refusals.PaymentListDayInvalid;
        if (string.IsNullOrWhiteSpace(payment.Reference) || payment.Reference.Length > ReferenceLengthMax || payment.Reference.Contains('\0', StringComparison.Ordinal)) return Refusals.PaymentListReferenceMissing;
        if (await PaymentList.Find(place, number, cancellation) is not { } list) return Refusals.PaymentListUnknown;
        if (TwoPeople.AreOne(list.PreparedBy, payment.PaidBy) || TwoPeople.AreOne(list.ApprovedBy, payment.PaidBy)) return Refusals.ActorsAreOne.At("paid_by");
        if (Same(list)) return list;
        if (list.State != "approved") return Refusals.PaymentListNotApproved;
        if (payment.Amount is not { } yuan || !Yuan.TryRead(yuan, out var amount) || amount.Value != list.AmountFen) return Refusals.PaymentListAmountMismatch;
        try
        {
            if (await PaymentList.Step(place, number, ["approved"], "state = 'paid', paid_by = $3, paid_on = $4, paid_at = $5, bank_reference = $6", cancellation,
                payment.PaidBy!.Trim(), paidOn, calendar.UtcNow, payment.Reference)) return (await PaymentList.Find(place, number, cancellation))!;
        }
        catch (PostgresException e) when (e.ConstraintName == "a_bank_reference_pays_one_list") { return Refusals.PaymentListReferenceUsed; }
        // The same message twice at once, or another hand was faster.
        list = (await PaymentList.Find(place, number, cancellation))!;
        return Same(list) ? list : Refusals.PaymentListNotApproved;

        bool Same(PaymentList found) => found.State == "paid" && found.BankReference == payment.Reference && found.PaidOn == paidOn && TwoPeople.AreOne(found.PaidBy, payment.PaidBy);
    }
}
