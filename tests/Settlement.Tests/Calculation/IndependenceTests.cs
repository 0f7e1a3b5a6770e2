using FsCheck;
using FsCheck.Fluent;
using MedInsure.Kernel;
using MedInsure.Settlement.Calculation;

namespace MedInsure.Settlement.Tests.Calculation;

/// <summary>The program against a second, slow and obvious implementation: equal to the fen over random persons and years, reversals included.</summary>
[Trait("Category", "Property")]
public sealed class IndependenceTests
{
    [Theory]
    [InlineData("harbin/resident")]
    [InlineData("harbin/employee")]
    [InlineData("guichi/resident")]
    [InlineData("bijie/resident")]
    [InlineData("yongding/ncms")]
    [InlineData("rizhao/resident")]
    [InlineData("shizhu/resident")]
    public void RandomYear_EqualsTheSlowImplementation(string pack) => RandomYears.Check(RandomYears.Of(pack), 4_000, year =>
    {
        var slow = new SlowYear(pack, year.PsnType.StartsWith("14", StringComparison.Ordinal), year.Categories, Yuan(year.Balance));
        var (sums, balance) = (new Accumulators(), new Fen(year.Balance));
        var settled = new List<ClaimResult>();
        foreach (var visit in year.Visits)
        {
            var fast = Adjudication.Settle(year.Policy, year.Facts(visit, balance, sums), sums);
            sums.Apply(fast.Changes);
            balance = fast.AccountBalanceAfter;
            settled.Add(fast);
            var want = slow.Settle(new SlowVisit(visit.Level, visit.MedType, visit.Disease, fast.Fees.Total.ToYuan(), Yuan(visit.InScope), fast.Fees.InScopeOfPool.ToYuan(), visit.UseAccount)
            {
                Unfiled = visit.OffSite && !visit.Filed, Accident = visit.Accident, Group = visit.Group, Eyes = visit.Eyes,
            });
            if (want != new SlowResult(
                fast.Deductible.ToYuan(), fast.BasicFund.ToYuan(), want.Eligible, fast.CriticalIllness.ToYuan(), fast.LargeSum.ToYuan(), fast.MedicalAssistance.ToYuan(),
                Paid(fast, "backstop_351"), Paid(fast, "supplement_180"), fast.AccountPaid.ToYuan())) return false;
            if (slow.Balance != balance.ToYuan() || want.Fund != fast.FundTotal.ToYuan()) return false;
            if (visit.Reverses is not { } index) continue;
            var back = settled[index % settled.Count].Negated();
            slow.Reverse(index % settled.Count);
            settled.RemoveAt(index % settled.Count);
            sums.Apply(back.Changes);
            balance -= back.AccountPaid;
        }
        return true;
    });

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
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(20_000), Prop.ForAll(lines.ToArbitrary(), x =>
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

    private static decimal Paid(ClaimResult result, string rule) => result.Shares.Where(s => s.RuleId == rule).Sum(s => s.Amount.ToYuan());
}
