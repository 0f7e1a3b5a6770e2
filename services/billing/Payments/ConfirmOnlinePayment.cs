using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using MedInsure.Billing.Incomes;
using MedInsure.Billing.Reconciliation;
using MedInsure.Kernel;
using Npgsql;

namespace MedInsure.Billing.Payments;

/// <summary>
/// An online channel says that money has moved. It signs time, path and body with its own secret; the same transaction again is answered as before. What does
/// not fit its order lies in suspense: the money is here.
/// </summary>
internal static class ConfirmOnlinePayment
{
    /// <param name="OrderNo">As we gave it; unknown or missing: suspense.</param>
    /// <param name="Amount">Yuan with at most two decimals.</param>
    /// <param name="PaidOn">yyyy-MM-dd.</param>
    internal sealed record Callback(string? TransactionNo, long? OrderNo, string? Amount, string? PaidOn);

    internal sealed record Confirmed(string TransactionNo, long PaymentNo, bool Repeated, string Allocated, string Suspense);

    /// <summary>Hexadecimal HMAC-SHA256 over "time\npath\nbody".</summary>
    public static string Sign(string secret, string time, string path, ReadOnlySpan<byte> body) =>
        Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), (byte[])[.. Encoding.UTF8.GetBytes($"{time}\n{path}\n"), .. body]));

    /// <returns>Why the callback is not the channel's, or not of now; null: it is.</returns>
    public static Refusal? Authenticate(IConfiguration configuration, string channel, string time, string signature, string path, ReadOnlySpan<byte> body, DateTimeOffset now)
    {
        if (Secret(configuration, channel) is not { } secret) return PaymentRefusals.ChannelSilent;
        if (!CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(Sign(secret, time, path, body)), Encoding.UTF8.GetBytes(signature))) return PaymentRefusals.ChannelSilent;
        return long.TryParse(time, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) && Math.Abs(now.ToUnixTimeSeconds() - seconds) <= PaymentRefusals.CallbackMinutes * 60 ? null : PaymentRefusals.CallbackStale;
    }

    public static async Task<Outcome<Confirmed>> Execute(NpgsqlDataSource database, string channel, ReadOnlyMemory<byte> body, ChinaCalendar calendar, CancellationToken cancellation)
    {
        Callback? callback;
        try { callback = JsonSerializer.Deserialize<Callback>(body.Span, BillingJson.Options); }
        catch (JsonException) { callback = null; }
        if (callback is null) return Refusals.BodyMalformed;
        if (!RequestTexts.IsText(callback.TransactionNo, 64)) return PaymentRefusals.TransactionMissing;
        if (!PaymentTexts.IsAmount(callback.Amount, out var amount)) return PaymentRefusals.AmountInvalid;
        if (!PaymentTexts.IsPastDay(callback.PaidOn, calendar.Today, out var paidOn)) return PaymentRefusals.DayInvalid.At("paid_on");

        await using var connection = await database.OpenConnectionAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        var order = callback.OrderNo is { } orderNo ? await OrderOnlinePayment.Find(connection, transaction, channel, orderNo, cancellation) : null;
        // Another sum than ordered is for nobody in particular.
        var (lines, unnamed) = order is not { } found ? ([], "payment.unknown_reference") : found.AmountFen == amount ? (found.Lines, "") : ((IReadOnlyList<PaidLine>)[], PaymentRefusals.WrongAmount.Code);
        var name = $"online-{channel}";
        var received = new Received(name, callback.TransactionNo!, amount, paidOn, order?.Payer ?? "", name, lines, unnamed);
        var incomes = new List<IncomePosting>();
        var booked = (await ReceivePayments.Run(connection, transaction, [received], moved: true, incomes, calendar.UtcNow, cancellation)).Value[0];
        if (booked.Differs) await MoneyFindings.Add(connection, transaction, [new(name, paidOn, "reference_conflict", callback.TransactionNo!, null, amount, booked.PaymentNo)], calendar.UtcNow, cancellation);
        await PostIncome.Run(connection, transaction, incomes, calendar.UtcNow, cancellation);
        await transaction.CommitAsync(cancellation);
        if (booked.Differs) return PaymentRefusals.ReferenceReused.At("transaction_no");
        var payment = (await PaymentBook.Find(database, booked.PaymentNo, cancellation))!;
        return new Confirmed(callback.TransactionNo!, booked.PaymentNo, booked.Repeated, payment.Allocated, payment.Suspense);
    }

    /// <summary>Secrets:PaymentChannels: name=secret, several separated by ; or a new line.</summary>
    private static string? Secret(IConfiguration configuration, string channel) =>
        (configuration["Secrets:PaymentChannels"] ?? "").Split([';', '\n'], StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Select(pair => pair.Split('=', 2))
            .FirstOrDefault(pair => pair.Length == 2 && pair[0].Trim() == channel && pair[1].Trim().Length > 0)?[1].Trim();
}
