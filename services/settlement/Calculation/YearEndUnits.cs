using MedInsure.Kernel;
using MedInsure.Settlement.Policies;

namespace MedInsure.Settlement.Calculation;

/// <summary>A settlement that stands, as a year-end rule sees it.</summary>
/// <param name="SetlId">The first number of its chain of reversals and restorations.</param>
internal sealed record YearEndBill(string SetlId, string MdtrtId, ClaimFacts Facts, bool Interim, YearEndSums Sums);

/// <summary>What one amount of a rule is computed from: a stay with all its bills, or the year's visits.</summary>
/// <param name="MdtrtId">Empty: the year.</param>
/// <param name="Facts">Of the last bill.</param>
internal sealed record YearEndUnit(string MdtrtId, IReadOnlyList<YearEndBill> Bills, ClaimFacts Facts, YearEndSums Sums);

/// <summary>Which bills of a person a year-end rule counts together.</summary>
internal static class YearEndUnits
{
    /// <summary>
    /// A stay is one unit with all its bills once its last one stands, in the year of that bill's policy date; bills in between alone are no stay yet.
    /// For a rule per year every bill of the year that the rule's condition holds for counts, interim ones too.
    /// </summary>
    /// <param name="bills">Of one person and scheme, in the order in which they were settled.</param>
    public static List<YearEndUnit> Of(PolicyTerms terms, YearEndRule rule, int year, IEnumerable<YearEndBill> bills)
    {
        if (rule.Per == YearEndPer.Year)
        {
            var counted = bills.Where(b => b.Facts.PolicyOn.Year == year && rule.When.Holds(Situation.Of(terms, b.Facts))).ToList();
            return counted.Count == 0 ? [] : [Unit("", counted, counted[^1])];
        }
        var units = new List<YearEndUnit>();
        foreach (var stay in bills.GroupBy(b => b.MdtrtId))
            if (stay.LastOrDefault(b => !b.Interim) is { } last && last.Facts.PolicyOn.Year == year && rule.When.Holds(Situation.Of(terms, last.Facts))) units.Add(Unit(stay.Key, [.. stay], last));
        return units;
    }

    private static YearEndUnit Unit(string mdtrtId, List<YearEndBill> bills, YearEndBill last) =>
        new(mdtrtId, bills, last.Facts, bills.Aggregate(new YearEndSums(), (sums, b) => sums + b.Sums));

    /// <summary>What the rule gives for a unit of which other year-end rules gave a part.</summary>
    public static (YearEndSums Sums, YearEndDue Due) Due(PolicyTerms terms, YearEndRule rule, YearEndUnit unit, Fen ofOtherRules)
    {
        var sums = unit.Sums with { Borne = unit.Sums.Borne - ofOtherRules };
        return (sums, rule.Due(Situation.Of(terms, unit.Facts), sums));
    }
}
