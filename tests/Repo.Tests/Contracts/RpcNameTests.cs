using System.Text.RegularExpressions;

namespace MedInsure.Repo.Tests.Contracts;

/// <summary>One name for rpc, file and test class: services/settlement/…/SettleClaim.cs, tests/…/SettleClaimTests.cs. What a service only calls it has a file for too.</summary>
[Trait("Category", "Repo")]
public sealed partial class RpcNameTests
{
    /// <summary>Rpcs that share the file and the tests of another, each with the reason why a file of its own would only repeat.</summary>
    private static readonly Dictionary<(string Service, string Rpc), (string With, string Reason)> Shared = [];

    /// <summary>Contracts that a service offers, or calls, under another name than its own.</summary>
    private static readonly Dictionary<string, string> Folders = new() { ["insurer"] = "settlement" };

    [GeneratedRegex(@"^\s*rpc\s+(\w+)\s*\(", RegexOptions.Multiline)]
    private static partial Regex Rpc();

    private static IEnumerable<string> Violations(RepositoryTree tree, Dictionary<(string, string), (string With, string Reason)> shared)
    {
        var names = tree.Paths.Where(p => p.EndsWith(".cs", StringComparison.Ordinal)).ToLookup(p => Path.GetFileName(p));
        foreach (var proto in tree.Under("shared/Protos/", ".proto"))
        {
            var service = Folders.GetValueOrDefault(proto.Split('/')[2], proto.Split('/')[2]);
            foreach (Match match in Rpc().Matches(tree.Text(proto)))
            {
                var rpc = match.Groups[1].Value;
                var file = shared.TryGetValue((service, rpc), out var other) ? other.With : rpc;
                if (!names[file + ".cs"].Any(p => p.StartsWith($"services/{service}/", StringComparison.Ordinal))) yield return $"{proto}: rpc {rpc} has no services/{service}/…/{file}.cs";
                var tests = names[file + "Tests.cs"].Where(p => p.StartsWith("tests/", StringComparison.Ordinal)).ToList();
                if (!tests.Any(p => Regex.IsMatch(tree.Text(p), $@"\bclass {file}Tests\b"))) yield return $"{proto}: rpc {rpc} has no test class {file}Tests";
                else if (file != rpc && !tests.Any(p => tree.Text(p).Contains(rpc, StringComparison.Ordinal))) yield return $"{proto}: rpc {rpc} is not named in {file}Tests";
            }
        }
    }

    [Fact]
    public void Repository_EveryRpcHasItsFileAndTests() => HouseRule.Holds(Violations(RepositoryTree.Own, Shared));

    private const string Proto = "service Settlement {\n  rpc SettleClaim(A) returns (B);\n}";

    [Fact]
    public void RpcWithoutFile_IsFound() => Assert.Contains(
        Violations(RepositoryTree.Of(("shared/Protos/settlement/v1/s.proto", Proto), ("tests/S.Tests/SettleClaimTests.cs", "class SettleClaimTests")), []), v => v.Contains("SettleClaim.cs", StringComparison.Ordinal));

    [Fact]
    public void RpcWithoutTests_IsFound() => Assert.Contains(
        Violations(RepositoryTree.Of(("shared/Protos/settlement/v1/s.proto", Proto), ("services/settlement/Claims/SettleClaim.cs", "")), []), v => v.Contains("SettleClaimTests", StringComparison.Ordinal));

    [Fact]
    public void RpcInAnothersFile_NeedsToBeNamedThere()
    {
        var shared = new Dictionary<(string, string), (string, string)> { [("settlement", "SettleClaim")] = ("ReverseSettlement", "an example") };
        var files = new[] { ("shared/Protos/settlement/v1/s.proto", Proto), ("services/settlement/ReverseSettlement.cs", ""), ("tests/S.Tests/ReverseSettlementTests.cs", "class ReverseSettlementTests") };
        Assert.NotEmpty(Violations(RepositoryTree.Of(files), shared));
        files[2].Item2 += " { void SettleClaim_Something() }";
        Assert.Empty(Violations(RepositoryTree.Of(files), shared));
    }
}
