using MedInsure.Kernel;
using MedInsure.Protos.Settlement.V1;

namespace MedInsure.Reporting.Positions;

/// <summary>What if: by how much the rest of the year's expenditure grows and its contributions rise, in basis points; what governments pay in for a deficit, in fen.</summary>
internal sealed record FundScenario(int ExpenditureGrowthBp, int ContributionRiseBp, long DeficitPaymentFen)
{
    public static readonly FundScenario None = new(0, 0, 0);
}

/// <summary>How a pool will stand at the year's end. Money in fen.</summary>
/// <param name="Way">quarters: by past years' shares of each quarter; last_year, linear: as settlement forecasts.</param>
/// <param name="QuarterSharesBp">Of a year's expenditure, by past years that are whole; empty: there is none.</param>
/// <param name="TenthsOfMonths">Held at the year's end in tenths of the year's mean month; null: nothing is spent.</param>
internal sealed record FundOutlook(string Way, IReadOnlyList<int> QuarterSharesBp, long RevenueFen, long ExpenditureFen, long HeldFen, long? TenthsOfMonths, string Level)
{
    /// <summary>
    /// The rest of the year's expenditure follows the quarters of past years (the fourth quarter's peak: Zy, seed-facts.md 4), within a quarter evenly; where no past year is whole, settlement's forecast. Revenue is settlement's
    /// forecast. The scenario changes what is still to come, never what is booked. Pure.
    /// </summary>
    /// <param name="past">The pool's months, of this year and those before.</param>
    public static FundOutlook Of(PoolStanding standing, IReadOnlyCollection<PoolMonth> past, int month, IReadOnlyList<PoolLevel> levels, FundScenario scenario)
    {
        var shares = QuarterShares(past, month / 100);
        var (whole, way) = (standing.ForecastExpenditureFen, standing.Seasonal ? "last_year" : "linear");
        if (shares.Count > 0 && PassedThirds(shares, month % 100) is > 0 and var passed) (whole, way) = (HalfUp.DivideProduct(standing.YearExpenditureFen, 3 * BasisPoints.Whole, passed), "quarters");
        var spent = standing.YearExpenditureFen + HalfUp.DivideProduct(Math.Max(0, whole - standing.YearExpenditureFen), BasisPoints.Whole + scenario.ExpenditureGrowthBp, BasisPoints.Whole);
        var received = standing.YearRevenueFen + HalfUp.DivideProduct(Math.Max(0, standing.ForecastRevenueFen - standing.YearRevenueFen), BasisPoints.Whole + scenario.ContributionRiseBp, BasisPoints.Whole) + scenario.DeficitPaymentFen;
        var held = standing.HeldFen + received - standing.YearRevenueFen - (spent - standing.YearExpenditureFen);
        var tenths = spent > 0 ? (long)((Int128)held * 120 / spent) : (long?)null;
        return new FundOutlook(way, shares, received, spent, held, tenths, LevelOf(levels, tenths));
    }

    private static List<int> QuarterShares(IReadOnlyCollection<PoolMonth> past, int year)
    {
        var quarters = new long[4];
        foreach (var whole in past.Where(m => m.Month / 100 < year && m.ExpenditureFen > 0).GroupBy(m => m.Month / 100).Where(y => y.Count() == 12))
            foreach (var month in whole) quarters[(month.Month % 100 - 1) / 3] = checked(quarters[(month.Month % 100 - 1) / 3] + month.ExpenditureFen);
        var total = quarters.Sum();
        return total <= 0 ? [] : [.. quarters.Select(q => (int)HalfUp.DivideProduct(q, BasisPoints.Whole, total))];
    }

    /// <summary>What of a year has passed with a month, in thirds of basis points.</summary>
    private static int PassedThirds(List<int> shares, int month) => 3 * shares.Take((month - 1) / 3).Sum() + shares[(month - 1) / 3] * ((month - 1) % 3 + 1);

    private static string LevelOf(IReadOnlyList<PoolLevel> levels, long? tenths) =>
        tenths is not { } held ? "" : levels.FirstOrDefault(l => l.BelowMonths > 0 ? held < l.BelowMonths * 10 : held > l.AboveMonths * 10)?.Level ?? "";
}
