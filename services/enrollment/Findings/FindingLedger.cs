using MedInsure.Hosting.Imports;

namespace MedInsure.Enrollment.Findings;

/// <summary>
/// What a comparison found becomes findings. Found again, a finding stays what a person made of it, unless it was resolved or, dismissed, shows other facts now:
/// then it is open again. Not found any more, an open or confirmed one is resolved, where this comparison has looked at it.
/// </summary>
internal static class FindingLedger
{
    public const string FoundTable = """
        CREATE TEMP TABLE found (
            kind text COLLATE "C" NOT NULL, subject text COLLATE "C" NOT NULL, psn_no text COLLATE "C", other_psn_no text COLLATE "C", certno text COLLATE "C" NOT NULL, psn_name text NOT NULL,
            birth_on date, township text COLLATE "C" NOT NULL, village text COLLATE "C" NOT NULL, address text NOT NULL, detail text NOT NULL, key text COLLATE "C"
        ) ON COMMIT DROP;
        """;

    /// <param name="looked">SQL of a condition on finding f: this comparison has looked at its subject, so that not finding it means that it is mended.</param>
    /// <returns>How many findings are new, open again, changed or resolved.</returns>
    public static async Task<long> Take(StagedTenant county, string source, long rows, DateTimeOffset at, string looked, CancellationToken cancellation)
    {
        // The first run meets an empty table, of which the planner expects that reading it whole for each row is cheap; it is not when the run itself fills it.
        await county.Run("SET LOCAL enable_nestloop = off", cancellation);
        await county.Run("""
            CREATE TEMP TABLE once ON COMMIT DROP AS SELECT DISTINCT ON (kind, subject) * FROM found ORDER BY kind, subject, psn_no, other_psn_no;
            CREATE TEMP TABLE step (finding_no bigint NOT NULL, from_state text NOT NULL, to_state text NOT NULL, why text NOT NULL) ON COMMIT DROP;
            """, cancellation);
        var found = await county.Scalar("SELECT count(*) FROM once", cancellation);

        // The number first: findings name it. What changed is counted after.
        await county.Run("""
            INSERT INTO step
            SELECT f.finding_no, f.state, 'open', CASE f.state WHEN 'resolved' THEN 'found again' ELSE 'found again with other facts' END
            FROM finding f JOIN once n USING (kind, subject) WHERE f.source = $1 AND (f.state = 'resolved' OR (f.state = 'dismissed' AND f.detail <> n.detail))
            """, cancellation, source);
        // Whether a subject was looked at is asked of those alone that were not found: the answer reads the whole file again.
        await county.Run("""
            CREATE TEMP TABLE gone ON COMMIT DROP AS
                SELECT f.* FROM finding f WHERE f.source = $1 AND f.state IN ('open', 'confirmed') AND NOT EXISTS (SELECT FROM once n WHERE n.kind = f.kind AND n.subject = f.subject)
            """, cancellation, source);
        await county.Run($"INSERT INTO step SELECT f.finding_no, f.state, 'resolved', 'not found any more' FROM gone f WHERE {looked}", cancellation);
        var changed = await county.Scalar("""
            SELECT (SELECT count(*) FROM step)
                 + (SELECT count(*) FROM once n WHERE NOT EXISTS (SELECT FROM finding f WHERE f.source = $1 AND f.kind = n.kind AND f.subject = n.subject))
                 + (SELECT count(*) FROM finding f JOIN once n USING (kind, subject) WHERE f.source = $1 AND f.state IN ('open', 'confirmed')
                        AND (f.psn_no, f.other_psn_no, f.certno, f.psn_name, f.birth_on, f.township, f.village, f.address, f.detail)
                            IS DISTINCT FROM (n.psn_no, n.other_psn_no, n.certno, n.psn_name, n.birth_on, n.township, n.village, n.address, n.detail))
            """, cancellation, source);
        var comparison = await county.Scalar("INSERT INTO comparison (source, compared_at, row_count, found_count, changed_count) VALUES ($1, $2, $3, $4, $5) RETURNING comparison_no", cancellation,
            source, at.UtcDateTime, rows, found, changed);

        await county.Run("""
            UPDATE finding f SET seen_in = $2, psn_no = n.psn_no, other_psn_no = n.other_psn_no, certno = n.certno, psn_name = n.psn_name, birth_on = n.birth_on,
                township = n.township, village = n.village, address = n.address, detail = n.detail
            FROM once n WHERE f.source = $1 AND f.kind = n.kind AND f.subject = n.subject
            """, cancellation, source, comparison);
        await county.Run("UPDATE finding f SET state = s.to_state, changed_at = $1 FROM step s WHERE s.finding_no = f.finding_no", cancellation, at.UtcDateTime);
        await county.Run("""
            INSERT INTO finding_step (finding_no, step_no, at, decided_by, from_state, to_state, why)
            SELECT s.finding_no, (SELECT count(*) + 1 FROM finding_step e WHERE e.finding_no = s.finding_no), $1, 'comparison ' || $2::bigint, s.from_state, s.to_state, s.why FROM step s
            """, cancellation, at.UtcDateTime, comparison);
        await county.Run("""
            INSERT INTO finding (source, kind, subject, psn_no, other_psn_no, certno, psn_name, birth_on, township, village, address, detail, state, found_in, seen_in, found_at, changed_at)
            SELECT $1, n.kind, n.subject, n.psn_no, n.other_psn_no, n.certno, n.psn_name, n.birth_on, n.township, n.village, n.address, n.detail, 'open', $2, $2, $3, $3
            FROM once n ON CONFLICT (source, kind, subject) DO NOTHING
            """, cancellation, source, comparison, at.UtcDateTime);
        return changed;
    }
}
