using System.Text.RegularExpressions;

namespace MedInsure.Repo.Tests.Code;

/// <summary>Time comes from the injected TimeProvider, and nobody blocks a thread to wait.</summary>
[Trait("Category", "Repo")]
public sealed partial class WallClockTests
{
    [GeneratedRegex(@"\bDateTime(Offset)?\s*\.\s*(Now|UtcNow|Today)\b|\bThread\s*\.\s*Sleep\b|\bTimeZoneInfo\s*\.\s*Local\b")]
    private static partial Regex WallClock();

    private static IEnumerable<string> Violations(RepositoryTree tree) =>
        tree.Under("services/", ".cs").Concat(tree.Under("shared/", ".cs")).Concat(tree.Under("deploy/", ".cs"))
            .SelectMany(p => SourceText.Findings(tree, p, WallClock(), marker: null));

    [Fact]
    public void Repository_ReadsNoWallClock() => HouseRule.Holds(Violations(RepositoryTree.Own));

    [Theory]
    [InlineData("var a = DateTime.Now;")]
    [InlineData("var a = DateTime.UtcNow;")]
    [InlineData("var a = DateTimeOffset.UtcNow;")]
    [InlineData("var a = $\"{DateTime.Today}\";")]
    [InlineData("Thread.Sleep(1);")]
    public void WallClock_IsFound(string text) => Assert.NotEmpty(Violations(RepositoryTree.Of(("services/x/A.cs", text))));

    [Theory]
    [InlineData("// never DateTime.Now")]
    [InlineData("var now = time.GetUtcNow();")]
    public void OtherText_IsNot(string text) => Assert.Empty(Violations(RepositoryTree.Of(("services/x/A.cs", text))));
}
