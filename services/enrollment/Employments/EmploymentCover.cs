using MedInsure.Hosting.Imports;

namespace MedInsure.Enrollment.Employments;

/// <summary>
/// The cover of the employments in table moved follows them, in place: from the first day of the first month to the last day of the last, of the employer's scheme and, where
/// the employer pays it, of maternity insurance; never past a death. A period that the same employer's person has already (the old system's file) becomes the employment's.
/// A flexible worker's cover follows his payments; his employment only ends it. What another employer or the person himself has covered stays: a conflict.
/// </summary>
internal sealed class EmploymentCover(StagedTenant county)
{
    private const string Maternity = "510", Employee = "1101";

    /// <summary>Each period beside the cover that it has, or takes over.</summary>
    private const string Own = """
        SELECT s.*, c.from_on, c.to_on, c.account_credit_fen, s.had AND c.from_on >= s.old_first AS is_its_own
        FROM span s LEFT JOIN LATERAL (
            SELECT * FROM coverage c
            WHERE c.psn_no = s.psn_no AND c.insutype = s.insutype AND c.employer_no = s.employer_no AND c.psn_type LIKE '11%'
                AND (s.had AND c.from_on <= coalesce(s.old_last, 'infinity') AND coalesce(c.to_on, 'infinity') >= s.old_first OR s.has AND c.from_on <= coalesce(s.new_last, 'infinity') AND coalesce(c.to_on, 'infinity') >= s.new_first)
            ORDER BY s.had AND c.from_on <= coalesce(s.old_last, 'infinity') AND coalesce(c.to_on, 'infinity') >= s.old_first DESC, c.from_on LIMIT 1
        ) c ON true
        WHERE s.employer_no <> ''
        """;

    public async Task Follow(DateTimeOffset at, CancellationToken cancellation)
    {
        await county.Run($"""
            CREATE TEMP TABLE changed_person (psn_no text COLLATE "C" PRIMARY KEY) ON COMMIT DROP;
            CREATE TEMP TABLE span ON COMMIT DROP AS
                SELECT m.line, m.psn_no, m.employer_no, s.insutype, s.had, s.has, make_date(m.old_from / 100, m.old_from % 100, 1) AS old_first,
                    (make_date(m.old_to / 100, m.old_to % 100, 1) + interval '1 month - 1 day')::date AS old_last, make_date(m.new_from / 100, m.new_from % 100, 1) AS new_first,
                    least((make_date(m.new_to / 100, m.new_to % 100, 1) + interval '1 month - 1 day')::date, p.died_on) AS new_last
                FROM moved m JOIN person p USING (psn_no) CROSS JOIN LATERAL (
                    VALUES (m.insutype, coalesce(m.old_to, 999912) >= m.old_from, coalesce(m.new_to, 999912) >= m.new_from),
                        ('{Maternity}', coalesce(m.old_to, 999912) >= m.old_from AND m.old_maternity, coalesce(m.new_to, 999912) >= m.new_from AND m.new_maternity)
                ) scheme (insutype, was, has) CROSS JOIN LATERAL (VALUES (scheme.insutype, coalesce(scheme.was, false), scheme.has)) s (insutype, had, has)
                WHERE s.had OR s.has;
            CREATE TEMP TABLE own ON COMMIT DROP AS {Own} AND s.had;
            INSERT INTO conflict SELECT line, '{EmploymentRefusals.CoverHasCredit.Code}' FROM own WHERE NOT has AND is_its_own AND account_credit_fen > 0;
            """, cancellation);
        await Shrink(cancellation);
        await EndFlexible(cancellation);
        await county.Run($"""
            INSERT INTO own {Own} AND NOT s.had;
            INSERT INTO conflict
                SELECT DISTINCT o.line, '{EmploymentRefusals.CoveredElsewhere.Code}' FROM own o JOIN coverage c ON c.psn_no = o.psn_no AND c.insutype = o.insutype AND c.from_on IS DISTINCT FROM o.from_on
                WHERE o.has AND c.from_on <= coalesce(o.new_last, 'infinity') AND coalesce(c.to_on, 'infinity') >= CASE WHEN o.is_its_own THEN o.new_first ELSE least(o.new_first, o.from_on) END;
            INSERT INTO conflict
                SELECT DISTINCT s.line, '{EmploymentRefusals.CoveredElsewhere.Code}' FROM span s JOIN coverage c ON c.psn_no = s.psn_no AND c.insutype = s.insutype
                WHERE s.has AND s.employer_no = '' AND (c.employer_no <> '' OR c.psn_type NOT LIKE '11%') AND c.from_on <= coalesce(s.new_last, 'infinity') AND coalesce(c.to_on, 'infinity') >= s.new_first
            """, cancellation);
        if (await county.Scalar("SELECT count(*) FROM conflict", cancellation) > 0) return;
        await Grow(cancellation);
        await county.Run("ANALYZE changed_person", cancellation);
        await county.Run("UPDATE person p SET version = version + 1, changed_at = $1 FROM changed_person c WHERE c.psn_no = p.psn_no", cancellation, at.UtcDateTime);
    }

