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
    public void Cleared_IsAsNew()
    {
        var sums = Accumulators.Of(["a"], [5]);
        sums.Clear();
        Assert.Equal(0, sums["a"]);
        sums.Apply([new("a", 2)]);
        Assert.Equal([new("a", 2)], sums.Entries);
    }

    /// <summary>Packs are read and journals replayed side by side: a name has one number whoever comes first, and the number its name from then on.</summary>
    [Fact]
    public async Task KeysMadeAtTheSameTime_AreOnePerName()
    {
        var names = Enumerable.Range(0, 500).Select(i => $"made.at.once.{i}").ToArray();
        var made = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() => names.Select(AccumulatorKey.Of).ToArray())));
        Assert.All(made, keys => Assert.Equal(made[0], keys));
        Assert.Equal(names, made[0].Select(k => k.Name));
        Assert.Equal(names.Length, made[0].Distinct().Count());
    }

    [Fact]
    public void Overflow_Throws() => Assert.Throws<OverflowException>(() => Accumulators.Of(["a"], [long.MaxValue]).Apply([new("a", 1)]));
}
