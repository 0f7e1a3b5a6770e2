using MedInsure.Settlement.Ledger;

namespace MedInsure.Settlement.Pooling;

/// <summary>
/// The double entry of a move on either side. The county's money at the city is its city_pool, and the city's sub_account of the county mirrors it; what the county has put by is accumulated_surplus at the city, and
/// city_pool against accumulated_surplus at the county. Pure.
/// </summary>
internal static class MoveEntries
{
    public const string Remittance = "remittance", DeficitPayment = "deficit_payment", Allocation = "allocation", Surplus = "surplus", Deficit = "deficit", RiskPayment = "risk_payment", RiskDraw = "risk_draw",
        Interest = "interest", YearEnd = "year_end";

    /// <summary>Moves of money: booked by the receiver when it is there. The others are booked as they are heard.</summary>
    public static bool IsTransfer(string kind) => kind is Remittance or DeficitPayment or Allocation;

    /// <summary>The part of a pool that its split sets aside for the risk adjustment fund.</summary>
    public static string RiskPart(string fund) => fund + ".risk_adjustment";

    public static string VoucherKind(string kind) => kind switch
    {
        Remittance or DeficitPayment => "remittance",
        RiskPayment or RiskDraw => "risk_fund",
        Interest or YearEnd => "year_end",
        _ => "allocation",
    };

    public static List<LedgerEntry> AtCounty(string kind, string county, IReadOnlyList<MoveLine> lines)
    {
        var entries = new List<LedgerEntry>();
        foreach (var (fund, account, counterparty, fen) in lines)
        {
            var pool = Of(LedgerPurposes.CityPool, fund);
            var (debit, credit) = kind switch
            {
                Remittance => (pool, Of(account, fund, counterparty)),
                DeficitPayment => (Of(LedgerPurposes.CountyDeficit, fund), Of(account, fund, counterparty)),
                Allocation => (Of(LedgerPurposes.ExpenditureAccount, fund), pool),
                Surplus or YearEnd => (pool, Of(LedgerPurposes.CityPool, fund, LedgerPurposes.AccumulatedSurplus)),
                Deficit => (pool, Of(LedgerPurposes.CountyDeficit, fund)),
                RiskPayment => (pool, Of(LedgerPurposes.RiskFund, RiskPart(fund))),
                RiskDraw => (pool, Of(LedgerPurposes.RiskFund, fund)),
                Interest => (pool, Of(LedgerPurposes.Revenue("interest"), fund)),
                _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, null),
            };
            Book(entries, debit, credit, fen);
        }
        return entries;

        LedgerAccount Of(string purpose, string fund, string counterparty = "") => new(purpose, fund, county, counterparty);
    }

    public static List<LedgerEntry> AtCity(string kind, string city, string county, IReadOnlyList<MoveLine> lines)
    {
        var entries = new List<LedgerEntry>();
        foreach (var (fund, _, _, fen) in lines)
        {
            var (money, sub) = (new LedgerAccount(LedgerPurposes.FiscalAccount, fund, city, ""), Of(LedgerPurposes.SubAccount, fund));
            var (debit, credit) = kind switch
            {
                Remittance or Interest => (money, sub),
                DeficitPayment => (money, Of(LedgerPurposes.CountyDeficit, fund)),
                Allocation => (sub, money),
                Surplus or YearEnd => (Of(LedgerPurposes.AccumulatedSurplus, fund), sub),
                Deficit => (Of(LedgerPurposes.CountyDeficit, fund), sub),
                RiskPayment or RiskDraw => (Of(LedgerPurposes.RiskFund, fund), sub),
                _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, null),
            };
            Book(entries, debit, credit, fen);
        }
        return entries;

        LedgerAccount Of(string purpose, string fund) => new(purpose, fund, city, county);
    }

    private static void Book(List<LedgerEntry> entries, LedgerAccount debit, LedgerAccount credit, long fen)
    {
        SettlementEntries.Add(entries, new LedgerEntry(debit, fen));
        SettlementEntries.Add(entries, new LedgerEntry(credit, -fen));
        entries.RemoveAll(e => e.AmountFen == 0);
    }
}
