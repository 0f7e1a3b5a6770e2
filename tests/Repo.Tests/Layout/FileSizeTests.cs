namespace MedInsure.Repo.Tests.Layout;

/// <summary>A file that a person reads in one sitting: at most 500 lines of source.</summary>
[Trait("Category", "Repo")]
public sealed class FileSizeTests
{
    private const int LinesMax = 500;
    private static readonly string[] Source = [".cs", ".razor", ".proto", ".sql", ".sh", ".py", ".js", ".ts", ".css", ".html", ".tpl", ""];

    private static IEnumerable<string> Violations(RepositoryTree tree) =>
        tree.Paths.Where(p => Source.Contains(Path.GetExtension(p)))
            .Select(p => (Path: p, Count: tree.Text(p).TrimEnd('\n').Split('\n').Length)).Where(f => f.Count > LinesMax).Select(f => $"{f.Path} has {f.Count} lines");

    [Fact]
    public void Repository_HasNoLongFile() => HouseRule.Holds(Violations(RepositoryTree.Own));

    [Theory]
    [InlineData("services/x/A.cs")]
    [InlineData("deploy/up")]
    public void LongFile_IsFound(string path) => Assert.NotEmpty(Violations(RepositoryTree.Of((path, string.Join('\n', Enumerable.Repeat("a", LinesMax + 1))))));

    [Fact]
    public void FullFile_IsNot() => Assert.Empty(Violations(RepositoryTree.Of(("A.cs", string.Join('\n', Enumerable.Repeat("a", LinesMax)) + "\n"))));
}
