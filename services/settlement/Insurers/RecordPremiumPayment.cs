using MedInsure.Kernel;
using MedInsure.Protos.Insurer.V1;
using Npgsql;

namespace MedInsure.Settlement.Insurers;

/// <summary>The agency's cashier records that the bank transferred an instalment, and another releases it: once, the whole of it; with it the premium is booked in the city's ledger, by county.</summary>
internal static class RecordPremiumPayment
{
    /// <param name="Amount">Yuan; must be the instalment's.</param>
    /// <param name="PaidOn">yyyy-MM-dd, not in the future.</param>
    /// <param name="Reference">The bank's, used once.</param>
    internal sealed record Payment(decimal? Amount, string? PaidOn, string? Reference, string? Cashier, string? Approver);

    private const string Insert = """
        INSERT INTO insurer_premium_payment (contract_no, year, number, amount_fen, paid_on, reference, cashier, approver, recorded_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
        """;

    public static async Task<Outcome<PremiumTransfer>> Execute(NpgsqlDataSource city, InsurerContract contract, int year, int number, Payment payment, ChinaCalendar calendar, CancellationToken cancellation)
    {
        if (TwoPeople.Check(payment.Cashier, "cashier", payment.Approver) is { } unfit) return unfit;
        if (ContractYears.Check(contract, year) is { } foreign) return foreign;
        if (payment.Amount is not { } yuan || !Yuan.TryRead(yuan, out var amount)) return Refusals.PremiumAmountMismatch;
        if (!CountyDesk.IsDay(payment.PaidOn, calendar, out var paidOn)) return Refusals.PaymentDayInvalid;
        if (payment.Reference is not { } reference || !CountyDesk.IsReference(reference)) return Refusals.PaymentReferenceMissing;

        await using var connection = await city.OpenConnectionAsync(cancellation);
        await using var transaction = await InsurerBooks.Begin(connection, contract, cancellation);
        if (await HeadCounts.Fixed(connection, contract.Number, year, cancellation) is not { } heads) return Refusals.HeadCountMissing;
        var transfers = await ListPremiumTransfers.Read(connection, contract, year, heads, cancellation);
        if (transfers.FirstOrDefault(t => t.Number == number) is not { } transfer) return Refusals.InstalmentUnknown;
        if (transfer.PaymentReference.Length > 0)
        {
            var same = transfer.PaidFen == amount.Value && transfer.PaidOn == DayNumber.Of(paidOn) && transfer.PaymentReference == reference;
            return same ? transfer : Refusals.InstalmentPaid;
        }
        if (amount.Value != transfer.AmountFen) return Refusals.PremiumAmountMismatch;
        try
        {
            await using var command = new NpgsqlCommand(Insert, connection)
            {
                Parameters =
                {
                    new NpgsqlParameter<string> { TypedValue = contract.Number },
                    new NpgsqlParameter<int> { TypedValue = year },
                    new NpgsqlParameter<int> { TypedValue = number },
                    new NpgsqlParameter<long> { TypedValue = amount.Value },
                    new NpgsqlParameter<DateOnly> { TypedValue = paidOn },
                    new NpgsqlParameter<string> { TypedValue = reference },
                    new NpgsqlParameter<string> { TypedValue = payment.Cashier! },
                    new NpgsqlParameter<string> { TypedValue = payment.Approver! },
                    new NpgsqlParameter<DateTimeOffset> { TypedValue = calendar.UtcNow },
                },
            };
            await command.ExecuteNonQueryAsync(cancellation);
        }
        catch (PostgresException e) when (e.ConstraintName == "a_bank_reference_pays_once") { return Refusals.PaymentReferenceUsed; }
        await InsurerVouchers.Book(connection, transaction, contract, InsurerVouchers.OfPremium(contract, transfer, paidOn, reference, payment.Cashier!, payment.Approver!), calendar.Today, cancellation);
        await transaction.CommitAsync(cancellation);
        (transfer.PaidFen, transfer.PaidOn, transfer.PaymentReference) = (amount.Value, DayNumber.Of(paidOn), reference);
        return transfer;
    }
}
