using MedInsure.FraudAudit.Samples;

namespace MedInsure.FraudAudit.Tests.Samples;

[Trait("Category", "Property")]
public sealed class SampleDrawTests
{
    private static List<Drawable> Frame(int bills, int strata = 1) => [.. Enumerable.Range(0, bills).Select(i => new Drawable($"230102S{i:D12}", $"H{i % strata}", 100 + i))];

    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 2)]
    [InlineData(20, 2)]
    [InlineData(21, 3)]
    [InlineData(1000, 100)]
    public void ATenth_RoundedUp_AtLeastTwo(int bills, int drawn) => Assert.Equal(drawn, Assert.Single(SampleDraw.Draw(Frame(bills), "s", 1_000)).Drawn.Count);

    [Fact]
    public void SameSeed_SameDraw_WhateverTheOrder()
    {
        var frame = Frame(500, 3);
        var first = SampleDraw.Draw(frame, "abc", 1_000).SelectMany(s => s.Drawn).ToList();
        frame.Reverse();
        Assert.Equal(first, SampleDraw.Draw(frame, "abc", 1_000).SelectMany(s => s.Drawn));
        Assert.NotEqual(first, SampleDraw.Draw(frame, "abd", 1_000).SelectMany(s => s.Drawn));
    }

    /// <summary>Every bill has the same chance: over 1,000 seeds each of 100 is drawn about 100 times.</summary>
    [Fact]
    public void EveryBill_IsDrawnAboutAsOften()
    {
        var frame = Frame(100);
        var times = frame.ToDictionary(b => b.Key, _ => 0);
        for (var seed = 0; seed < 1_000; seed++)
            foreach (var bill in SampleDraw.Draw(frame, $"{seed}", 1_000)[0].Drawn) times[bill.Key]++;
        // Five standard deviations (9.5) around 100.
        Assert.All(times.Values, t => Assert.InRange(t, 52, 148));
    }

    [Fact]
    public void FrameHash_IsOfTheListNotItsOrder_AndShowsABillTakenOut()
    {
        var frame = Frame(50, 2);
        var hash = SampleDraw.FrameHash(frame);
        Assert.Equal(hash, SampleDraw.FrameHash(frame.AsEnumerable().Reverse()));
        Assert.NotEqual(hash, SampleDraw.FrameHash(frame.Skip(1)));
        Assert.NotEqual(hash, SampleDraw.FrameHash([frame[0] with { InScopeFen = 1 }, .. frame.Skip(1)]));
    }
}
