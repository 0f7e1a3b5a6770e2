using System.Text.RegularExpressions;

namespace MedInsure.Repo.Tests.Layout;

/// <summary>One service knows another by protos and events only. What is deployed by itself references shared/ and nothing else.</summary>
[Trait("Category", "Repo")]
public sealed partial class ProjectReferenceTests
{
    [GeneratedRegex("<(?:ProjectReference|Compile)\\s+Include=\"([^\"]+)\"")]
    private static partial Regex Reference();

    private static IEnumerable<string> Violations(RepositoryTree tree)
    {
        foreach (var project in tree.Under("services/", ".csproj").Concat(tree.Under("shared/", ".csproj")))
            foreach (Match match in Reference().Matches(tree.Text(project)))
            {
                var target = Resolve(project, match.Groups[1].Value);
                if (!target.StartsWith("shared/", StringComparison.Ordinal) && !target.StartsWith(ServiceOf(project), StringComparison.Ordinal)) yield return $"{project} references {target}";
            }
    }

    private static string ServiceOf(string project) => string.Join('/', project.Split('/').Take(2)) + "/";

    private static string Resolve(string project, string reference) =>
        Path.GetFullPath(reference.Replace('\\', '/'), "/" + Path.GetDirectoryName(project))[1..];

    [Fact]
    public void Repository_ServicesReferenceSharedOnly() => HouseRule.Holds(Violations(RepositoryTree.Own));

    [Theory]
    [InlineData("services/a/A.csproj", "../b/B.csproj")]
    [InlineData("services/a/A.csproj", "..\\b\\B.csproj")]
    [InlineData("services/a/A.csproj", "../../deploy/local/L.csproj")]
    [InlineData("shared/A/A.csproj", "../../services/b/B.csproj")]
    public void Reference_IsFound(string project, string reference) =>
        Assert.NotEmpty(Violations(RepositoryTree.Of((project, $"<ProjectReference Include=\"{reference}\" />"))));

    [Fact]
    public void SharedReference_IsNot() => Assert.Empty(Violations(RepositoryTree.Of(("services/a/A.csproj", "<ProjectReference Include=\"../../shared/Kernel/K.csproj\" />"))));
}