    /// <summary>What ends or never was goes first: another employment may begin in its place.</summary>
    private async Task Shrink(CancellationToken cancellation)
    {
        await county.Run("""
            WITH gone AS (
                DELETE FROM coverage c USING own o WHERE NOT o.has AND o.is_its_own AND c.psn_no = o.psn_no AND c.insutype = o.insutype AND c.from_on = o.from_on RETURNING c.psn_no)
            INSERT INTO changed_person SELECT psn_no FROM gone ON CONFLICT DO NOTHING
            """, cancellation);
        await county.Run("""
            WITH ended AS (
                UPDATE coverage c SET to_on = CASE WHEN o.has THEN o.new_last ELSE o.old_first - 1 END FROM own o
                WHERE o.had AND c.psn_no = o.psn_no AND c.insutype = o.insutype AND c.from_on = o.from_on
                    AND CASE WHEN o.has THEN c.from_on <= o.new_last AND o.new_last < coalesce(c.to_on, 'infinity') ELSE NOT o.is_its_own END
                RETURNING c.psn_no)
            INSERT INTO changed_person SELECT psn_no FROM ended ON CONFLICT DO NOTHING
            """, cancellation);
    }

    private async Task EndFlexible(CancellationToken cancellation)
    {
        // Another choice of the same person's that goes on at once takes over what was paid ahead.
        const string beyond = """
            s.employer_no = '' AND s.had AND c.psn_no = s.psn_no AND c.insutype = s.insutype AND c.employer_no = '' AND c.psn_type LIKE '11%' AND c.from_on <= coalesce(s.old_last, 'infinity') AND coalesce(c.to_on, 'infinity') >= s.old_first
            AND NOT EXISTS (SELECT FROM employment e WHERE e.psn_no = s.psn_no AND e.insutype = s.insutype AND e.employer_no = '' AND s.has AND make_date(e.from_month / 100, e.from_month % 100, 1) = s.new_last + 1 AND coalesce(e.to_month, 999912) >= e.from_month)
            """;
        await county.Run($"""
            WITH gone AS (DELETE FROM coverage c USING span s WHERE {beyond} AND c.from_on >= CASE WHEN s.has THEN s.new_last + 1 ELSE s.old_first END RETURNING c.psn_no)
            INSERT INTO changed_person SELECT psn_no FROM gone ON CONFLICT DO NOTHING
            """, cancellation);
        await county.Run($"""
            WITH ended AS (
                UPDATE coverage c SET to_on = CASE WHEN s.has THEN s.new_last ELSE s.old_first - 1 END FROM span s
                WHERE {beyond} AND coalesce(c.to_on, 'infinity') > CASE WHEN s.has THEN s.new_last ELSE s.old_first - 1 END RETURNING c.psn_no)
            INSERT INTO changed_person SELECT psn_no FROM ended ON CONFLICT DO NOTHING
            """, cancellation);
    }

    private async Task Grow(CancellationToken cancellation)
    {
        await county.Run("""
            WITH extended AS (
                UPDATE coverage c SET from_on = CASE WHEN o.is_its_own THEN o.new_first ELSE least(o.new_first, o.from_on) END, to_on = o.new_last FROM own o
                WHERE o.has AND c.psn_no = o.psn_no AND c.insutype = o.insutype AND c.from_on = o.from_on
                    AND (c.from_on, c.to_on) IS DISTINCT FROM (CASE WHEN o.is_its_own THEN o.new_first ELSE least(o.new_first, o.from_on) END, o.new_last)
                RETURNING c.psn_no)
            INSERT INTO changed_person SELECT psn_no FROM extended ON CONFLICT DO NOTHING
            """, cancellation);
        await county.Run($"""
            WITH begun AS (
                INSERT INTO coverage (psn_no, insutype, from_on, to_on, psn_type, employer_no, account_credit_fen)
                SELECT psn_no, insutype, new_first, new_last, '{Employee}', employer_no, 0 FROM own WHERE has AND from_on IS NULL RETURNING psn_no)
            INSERT INTO changed_person SELECT psn_no FROM begun ON CONFLICT DO NOTHING
            """, cancellation);
    }
}
