using MedInsure.Enrollment.Persons;

namespace MedInsure.Enrollment.Employments;

/// <summary>
/// What happens to a person ends employments and flexible workers' enrolment: death, retirement, a move to another pooling area. The month of the day is the last one due; one
/// that would begin later never was. The cover is ended by whoever calls, in the same transaction.
/// </summary>
internal static class EndEmployments
{
    private const string Step = "INSERT INTO employment_step (employment_no, act, acted_by, at, why, version, psn_no, from_month, to_month, ended, maternity)";

    /// <param name="psnNos">Each once.</param>
    /// <param name="lastDays">Beside them; 31 December 9999 is no end.</param>
    /// <param name="ended">died, retired or transferred.</param>
    /// <param name="by">Who said so.</param>
    public static async Task Run(HeldCounty county, string[] psnNos, DateOnly[] lastDays, string ended, string by, DateTimeOffset at, CancellationToken cancellation)
    {
        var numbers = await county.Rows("""
            UPDATE employment e SET to_month = k.last_month, ended = $3, version = e.version + 1
            FROM (SELECT psn_no, (date_part('year', last_on) * 100 + date_part('month', last_on))::int AS last_month FROM unnest($1::text[], $2::date[]) AS u (psn_no, last_on)) k
            WHERE e.psn_no = k.psn_no AND (e.to_month IS NULL OR e.to_month >= e.from_month AND e.to_month > k.last_month) RETURNING e.employment_no
            """, r => r.GetInt64(0), cancellation, psnNos, lastDays, ended);
        await Tell(county, [.. numbers], ended, by, at, cancellation);
    }

    /// <summary>A death was none: what it ended goes on as before.</summary>
    public static async Task UndoDeath(HeldCounty county, string psnNo, string by, DateTimeOffset at, CancellationToken cancellation)
    {
        var numbers = await county.Rows("""
            UPDATE employment e SET to_month = b.to_month, ended = b.ended, version = e.version + 1
            FROM employment d CROSS JOIN LATERAL (
                SELECT to_month, ended FROM employment_step s WHERE s.employment_no = d.employment_no AND s.step_no < (SELECT max(step_no) FROM employment_step l WHERE l.employment_no = d.employment_no AND l.act = 'died') ORDER BY step_no DESC LIMIT 1
            ) b
            WHERE d.psn_no = $1 AND d.ended = 'died' AND e.employment_no = d.employment_no RETURNING e.employment_no
            """, r => r.GetInt64(0), cancellation, psnNo);
        await Tell(county, [.. numbers], "death_undone", by, at, cancellation);
    }

    /// <summary>Two records of one person became one: the employments go with it. The caller has seen that they share no month (<see cref="Overlap"/>).</summary>
    public static async Task Merge(HeldCounty county, string retiredNo, string survivingNo, string by, DateTimeOffset at, CancellationToken cancellation)
    {
        var numbers = await county.Rows("UPDATE employment SET psn_no = $2, version = version + 1 WHERE psn_no = $1 RETURNING employment_no", r => r.GetInt64(0), cancellation, retiredNo, survivingNo);
        await Tell(county, [.. numbers], "merged", by, at, cancellation);
    }

    /// <returns>Whether the two records are employed in the same month: somebody must say first which is true.</returns>
    public static async Task<bool> Overlap(HeldCounty county, string retiredNo, string survivingNo, CancellationToken cancellation) => (await county.Rows("""
        SELECT EXISTS (SELECT FROM employment a JOIN employment b USING (insutype) WHERE a.psn_no = $1 AND b.psn_no = $2
            AND greatest(a.from_month, b.from_month) <= least(coalesce(a.to_month, 999912), coalesce(b.to_month, 999912)))
        """, r => r.GetBoolean(0), cancellation, retiredNo, survivingNo))[0];

    private static async Task Tell(HeldCounty county, long[] numbers, string act, string by, DateTimeOffset at, CancellationToken cancellation)
    {
        if (numbers.Length == 0) return;
        await county.Run($"{Step} SELECT employment_no, $2, $3, $4, '', version, psn_no, from_month, to_month, ended, maternity FROM employment WHERE employment_no = ANY ($1)", cancellation, numbers, act, by.Trim(), at.UtcDateTime);
        await EmploymentEvents.Tell(county.Connection, county.Transaction, numbers, at, cancellation);
    }
}
