using FsCheck;
using FsCheck.Fluent;
using MedInsure.Kernel;
using MedInsure.Settlement.Insurers;

namespace MedInsure.Settlement.Tests.Insurers;

[Trait("Category", "Unit")]
public sealed class PremiumScheduleTests
{
    private static PremiumTerms Terms(long perHeadFen, params int[] shares) =>
        new(new Fen(perHeadFen), new DayOfYear(1, 31), [.. shares.Select((s, i) => new Instalment(new DayOfYear(3 * i + 3, 28), new BasisPoints(s)))]);

    [Fact]
    public void GuichisPremium_IsFourEqualQuarters()
    {
        // 562,914 heads x 70 yuan = 39,403,980.00 (004_afb7baf3ebb51254.txt says 3,940.40 wan); a quarter is 9,850,995.00.
        var terms = ContractLibrary.LoadEmbedded().Find("CX341700-CI-390")!.Premium!;
        var instalments = PremiumSchedule.Of(terms, 2026, new Dictionary<string, int> { ["341702"] = 562_914 });
        Assert.Equal([(1, new DateOnly(2026, 3, 31)), (2, new DateOnly(2026, 6, 30)), (3, new DateOnly(2026, 9, 30)), (4, new DateOnly(2026, 12, 31))], instalments.Select(i => (i.Number, i.DueOn)));
        Assert.All(instalments, i => Assert.Equal(985_099_500, i.Amount.Value));
        Assert.All(instalments, i => Assert.Equal(new CountyPart("341702", 562_914, new Fen(985_099_500)), Assert.Single(i.Counties)));
    }

    [Fact]
    public void Instalment_IsRoundedHalfUpAndTheLastTakesTheRest() =>
        // 1 head x 0.05 yuan: 5 fen x 30 % = 1.5 -> 2, 2, rest 1.
        Assert.Equal([2, 2, 1], PremiumSchedule.Of(Terms(5, 3_000, 3_000, 4_000), 2026, new Dictionary<string, int> { ["230102"] = 1 }).Select(i => i.Amount.Value));

    [Fact]
    public void Split_IsByLargestRemainderAndTheLastGivesWhatIsMissing()
    {
        // Heads 1, 1, 1 at 1.00 yuan: premium 300 fen. 33.33 % = 99.99 -> 100: each 33 1/3, the missing fen to the lowest code. Rest 200: each has 100 in all.
        var instalments = PremiumSchedule.Of(Terms(100, 3_333, 6_667), 2026, new Dictionary<string, int> { ["230103"] = 1, ["230102"] = 1, ["230104"] = 1 });
        Assert.Equal([("230102", 34L), ("230103", 33), ("230104", 33)], instalments[0].Counties.Select(c => (c.County, c.Amount.Value)));
        Assert.Equal([66L, 67, 67], instalments[1].Counties.Select(c => c.Amount.Value));
        // 7, 5 and 0 heads: 1,200 x 25 % = 300 = 175 + 125.
        Assert.Equal([175L, 125, 0], PremiumSchedule.Of(Terms(100, 2_500, 7_500), 2026, new Dictionary<string, int> { ["230102"] = 7, ["230103"] = 5, ["230104"] = 0 })[0].Counties.Select(c => c.Amount.Value));
    }

    [Fact]
    public void NobodyInsured_IsNoPremium() =>
        Assert.All(PremiumSchedule.Of(Terms(7_000, 2_500, 7_500), 2026, new Dictionary<string, int> { ["230102"] = 0 }), i => Assert.Equal((Fen.Zero, Fen.Zero), (i.Amount, i.Counties.Single().Amount)));
}

[Trait("Category", "Property")]
public sealed class PremiumSchedulePropertyTests
{
    [Fact]
    public void Schedule_SumsToThePremiumOfTheYearAndOfEachCounty()
    {
        var years =
            from perHead in Gen.Frequency((1, Gen.Choose(1, 9)), (4, Gen.Choose(1_000, 20_000)))
            from heads in Gen.Frequency((1, Gen.Choose(0, 3)), (4, Gen.Choose(0, 900_000))).NonEmptyListOf()
            from cuts in Gen.Choose(1, BasisPoints.Whole - 1).ListOf(3)
            let ends = cuts.Distinct().Order().Prepend(0).Append(BasisPoints.Whole).ToArray()
            select (PerHead: new Fen(perHead), Heads: heads.ToArray(), Shares: ends.Skip(1).Zip(ends, (end, start) => new BasisPoints(end - start)).ToArray());
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(2_000), Prop.ForAll(Arb.From(years), year =>
        {
            var heads = year.Heads.Select((h, i) => (Code: $"{230_100 + i}", Heads: h)).ToDictionary(h => h.Code, h => h.Heads);
            var schedule = PremiumSchedule.Of(new PremiumTerms(year.PerHead, new DayOfYear(1, 31), [.. year.Shares.Select((s, i) => new Instalment(new DayOfYear(i + 1, 1), s))]), 2026, heads);
            return schedule.Sum(i => i.Amount.Value) == year.PerHead.Value * year.Heads.Sum(h => (long)h)
                && schedule.All(i => !i.Amount.IsNegative && i.Counties.Sum(c => c.Amount.Value) == i.Amount.Value)
                && heads.All(h => schedule.Sum(i => i.Counties.Single(c => c.County == h.Key).Amount.Value) == year.PerHead.Value * h.Value);
        }));
    }
}
