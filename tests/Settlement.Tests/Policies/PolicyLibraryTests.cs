using MedInsure.Settlement.Policies;

namespace MedInsure.Settlement.Tests.Policies;

/// <summary>The packs that come with the program, and the library's rule: append, never change.</summary>
[Trait("Category", "Unit")]
public sealed class PolicyLibraryTests
{
    [Theory]
    [InlineData("harbin/resident", "390")]
    [InlineData("harbin/employee", "310")]
    [InlineData("guichi/resident", "390")]
    public void EmbeddedPack_IsInForceWithoutAnEnd(string pack, string insutype)
    {
        var library = PolicyLibrary.LoadEmbedded();
        foreach (var day in (DateOnly[])[new(2020, 1, 1), new(2025, 1, 1), new(2026, 11, 21), new(2099, 12, 31)])
        {
            var policy = library.FindFor(pack, day);
            Assert.Equal((pack, insutype), (policy?.Pack, policy?.Insutype));
            Assert.Same(policy, library.FindByHash(policy!.ContentHash));
        }
        Assert.Null(library.FindFor(pack, new DateOnly(2019, 12, 31)));
        Assert.Null(library.FindFor(pack, new DateOnly(2026, 1, 1))!.InForce.To);
    }

    [Fact]
    public void UnknownPackOrHash_IsNotFound()
    {
        var library = PolicyLibrary.LoadEmbedded();
        Assert.Null(library.FindFor("nowhere/resident", new DateOnly(2026, 1, 1)));
        Assert.Null(library.FindByHash(new byte[32]));
    }

    [Fact]
    public void StatedValues_AreThoseOfPolicyParameters()
    {
        var day = new DateOnly(2020, 6, 1);
        Assert.Equal(
            ["contribution.adult.personal 120.00", "contribution.adult.subsidy 380.00", "contribution.child.personal 50.00", "contribution.child.subsidy 380.00", "premium.critical 30.00"],
            Stated("harbin/resident", day));
        Assert.Equal(["contribution.employer 0.0600", "contribution.employee 0.0200", "account.of_employer_part 0.3000"], Stated("harbin/employee", day));
        Assert.Equal(["contribution.personal 250.00", "contribution.subsidy 550.00", "premium.critical 70.00"], Stated("guichi/resident", day));
        Assert.Equal(["contribution.subsidy 550.00", "contribution.personal 280.00", "premium.critical 70.00"], Stated("guichi/resident", new DateOnly(2021, 1, 1)));
        Assert.Equal(["premium 40.00"], Stated("test/dated", new DateOnly(2026, 1, 1)));
    }

    private static IEnumerable<string> Stated(string pack, DateOnly day) =>
        TestPacks.Library.FindFor(pack, day)!.StatedOn(day).Select(s => $"{s.Id} {(s.Amount is { } amount ? amount.ToString() : s.Ratio!.Value.ToString())}");

    private static string Text(string pack) => File.ReadAllText(Path.Combine(TestPacks.Folder, pack + ".yaml"));

    [Fact]
    public void SameFileTwice_IsOneVersion()
    {
        var library = new PolicyLibrary();
        Assert.Same(library.Add("test/keys.yaml", Text("test/keys")), library.Add("test/keys.yaml", Text("test/keys")));
        Assert.Single(library.All);
    }

    [Fact]
    public void PublishedVersionWithOtherContent_IsRefused()
    {
        var library = new PolicyLibrary();
        library.Add("test/keys.yaml", Text("test/keys"));
        var changed = Text("test/keys").Replace("70 %", "71 %", StringComparison.Ordinal);
        Assert.Contains("a published pack never changes", Assert.Throws<PolicyFormatException>(() => library.Add("test/keys.yaml", changed)).Message);
    }

    [Fact]
    public void LaterVersion_StandsBesideTheOldOne()
    {
        var library = new PolicyLibrary();
        var old = library.Add("test/keys.yaml", Text("test/keys"));
        var next = library.Add("test/keys@2.yaml", Text("test/keys").Replace("version: \"1\"", "version: \"2\"", StringComparison.Ordinal).Replace("from: 2020-01-01", "from: 2026-07-01", StringComparison.Ordinal));
        Assert.Same(old, library.FindFor("test/keys", new DateOnly(2026, 6, 30)));
        Assert.Same(next, library.FindFor("test/keys", new DateOnly(2026, 7, 1)));
        Assert.Same(old, library.FindByHash(old.ContentHash));
    }

    [Fact]
    public void FileNamedForAnotherPack_IsRefused() =>
        Assert.Contains("named for 'test/other'", Assert.Throws<PolicyFormatException>(() => new PolicyLibrary().Add("test/other.yaml", Text("test/keys"))).Message);

    [Fact]
    public void Folder_IsReadAsThePacksAre()
    {
        var library = PolicyLibrary.LoadFolder(TestPacks.Folder);
        Assert.Equal(10, library.All.Count);
        Assert.Equal(TestPacks.Find("test/keys").ContentHash, library.FindFor("test/keys", new DateOnly(2026, 1, 1))!.ContentHash);
    }
}
