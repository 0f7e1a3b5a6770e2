using MedInsure.Hosting.Imports;

namespace MedInsure.Hosting.Tests.Imports;

[Trait("Category", "Unit")]
public sealed class SeenKeysTests
{
    [Fact]
    public void AMillionNumbers_AreToldApart()
    {
        const int keys = 1_000_000;
        var (seen, wrong, missed) = (new SeenKeys(), 0, 0);
        for (var i = 0; i < keys; i++) if (seen.Add($"6502{i:D14}")) wrong++;
        for (var i = 0; i < keys; i += 1_000) if (!seen.Add($"6502{i:D14}")) missed++;
        Assert.Equal(0, missed);
        Assert.InRange(wrong, 0, 5);
    }

    [Fact]
    public void HashesThatDifferInFewBits_AreToldApart()
    {
        var (seen, wrong) = (new SeenKeys(), 0);
        for (var i = 0UL; i < 1_000_000; i++) if (seen.Add(i << 20)) wrong++;
        Assert.InRange(wrong, 0, 5);
        Assert.True(seen.Add(999_999UL << 20));
    }
}
