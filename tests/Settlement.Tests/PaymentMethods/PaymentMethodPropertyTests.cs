using FsCheck;
using FsCheck.Fluent;
using MedInsure.Kernel;
using MedInsure.Settlement.PaymentMethods;

namespace MedInsure.Settlement.Tests.PaymentMethods;

/// <summary>What holds for every method, figures and cases.</summary>
[Trait("Category", "Property")]
public sealed class PaymentMethodPropertyTests
{
    private static readonly string[] Providers = ["H1", "H2", "H3"], Diseases = ["", "I21.1", "J18.9", "K80.2"], Operations = ["", "51.2", "51.23", "47.0"];

    internal sealed record Situation(PaymentMethod Method, TermMonth At, CaseGroup[] Cases)
    {
        public Dictionary<string, long> Due => Of(Cases);
        public Dictionary<string, long> Of(IReadOnlyList<CaseGroup> cases) => Method.Due(At, Providers, cases).ToDictionary(d => d.Provider, d => d.DueFen);
        public long Sum => Due.Values.Sum();
    }

    private static Gen<BasisPoints> Ratio => Gen.Choose(0, BasisPoints.Whole).Select(bp => new BasisPoints(bp));
    private static Gen<long> Money => Gen.Frequency((1, Gen.Choose(0, 100)), (4, Gen.Choose(0, 500_000_000))).Select(fen => (long)fen);
    private static Gen<string> Lead => Gen.Elements("", "H1", "H2");

    private static Gen<CaseGroup[]> SomeCases =>
        (from provider in Gen.Elements(Providers)
         from disease in Gen.Elements(Diseases)
         from operation in Gen.Elements(Operations)
         from days in Gen.Choose(1, 40)
         from cases in Gen.Choose(0, 30)
         from settled in Money
         from others in Money
         from fees in Gen.Choose(0, 30)
         select new CaseGroup(provider, disease, disease, operation, days, cases, cases, settled / 20, others / 20, fees)).ArrayOf().Select(c => c.Take(20).ToArray());

    private static Gen<PaymentMethod> BudgetMethods => Gen.OneOf(
        from heads in Gen.Choose(1, 100_000) from perHead in Gen.Choose(0, 50_000) from lead in Lead select (PaymentMethod)new Capitation(heads, perHead, lead),
        from budget in Money from lead in Lead select (PaymentMethod)new GlobalPrepayment(budget, lead),
        from first in Money from last in Money from growth in Gen.Choose(-5_000, 5_000) from surplus in Ratio from over in Ratio from lead in Lead select (PaymentMethod)new GlobalBudget(first, last, new BasisPoints(growth), surplus, over, lead),
        from heads in Gen.Choose(1, 100_000) from over in Ratio from surplus in Ratio from lead in Lead select (PaymentMethod)new TownshipOutpatient(heads, 5_000, over, surplus, lead));

    private static readonly GroupTable Table = new([new("A", "", "K80", "51.2", 15_000), new("B", "", "K80", "", 8_001), new("C", "", "I", "", 32_767), new("Z", "", "", "", 5_000)]);

    private static Gen<PaymentMethod> PointMethods =>
        from budget in Money from reserve in Gen.Choose(0, 100) from coefficient in Gen.Choose(5_000, 20_000) from share in Ratio
        select (PaymentMethod)new Points("dip", "T", Table, budget, budget * reserve / 100, new Dictionary<string, BasisPoints> { ["H2"] = new(coefficient) }, share);

    private static Gen<PaymentMethod> PricedMethods => Gen.OneOf(
        from whole in Gen.Elements(true, false) from price in Money select (PaymentMethod)new ServiceUnit(whole, true, price / 1_000),
        from whole in Gen.Elements(true, false) from a in Money from b in Money select (PaymentMethod)new PerDisease(whole, [new("I21.1", "甲", a / 100), new("K80.2", "乙", b / 100)]),
        from whole in Gen.Elements(true, false) from a in Gen.Choose(1, 10) from b in Gen.Choose(1, 10) from prices in Gen.Choose(0, 100_000).ListOf(3)
        select (PaymentMethod)new BedDay(whole, [new("重", ["I21", "K"], [new(a, prices[0]), new(a + b, prices[1]), new(null, prices[2])]), new("轻", [], [new(null, prices[1])])]));

    private static Gen<PaymentMethod> AllMethods => Gen.OneOf(BudgetMethods, PointMethods, PricedMethods, Gen.Constant((PaymentMethod)new FeeForService()),
        from heads in Gen.Choose(1, 100_000) from rate in Gen.Choose(0, 50_000) from last in Gen.Choose(0, 1_000) from fee in Gen.Choose(0, 2_000) select (PaymentMethod)new ConsultationFee(heads, new BasisPoints(rate), last, fee));

    private static Gen<TermMonth> Months =>
        from of in Gen.Choose(1, 12) from passed in Gen.Choose(1, 12) from settlement in Gen.Elements(true, false) select new TermMonth(Math.Min(passed, of), of, settlement);

