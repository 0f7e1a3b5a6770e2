using MedInsure.FraudAudit.Rules;
using MedInsure.Reference;

namespace MedInsure.FraudAudit.Tests.Rules.Period;

/// <summary>Bills of November 2026 for rules that look at many.</summary>
internal static class MonthBills
{
    private static int number;

    public static BillSummary Visit(string psn, int day, int minute, decimal total = 100, string provider = "P1", string level = "pharmacy", string medType = "41", long poolLeft = -1, long fund = 0)
    {
        var id = Interlocked.Increment(ref number);
        return new($"S{id}", $"M{id}", psn, "640301", provider, "640301", level, "390", medType, "J06.9", "K1", "D1", day, day, Bill.MsOf(day, 9) + minute * 60_000L, false, (long)(total * 100), (long)(total * 100), fund, 0, (long)(total * 100), 0, 0, 0, poolLeft);
    }

    public static BillSummary Stay(string psn, int from, int to, decimal total = 1000, decimal drug = 300, decimal exam = 200, decimal material = 100, decimal treatment = 200, string provider = "H1", bool poor = false)
    {
        var id = Interlocked.Increment(ref number);
        return new($"S{id}", $"M{id}", psn, "640301", provider, "640301", "2", "390", "21", "J18.9", "K1", "D1", from, to, Bill.MsOf(to, 11), poor, (long)(total * 100), (long)(total * 100), 0, 0,
            (long)(drug * 100), (long)(exam * 100), (long)(material * 100), (long)(treatment * 100), -1);
    }

    public static IReadOnlyList<Violation> Audit(string rule, IEnumerable<BillSummary> bills)
    {
        var period = new PeriodUnderAudit(20261101, 20261130, [.. bills.OrderBy(b => b.SettledAtMs)], CityReference.Empty("640300"));
        new RuleSet(RuleBook.LoadEmbedded(), [], []).Audit(period, new HashSet<string> { rule });
        return period.Found;
    }
}
