using MedInsure.Kernel;
using MedInsure.Settlement.Calculation;
using MedInsure.Settlement.Policies;
using MedInsure.Settlement.Replays;
using MedInsure.Settlement.Simulation;

namespace MedInsure.Settlement.Tests.Simulation;

/// <summary>The engine on bills that can be reckoned by hand: Harbin's residents, deductible of level 3 from 720 to 500, ratio from 70 % to 80 % from 1 February.</summary>
[Trait("Category", "Unit")]
public sealed class SimulationEngineTests
{
    private static readonly BenefitPolicy Base = PolicyLibrary.LoadEmbedded().FindFor("harbin/resident", new DateOnly(2026, 6, 1))!;
    private static readonly BenefitPolicy Draft = Drafts.Read(Drafts.Of("harbin/resident", "2026-02-01", ("amount: 720 yuan}", "amount: 500 yuan}"), ("ratio: 70 %, source: \"Hb 居民", "ratio: 80 %, source: \"Hb 居民")));
    private static readonly SimulationScope Scope = new(Draft, new DateOnly(2026, 2, 1), new DateOnly(2026, 12, 31));
    private readonly SimulationEngine engine = new(Scope);

    private static ReplayClaim Stay(string setlId, int month, long fen, string mdtrtId = "", params string[] categories) => new(setlId, mdtrtId.Length > 0 ? mdtrtId : "M" + setlId, 20260000 + month * 100 + 20, new ClaimFacts
    {
        Insutype = "390", PsnType = "1501", BirthOn = new DateOnly(1980, 1, 1), Categories = categories, ProviderLevel = "3", MedType = "21",
        BeginOn = new DateOnly(2026, month, 10), PolicyOn = new DateOnly(2026, month, 20), Fees = new FeeTotals(new Fen(fen), Fen.Zero, Fen.Zero, Fen.Zero, new Fen(fen), Fen.Zero),
    });

    private SimulationTotals Person(params ReplayClaim[] claims)
    {
        engine.Begin("P1", "230102");
        foreach (var claim in claims) engine.Settle(claim, Base);
        engine.End();
        return engine.Totals;
    }

    [Fact]
    public void OneStay_IsWorthTheDifference()
    {
        // 10,000.00: 70 % of 9,280.00 = 6,496.00; 80 % of 9,500.00 = 7,600.00.
        var totals = Person(Stay("S1", 3, 1_000_000));
        Assert.Equal((649_600, 760_000, 350_400, 240_000), (totals.Before.Fund, totals.After.Fund, totals.Before.Person, totals.After.Person));
        Assert.Equal((1, 1, 1, 110_400, 0), (totals.All.Settlements, totals.All.Changed, totals.All.Gaining, totals.All.Gain, totals.All.Losing));
        Assert.Equal((Int128)110_400 * 110_400, totals.All.FundSquares);
        // Who bore 3,504.00 in the year belongs to the band from 2,000 to 5,000.
        Assert.Equal(1, totals.Burdens[SimulationTotals.BandOf(350_400)].Persons);
        Assert.Equal("2000–5000", SimulationLabels.Burden(SimulationTotals.BandOf(350_400)));
        var top = Assert.Single(totals.TopSettlements.Items);
        Assert.Equal(("S1", "P1", 110_400), (top.SetlId, top.PsnNo, top.FundChange));
    }

    [Fact]
    public void StayBeforeThePeriod_StaysUnderTheBase()
    {
        var totals = Person(Stay("S1", 1, 1_000_000));
        Assert.Equal((0, 0), (totals.All.Settlements, totals.OutsideChanged));
    }

    /// <summary>The sums go on: what the draft pays of a stay leaves less burden to the critical illness insurance for a bill of January that is settled after it.</summary>
    [Fact]
    public void BillOutsideThePeriod_ChangesWithTheYearsSums_AndIsToldApart()
    {
        // March, 50,000.00: the burden left is 50,000.00 - 34,496.00 = 15,504.00, of which above 14,000.00 50 % of 1,504.00 = 752.00; under the draft 50,000.00 - 39,600.00 = 10,400.00: nothing.
        // January, 10,000.00: the burden grows by 3,504.00 to 19,008.00: 50 % of 3,504.00 = 1,752.00; under the draft from 10,400.00 to 13,904.00: nothing.
        var totals = Person(Stay("S1", 3, 5_000_000), Stay("S2", 1, 1_000_000));
        Assert.Equal((1, 3_449_600, 75_200, 3_960_000, 0), (totals.All.Settlements, totals.Before.Of(PaidBy.BasicFund), totals.Before.Of(PaidBy.CriticalIllness), totals.After.Of(PaidBy.BasicFund), totals.After.Of(PaidBy.CriticalIllness)));
        Assert.Equal((1, -175_200), (totals.OutsideChanged, totals.Outside.Fund));
    }

