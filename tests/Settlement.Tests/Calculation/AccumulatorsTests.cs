using MedInsure.Settlement.Calculation;

namespace MedInsure.Settlement.Tests.Calculation;

[Trait("Category", "Unit")]
public sealed class AccumulatorsTests
{
    [Fact]
    public void UnknownKey_ReadsAsZero() => Assert.Equal(0, new Accumulators()["basic.paid"]);

    [Fact]
    public void Changes_AddUpAndNegatedChangesGiveBack()
    {
        var sums = Accumulators.Of(["a", "b"], [5, -2]);
        AccumulatorChange[] changes = [new("a", 10), new("c", 1), new("a", 1)];
        sums.Apply(changes);
        Assert.Equal((16, -2, 1), (sums["a"], sums["b"], sums["c"]));
        sums.Apply([.. changes.Select(c => c with { Delta = -c.Delta })]);
        Assert.Equal([new("a", 5), new("b", -2)], sums.Entries);
    }

    [Fact]
    public void Copy_IsIndependent()
    {
        var sums = Accumulators.Of(["a"], [5]);
        var copy = sums.Copy();
        copy.Apply([new("a", 1), new("b", 1)]);
        Assert.Equal((5, 0), (sums["a"], sums["b"]));
    }

    [Fact]
    public void Of_RefusesUnequalLengths() => Assert.Throws<ArgumentException>(() => Accumulators.Of(["a"], []));

    [Fact]
    public void Overflow_Throws() => Assert.Throws<OverflowException>(() => Accumulators.Of(["a"], [long.MaxValue]).Apply([new("a", 1)]));
}
