using System.Text.RegularExpressions;

namespace MedInsure.Repo.Tests.Code;

/// <summary>Nothing is left half done in silence: no skipped test, no placeholder.</summary>
[Trait("Category", "Repo")]
public sealed class UnfinishedWorkTests
{
    // In pieces, so that this file does not find itself.
    private static readonly Regex Unfinished = new("\\b(" + string.Join('|', "TO" + "DO", "FIX" + "ME", "HA" + "CK", "NotImplemented" + "Exception") + ")\\b|\\bSk" + "ip\\s*=\\s*\"");

    private static IEnumerable<string> Violations(RepositoryTree tree) =>
        tree.Paths.Where(p => Path.GetExtension(p) is ".cs" or ".razor" or ".proto" or ".sql" or ".sh" or ".yaml" or ".md" or "")
            .SelectMany(p => tree.Lines(p).Where(l => Unfinished.IsMatch(l.Text)).Select(l => $"{p}:{l.Number}: {l.Text.Trim()}"));

    [Fact]
    public void Repository_HasNothingUnfinished() => HouseRule.Holds(Violations(RepositoryTree.Own));

    [Theory]
    [InlineData("TO", "DO")]
    [InlineData("FIX", "ME")]
    [InlineData("throw new NotImplemented", "Exception();")]
    [InlineData("[Fact(Sk", "ip = \"later\")]")]
    public void Unfinished_IsFound(string first, string second) => Assert.NotEmpty(Violations(RepositoryTree.Of(("services/x/A.cs", first + second))));
}
