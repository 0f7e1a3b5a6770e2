using MedInsure.Kernel;
using MedInsure.Protos.Insurer.V1;
using MedInsure.Settlement.Ledger;
using Npgsql;

namespace MedInsure.Settlement.Insurers;

/// <summary>
/// A cashier records what the bank brought from an insurer for a month's claims, or what one side transferred of a year's agreed outcome; another releases it. What was transferred may be less than what
/// is due: the difference stays listed until it has come. More than is due is refused.
/// </summary>
internal static class RecordInsurerTransfer
{
    private const int ReferenceLengthMax = 100;

    /// <param name="Amount">Yuan, more than nothing.</param>
    /// <param name="PaidOn">yyyy-MM-dd, not in the future.</param>
    /// <param name="Reference">The bank's, used once.</param>
    internal sealed record Order(decimal? Amount, string? PaidOn, string? Reference, string? Cashier, string? Approver);

    private const string Insert = """
        INSERT INTO insurer_transfer (contract_no, reference, period, amount_fen, paid_on, cashier, approver, recorded_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
        """;

    /// <summary>Of a month's claims, from the insurer. In order: two people, amount, day, reference, the month's statement; recorded before; what is due.</summary>
    public static async Task<Outcome<ClaimStatement>> OfClaims(NpgsqlDataSource city, InsurerContract contract, int month, Order order, ChinaCalendar calendar, CancellationToken cancellation)
    {
        if (Check(order, calendar, out var amount, out var paidOn) is { } unfit) return unfit;
        await using var connection = await city.OpenConnectionAsync(cancellation);
        await using var transaction = await InsurerBooks.Begin(connection, contract, cancellation);
        if ((await ListClaimStatements.Read(connection, contract, 0, cancellation)).FirstOrDefault(s => s.Month == month) is not { } statement) return InsurerRefusals.StatementUnknown;
        if (statement.Transfer.FirstOrDefault(t => t.Reference == order.Reference) is { } before) return IsSame(before, amount.Value, paidOn) ? statement : Refusals.PaymentReferenceUsed;
        if (amount.Value > statement.DifferenceFen) return InsurerRefusals.AboveDue;
        if (await Write(connection, contract, month, amount.Value, paidOn, order, calendar, cancellation) is { } used) return used;
        await InsurerVouchers.Book(connection, transaction, contract, InsurerVouchers.OfTransfer(contract, month, contract.FundPayType, SettlementEntries.InsurerReceivable, amount.Value, paidOn, order.Reference!, order.Cashier!, order.Approver!), calendar.Today, cancellation);
        await transaction.CommitAsync(cancellation);
        statement.Transfer.Add(new InsurerTransfer { Reference = order.Reference!, AmountFen = amount.Value, PaidOn = DayNumber.Of(paidOn) });
        ListClaimStatements.Sum(statement);
        return statement;
    }

    /// <summary>Of a year's outcome: a gain comes from the insurer, a loss goes to it. In order: two people, amount, day, reference, the year agreed; recorded before; what is due.</summary>
    public static async Task<Outcome<Reconciliation>> OfOutcome(NpgsqlDataSource city, InsurerContract contract, int year, Order order, ChinaCalendar calendar, CancellationToken cancellation)
    {
        if (Check(order, calendar, out var amount, out var paidOn) is { } unfit) return unfit;
        if (ContractYears.Check(contract, year) is { } foreign) return foreign;
        await using var connection = await city.OpenConnectionAsync(cancellation);
        await using var transaction = await InsurerBooks.Begin(connection, contract, cancellation);
        if (await ReconciliationRow.Latest(connection, contract.Number, year, cancellation) is not { State: ReconciliationState.Agreed } agreed) return InsurerRefusals.NotAgreed;
        var left = agreed.ToFundFen - agreed.OutcomePaidFen;
        var signed = left < 0 ? -amount.Value : amount.Value;
        if ((await ListClaimStatements.Transfers(connection, contract.Number, [year], cancellation))[year].FirstOrDefault(t => t.Reference == order.Reference) is { } before)
            return IsSame(before, before.AmountFen < 0 ? -amount.Value : amount.Value, paidOn) ? agreed : Refusals.PaymentReferenceUsed;
        if (amount.Value > Math.Abs(left)) return InsurerRefusals.AboveDue;
        if (await Write(connection, contract, year, signed, paidOn, order, calendar, cancellation) is { } used) return used;
        // What a later version takes off a gain that was transferred goes back through the account that it came by.
        var debt = agreed.ToFundFen < 0 ? LedgerPurposes.InsurerPayable : SettlementEntries.InsurerReceivable;
        await InsurerVouchers.Book(connection, transaction, contract, InsurerVouchers.OfTransfer(contract, year, InsurerVouchers.PremiumFund(contract), debt, signed, paidOn, order.Reference!, order.Cashier!, order.Approver!), calendar.Today, cancellation);
        await transaction.CommitAsync(cancellation);
        agreed.OutcomePaidFen += signed;
        return agreed;
    }

    private static Refusal? Check(Order order, ChinaCalendar calendar, out Fen amount, out DateOnly paidOn)
    {
        (amount, paidOn) = (Fen.Zero, default);
        if (TwoPeople.Check(order.Cashier, "cashier", order.Approver) is { } unfit) return unfit;
        if (order.Amount is not { } yuan || !Yuan.TryRead(yuan, out amount) || amount <= Fen.Zero) return Refusals.PremiumAmountMismatch;
        if (!CountyDesk.IsDay(order.PaidOn, calendar, out paidOn)) return Refusals.PaymentDayInvalid;
        return string.IsNullOrWhiteSpace(order.Reference) || order.Reference.Length > ReferenceLengthMax || order.Reference.Any(char.IsControl) ? Refusals.PaymentReferenceMissing : null;
    }

    private static bool IsSame(InsurerTransfer before, long amountFen, DateOnly paidOn) => before.AmountFen == amountFen && before.PaidOn == DayNumber.Of(paidOn);

    private static async Task<Refusal?> Write(NpgsqlConnection connection, InsurerContract contract, int period, long amountFen, DateOnly paidOn, Order order, ChinaCalendar calendar, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(Insert, connection)
        {
            Parameters =
            {
                new() { Value = contract.Number }, new() { Value = order.Reference! }, new() { Value = period }, new() { Value = amountFen }, new() { Value = paidOn },
                new() { Value = order.Cashier!.Trim() }, new() { Value = order.Approver!.Trim() }, new() { Value = calendar.UtcNow },
            },
        };
        try { await command.ExecuteNonQueryAsync(cancellation); }
        catch (PostgresException e) when (e.ConstraintName == "insurer_transfer_pkey") { return Refusals.PaymentReferenceUsed; }
        return null;
    }
}
