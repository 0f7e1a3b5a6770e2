using MedInsure.Settlement.Policies;

namespace MedInsure.Settlement.Tests.Policies;

/// <summary>The packs that come with the program, and the library's rule: append, never change.</summary>
[Trait("Category", "Unit")]
public sealed class PolicyLibraryTests
{
    [Theory]
    [InlineData("harbin/resident", "390", 2020)]
    [InlineData("harbin/employee", "310", 2020)]
    [InlineData("guichi/resident", "390", 2020)]
    [InlineData("bijie/resident", "390", 2017)]
    [InlineData("yongding/ncms", "380", 2011)]
    [InlineData("rizhao/resident", "390", 2016)]
    [InlineData("shizhu/resident", "390", 2020)]
    public void EmbeddedPack_IsInForceWithoutAnEnd(string pack, string insutype, int from)
    {
        var library = PolicyLibrary.LoadEmbedded();
        foreach (var day in (DateOnly[])[new(from, 1, 1), new(2025, 1, 1), new(2026, 11, 21), new(2099, 12, 31)])
        {
            var policy = library.FindFor(pack, day);
            Assert.Equal((pack, insutype), (policy?.Pack, policy?.Insutype));
            Assert.Same(policy, library.FindByHash(policy!.ContentHash));
        }
        Assert.Null(library.FindFor(pack, new DateOnly(from, 1, 1).AddDays(-1)));
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
        Assert.Equal(["premium.critical 30.00"], Stated("harbin/resident", day));
        Assert.Empty(Stated("harbin/employee", day));
        Assert.Equal(["premium.critical 70.00"], Stated("guichi/resident", day));
        Assert.Equal(["fund.risk_adjustment 0.0300", "premium.critical 35.00", "fund.outpatient 0.3000", "fund.inpatient 0.7000"], Stated("bijie/resident", day));
        Assert.Empty(Stated("yongding/ncms", day));
        Assert.Equal(
            ["township_outpatient.per_head 50.00", "township_outpatient.overspend_borne 0.2000", "township_outpatient.surplus_rewarded 0.2000"],
            Stated("rizhao/resident", day));
        Assert.Equal(
            ["consultation_fee a ceiling per township and year from enrolment, visit rate and last year's visits; paid as incurred, overspend not paid", "bed_day.general.days_1_3 110.00",
             "bed_day.general.days_4_8 70.00", "bed_day.general.from_day_9 45.00", "bed_day.severe.days_1_4 160.00", "bed_day.severe.days_5_10 100.00", "bed_day.severe.from_day_11 60.00"],
            Stated("shizhu/resident", day));
        Assert.Equal(["premium 40.00"], Stated("test/dated", new DateOnly(2026, 1, 1)));
    }

    private static IEnumerable<string> Stated(string pack, DateOnly day) =>
        TestPacks.Library.FindFor(pack, day)!.StatedOn(day).Select(s => $"{s.Id} {(s.Amount is { } amount ? amount.ToString() : s.Ratio?.ToString() ?? s.Text)}");

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
        Assert.Equal(11, library.All.Count);
        Assert.Equal(TestPacks.Find("test/keys").ContentHash, library.FindFor("test/keys", new DateOnly(2026, 1, 1))!.ContentHash);
    }
}
