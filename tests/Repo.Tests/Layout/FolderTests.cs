using System.Text.RegularExpressions;

namespace MedInsure.Repo.Tests.Layout;

/// <summary>What lies where: the top folders, the papers of a service, the shape of a tests folder.</summary>
[Trait("Category", "Repo")]
public sealed partial class FolderTests
{
    private static readonly string[] Top =
    [
        ".ci", "charts", "deploy", "services", "shared", "tests",
        ".dockerignore", ".editorconfig", ".gitattributes", ".gitignore", "Directory.Build.props", "Directory.Packages.props", "MedInsure.Platform.sln", "README.md", "global.json", "skaffold.yaml",
    ];

    private static readonly string[] Services = ["enrollment", "billing", "settlement", "fraud-audit", "provider-registry", "reporting", "gateway", "console"];

    [GeneratedRegex(@"(?i)(^|/)(common|utils?|helpers?|managers?|dtos?)(/|\.cs$)|(Helper|Utils?|Manager|Dto)\.cs$")]
    private static partial Regex Nameless();

    private static IEnumerable<string> Violations(RepositoryTree tree)
    {
        foreach (var top in tree.Paths.Select(p => p.Split('/')[0]).Distinct().Except(Top)) yield return $"{top} is no known top-level folder or file";
        foreach (var path in tree.Paths.Where(p => Nameless().IsMatch(p))) yield return $"{path} has a name that says nothing";
        foreach (var service in tree.Paths.Where(p => p.StartsWith("services/", StringComparison.Ordinal)).Select(p => p.Split('/')[1]).Distinct())
        {
            if (!Services.Contains(service)) yield return $"services/{service} is no known service";
            foreach (var paper in (string[])["README.md", "DECISIONS.md", "Program.cs"])
                if (!tree.Paths.Contains($"services/{service}/{paper}")) yield return $"services/{service} has no {paper}";
        }
    }

    [Fact]
    public void Repository_HasItsLayout() => HouseRule.Holds(Violations(RepositoryTree.Own));

    [Theory]
    [InlineData("src/A.cs")]
    [InlineData("services/settlement/A.cs")] // without its papers
    [InlineData("services/pricing/README.md")]
    [InlineData("shared/Common/A.cs")]
    [InlineData("deploy/local/DateHelper.cs")]
    public void Stray_IsFound(string path) => Assert.NotEmpty(Violations(RepositoryTree.Of((path, ""))));
}
