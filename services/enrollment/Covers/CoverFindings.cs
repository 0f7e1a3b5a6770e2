using MedInsure.Enrollment.Persons;
using MedInsure.Kernel;
using Npgsql;
using NpgsqlTypes;

namespace MedInsure.Enrollment.Covers;

/// <summary>Paid contributions that open no cover, on the work list of source "contributions"; opened or paid back later, they are resolved.</summary>
internal static class CoverFindings
{
    public const string Source = "contributions";

    public static async Task Take(HeldCounty held, List<OpenCover.Result> results, CoverFacts facts, DateTimeOffset at, CancellationToken cancellation)
    {
        var refused = results.FindAll(r => r.Refusal is not null);
        await using var batch = new NpgsqlBatch(held.Connection, held.Transaction);
        if (refused.Count > 0)
            batch.BatchCommands.Add(new("""
                WITH run AS (
                    INSERT INTO comparison (source, compared_at, row_count, found_count, changed_count) VALUES ('contributions', $8, $9, $10, $10) RETURNING comparison_no
                ), again AS (
                    INSERT INTO finding_step (finding_no, step_no, at, decided_by, from_state, to_state, why)
                    SELECT f.finding_no, (SELECT count(*) + 1 FROM finding_step s WHERE s.finding_no = f.finding_no), $8, 'contributions', f.state, 'open', 'found again'
                    FROM finding f JOIN unnest($1, $2) AS n (kind, subject) USING (kind, subject) WHERE f.source = 'contributions' AND f.state IN ('resolved', 'dismissed')
                ), seen AS (
                    INSERT INTO finding AS f (source, kind, subject, psn_no, certno, psn_name, birth_on, township, village, address, detail, state, found_in, seen_in, found_at, changed_at)
                    SELECT 'contributions', kind, subject, nullif(psn_no, ''), certno, psn_name, birth_on, '', '', '', detail, 'open', comparison_no, comparison_no, $8, $8
                    FROM unnest($1, $2, $3, $4, $5, $6, $7) AS n (kind, subject, psn_no, certno, psn_name, birth_on, detail) CROSS JOIN run
                    ON CONFLICT (source, kind, subject) DO UPDATE SET seen_in = excluded.seen_in, detail = excluded.detail, changed_at = CASE WHEN f.state IN ('resolved', 'dismissed') THEN excluded.changed_at ELSE f.changed_at END,
                        state = CASE WHEN f.state IN ('resolved', 'dismissed') THEN 'open' ELSE f.state END
                    RETURNING f.finding_no
                ) SELECT count(*) FROM seen
                """)
            {
                Parameters =
                {
                    Column(NpgsqlDbType.Text, r => Kind(r.Refusal!)), Column(NpgsqlDbType.Text, r => Subject(r.Of)), Column(NpgsqlDbType.Text, r => facts.Survivor(r.Of.PsnNo)?.PsnNo ?? ""), Column(NpgsqlDbType.Text, r => facts.Survivor(r.Of.PsnNo)?.Certno ?? ""),
                    Column(NpgsqlDbType.Text, r => facts.Survivor(r.Of.PsnNo)?.PsnName ?? ""), Column(NpgsqlDbType.Date, r => DayNumber.ToOptionalDate(facts.Survivor(r.Of.PsnNo)?.BirthOn ?? 0)),
                    Column(NpgsqlDbType.Text, r => $"{r.Of.Insutype} {r.Of.Period} paid {r.Of.PaidOn:yyyy-MM-dd} {r.Of.Who}"), new() { Value = at.UtcDateTime }, new() { Value = (long)results.Count }, new() { Value = (long)refused.Count },
                },
            });
        // Whatever was said of the same contribution before is mended, or is another thing now.
        batch.BatchCommands.Add(new("""
            WITH mended AS (
                UPDATE finding f SET state = 'resolved', changed_at = $3 FROM unnest($1, $2) AS n (subject, kind)
                WHERE f.source = 'contributions' AND f.subject = n.subject AND f.kind <> n.kind AND f.state IN ('open', 'confirmed') RETURNING f.finding_no
            )
            INSERT INTO finding_step (finding_no, step_no, at, decided_by, from_state, to_state, why)
            SELECT m.finding_no, (SELECT count(*) + 1 FROM finding_step s WHERE s.finding_no = m.finding_no), $3, 'contributions', f.state, 'resolved', 'the contribution was looked at again' FROM mended m JOIN finding f USING (finding_no)
            """)
        {
            Parameters =
            {
                new NpgsqlParameter<string[]> { NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text, TypedValue = [.. results.Select(r => Subject(r.Of))] },
                new NpgsqlParameter<string[]> { NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text, TypedValue = [.. results.Select(r => r.Refusal is { } refusal ? Kind(refusal) : "")] },
                new() { Value = at.UtcDateTime },
            },
        });
        await batch.ExecuteNonQueryAsync(cancellation);

        NpgsqlParameter Column<T>(NpgsqlDbType type, Func<OpenCover.Result, T> column) => new NpgsqlParameter<T[]> { NpgsqlDbType = NpgsqlDbType.Array | type, TypedValue = [.. refused.Select(column)] };
    }

    private static string Subject(OpenCover.Contribution c) => $"{c.PsnNo}/{c.Insutype}/{c.Period}";

    private static string Kind(Refusal refusal) => refusal.Code["cover.".Length..];
}
