using System.Security.Cryptography;
using System.Text;
using MedInsure.Enrollment.Findings;
using MedInsure.Enrollment.Persons;
using MedInsure.Enrollment.Register;
using MedInsure.Hosting.Imports;
using MedInsure.Hosting.Messaging;
using MedInsure.Kernel;
using NpgsqlTypes;

namespace MedInsure.Enrollment.CategoryLists;

/// <summary>
/// An authority's monthly list takes effect: each change from its day, at once (认定即享受, 000_55dbde39a5535a1d.txt), with who recognised it; a full list ends on its day the
/// recognition of those whom it leaves out. A row that does not fit enrolment becomes a finding and changes nothing. A list that came before changes nothing.
/// </summary>
internal sealed class ImportCategoryList(string county, CategoryListOrder order, ServedCounties counties, ChinaCalendar calendar, OutboxBell bell) : CsvImport<CategoryListRow>
{
    /// <summary>More than this share of those recognised leaving at once is no month's change but a list that lacks a part (assumed: monthly changes of 6.6 are below a tenth).</summary>
    private const int RemovalsPercentMax = 20;
    private const int RemovalsAlwaysPlausible = 20;

    private const string Stage = """
        CREATE TEMP TABLE staged (
            line bigint NOT NULL, certno text COLLATE "C" NOT NULL, key text COLLATE "C" NOT NULL, psn_name text NOT NULL, category text COLLATE "C" NOT NULL, action text NOT NULL, effective_on date NOT NULL
        ) ON COMMIT DROP;
        """ + FindingLedger.FoundTable;

    private const string Copy = "COPY staged (line, certno, key, psn_name, category, action, effective_on) FROM STDIN (FORMAT BINARY)";

    public override IReadOnlyList<string> Columns => CategoryListRow.Columns;

    public override CategoryListRow? Parse(CsvRow row) => CategoryListRow.Parse(row, order);

