using MedInsure.FraudAudit.KnowledgePoints;
using MedInsure.FraudAudit.Rules;
using MedInsure.Reference;

namespace MedInsure.FraudAudit.Tests.Rules;

[Trait("Category", "Unit")]
public sealed class RuleSetTests
{
    private static readonly RuleBook Book = RuleBook.LoadEmbedded();

    /// <summary>A point of every rule that uses them, for a drug and a service of the bill, that finds nothing.</summary>
    private static IEnumerable<KnowledgePoint> QuietPoints(string code) => Book.Definitions.Values
        .Where(d => d.Points && d.Number is not ("GZ10000101001000" or "GZ10000101003000" or "GZ10000101004000" or "MI10000101054000" or "MI10000103051000"))
        .Select(d => Bill.Point(d.Number, code, others: [d.Pairs ? "Y9" : "X5"], diagnoses: ["I10"], gend: "2", ageMin: 18, ageMax: 60, insutypes: ["390"], medTypes: ["11"], levelMin: "2", limit: 1_000_000, window: d.PointLimit == "price" ? "" : "year"));

    private static BillUnderAudit EightLines()
    {
        var visit = Bill.Visit(lines: [.. Enumerable.Range(1, 8).Select(i => Bill.Line($"X{i}", supplyDays: 7, prescription: $"R{i / 5}"))]);
        visit.Diagnosis.Add(Bill.Diagnosis("I10.x00"));
        var earlier = Enumerable.Range(1, 6).Select(m => Bill.Visit(20260103 + m * 100, lines: [.. Enumerable.Range(1, 8).Select(i => Bill.Line($"X{i}", 7, 20260103 + m * 100))])).ToList();
        return new BillUnderAudit(visit, earlier, CityReference.Empty("640300"));
    }

    [Fact]
    public void NothingFound_NothingAllocated()
    {
        var (set, bill) = (new RuleSet(Book, [], [.. QuietPoints("X1"), .. QuietPoints("X2"), .. QuietPoints("X3")]), EightLines());
        set.Audit(bill, "after");
        Assert.Empty(bill.Found);

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 100; i++) set.Audit(bill, "after");
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public void NewestSettingThatHasBegun_Holds()
    {
        const string rule = "MI10000202051000";
        RuleSetting Setting(int from, bool on, decimal days) => new(rule, from, on, null, null, new Dictionary<string, decimal> { ["acute_days_max"] = days });
        var set = new RuleSet(Book, [Setting(20260601, true, 3), Setting(20260101, true, 5), Setting(20260901, false, 1)], []);
        Assert.Equal((7, 5, 3), (set.TermsOf(rule, 20251231, "after")!.Whole("acute_days_max"), set.TermsOf(rule, 20260101, "after")!.Whole("acute_days_max"), set.TermsOf(rule, 20260831, "after")!.Whole("acute_days_max")));
        Assert.Null(set.TermsOf(rule, 20260901, "after"));
    }

    [Fact]
    public void EveryRule_SaysWhatItIs_AndNamesOnlyKnownStagesKindsAndColumns()
    {
        Assert.All(Book.Definitions.Values, d =>
        {
            Assert.All((string[])[d.Name, d.NameEn, d.Definition, d.Clause, d.Window], text => Assert.NotEmpty(text));
            Assert.Matches("^(GZ10000|MI10000|ZB10000)[0-9]{9}$", d.Number);
            Assert.NotEmpty(d.Stages);
            Assert.Empty(d.Stages.Except(["before", "during", "after"]));
            Assert.Contains(d.Kind, (string[])["certain", "suspicious"]);
            Assert.InRange(d.Severity, 1, 3);
            Assert.Contains(d.PointLimit, (string[])["", "quantity", "price"]);
            Assert.Empty(d.PointNeeds.SelectMany(n => n.Split('|')).Except(KnowledgePointFile.Columns));
            Assert.True(d.Points || (d.PointNeeds.Count == 0 && d.PointLimit.Length == 0 && !d.Pairs), d.Number);
        });
    }

    [Theory]
    [InlineData("day", 20261102, 20261102, 20261102)]
    [InlineData("week", 20261108, 20261102, 20261108)] // a Sunday ends its week
    [InlineData("month", 20240229, 20240201, 20240229)]
    [InlineData("quarter", 20261231, 20261001, 20261231)]
    [InlineData("year", 20261102, 20260101, 20261231)]
    [InlineData("30", 20260301, 20260131, 20260301)]
    public void Window_OfADay(string window, int day, int from, int to) => Assert.Equal((from, to), AuditDays.Window(window, day));
}
