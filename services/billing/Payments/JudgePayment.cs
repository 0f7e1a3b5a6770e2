using MedInsure.Billing.Bills;
using MedInsure.Kernel;
using MedInsure.Protos.Settlement.V1;

namespace MedInsure.Billing.Payments;

/// <summary>What a person owes for a year, or as a flexible worker for a month, and how long money is taken for it. Changes while several payments are judged one after the other.</summary>
internal sealed class OwedYear
{
    public required int Year { get; init; }
    public required bool IsKnown { get; init; }
    public required DateOnly? DiedOn { get; init; }
    /// <summary>False: no assessment, or a withdrawn one.</summary>
    public required bool IsAssessed { get; init; }
    public required long DueFen { get; init; }
    public required long PaidFen { get; set; }
    public required ResidentTerms? Terms { get; init; }
    /// <summary>As enrollment enrolled the person.</summary>
    public required (string Who, DateOnly? EventOn)? Enrolled { get; init; }
}

/// <summary>Whether money for a person's year is what is owed, in time. Pure.</summary>
internal static class JudgePayment
{
    /// <param name="stated">As the payer says at the counter: migrant_worker.</param>
    /// <returns>Why not; null with the window's kind: it is taken.</returns>
    public static (Refusal? Refusal, (string Who, DateOnly? EventOn) Window) Judge(OwedYear owed, long amountFen, DateOnly valueOn, (string Who, DateOnly? EventOn)? stated)
    {
        if (!owed.IsKnown) return (PaymentRefusals.PersonUnknown, default);
        // Said before what death did to the assessment.
        if (owed.DiedOn is { } died && (died <= valueOn || died < Month.Begin(owed.Year))) return (PaymentRefusals.PersonDead, default);
        // Months have no window: a flexible worker pays ahead or behind.
        var isMonth = Month.IsMonth(owed.Year);
        if (!owed.IsAssessed || (owed.Terms is null && !isMonth)) return (PaymentRefusals.NotAssessed, default);
        if (owed.PaidFen >= owed.DueFen) return (PaymentRefusals.PaidAlready, default);
        if (amountFen != owed.DueFen - owed.PaidFen) return (PaymentRefusals.WrongAmount, default);
        if (isMonth) return (null, (PaymentWindow.Everyone, null));
        (string, DateOnly?)[] kinds = [.. new[] { owed.Enrolled, stated }.OfType<(string, DateOnly?)>()];
        return PaymentWindow.Find(owed.Terms!, owed.Year, kinds, valueOn) is { } window ? (null, window) : (PaymentRefusals.WindowClosed, default);
    }
}
