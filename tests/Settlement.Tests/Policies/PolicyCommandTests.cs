using MedInsure.Settlement.Policies;

namespace MedInsure.Settlement.Tests.Policies;

/// <summary>policy lint as a bureau's clerk calls it.</summary>
[Trait("Category", "Unit")]
public sealed class PolicyCommandTests : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory();

    public void Dispose() => folder.Delete(recursive: true);

    private string Pack(string name, string find = "", string replace = "")
    {
        var text = File.ReadAllText(Path.Combine(TestPacks.Folder, "test", "keys.yaml"));
        var path = Path.Combine(folder.FullName, name);
        File.WriteAllText(path, find.Length == 0 ? text : text.Replace(find, replace, StringComparison.Ordinal));
        return path;
    }

    private static (int Code, string[] Lines) Run(params string[] args)
    {
        var output = new StringWriter();
        var code = PolicyCommand.Run(args, output);
        return (code, output.ToString().Split(output.NewLine, StringSplitOptions.RemoveEmptyEntries));
    }

    [Fact]
    public void RightPack_IsSaidToBeRight()
    {
        var path = Pack("draft.yaml");
        var (code, lines) = Run("lint", path);
        Assert.Equal(0, code);
        Assert.Equal([$"{path}: nothing wrong"], lines);
    }

    [Fact]
    public void WrongPacks_AreEachExplained()
    {
        var (one, two) = (Pack("one.yaml", "ratio: 70 %", "ratio: 170 %"), Pack("two.yaml", "amount: 800 yuan", "amount: 800"));
        var (code, lines) = Run("lint", one, Pack("right.yaml"), two);
        Assert.Equal(1, code);
        Assert.Equal(5, lines.Length);
        Assert.Matches(@"^.*one\.yaml:\d+: ratio: '170 %' is more than 100 %$", lines[0]);
        Assert.Equal($"{one}: 1 error", lines[1]);
        Assert.Matches(@"^.*two\.yaml:\d+: amount: '800' is no amount", lines[3]);
    }

    [Fact]
    public void MissingFile_IsNamedAndTheOthersAreRead()
    {
        var (code, lines) = Run("lint", Path.Combine(folder.FullName, "none.yaml"), Pack("wrong.yaml", "ratio: 70 %", "ratio: 170 %"));
        Assert.Equal(2, code);
        Assert.Contains("none.yaml: not read: ", lines[0]);
        Assert.EndsWith("wrong.yaml: 1 error", lines[^1]);
    }

    [Theory]
    [InlineData]
    [InlineData("lint")]
    [InlineData("check", "a.yaml")]
    public void AnythingElse_GetsTheUsage(params string[] args)
    {
        var (code, lines) = Run(args);
        Assert.Equal((2, "usage: policy lint FILE... | policy simulate … (says by itself how)"), (code, Assert.Single(lines)));
    }
}
