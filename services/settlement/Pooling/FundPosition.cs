using MedInsure.Kernel;

namespace MedInsure.Settlement.Pooling;

/// <summary>How a pool stands at a month's end. Money in fen.</summary>
/// <param name="ByFund">The month's expenditure by fund code.</param>
/// <param name="YearRevenueFen">Booked since January.</param>
/// <param name="HeldFen">Put by, plus revenue less expenditure since.</param>
/// <param name="MeanFen">The mean month's expenditure of the last twelve, or of those there are.</param>
/// <param name="TenthsOfMonths">What is held, in tenths of a mean month; null: nothing was spent yet.</param>
/// <param name="Level">Of the city's early warning; empty: sound.</param>
/// <param name="Seasonal">The forecast follows last year's months (the fourth quarter's peak: Zy, seed-facts.md section 4, 002_151a34ac552392cd.txt); else the year goes on as it went.</param>
internal sealed record PoolPosition(string Pool, long RevenueFen, long ExpenditureFen, IReadOnlyDictionary<string, long> ByFund, long YearRevenueFen, long YearExpenditureFen, long HeldFen, long MeanFen, long? TenthsOfMonths, string Level,
    bool Seasonal, long ForecastRevenueFen, long ForecastExpenditureFen, long ForecastHeldFen, long BudgetRevenueFen, long BudgetExpenditureFen);

/// <summary>A month's position, by pool. Pure.</summary>
internal static class FundPosition
{
    private const int MeanMonths = 12;

    /// <param name="flows">All that was ever booked; what is later than the month is left out.</param>
    /// <param name="month">yyyyMM.</param>
    /// <param name="budgets">Approved ones of the month's year: of a city those of its counties.</param>
    public static List<PoolPosition> Of(IReadOnlyCollection<FundFlowSum> flows, int month, PoolTerms terms, IReadOnlyCollection<FundApplication> budgets) =>
    [
        .. flows.Where(f => f.Month <= month && f.Fund.Length > 0 && FundSides.IsHeld(f.Purpose))
            .GroupBy(f => f.Pool, StringComparer.Ordinal).OrderBy(g => g.Key, StringComparer.Ordinal).Select(g => Of(g.Key, [.. g], month, terms, budgets)),
    ];

    private static PoolPosition Of(string pool, List<FundFlowSum> flows, int month, PoolTerms terms, IReadOnlyCollection<FundApplication> budgets)
    {
        var (revenue, expenditure) = (Monthly(flows, f => f.RevenueFen), Monthly(flows, f => f.ExpenditureFen));
        var held = -flows.Sum(f => f.NetFen);
        var first = Math.Max(revenue.Keys.Concat(expenditure.Keys).DefaultIfEmpty(month).Min(), Before(month, MeanMonths - 1));
        var count = Since(first, month) + 1;
        var mean = HalfUp.Divide((Int128)expenditure.Where(m => m.Key >= first).Sum(m => m.Value), count);
        var tenths = mean > 0 ? (long)((Int128)held * 10 / mean) : (long?)null;
        var (yearRevenue, yearExpenditure) = (InYear(revenue, month), InYear(expenditure, month));
        var (forecastExpenditure, seasonal) = Forecast(expenditure, yearExpenditure, month);
        var (forecastRevenue, _) = Forecast(revenue, yearRevenue, month);
        var byFund = flows.Where(f => f.Month == month).GroupBy(f => f.Fund, StringComparer.Ordinal).Select(g => (g.Key, Fen: g.Sum(f => f.ExpenditureFen))).Where(f => f.Fen != 0).ToDictionary(f => f.Key, f => f.Fen, StringComparer.Ordinal);
        return new PoolPosition(pool, revenue.GetValueOrDefault(month), expenditure.GetValueOrDefault(month), byFund, yearRevenue, yearExpenditure, held, mean, tenths, LevelOf(terms, tenths), seasonal, forecastRevenue, forecastExpenditure,
            held + (forecastRevenue - yearRevenue) - (forecastExpenditure - yearExpenditure), budgets.Sum(b => FundFlows.Budgeted(b, pool, FundApplication.Revenue)), budgets.Sum(b => FundFlows.Budgeted(b, pool, FundApplication.Expenditure)));
    }

    private static Dictionary<int, long> Monthly(List<FundFlowSum> flows, Func<FundFlowSum, long> side) => flows.GroupBy(f => f.Month).Select(g => (g.Key, Fen: g.Sum(side))).Where(m => m.Fen != 0).ToDictionary(m => m.Key, m => m.Fen);

    private static long InYear(Dictionary<int, long> months, int month) => months.Where(m => m.Key / 100 == month / 100 && m.Key <= month).Sum(m => m.Value);

    /// <summary>The whole year's: as last year's months went, where all twelve are known; else each month like those so far.</summary>
    private static (long Fen, bool Seasonal) Forecast(Dictionary<int, long> months, long soFar, int month)
    {
        var (last, elapsed) = (month / 100 - 1, month % 100);
        var whole = Enumerable.Range(1, 12).Select(m => months.GetValueOrDefault(last * 100 + m)).ToList();
        var same = whole.Take(elapsed).Sum();
        return whole.TrueForAll(m => m > 0) ? (HalfUp.Divide((Int128)soFar * whole.Sum(), same), true) : (HalfUp.Divide((Int128)soFar * 12, elapsed), false);
    }

    private static string LevelOf(PoolTerms terms, long? tenths) =>
        tenths is not { } t ? "" : terms.Warnings.FirstOrDefault(w => w.BelowMonths is { } below ? t < below * 10 : t > w.AboveMonths * 10)?.Level ?? "";

    private static int Before(int month, int months)
    {
        var day = new DateOnly(month / 100, month % 100, 1).AddMonths(-months);
        return day.Year * 100 + day.Month;
    }

    private static int Since(int from, int to) => (to / 100 - from / 100) * 12 + to % 100 - from % 100;

    public static object Shown(PoolPosition p) => new
    {
        p.Pool, p.Level, Revenue = Yuan.Of(p.RevenueFen), Expenditure = Yuan.Of(p.ExpenditureFen), ExpenditureByFund = p.ByFund.OrderBy(f => f.Key, StringComparer.Ordinal).Select(f => new { Fund = f.Key, Amount = Yuan.Of(f.Value) }),
        YearRevenue = Yuan.Of(p.YearRevenueFen), YearExpenditure = Yuan.Of(p.YearExpenditureFen), Balance = Yuan.Of(p.HeldFen), MeanMonth = Yuan.Of(p.MeanFen), MonthsOfReserve = p.TenthsOfMonths is { } tenths ? tenths / 10m : (decimal?)null,
        Forecast = new { Way = p.Seasonal ? "last_year" : "linear", Revenue = Yuan.Of(p.ForecastRevenueFen), Expenditure = Yuan.Of(p.ForecastExpenditureFen), Balance = Yuan.Of(p.ForecastHeldFen) },
        Budget = p.BudgetRevenueFen == 0 && p.BudgetExpenditureFen == 0 ? null : new
        {
            Revenue = Yuan.Of(p.BudgetRevenueFen), Expenditure = Yuan.Of(p.BudgetExpenditureFen), RevenueExecution = Percent(p.YearRevenueFen, p.BudgetRevenueFen), ExpenditureExecution = Percent(p.YearExpenditureFen, p.BudgetExpenditureFen),
        },
    };

    /// <summary>Two decimals; null: nothing is budgeted.</summary>
    private static decimal? Percent(long actual, long budget) => budget <= 0 ? null : HalfUp.Divide((Int128)actual * 10_000, budget) / 100m;
}
