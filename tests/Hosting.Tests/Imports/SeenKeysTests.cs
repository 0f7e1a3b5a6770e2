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
        for (var i = 0; i < keys; i++) if (seen.Add(SeenKeys.Hash($"6502{i:D14}"))) wrong++;
        for (var i = 0; i < keys; i += 1_000) if (!seen.Add(SeenKeys.Hash($"6502{i:D14}"))) missed++;
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

    [Fact]
    public void ManyAtOnce_EachKnowsThoseBeforeIt()
    {
        var seen = new bool[4];
        new SeenKeys().Add([1, 2, 1, 3], seen);
        Assert.Equal([false, false, true, false], seen);
    }

    [Theory]
    [InlineData("abc", "abcd")]
    [InlineData("abcd", "abcd\0")]
    [InlineData("\0\0", "\0")]
    [InlineData("", "\0\0\0\0")]
    [InlineData("650201199001010011", "650201199001010012")]
    [InlineData("650201199001010011", "650202199001010011")]
    public void HashesOfUnlikeKeys_AreUnlike(string one, string other) => Assert.NotEqual(SeenKeys.Hash(one), SeenKeys.Hash(other));
}
