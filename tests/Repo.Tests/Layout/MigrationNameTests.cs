using System.Text.RegularExpressions;

namespace MedInsure.Repo.Tests.Layout;

/// <summary>services/*/migrations/NNNN_verb_object.sql, from 0001 without a gap, plain SQL without functions that decide.</summary>
[Trait("Category", "Repo")]
public sealed partial class MigrationNameTests
{
    [GeneratedRegex("^(\\d{4})_(create|add|alter|drop|rename|backfill|grant|index|partition|split|move|seed|widen|narrow)_[a-z0-9]+(_[a-z0-9]+)*\\.sql$")]
    private static partial Regex Name();

    private static IEnumerable<string> Violations(RepositoryTree tree)
    {
        foreach (var folder in tree.Paths.Where(p => p.Contains("/migrations/", StringComparison.Ordinal)).GroupBy(p => Path.GetDirectoryName(p)!))
        {
            var expected = 1;
            foreach (var name in folder.Select(p => Path.GetFileName(p)).Order(StringComparer.Ordinal))
            {
                if (!Name().IsMatch(name)) yield return $"{folder.Key}/{name} is not NNNN_verb_object.sql";
                else if (int.Parse(name[..4]) != expected) yield return $"{folder.Key}/{name} should be number {expected:D4}";
                expected++;
            }
        }
    }

    [Fact]
    public void Repository_NumbersItsMigrations() => HouseRule.Holds(Violations(RepositoryTree.Own));

    [Theory]
    [InlineData("0002_create_claim.sql")]
    [InlineData("1_create_claim.sql")]
    [InlineData("0001_claim.sql")]
    [InlineData("0001_CreateClaim.sql")]
    [InlineData("0001_create_claim.txt")]
    public void WrongName_IsFound(string name) => Assert.NotEmpty(Violations(RepositoryTree.Of(("services/a/migrations/" + name, ""))));

    [Theory]
    [InlineData("0001_create_other.sql")] // twice the same number
    [InlineData("0003_create_other.sql")] // a gap
    public void WrongSequence_IsFound(string second) =>
        Assert.NotEmpty(Violations(RepositoryTree.Of(("services/a/migrations/0001_create_claim.sql", ""), ("services/a/migrations/" + second, ""))));
}
