using MedInsure.FraudAudit.Rules;
using MedInsure.FraudAudit.Statistics;
using MedInsure.FraudAudit.Tests.Rules.Period;

namespace MedInsure.FraudAudit.Tests.Statistics;

[Trait("Category", "Golden")]
public sealed class OutliersTests
{
    private static readonly Measure Cost = Measure.Find("cost_per_stay")!;

    /// <summary>Each provider has ten stays of its price.</summary>
    private static List<BillSummary> Hospitals(params (string Code, decimal Price)[] hospitals) =>
        [.. hospitals.SelectMany(h => Enumerable.Range(0, 10).Select(i => MonthBills.Stay($"{h.Code}{i}", 20261101, 20261108, h.Price, provider: h.Code)))];

    private static readonly (string, decimal)[] Usual = [("A", 4800), ("B", 4900), ("C", 5000), ("D", 5100), ("E", 5200)];

    private static IReadOnlyList<Outlier> Find(List<BillSummary> bills, List<BillSummary>? before = null, Subject? subject = null, Measure? measure = null) =>
        Outliers.Find(subject ?? Subject.Provider, measure ?? Cost, 202611, bills, before ?? [], Outliers.ScoreMin);

    [Fact]
    public void FarAboveItsPeers_IsSaidWithItsFigures()
    {
        // Median of six: 5,050; deviations 50, 50, 150, 150, 250, 3,950: their median 150, usual 150 × 1.4826 = 222.39, less than 5 % of 5,050 = 252.50.
        var found = Assert.Single(Find(Hospitals([.. Usual, ("F", 9000)])));
        Assert.Equal(("F", "level", 9000m, 10, 5050m, 6), (found.Key, found.Kind, found.Value, found.Cases, found.PeerMedian, found.PeerCount));
        Assert.Equal(Math.Round(3950m / 252.5m, 4, MidpointRounding.AwayFromZero), found.Score);
        Assert.Contains("次均住院费用9000.00元（10例），同组6家中位数5050.00元", found.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(5918.75, 0)] // (x - 5,050) / 252.50 = 3.44
    [InlineData(5933.75, 1)] // 3.5
    public void TheBound(decimal price, int found) => Assert.Equal(found, Find(Hospitals([.. Usual, ("F", price)])).Count);

    [Fact]
    public void TwoBadOnes_DoNotHideEachOther() => Assert.Equal(["F", "G"], Find(Hospitals([.. Usual, ("F", 9000), ("G", 9000)])).Select(o => o.Key).Order());

    [Fact]
    public void FourPeers_SayNothing() => Assert.Empty(Find(Hospitals(("A", 5000), ("B", 5000), ("C", 5000), ("F", 50_000))));

    [Fact]
    public void NineStays_SayNothing()
    {
        var bills = Hospitals([.. Usual, ("F", 9000)]);
        bills.RemoveAt(bills.FindIndex(b => b.FixmedinsCode == "F"));
        Assert.Empty(Find(bills));
    }

    [Fact]
    public void AWinterThatRaisesEverybody_MakesNobodyConspicuous() =>
        Assert.Empty(Find(Hospitals([.. Usual.Select(h => (h.Item1, h.Item2 * 1.6m))]), Hospitals(Usual)));

    [Fact]
    public void GrowsFarMoreThanItsPeers_ThoughItsLevelIsUsual()
    {
        // The others grew by 10 %, A by 53 % (seed-facts.md 5.1) from the lowest level.
        var before = Hospitals(("A", 3400), ("B", 4500), ("C", 4600), ("D", 4700), ("E", 4800), ("F", 4900));
        var now = Hospitals(("A", 5202), ("B", 4950), ("C", 5060), ("D", 5170), ("E", 5280), ("F", 5390));
        var found = Assert.Single(Find(now, before));
        Assert.Equal(("A", "growth", 53m, 10m), (found.Key, found.Kind, found.GrowthPercent, found.PeerGrowthPercent));
        Assert.Contains("同比+53.0%（同组中位+10.0%）", found.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void InterimBills_AreOneStay()
    {
        var bills = Hospitals([.. Usual, ("F", 9000)]);
        // Every stay of F comes in two bills of half its cost.
        var halves = bills.SelectMany(b => b.FixmedinsCode == "F" ? [b with { TotalFen = b.TotalFen / 2 }, b with { SetlId = b.SetlId + "i", TotalFen = b.TotalFen / 2 }] : new[] { b }).ToList();
        Assert.Equal((9000m, 10), (Assert.Single(Find(halves)).Value, Find(halves)[0].Cases));
    }

    [Fact]
    public void APersonWithVeryManyPurchases()
    {
        var bills = Enumerable.Range(0, 20).SelectMany(p => Enumerable.Range(0, 2 + p % 3).Select(i => MonthBills.Visit($"P{p}", 20261101 + i, i))).ToList();
        bills.AddRange(Enumerable.Range(0, 40).Select(i => MonthBills.Visit("X", 20261101 + i % 28, i)));
        Assert.Equal(("X", 40m), Find(bills, subject: Subject.Person, measure: Measure.Find("person_visits")).Select(o => (o.Key, o.Value)).Single());
    }

    [Theory]
    [InlineData("drug_share", 30)]
    [InlineData("exam_share", 20)]
    [InlineData("material_share", 10)]
    [InlineData("treatment_share", 20)]
    [InlineData("days_per_stay", 7)]
    [InlineData("stays_per_person", 1)]
    [InlineData("readmission_rate", 0)]
    [InlineData("poor_share", 0)]
    public void MeasuresOfTenStays(string measure, decimal value) => Assert.Equal(new Figure(value, 10), Measure.Find(measure)!.Of([.. Enumerable.Range(0, 10).Select(i => MonthBills.Stay($"P{i}", 20261101, 20261108))]));

    [Fact]
    public void Readmission_CountsThoseBackWithinFifteenDays() =>
        Assert.Equal(new Figure(25m, 4), Measure.Find("readmission_rate")!.Of([MonthBills.Stay("A", 20261101, 20261105), MonthBills.Stay("A", 20261120, 20261122), MonthBills.Stay("B", 20261101, 20261105), MonthBills.Stay("B", 20261121, 20261122)]));
}