    private static void Always(Gen<PaymentMethod> methods, Func<Situation, bool> holds) =>
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(1_500), Prop.ForAll(Arb.From(from method in methods from at in Months from cases in SomeCases select new Situation(method, at, cases)), holds));

    [Fact]
    public void Due_IsNeverNegative_AndIsEveryProvidersOnce() => Always(AllMethods, s => s.Due.Count == Providers.Length && s.Due.Values.All(fen => fen >= 0));

    [Fact]
    public void Due_DoesNotDependOnTheOrderOfCasesNorOnTheirGrouping() => Always(AllMethods, s =>
    {
        // Each group in two: cases, money and fees apart.
        var halves = s.Cases.Reverse().SelectMany(c => (CaseGroup[])[c with { Cases = c.Cases / 2, SettledFen = c.SettledFen / 3, OthersFen = 0, Consultations = 0 },
            c with { Cases = c.Cases - c.Cases / 2, SettledFen = c.SettledFen - c.SettledFen / 3 }]).ToArray();
        return s.Of(halves).OrderBy(d => d.Key).SequenceEqual(s.Due.OrderBy(d => d.Key));
    });

    [Fact]
    public void Reversal_TakesBackExactlyWhatItsCaseGave() => Always(AllMethods, s =>
    {
        if (s.Cases.Length == 0) return true;
        var more = s.Cases[0] with { Cases = 3, SettledFen = 12_345, OthersFen = 678, Consultations = 2 };
        return s.Of([.. s.Cases, more, more with { Cases = -3, SettledFen = -12_345, OthersFen = -678, Consultations = -2 }]).OrderBy(d => d.Key).SequenceEqual(s.Due.OrderBy(d => d.Key));
    });

    [Fact]
    public void MoreSettled_NeverLowersWhatABudgetGives_NorWhatItsProviderGets() => Always(BudgetMethods, s => new[] { 1L, 99, 1_234_567 }.All(more =>
    {
        var after = s.Of([.. s.Cases, new CaseGroup("H3", "", "", "", 1, 1, 1, more, 0)]);
        return after.Values.Sum() >= s.Sum && after["H3"] >= s.Due["H3"];
    }));

    [Fact]
    public void Capitation_PaysTheAgreedAmountToTheFen() => Always(
        from heads in Gen.Choose(1, 100_000) from perHead in Gen.Choose(0, 50_000) from lead in Lead select (PaymentMethod)new Capitation(heads, perHead, lead),
        s => s.Sum == s.At.Part(((Capitation)s.Method).Heads * ((Capitation)s.Method).PerHeadFen));

    [Fact]
    public void Prepayment_PaysNoMoreThanWasSettledNorThanTheBudget() => Always(from budget in Money select (PaymentMethod)new GlobalPrepayment(budget, ""),
        s => s.Sum == Math.Min(s.Cases.Sum(c => c.SettledFen), s.At.Part(((GlobalPrepayment)s.Method).BudgetFen)));

    /// <summary>What the hospital has of a surplus and bears of an overspend is its share and no more: the fund and it divide the difference without a rest.</summary>
    [Fact]
    public void Sharing_DividesTheDifferenceWithoutARest() => Always(BudgetMethods, s =>
    {
        var (settled, budget) = (s.Cases.Sum(c => c.SettledFen), s.At.Part(s.Method.YearlyFen!.Value));
        return !s.At.IsSettlement || (settled <= budget ? s.Sum >= settled && s.Sum <= budget : s.Sum >= budget && s.Sum <= settled);
    });

    [Fact]
    public void Points_DivideWhatThereIsToTheFen() => Always(PointMethods, s =>
    {
        var points = (Points)s.Method;
        var available = new Fen(s.At.Part(points.BudgetFen - points.ReserveFen));
        if (!s.At.IsSettlement) available = available.ShareHalfUp(points.ProvisionalShare);
        return s.Sum == (s.Cases.Any(c => c.Cases > 0) ? available.Value : 0);
    });

    [Fact]
    public void MoreCases_NeverLowerAProvidersPart() => Always(Gen.OneOf(PointMethods, PricedMethods), s => s.Method is PricedMethod { CoversWhole: true } || Diseases.All(d =>
        s.Of([.. s.Cases, new CaseGroup("H2", d, d, "51.2", 7, 1, 1, 100, 100)])["H2"] >= s.Due["H2"]));

    [Fact]
    public void Stages_CountEveryDayOnce() => Check.One(Config.QuickThrowOnFailure, Prop.ForAll(Arb.From(Gen.Choose(1, 400).Two()), days =>
        BedDay.DaysWithin(days.Item1, 1, days.Item2) + BedDay.DaysWithin(days.Item1, days.Item2 + 1, null) == days.Item1));

    [Fact]
    public void Shares_SumToWhatIsDivided_EachWithinAFenOfItsPart() => Check.One(Config.QuickThrowOnFailure.WithMaxTest(3_000), Prop.ForAll(Arb.From(from total in Gen.Choose(-1_000_000, 1_000_000_000) from weights in Gen.Choose(0, 10_000_000).NonEmptyListOf() select (total, weights)), given =>
    {
        var parts = Shares.Split(given.total, [.. given.weights.Select((w, i) => ($"P{i}", (Int128)w))]);
        var all = given.weights.Sum(w => (decimal)w);
        return parts.Values.Sum() == given.total && (all == 0 || given.weights.Select((w, i) => Math.Abs(parts[$"P{i}"] - (decimal)given.total * w / all)).All(off => off <= 1));
    }));
}
