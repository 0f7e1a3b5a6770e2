using System.Text.RegularExpressions;

namespace MedInsure.Repo.Tests.Code;

/// <summary>A clone works anywhere: no path of one machine, no host of a package registry; and no word on who or what typed it.</summary>
[Trait("Category", "Repo")]
public sealed class ForeignTraceTests
{
    private static readonly Regex MachinePath = new(@"(^|[^.\w$}])/(work|farm|home/\w+|Users/\w+|root/\.\w+)/");
    private static readonly Regex RegistryHost = new(@"(api|www)\.nuget\.org|registry\.npmjs\.org|deb\.debian\.org|(files\.pythonhosted|pypi)\.org|proxy\.golang\.org");
    // In pieces, so that this file does not find itself.
    private static readonly Regex Typist = new("(?i)\\b(" + string.Join('|', "cl" + "aude", "anth" + "ropic", "chat" + "gpt", "open" + "ai", "co" + "pilot", "ll" + "m", "ai[- ]gen" + "erated", "language mo" + "del") + ")\\b");

    private static readonly string[] Binary = [".png", ".jpg", ".ico", ".woff2", ".gz", ".zip", ".pdf"];

    private static IEnumerable<string> Violations(RepositoryTree tree) =>
        tree.Paths.Where(p => !Binary.Contains(Path.GetExtension(p)))
            .SelectMany(p => tree.Lines(p).Where(l => MachinePath.IsMatch(l.Text) || RegistryHost.IsMatch(l.Text) || Typist.IsMatch(l.Text)).Select(l => $"{p}:{l.Number}: {l.Text.Trim()}"));

    [Fact]
    public void Repository_HasNoForeignTraces() => HouseRule.Holds(Violations(RepositoryTree.Own));

    [Theory]
    [InlineData("cd /wo", "rk/main")]
    [InlineData("path=\"/ho", "me/someone/x\"")]
    [InlineData("https://api.nug", "et.org/v3/index.json")]
    [InlineData("written by Cl", "aude")]
    public void ForeignTrace_IsFound(string first, string second) => Assert.NotEmpty(Violations(RepositoryTree.Of(("README.md", first + second))));

    [Theory]
    [InlineData("a clone under /root, or ./work/here")]
    [InlineData("the framework/home")]
    public void OtherText_IsNot(string text) => Assert.Empty(Violations(RepositoryTree.Of(("README.md", text))));
}
