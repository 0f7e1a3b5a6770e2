using System.Security.Cryptography;
using System.Text;

namespace MedInsure.Repo.Tests.Contracts;

/// <summary>
/// A released migration is never changed, renamed or taken away: a database that has applied it would refuse the next release. Nor is a released benefit pack: settlements
/// name its hash, and a journal could not be verified without it; what changes is a later version, scheme@version.yaml. released-migrations.txt and released-packs.txt
/// hold "sha256  path" of each; making a release adds the lines that are missing. Of a service only what is newer than its last listed migration may be without.
/// </summary>
[Trait("Category", "Repo")]
public sealed class ReleasedFileTests
{
    private const string List = "tests/Repo.Tests/Contracts/released-migrations.txt", Packs = "tests/Repo.Tests/Contracts/released-packs.txt";

    /// <summary>Of the text with \n line ends, as the migration runner takes it.</summary>
    private static string Sha256(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text.ReplaceLineEndings("\n"))));

    private static IEnumerable<string> Violations(RepositoryTree tree)
    {
        var released = Listed(tree, List);
        var present = tree.Under("services/", ".sql").Where(p => p.Contains("/migrations/", StringComparison.Ordinal)).ToHashSet();
        var files = present.Concat(tree.Under("services/settlement/policies/", ".yaml")).ToHashSet();
        foreach (var (path, sha256) in released.Concat(Listed(tree, Packs)))
        {
            if (!files.Contains(path)) yield return $"{path} was released and is gone";
            else if (Sha256(tree.Text(path)) != sha256) yield return $"{path} was released and is changed; add a new {(path.EndsWith(".sql", StringComparison.Ordinal) ? "migration" : "version")} instead";
        }
        foreach (var service in present.GroupBy(p => Path.GetDirectoryName(p)))
            foreach (var path in service.Where(p => !released.ContainsKey(p) && released.Keys.Any(r => Path.GetDirectoryName(r) == service.Key && string.CompareOrdinal(r, p) > 0)))
                yield return $"{path} stands before a released one";
    }

    private static Dictionary<string, string> Listed(RepositoryTree tree, string list) => tree.Lines(list).Where(l => l.Text.Length > 0).Select(l => l.Text.Split("  ")).ToDictionary(w => w[1], w => w[0]);

    [Fact]
    public void Repository_KeepsWhatItReleased() => HouseRule.Holds(Violations(RepositoryTree.Own));

    private const string First = "services/a/migrations/0001_create_claim.sql", Second = "services/a/migrations/0002_create_note.sql";
    private const string Pack = "services/settlement/policies/a/resident.yaml";
    private static readonly string Migrations = $"{Sha256("CREATE TABLE claim (a int);\n")}  {First}\n", ReleasedPacks = $"{Sha256("pack: a/resident\n")}  {Pack}\n";

    private static IEnumerable<string> Of(params (string, string)[] files) => Violations(RepositoryTree.Of([(List, Migrations), (Packs, ""), .. files]));
    private static IEnumerable<string> OfPacks(params (string, string)[] files) => Violations(RepositoryTree.Of([(List, ""), (Packs, ReleasedPacks), .. files]));

    [Fact]
    public void ChangedPack_IsFound() => Assert.NotEmpty(OfPacks((Pack, "pack: b/resident\n")));

    [Fact]
    public void MissingPack_IsFound() => Assert.NotEmpty(OfPacks());

    [Fact]
    public void LaterVersionOfAPack_IsNot() => Assert.Empty(OfPacks((Pack, "pack: a/resident\n"), ("services/settlement/policies/a/resident@2.yaml", "")));

    [Fact]
    public void ChangedMigration_IsFound() => Assert.NotEmpty(Of((First, "CREATE TABLE claim (a bigint);\n")));

    [Fact]
    public void MissingMigration_IsFound() => Assert.NotEmpty(Of((Second, "")));

    [Fact]
    public void MigrationBeforeAReleasedOne_IsFound() => Assert.NotEmpty(Of((First, "CREATE TABLE claim (a int);\n"), ("services/a/migrations/0000_create_a.sql", "")));

    [Fact]
    public void NewerMigrationAndOtherLineEnds_AreNot() => Assert.Empty(Of((First, "CREATE TABLE claim (a int);\r\n"), (Second, ""), ("services/b/migrations/0001_create_b.sql", "")));
}