    [Fact]
    public void CancelledForGood_DoesNotCount_RestoredDoes()
    {
        engine.Begin("P1", "230102");
        engine.Settle(Stay("S1", 3, 1_000_000), Base);
        engine.Reverse("S1", restores: false);
        engine.Settle(Stay("S2", 4, 1_000_000), Base);
        engine.Reverse("S2", restores: false);
        engine.Reverse("S2", restores: true);
        engine.End();
        Assert.Equal((1, 649_600, 760_000), (engine.Totals.All.Settlements, engine.Totals.Before.Fund, engine.Totals.After.Fund));
    }

    /// <summary>The bills of one stay share the draft's deductible: 500.00 of the first one, nothing of the second.</summary>
    [Fact]
    public void LaterBillOfAStay_FindsWhatTheDraftTook()
    {
        var totals = Person(Stay("S1", 3, 60_000, "M1"), Stay("S2", 4, 100_000, "M1"));
        // 600.00 and 1,000.00: before 70 % of (0 + 880.00) = 616.00; after 80 % of (100.00 + 1,000.00) = 880.00.
        Assert.Equal((61_600, 88_000), (totals.Before.Fund, totals.After.Fund));
    }

    [Fact]
    public void BooksAsTheBase_AreTakenAsTheyAre()
    {
        var books = new SimulationEngine(Scope, booksAreBase: true);
        books.Begin("P1", "230102");
        var paid = default(PaidSums);
        (paid[(int)PaidBy.BasicFund], paid[(int)PaidBy.Person], paid[(int)PaidBy.Cash]) = (600_000, 400_000, 400_000);
        books.Settle(Stay("S1", 3, 1_000_000), Base, paid);
        books.End();
        Assert.Equal((600_000, 760_000), (books.Totals.Before.Fund, books.Totals.After.Fund));
    }

    [Fact]
    public void BillThatTheDraftCannotSettle_IsNamed()
    {
        engine.Begin("P1", "230102");
        var broken = Stay("S7", 3, 1_000_000);
        broken = broken with { Facts = broken.Facts with { Fees = new FeeTotals(new Fen(5), Fen.Zero, Fen.Zero, Fen.Zero, new Fen(6), Fen.Zero) } };
        Assert.Contains("S7 cannot be settled under the draft: broken invariant", Assert.Throws<InvalidOperationException>(() => engine.Settle(broken, Base)).Message);
    }

    /// <summary>Persons shared out to two engines give what one engine counts.</summary>
    [Fact]
    public void TotalsOfTwoEngines_AddUp()
    {
        var (one, first, second) = (new SimulationEngine(Scope), new SimulationEngine(Scope), new SimulationEngine(Scope));
        for (var i = 0; i < 60; i++)
            foreach (var each in new[] { one, i % 3 == 0 ? first : second })
            {
                each.Begin($"P{i:D2}", i % 2 == 0 ? "230102" : "230103");
                each.Settle(Stay($"S{i:D2}", 2 + i % 5, 100_000 + i * 7_777, "", i % 4 == 0 ? ["low_income"] : []), Base);
                each.End();
            }
        var sum = new SimulationTotals();
        sum.Add(first.Totals);
        sum.Add(second.Totals);
        Assert.Equal(Shown(one.Totals), Shown(sum));

        static List<string> Shown(SimulationTotals t) =>
        [
            .. new[] { [t.All], t.Counties.Groups, t.Levels.Groups, t.MedTypes.Groups, t.Categories.Groups, t.Burdens }.SelectMany(g => g)
                .Select(e => $"{e.Key} {e.Settlements} {e.Changed} {e.Persons} {e.FundBefore} {e.FundAfter} {e.PersonBefore} {e.PersonAfter} {e.Gaining} {e.Gain} {e.Losing} {e.Loss} {e.FundSquares} {e.PersonSquares}"),
            .. t.TopSettlements.Items.Select(s => $"{s.SetlId} {s.FundChange}"), .. t.TopPersons.Items.Select(p => $"{p.PsnNo} {p.FundChange}"), $"{t.Before.Fund} {t.After.Fund} {t.SquaresOf(PaidBy.BasicFund)} {t.Computed}",
        ];
    }
}
