using System.Text.Json.Nodes;
using MedInsure.Tool;
using MedInsure.Tool.Tenants;

namespace MedInsure.Charts.Tests.Tenants;

/// <summary>charts/tenants is what charts/divisions.csv says.</summary>
[Trait("Category", "Chart")]
public sealed class TenantFilesTests
{
    private static string Divisions => Repository.Text("charts", "divisions.csv");

    [Fact]
    public void WritingAgain_ChangesNothing()
    {
        var written = TenantFiles.Write(Divisions);
        Assert.Equal(written.Select(w => w.Name), Directory.GetFiles(Repository.At("charts", "tenants")).Select(f => Path.GetFileName(f)!).Order(StringComparer.Ordinal));
        Assert.All(written, w => Assert.Equal(w.Text, Repository.Text("charts", "tenants", w.Name)));
    }

    [Fact]
    public void HarbinAndBijie_HaveAllTheirDivisions()
    {
        var files = TenantFiles.Write(Divisions).ToDictionary(f => f.Name, f => Json.OfYaml(f.Text));
        Assert.Equal(18, files["230100.yaml"].Map("city", "counties").Count());
        Assert.Equal(8, files["520500.yaml"].Map("city", "counties").Count());
        Assert.Equal(("道里区", "230100", "harbin/resident"), (files["230102.yaml"].Text("tenant", "name"), files["230102.yaml"].Text("tenant", "city"), files["230102.yaml"].Text("tenant", "packs", "390")));
    }

    [Fact]
    public void City_KnowsThePacksOfItsCounties()
    {
        var files = TenantFiles.Write("code,name,city,packs\n990100,某市,990100,390=a/r 310=a/e\n990102,甲区,990100,\n990103,乙县,990100,380=b/n\n").ToDictionary(f => f.Name, f => Json.OfYaml(f.Text));
        Assert.Equal(("a/r", "a/e", "b/n"), (files["990100.yaml"].Text("city", "packs", "990102", "390"), files["990100.yaml"].Text("city", "packs", "990102", "310"), files["990100.yaml"].Text("city", "packs", "990103", "380")));
        Assert.Empty(files["990102.yaml"].Map("city", "packs"));
    }

    [Fact]
    public void File_SaysNothingButItsDifferences() => Rule.Holds(TenantFiles.Write(Divisions).SelectMany(f => ((JsonObject)Json.OfYaml(f.Text)!).Select(p => p.Key).Except(["tenant", "city"]).Select(k => $"{f.Name}: {k}")));

    [Fact]
    public void EveryPack_IsAPolicyFile() => Rule.Holds(TenantFiles.Write(Divisions).SelectMany(f => Json.OfYaml(f.Text).Map("tenant", "packs")
        .Where(p => !File.Exists(Repository.At("services", "settlement", "policies", $"{p.Value.Text()}.yaml"))).Select(p => $"{f.Name}: {p.Value}")));

    [Theory]
    [InlineData("code,name\n230102,道里区", "the first line")]
    [InlineData("code,name,city,packs\n2301,道里区,230100,", "not a division")]
    [InlineData("code,name,city,packs\n230102,道里区,230100,", "no city of the list")]
    [InlineData("code,name,city,packs\n230100,哈尔滨市,230100,\n230100,哈尔滨市,230100,", "stands twice")]
    [InlineData("code,name,city,packs\n230100,哈尔滨市,230100,390", "not a pack")]
    public void WrongList_IsRefused(string csv, string said) => Assert.Contains(said, Assert.Throws<ToolException>(() => TenantFiles.Write(csv)).Message, StringComparison.Ordinal);
}
