namespace MedInsure.Repo.Tests.Layout;

/// <summary>A source file is found by its name alone, anywhere in the repository.</summary>
[Trait("Category", "Repo")]
public sealed class FileNameTests
{
    private static IEnumerable<string> Violations(RepositoryTree tree) =>
        tree.Paths.Where(p => p.EndsWith(".cs", StringComparison.Ordinal)).GroupBy(p => Path.GetFileName(p), StringComparer.OrdinalIgnoreCase)
            .Where(g => g.Count() > 1 && g.Key != "Program.cs").Select(g => string.Join(" and ", g));

    [Fact]
    public void Repository_HasNoFileNameTwice() => HouseRule.Holds(Violations(RepositoryTree.Own));

    [Fact]
    public void FileNameTwice_IsFound() => Assert.NotEmpty(Violations(RepositoryTree.Of(("services/a/Claim.cs", ""), ("shared/b/claim.cs", ""))));

    [Fact]
    public void ProgramTwice_IsNot() => Assert.Empty(Violations(RepositoryTree.Of(("services/a/Program.cs", ""), ("services/b/Program.cs", ""))));
}
