using System.Text.RegularExpressions;

namespace MedInsure.Repo.Tests.Code;

/// <summary>The calculation and the kernel do no I/O: the same inputs give the same numbers, for ever.</summary>
[Trait("Category", "Repo")]
public sealed partial class PureFolderTests
{
    private static readonly string[] Pure = ["services/settlement/Calculation/", "shared/Kernel/"];

    // Implicit usings bring System.IO and System.Net.Http in, so the types count as much as the namespaces.
    [GeneratedRegex("""
        \b(System\.(IO|Net|Data|Threading\.Tasks)|Npgsql|Dapper|MassTransit|StackExchange|Microsoft\.(AspNetCore|Extensions)|Grpc|MedInsure\.(Hosting|Protos|Events))\b|\b(File|Directory|Console|Environment|Process|Random|Guid)\.[A-Z]|\b(HttpClient|FileStream|StreamReader|StreamWriter|Socket|TcpClient|Task|ValueTask)\b
        """)]
    private static partial Regex InputOutput();

    private static IEnumerable<string> Violations(RepositoryTree tree) =>
        Pure.SelectMany(folder => tree.Under(folder, ".cs")).SelectMany(p => SourceText.Findings(tree, p, InputOutput(), marker: null));

    [Fact]
    public void Repository_PureFoldersDoNoInputOutput() => HouseRule.Holds(Violations(RepositoryTree.Own));

    [Theory]
    [InlineData("services/settlement/Calculation/A.cs", "using Npgsql;")]
    [InlineData("services/settlement/Calculation/A.cs", "var text = File.ReadAllText(p);")]
    [InlineData("services/settlement/Calculation/A.cs", "async Task<int> Load()")]
    [InlineData("shared/Kernel/A.cs", "using System.Net.Http;")]
    [InlineData("shared/Kernel/A.cs", "var id = Guid.NewGuid();")]
    public void InputOutput_IsFound(string path, string text) => Assert.NotEmpty(Violations(RepositoryTree.Of((path, text))));

    [Theory]
    [InlineData("services/settlement/Claims/A.cs", "using Npgsql;")]
    [InlineData("services/settlement/Calculation/A.cs", "// no File.ReadAllText here")]
    public void OtherText_IsNot(string path, string text) => Assert.Empty(Violations(RepositoryTree.Of((path, text))));
}
