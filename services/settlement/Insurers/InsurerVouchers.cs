using System.Globalization;
using MedInsure.Kernel;
using MedInsure.Protos.Insurer.V1;
using MedInsure.Settlement.Ledger;
using Npgsql;

namespace MedInsure.Settlement.Insurers;

/// <summary>
/// What a contract's facts are in the city's ledger, by county where they are a county's (the account's county). Premiums are an expense of the scheme's critical illness part
/// (<see cref="SplitRevenue"/>), as is a year's outcome; what the insurer owes for claims lowers the layer's benefit expense, which the counties' own ledgers hold gross: over the city and its
/// counties the fund bears what is left.
/// </summary>
internal static class InsurerVouchers
{
    public const string Premium = "premium", Insurer = "insurer";

    /// <summary>The part of the scheme's pool that pays premiums; of a contract over all schemes its own layer.</summary>
    public static string PremiumFund(InsurerContract contract) => contract.Insutype is { } insutype ? IncomeEntries.FundOf(insutype) + ".critical_premium" : contract.FundPayType;

    public static Voucher OfPremium(InsurerContract contract, PremiumTransfer transfer, DateOnly paidOn, string reference, string cashier, string approver)
    {
        var fund = PremiumFund(contract);
        return new Voucher(Premium, $"{contract.Number}/{transfer.Year}/{transfer.Number}", paidOn, transfer.Year, $"{contract.ChineseName} {transfer.Year}年第{transfer.Number}期保费 {reference}", [cashier.Trim(), approver.Trim()],
            [.. transfer.County.Select(c => new LedgerEntry(new(LedgerPurposes.InsurerPremium, fund, c.County, contract.Insurer), c.AmountFen)), new(Money(LedgerPurposes.ExpenditureAccount, fund, contract), -transfer.AmountFen)]);
    }

    public static Voucher OfClaims(InsurerContract contract, ClaimStatement statement, DateOnly effectiveOn, string reviewer, string approver) =>
        new(Insurer, $"{contract.Number}/claims/{statement.Month}", effectiveOn, statement.Month / 100, $"{contract.ChineseName} {statement.Month}赔付应收", [reviewer.Trim(), approver.Trim()],
        [
            new(new(SettlementEntries.InsurerReceivable, contract.FundPayType, contract.City, contract.Insurer), statement.DueFen),
            .. statement.County.Select(c => new LedgerEntry(new(SettlementEntries.BenefitExpense, contract.FundPayType, c.County, contract.Insurer), c.AdjustedFen - c.ClaimsFen)),
        ]);

    /// <summary>What of a year's agreed outcome was not booked by an earlier version: a gain is the fund's claim on the insurer, a loss its debt.</summary>
    public static Voucher OfOutcome(InsurerContract contract, Reconciliation year, long bookedFen, DateOnly today, string reviewer, string approver)
    {
        var fund = PremiumFund(contract);
        var (owed, owing) = (Part(year.ToFundFen, 1) - Part(bookedFen, 1), Part(year.ToFundFen, -1) - Part(bookedFen, -1));
        LedgerEntry[] entries =
        [
            new(new(SettlementEntries.InsurerReceivable, fund, contract.City, contract.Insurer), owed),
            new(new(LedgerPurposes.InsurerPayable, fund, contract.City, contract.Insurer), -owing),
            new(new(LedgerPurposes.InsurerPremium, fund, contract.City, contract.Insurer), owing - owed),
        ];
        return new Voucher(Insurer, $"{contract.Number}/outcome/{year.Year}/{year.Version}", today, year.Year, $"{contract.ChineseName} {year.Year}年度清算", [reviewer.Trim(), approver.Trim(), contract.Insurer], entries);

        static long Part(long fen, int sign) => Math.Max(0, sign * fen);
    }

    /// <param name="debt">insurer_receivable or insurer_payable.</param>
    /// <param name="amountFen">Positive: to the fund; negative: to the insurer.</param>
    public static Voucher OfTransfer(InsurerContract contract, int period, string fund, string debt, long amountFen, DateOnly paidOn, string reference, string cashier, string approver)
    {
        var money = amountFen > 0 ? LedgerPurposes.RevenueAccount : LedgerPurposes.ExpenditureAccount;
        return new Voucher(Insurer, $"{contract.Number}/transfer/{reference}", paidOn, period > 9_999 ? period / 100 : period, string.Create(CultureInfo.InvariantCulture, $"{contract.ChineseName} {period} {reference}"), [cashier.Trim(), approver.Trim()],
            [new(Money(money, fund, contract), amountFen), new(new(debt, fund, contract.City, contract.Insurer), -amountFen)]);
    }

    private static LedgerAccount Money(string purpose, string fund, InsurerContract contract) => new(purpose, fund, contract.City, "");

    /// <summary>Books in the caller's transaction; an entry without money is none, nor is a fact without entries.</summary>
    public static async Task Book(NpgsqlConnection connection, NpgsqlTransaction transaction, InsurerContract contract, Voucher voucher, DateOnly today, CancellationToken cancellation)
    {
        voucher = voucher with { Entries = [.. voucher.Entries.Where(e => e.AmountFen != 0)] };
        if (voucher.Entries.Count == 0) return;
        var head = await LedgerHead.Lock(connection, transaction, cancellation);
        await PostVouchers.Run(connection, transaction, contract.City, head, [(voucher, head.OpenDay(today))], cancellation);
    }
}
