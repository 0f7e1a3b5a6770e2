using System.Security.Cryptography;
using System.Text;

namespace MedInsure.Billing.Payments;

/// <summary>What a part of the money is meant for.</summary>
/// <param name="Stated">The kind of person and day of its event, as the payer says at a counter.</param>
internal sealed record PaidLine(string PsnNo, string Insutype, int Year, long AmountFen, (string Who, DateOnly? EventOn)? Stated = null);

/// <summary>Money as a channel brings it. What its lines do not name, or name wrongly, goes to suspense.</summary>
/// <param name="Reference">The channel's own, or the request's key: the same money once.</param>
/// <param name="Unnamed">Why the rest of the amount is meant for nobody.</param>
internal sealed record Received(string Channel, string Reference, long AmountFen, DateOnly ValueOn, string Payer, string TakenBy, IReadOnlyList<PaidLine> Lines, string Unnamed = "payment.unknown_reference")
{
    /// <summary>What must be the same when a reference comes again. Not the day: a request that is sent again after midnight is the same.</summary>
    public byte[] Content => SHA256.HashData(Encoding.UTF8.GetBytes($"{AmountFen}\n{string.Join('\n', Lines.Select(l => $"{l.PsnNo}\t{l.Insutype}\t{l.Year}\t{l.AmountFen}"))}"));
}

/// <summary>What became of it.</summary>
/// <param name="ReceiptNo">Null: all of it lies in suspense.</param>
/// <param name="Repeated">The money was here before; nothing changed.</param>
/// <param name="Differs">As well, the reference is recorded with other content.</param>
internal sealed record Booked(long PaymentNo, long? ReceiptNo, bool Repeated, bool Differs);