    public override async Task<long> Store(IAsyncEnumerable<CategoryListRow> rows, ImportRun run, CancellationToken cancellation)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes($"{order.Authority} {order.IsFull} {order.AsOf:O}\n"));
        await using var staging = new TenantStaging(counties.Database, Stage, Copy, "enrollment import");
        await staging.Writer(county, cancellation);
        await foreach (var row in rows)
        {
            hash.AppendData(Encoding.UTF8.GetBytes($"{row.Certno},{row.Name},{row.Category},{row.Action},{row.EffectiveOn:O}\n"));
            var writer = await staging.Writer(county, cancellation);
            await writer.StartRowAsync(cancellation);
            await writer.WriteAsync(row.Line, NpgsqlDbType.Bigint, cancellation);
            foreach (var text in (string[])[row.Certno, row.Key, row.Name, row.Category, row.Action]) await writer.WriteAsync(text, NpgsqlDbType.Text, cancellation);
            await writer.WriteAsync(row.EffectiveOn, NpgsqlDbType.Date, cancellation);
        }
        await staging.Close(cancellation);
        var staged = staging.Tenants.First();
        if (run.Rows != order.Rows) throw new FileRefusedException(Refusals.ListCut);
        await staged.Reject("SELECT line, first_line FROM (SELECT line, min(line) OVER (PARTITION BY key, category) AS first_line FROM staged) keyed WHERE line <> first_line", "staged", run,
            (line, first) => new(line, "certno", "list.repeated_row", $"与第{first}行的人员和类别相同", $"has the same person and category as line {first}"), cancellation);
        if (!run.MayCommit) return 0;

        var digest = hash.GetHashAndReset();
        if (await staged.Scalar("SELECT count(*) FROM category_list WHERE authority = $1 AND sha256 = $2", cancellation, order.Authority, digest) > 0) return 0;
        if (await staged.Scalar("SELECT count(*) FROM category_list WHERE authority = $1 AND as_of > $2", cancellation, order.Authority, order.AsOf) > 0) throw new FileRefusedException(Refusals.ListOlder);

        var at = calendar.UtcNow;
        var list = await staged.Scalar("INSERT INTO category_list (authority, kind, as_of, sha256, row_count, applied_at) VALUES ($1, $2, $3, $4, $5, $6) RETURNING list_no", cancellation,
            order.Authority, order.IsFull ? "full" : "difference", order.AsOf, digest, run.Rows, at.UtcDateTime);
        await Match(staged, cancellation);
        await FindElsewhere(staged, cancellation);
        await AddFound(staged, cancellation);
        await Plan(staged, cancellation);
        await CheckRemovals(staged, cancellation);
        var changed = await Apply(staged, list, at, cancellation);
        var findings = await FindingLedger.Take(staged, order.Authority, run.Rows, at, order.IsFull ? "true" : "EXISTS (SELECT FROM staged s WHERE s.key || ':' || s.category = f.subject)", cancellation);
        await staging.Commit(cancellation);
        bell.Ring(county, EnrollmentModule.Service);
        return changed + findings;
    }

    /// <summary>Rows beside persons. Where one person has two records, the one changed last.</summary>
    private Task<int> Match(StagedTenant staged, CancellationToken cancellation) => staged.Run($"""
        CREATE TEMP TABLE matched ON COMMIT DROP AS
            SELECT DISTINCT ON (s.line) s.*, p.psn_no, p.psn_name AS enrolled_name, p.birth_on, p.died_on, ''::text AS problem, ''::text AS detail
            FROM staged s LEFT JOIN (
                SELECT psn_no, psn_name, birth_on, died_on, changed_at, {OldAndNewNumber.KeySql} AS key FROM person WHERE merged_into IS NULL AND {OldAndNewNumber.IsResidentSql}
            ) p USING (key) ORDER BY s.line, p.changed_at DESC;
        CREATE INDEX ON matched (psn_no); CREATE INDEX ON matched (key); ANALYZE matched;
        UPDATE matched SET problem = CASE
            WHEN psn_no IS NULL THEN 'unknown_person'
            WHEN psn_name <> enrolled_name THEN 'other_name'
            WHEN action = 'add' AND (died_on IS NOT NULL OR EXISTS (SELECT FROM finding f WHERE f.psn_no = matched.psn_no AND f.kind = 'dead' AND f.state IN ('open', 'confirmed'))) THEN 'dead'
            WHEN action = 'remove' AND NOT EXISTS (SELECT FROM category c WHERE c.psn_no = matched.psn_no AND c.name = category AND (c.to_on IS NULL OR c.to_on >= effective_on)) THEN 'not_recognised'
            -- Extreme hardship includes what low income gives; nobody has both (assumed: 特困 and 低保 exclude each other). A full list itself ends what it leaves out.
            WHEN action = 'add' AND category IN ('low_income', 'extreme_hardship') AND (
                EXISTS (SELECT FROM matched o WHERE o.key = matched.key AND o.action = 'add' AND o.category <> matched.category AND o.category IN ('low_income', 'extreme_hardship'))
                OR {(order.IsFull ? "false" : "true")} AND EXISTS (SELECT FROM category c WHERE c.psn_no = matched.psn_no AND c.name <> category AND c.name IN ('low_income', 'extreme_hardship') AND (c.to_on IS NULL OR c.to_on >= effective_on)
                    AND NOT EXISTS (SELECT FROM matched o WHERE o.psn_no = c.psn_no AND o.category = c.name AND o.action = 'remove'))) THEN 'category_contradiction'
            ELSE '' END;
        UPDATE matched SET detail = psn_name || '/' || enrolled_name WHERE problem = 'other_name';
        """, cancellation);

    /// <summary>Who is unknown here may be enrolled in another county that this process serves.</summary>
    private async Task FindElsewhere(StagedTenant staged, CancellationToken cancellation)
    {
        var unknown = new List<string>();
        await using (var command = staged.Command("SELECT DISTINCT certno FROM matched WHERE psn_no IS NULL"))
        await using (var reader = await command.ExecuteReaderAsync(cancellation))
            while (await reader.ReadAsync(cancellation)) unknown.Add(reader.GetString(0));
        foreach (var other in counties.Codes.Where(c => c != county && unknown.Count > 0))
        {
            await using var command = counties.Database(other).CreateCommand("SELECT certno FROM person WHERE hashtext(certno) = ANY (ARRAY(SELECT hashtext(c) FROM unnest($1) AS c)) AND certno = ANY ($1) AND merged_into IS NULL");
            command.Parameters.Add(new() { Value = unknown.ToArray() });
            var there = new List<string>();
            await using (var reader = await command.ExecuteReaderAsync(cancellation))
                while (await reader.ReadAsync(cancellation)) there.Add(reader.GetString(0));
            if (there.Count > 0) await staged.Run("UPDATE matched SET problem = 'other_county', detail = $1 WHERE psn_no IS NULL AND certno = ANY ($2)", cancellation, other, there.ToArray());
        }
    }

    private static Task<int> AddFound(StagedTenant staged, CancellationToken cancellation) => staged.Run("""
        INSERT INTO found (kind, subject, psn_no, certno, psn_name, birth_on, township, village, address, detail, key)
        SELECT problem, key || ':' || category, psn_no, certno, psn_name, birth_on, '', '', '', category || ':' || action || ':' || effective_on || CASE detail WHEN '' THEN '' ELSE ':' || detail END, key
        FROM matched WHERE problem <> ''
        """, cancellation);

    /// <summary>What changes: who comes, who leaves, and by a full list who is left out.</summary>
    private async Task Plan(StagedTenant staged, CancellationToken cancellation)
    {
        await staged.Run("""
            CREATE TEMP TABLE planned ON COMMIT DROP AS
            SELECT psn_no, category AS name, action, effective_on FROM matched m WHERE problem = '' AND (action = 'remove'
                OR NOT EXISTS (SELECT FROM category c WHERE c.psn_no = m.psn_no AND c.name = m.category AND c.from_on <= m.effective_on AND (c.to_on IS NULL OR c.to_on >= m.effective_on)))
            """, cancellation);
        if (!order.IsFull) return;
        await staged.Run("""
            INSERT INTO planned
            SELECT DISTINCT c.psn_no, c.name, 'remove', $2 FROM category c
            WHERE c.name = ANY ($1) AND (c.to_on IS NULL OR c.to_on >= $2) AND NOT EXISTS (SELECT FROM matched m WHERE m.psn_no = c.psn_no AND m.category = c.name)
            """, cancellation, order.Categories.ToArray(), order.AsOf);
    }

    private async Task CheckRemovals(StagedTenant staged, CancellationToken cancellation)
    {
        if (!order.IsFull) return;
        var removals = await staged.Scalar("SELECT count(*) FROM planned WHERE action = 'remove'", cancellation);
        if (order.Removals is { } stated ? stated == removals : removals <= RemovalsAlwaysPlausible) return;
        if (order.Removals is not null) throw new FileRefusedException(Refusals.ListRemovalsDiffer);
        var recognised = await staged.Scalar("SELECT count(*) FROM category WHERE name = ANY ($1) AND (to_on IS NULL OR to_on >= $2)", cancellation, order.Categories.ToArray(), order.AsOf);
        if (removals * 100 > recognised * RemovalsPercentMax) throw new FileRefusedException(Refusals.ListRemovalsImplausible);
    }

    private async Task<long> Apply(StagedTenant staged, long list, DateTimeOffset at, CancellationToken cancellation)
    {
        // What would have begun on the day or later never held: it goes, and category_change says so.
        await staged.Run("DELETE FROM category c USING planned p WHERE p.action = 'remove' AND c.psn_no = p.psn_no AND c.name = p.name AND c.from_on >= p.effective_on", cancellation);
        await staged.Run("""
            UPDATE category c SET to_on = p.effective_on - 1 FROM planned p
            WHERE p.action = 'remove' AND c.psn_no = p.psn_no AND c.name = p.name AND c.from_on < p.effective_on AND (c.to_on IS NULL OR c.to_on >= p.effective_on)
            """, cancellation);
        // Recognised for a day before a later period: that one is part of this, which goes on without an end; one that ended on the day before goes on.
        await staged.Run("DELETE FROM category c USING planned p WHERE p.action = 'add' AND c.psn_no = p.psn_no AND c.name = p.name AND c.from_on > p.effective_on", cancellation);
        await staged.Run("UPDATE category c SET to_on = NULL, recognised_by = $1 FROM planned p WHERE p.action = 'add' AND c.psn_no = p.psn_no AND c.name = p.name AND c.to_on = p.effective_on - 1", cancellation, order.Authority);
        await staged.Run("""
            INSERT INTO category (psn_no, name, from_on, recognised_by)
            SELECT psn_no, name, effective_on, $1 FROM planned p
            WHERE action = 'add' AND NOT EXISTS (SELECT FROM category c WHERE c.psn_no = p.psn_no AND c.name = p.name AND (c.to_on IS NULL OR c.to_on >= p.effective_on))
            """, cancellation, order.Authority);
        await staged.Run("INSERT INTO category_change (list_no, psn_no, name, action, effective_on) SELECT $1, psn_no, name, action, effective_on FROM planned", cancellation, list);
        await staged.Run("UPDATE person SET version = version + 1, changed_at = $1 WHERE psn_no IN (SELECT psn_no FROM planned)", cancellation, at.UtcDateTime);
        await ChangedPersons.Tell(staged, "SELECT DISTINCT psn_no FROM planned", at, cancellation);
        return await staged.Scalar("SELECT count(*) FROM planned", cancellation);
    }
}
