using System.Text.RegularExpressions;

namespace MedInsure.Repo.Tests.Contracts;

/// <summary>
/// Services one release apart share a schema: while a migration runs, and after it, processes of the release before go on reading and writing.
/// So it only expands. A statement that takes something away, or that an older writer could run into, needs a comment just before it or in it:
/// "-- contract: …" naming the earlier migration since which no release uses it (0009 or v1.4), or "-- widens: …" saying why older writers pass.
/// </summary>
[Trait("Category", "Repo")]
public sealed partial class MigrationCompatibilityTests
{
    private static readonly (string What, Regex Pattern)[] Contracting =
    [
        ("drops a table", new(@"^\s*DROP\s+TABLE\b", Options)),
        ("drops a view, schema, type or sequence", new(@"^\s*DROP\s+(MATERIALIZED\s+VIEW|VIEW|SCHEMA|TYPE|SEQUENCE|DOMAIN)\b", Options)),
        ("drops a column", new(@"\bDROP\s+(COLUMN\b|(?!CONSTRAINT\b|NOT\b|DEFAULT\b|EXPRESSION\b|IDENTITY\b|TABLE\b|INDEX\b|TRIGGER\b|COLUMN\b)(IF\s+EXISTS\s+)?[a-z_])", AlterOptions)),
        ("renames something", new(@"\bRENAME\b", Options)),
        ("moves a table to another schema", new(@"\bSET\s+SCHEMA\b", Options)),
        ("adds a column that older writers leave out: NOT NULL without a default", new(@"\bADD\s+(COLUMN\s+)?(?!CONSTRAINT\b)[^,]*?\bNOT\s+NULL\b(?![^,]*\b(DEFAULT|GENERATED)\b)(?<!\b(DEFAULT|GENERATED)\b[^,]*)", AlterOptions)),
        ("makes a column NOT NULL", new(@"\bALTER\s+(COLUMN\s+)?\w+\s+SET\s+NOT\s+NULL\b", AlterOptions)),
        ("takes a default away", new(@"\bALTER\s+(COLUMN\s+)?\w+\s+DROP\s+(DEFAULT|IDENTITY|EXPRESSION)\b", AlterOptions)),
        ("changes a column's type", new(@"\bALTER\s+(COLUMN\s+)?\w+\s+(SET\s+DATA\s+)?TYPE\b", AlterOptions)),
        ("adds a constraint that older writers can break", new(@"\bADD\s+(CONSTRAINT\b|CHECK\b|UNIQUE\b|PRIMARY\b|FOREIGN\b|EXCLUDE\b)|\bADD\s+COLUMN\b[^,]*\b(CHECK|REFERENCES|UNIQUE)\b", AlterOptions)),
        ("makes an index unique", new(@"^\s*CREATE\s+UNIQUE\s+INDEX\b", Options)),
        ("takes a right away", new(@"^\s*REVOKE\b", Options)),
        ("empties a table", new(@"^\s*TRUNCATE\b", Options)),
    ];

    /// <summary>Merged before this rule, and immutable since: why the release before passes what each adds.</summary>
    private static readonly Dictionary<string, string> Explained = new()
    {
        ["services/settlement/migrations/0009_create_supplement.sql"] = "claim's checks with a supplement of 0, all that the release before writes, are those that were there; ledger_account takes one purpose more",
    };

    private const RegexOptions Options = RegexOptions.IgnoreCase | RegexOptions.Singleline | RegexOptions.CultureInvariant;
    private const RegexOptions AlterOptions = Options;

    [GeneratedRegex(@"\bCREATE\s+(?:UNLOGGED\s+)?TABLE\s+(?:IF\s+NOT\s+EXISTS\s+)?(\w+)", RegexOptions.IgnoreCase)]
    private static partial Regex Created();

    [GeneratedRegex(@"^\s*(?:ALTER\s+TABLE\s+(?:IF\s+EXISTS\s+)?(?:ONLY\s+)?(\w+)|CREATE\s+UNIQUE\s+INDEX\b.*?\bON\s+(?:ONLY\s+)?(\w+)|REVOKE\b.*?\bON\s+(?:TABLE\s+)?([\w, ]+?)\s+FROM\b)", RegexOptions.IgnoreCase | RegexOptions.Singleline)]
    private static partial Regex Touched();

    [GeneratedRegex(@"--\s*(?:contract:[^\n]*\b(?:(?<number>\d{4})|v\d+\.\d+)\b[^\n]*|widens:\s*\S[^\n]{15,})")]
    private static partial Regex Marker();

    [GeneratedRegex(@"--[^\n]*")]
    private static partial Regex Comment();

    private static IEnumerable<string> Violations(RepositoryTree tree)
    {
        foreach (var path in tree.Under("services/", ".sql").Where(p => p.Contains("/migrations/", StringComparison.Ordinal) && !Explained.ContainsKey(p)))
        {
            var text = tree.Text(path);
            var number = int.TryParse(Path.GetFileName(path).AsSpan(0, 4), out var n) ? n : 0;
            var own = Created().Matches(Comment().Replace(text, "")).Select(m => m.Groups[1].Value).ToHashSet(StringComparer.OrdinalIgnoreCase);
            foreach (var (statement, at) in Statements(text))
            {
                var code = Comment().Replace(statement, "");
                // What this very file creates has no older users.
                if (Touched().Match(code) is { Success: true } touched && string.Concat(touched.Groups.Values.Skip(1).Select(g => g.Value)).Split(',', StringSplitOptions.TrimEntries).All(own.Contains)) continue;
                foreach (var (what, pattern) in Contracting)
                {
                    if (!pattern.IsMatch(code) || (Marker().Match(statement) is { Success: true } marker && !(marker.Groups["number"] is { Success: true } since && int.Parse(since.Value) >= number))) continue;
                    yield return $"{path}:{at}: {what}; say -- contract: unused since NNNN … (an earlier migration or release) or -- widens: why older writers pass";
                }
            }
        }
    }

