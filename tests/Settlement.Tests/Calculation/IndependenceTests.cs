using FsCheck;
using FsCheck.Fluent;
using MedInsure.Kernel;
using MedInsure.Settlement.Calculation;
using MedInsure.Settlement.Replays;

namespace MedInsure.Settlement.Tests.Calculation;

/// <summary>The program against a second, slow and obvious implementation: equal to the fen over random persons and years,
/// 100,000 claims of each pack: bills of one stay, referrals, reversals, months, and amounts where rules end. What a claim takes from history the replay derives.</summary>
[Trait("Category", "Property")]
public sealed class IndependenceTests
{
    private const int ClaimsLeast = 100_000;

    [Theory]
    [InlineData("harbin/resident")]
    [InlineData("harbin/employee")]
    [InlineData("guichi/resident")]
    [InlineData("bijie/resident")]
    [InlineData("yongding/ncms")]
    [InlineData("rizhao/resident")]
    [InlineData("shizhu/resident")]
    [InlineData(RandomYears.Foreign)]
    public void RandomYear_EqualsTheSlowImplementation(string pack)
    {
        // Six and a half visits a year on average.
        var claims = 0;
        RandomYears.Check(RandomYears.OverTime(pack), 16_500, year =>
        {
            claims += year.Visits.Length;
            return IsEqual(year);
        });
        Assert.True(claims >= ClaimsLeast, $"{claims} claims only");
    }

    private static bool IsEqual(RandomYear year)
    {
        var slow = new SlowYear(year.Pack, year.PsnType.StartsWith("14", StringComparison.Ordinal), year.Categories, Yuan(year.Balance));
        var (track, balance) = (new ReplayTrack(), new Fen(year.Balance));
        var standing = new List<(SlowVisit Visit, ReplayedSettlement Settled, RandomVisit Random)>();
        for (var i = 0; i < year.Visits.Length; i++)
        {
            var visit = year.Visits[i];
            var encounter = i;
            if (visit.Continues && standing.FindLast(s => s.Random.MedType[0] == '2') is { Random: { } begun, Visit: var first })
            {
                // The encounter's own terms, its first day, and the day of this bill.
                visit = begun with { InScope = visit.InScope, FirstPay = visit.FirstPay, OverLimit = visit.OverLimit, SelfPaid = visit.SelfPaid, Days = visit.On.AddDays(visit.Days).DayNumber - begun.On.DayNumber, Reverses = visit.Reverses };
                encounter = first.Encounter;
            }
            var facts = year.Facts(visit, balance, new Accumulators());
            var settled = track.Settle(new ReplayClaim($"S{i}", $"M{encounter}", DayNumber.Of(facts.PolicyOn), facts), year.Policy);
            var fast = settled.Result;
            balance = fast.AccountBalanceAfter;
            var slowVisit = new SlowVisit(visit.Level, visit.MedType, visit.Disease, fast.Fees.Total.ToYuan(), Yuan(visit.InScope), fast.Fees.InScopeOfPool.ToYuan(), visit.UseAccount)
            {
                Encounter = encounter, Begin = facts.BeginOn, End = facts.PolicyOn, Filed = visit.Filed, OffSite = visit.OffSite, Accident = visit.Accident, Group = visit.Group, Eyes = visit.Eyes,
                // Who was born on 29 February has the birthday on 1 March in other years.
                Age = Enumerable.Range(1, 120).Count(years => new DateOnly(year.BornOn.Year + years, year.BornOn.Month, 1).AddDays(year.BornOn.Day - 1) <= facts.BeginOn),
            };
            var want = slow.Settle(slowVisit);
            standing.Add((slowVisit, settled, visit));
            if (want != new SlowResult(
                fast.Deductible.ToYuan(), fast.BasicFund.ToYuan(), want.Eligible, fast.CriticalIllness.ToYuan(), fast.LargeSum.ToYuan(), fast.MedicalAssistance.ToYuan(),
                Paid(fast, "backstop_351", "high_cost"), Paid(fast, "supplement_180"), fast.AccountPaid.ToYuan()) { Spared = want.Spared }) return false;
            if (slow.Balance != balance.ToYuan() || want.Fund != fast.FundTotal.ToYuan()) return false;
            if (visit.Reverses is not { } index) continue;
            // The bills of one stay are cancelled latest first.
            var back = standing.FindLastIndex(s => s.Visit.Encounter == standing[index % standing.Count].Visit.Encounter);
            slow.Reverse(back);
            track.Reverse(standing[back].Settled.SetlId, restores: false);
            balance += standing[back].Settled.Result.AccountPaid;
            standing.RemoveAt(back);
        }
        return true;
    }

    [Fact]
    public void RandomLine_EqualsTheSlowImplementation()
    {
        var lines =
            from level in Gen.Elements("01", "02", "03")
            from ratio in Gen.Choose(0, 10_000)
            from count in Gen.OneOf(Gen.Choose(1, 60).Select(x => x * 10_000), Gen.Choose(1, 2_000_000))
            from price in Gen.OneOf(Gen.Choose(1, 2_000_000_000), Gen.Choose(1, 99_999).Select(x => x * 10_000))
            from ceiling in Gen.Frequency((1, Gen.Constant((int?)null)), (2, Gen.Choose(1, 2_000_000_000).Select(x => (int?)x)))
            select (level, ratio, count, price, ceiling);
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(ClaimsLeast), Prop.ForAll(lines.ToArbitrary(), x =>
        {
            var whole = x.level == "03" || x.ratio >= BasisPoints.Whole;
            var terms = whole ? LineTerms.WhollySelfPaid(SelfPaidReason.ClassC) : new LineTerms(
                x.level == "02" ? LineClass.CoveredWithFirstPay : LineClass.Covered, new BasisPoints(x.ratio), x.ceiling is { } c ? new UnitPrice(c) : null, false, SelfPaidReason.None);
            var share = Lines.Split(new ClaimLine("X", RandomYears.Day, new Quantity(x.count), new UnitPrice(x.price), terms));
            return SlowYear.Line(x.level, x.ratio / 10_000m, x.ceiling / 1_000_000m, x.count / 10_000m, x.price / 1_000_000m)
                == (share.Amount.ToYuan(), share.FullSelfPay.ToYuan(), share.OverLimit.ToYuan(), share.FirstPay.ToYuan(), share.InScope.ToYuan());
        }));
    }

    private static decimal Yuan(long fen) => fen / 100m;

    private static decimal Paid(ClaimResult result, params string[] rules) => result.Shares.Where(s => rules.Contains(s.RuleId)).Sum(s => s.Amount.ToYuan());
}
