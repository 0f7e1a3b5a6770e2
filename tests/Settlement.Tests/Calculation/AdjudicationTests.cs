using MedInsure.Kernel;
using MedInsure.Settlement.Calculation;

namespace MedInsure.Settlement.Tests.Calculation;

/// <summary>What the calculation refuses as a programmer's error, and what it costs.</summary>
[Trait("Category", "Unit")]
public sealed class AdjudicationTests
{
    private static readonly RandomYear Year = new("harbin/resident", "15", [], 0, []);
    private static readonly ClaimFacts Stay = Year.Facts(new RandomVisit("3", "21", null, 4_000_000, 0, 0, 0, 0, false, null), Fen.Zero, new Accumulators());

    private static ClaimResult? kept;

    private static ClaimResult Settle(ClaimFacts facts) => Adjudication.Settle(Year.Policy, facts, new Accumulators());

    [Fact]
    public void FactsOfAnotherScheme_Throw() => Assert.Throws<ArgumentException>(() => Settle(Stay with { Insutype = "310" }));

    [Fact]
    public void PolicyNotInForce_Throws() => Assert.Throws<ArgumentOutOfRangeException>(() => Settle(Stay with { PolicyOn = new DateOnly(2019, 12, 31) }));

    [Fact]
    public void UnknownLevelOrMedType_Throws()
    {
        Assert.Throws<ArgumentException>(() => Settle(Stay with { ProviderLevel = "4" }));
        Assert.Throws<ArgumentException>(() => Settle(Stay with { MedType = "x1" }));
    }

    [Fact]
    public void BrokenIdentity_ThrowsByItsName()
    {
        var broken = Stay with { Fees = Stay.Fees with { Total = Stay.Fees.Total + new Fen(1) } };
        Assert.Contains("fees_sum_to_total", Assert.Throws<InvalidOperationException>(() => Settle(broken)).Message);
        var negative = Stay with { Fees = new FeeTotals(new Fen(-1), Fen.Zero, Fen.Zero, Fen.Zero, new Fen(-1), Fen.Zero) };
        Assert.Contains("no_part_of_the_fees_negative", Assert.Throws<InvalidOperationException>(() => Settle(negative)).Message);
        Assert.Contains("no_share_negative", Assert.Throws<InvalidOperationException>(() => Settle(Stay with { HospitalShare = Stay.Fees.Total })).Message);
    }

    [Fact]
    public void HospitalShare_LeavesThePersonLess()
    {
        var (without, with) = (Settle(Stay), Settle(Stay with { HospitalShare = new Fen(500) }));
        Assert.Equal((without.FundTotal, without.PersonShare - new Fen(500)), (with.FundTotal, with.PersonShare));
        Assert.Equal(("999996", new Fen(500)), (with.Shares[^1].FundPayType, with.Shares[^1].Amount));
    }

    [Fact]
    public void Reversal_NegatesEveryNumberTwiceToItself()
    {
        var result = Settle(Stay with { UseAccount = true });
        var twice = result.Negated().Negated();
        Assert.Equal(result.Shares, twice.Shares);
        Assert.Equal(result.Changes, twice.Changes);
        Assert.Equal(result with { Shares = [], Changes = [] }, twice with { Shares = [], Changes = [] });
    }

    /// <summary>A simulation settles a city's year: garbage per settlement is its speed. Nothing is allocated but the result, its shares and its changes.</summary>
    [Fact]
    public void Settlement_AllocatesItsResultAlone()
    {
        var sums = new Accumulators();
        var result = Adjudication.Settle(Year.Policy, Stay, sums);
        for (var i = 0; i < 100; i++) Adjudication.Settle(Year.Policy, Stay, sums);
        Assert.Equal(Allocated(() => kept = result with { Shares = ((FundShare[])result.Shares).AsSpan().ToArray(), Changes = ((AccumulatorChange[])result.Changes).AsSpan().ToArray() }),
            Allocated(() => Adjudication.Settle(Year.Policy, Stay, sums)));

        static long Allocated(Action action)
        {
            action();
            var before = GC.GetAllocatedBytesForCurrentThread();
            for (var i = 0; i < 1_000; i++) action();
            return (GC.GetAllocatedBytesForCurrentThread() - before) / 1_000;
        }
    }
}