    /// <summary>With the comments before each and the line on which its code begins. A semicolon inside a DO block only splits it further.</summary>
    private static IEnumerable<(string Text, int Line)> Statements(string sql)
    {
        // A comment's semicolon ends nothing.
        var masked = Comment().Replace(sql, m => m.Value.Replace(';', ' '));
        for (int from = 0, to; from < masked.Length; from = to + 1)
        {
            to = masked.IndexOf(';', from);
            if (to < 0) to = masked.Length;
            var text = masked[from..to];
            var begins = from + text.Length - Comment().Replace(text, m => new string(' ', m.Length)).TrimStart().Length;
            if (begins < to) yield return (text, masked.AsSpan(0, begins).Count('\n') + 1);
        }
    }

    [Fact]
    public void Repository_OnlyExpandsItsSchemas() => HouseRule.Holds(Violations(RepositoryTree.Own));

    private static IEnumerable<string> Of(string sql, string name = "0012_alter_claim.sql") => Violations(RepositoryTree.Of(($"services/a/migrations/{name}", sql)));

    [Theory]
    [InlineData("DROP TABLE claim;")]
    [InlineData("DROP VIEW IF EXISTS claims;")]
    [InlineData("ALTER TABLE claim DROP COLUMN note;")]
    [InlineData("ALTER TABLE claim DROP note;")]
    [InlineData("ALTER TABLE claim ADD COLUMN a int, DROP COLUMN IF EXISTS note;")]
    [InlineData("ALTER TABLE claim RENAME COLUMN note TO remark;")]
    [InlineData("ALTER TABLE claim RENAME TO bill;")]
    [InlineData("ALTER TABLE claim SET SCHEMA old;")]
    [InlineData("ALTER TABLE claim ADD COLUMN mark uuid NOT NULL;")]
    [InlineData("ALTER TABLE claim ADD COLUMN a int NOT NULL DEFAULT 0, ADD COLUMN b int NOT NULL;")]
    [InlineData("ALTER TABLE claim ADD mark uuid NOT NULL;")]
    [InlineData("ALTER TABLE claim ALTER COLUMN note SET NOT NULL;")]
    [InlineData("ALTER TABLE claim ALTER note DROP DEFAULT;")]
    [InlineData("ALTER TABLE claim ALTER COLUMN amount_fen TYPE int;")]
    [InlineData("ALTER TABLE claim ALTER COLUMN amount_fen SET DATA TYPE int;")]
    [InlineData("alter table only claim add constraint amount_is_small check (amount_fen < 100);")]
    [InlineData("ALTER TABLE claim ADD COLUMN b int CHECK (b > 0);")]
    [InlineData("ALTER TABLE claim DROP CONSTRAINT kind_is_known, ADD CONSTRAINT kind_is_known CHECK (kind IN ('a'));")]
    [InlineData("CREATE UNIQUE INDEX one_note ON claim (note);")]
    [InlineData("REVOKE UPDATE ON claim FROM ${runtime};")]
    [InlineData("TRUNCATE claim;")]
    [InlineData("DO $do$ BEGIN\n ALTER TABLE claim DROP COLUMN note;\nEND $do$;")]
    [InlineData("-- contract: nobody uses it any more\nALTER TABLE claim DROP COLUMN note;")] // names no release
    [InlineData("-- contract: unused since 0012\nALTER TABLE claim DROP COLUMN note;")] // not an earlier one
    [InlineData("-- contract: unused since 0011\nALTER TABLE claim DROP COLUMN note;\nALTER TABLE claim DROP COLUMN remark;")] // holds for one statement
    [InlineData("-- widens: yes\nALTER TABLE claim ADD CONSTRAINT c CHECK (true);")]
    public void ContractingStatement_IsFound(string sql) => Assert.NotEmpty(Of(sql));

    [Theory]
    [InlineData("CREATE TABLE claim (a int NOT NULL, CONSTRAINT a_is_positive CHECK (a > 0)); CREATE UNIQUE INDEX i ON claim (a); REVOKE DELETE ON claim FROM ${runtime}; ALTER TABLE claim ADD CONSTRAINT b CHECK (a < 9);")]
    [InlineData("ALTER TABLE claim ADD COLUMN mark uuid NOT NULL DEFAULT gen_random_uuid();")]
    [InlineData("ALTER TABLE claim ADD COLUMN mark uuid DEFAULT gen_random_uuid() NOT NULL;")]
    [InlineData("ALTER TABLE claim ADD COLUMN note text;")]
    [InlineData("ALTER TABLE claim ADD COLUMN n bigint GENERATED ALWAYS AS IDENTITY NOT NULL;")]
    [InlineData("ALTER TABLE claim ALTER COLUMN note DROP NOT NULL, DROP CONSTRAINT kind_is_known;")]
    [InlineData("ALTER TABLE claim ALTER COLUMN note SET DEFAULT '';")]
    [InlineData("CREATE INDEX i ON claim (note); DROP INDEX j;")]
    [InlineData("-- Once we DROP TABLE claim; this goes.\nCREATE TABLE other (a int);")]
    [InlineData("-- contract: unused since 0011 wrote the remark instead\nALTER TABLE claim DROP COLUMN note;")]
    [InlineData("-- contract: unused since v1.4\nDROP TABLE claim;")]
    [InlineData("-- widens: one more kind, every older row and writer passes\nALTER TABLE claim DROP CONSTRAINT k, ADD CONSTRAINT k CHECK (kind IN ('a', 'b'));")]
    public void ExpandingStatement_IsNot(string sql) => Assert.Empty(Of(sql));
}
