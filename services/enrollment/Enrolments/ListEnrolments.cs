using MedInsure.Enrollment.Persons;
using MedInsure.Kernel;
using Npgsql;

namespace MedInsure.Enrollment.Enrolments;

/// <summary>Who is enrolled for a year, who asked for it, and what became of it.</summary>
internal static class ListEnrolments
{
    /// <param name="State">enrolled, withdrawn.</param>
    /// <param name="Cover">Of its contribution: empty (not paid), pending, opened, covered, waiting, refused, closed, kept.</param>
    public sealed record Enrolment(
        long EnrolmentNo, string PsnNo, string PsnName, string Insutype, int Year, string PsnType, string Who, DateOnly? EventOn, string Group, DateOnly RequestedOn, string State, string Cover, DateOnly? CoveredFrom, DateOnly? CoveredTo,
        string RequestedBy, string Why, string? WithdrawnBy, DateTimeOffset? WithdrawnAt, string? WithdrawnWhy);

    /// <summary>Empty or 0 = any.</summary>
    public sealed record Filter(string Insutype, int Year, string Who, string State, string PsnNo, string Group);

    private const string Select = """
        SELECT e.enrolment_no, e.psn_no, p.psn_name, e.insutype, e.year, e.psn_type, e.who, e.event_on, e.group_name, e.requested_on, CASE WHEN e.withdrawn_at IS NULL THEN 'enrolled' ELSE 'withdrawn' END,
            coalesce(c.state, ''), c.from_on, c.to_on, r.acted_by, r.why, e.withdrawn_by, e.withdrawn_at, e.withdrawn_why
        FROM enrolment e JOIN person p USING (psn_no) JOIN enrolment_request r USING (request_no) LEFT JOIN contribution c ON c.psn_no = e.psn_no AND c.insutype = e.insutype AND c.period = e.year
        """;

    public static async Task<Outcome<List<Enrolment>>> Query(NpgsqlDataSource database, Filter filter, long after, int limit, CancellationToken cancellation)
    {
        if (filter.State is not ("" or "enrolled" or "withdrawn")) return EnrolRefusals.StateUnknown.At("state");
        if (limit is < 1 or > Refusals.BatchMax) return Refusals.TooMany.At("limit");
        return await database.Rows($"""
            {Select} WHERE ($1 = '' OR e.insutype = $1) AND ($2 = 0 OR e.year = $2) AND ($3 = '' OR e.who = $3) AND ($4 = '' OR ($4 = 'withdrawn') = (e.withdrawn_at IS NOT NULL)) AND ($5 = '' OR e.psn_no = $5) AND ($6 = '' OR e.group_name = $6)
                AND e.enrolment_no > $7 ORDER BY e.enrolment_no LIMIT $8
            """, Of, cancellation, filter.Insutype, filter.Year, filter.Who, filter.State, filter.PsnNo, filter.Group, after, limit);
    }

    internal static async Task<Enrolment?> Find(HeldCounty held, long enrolmentNo, CancellationToken cancellation) =>
        (await held.Rows($"{Select} WHERE e.enrolment_no = $1", Of, cancellation, enrolmentNo)) is [var one] ? one : null;

    private static Enrolment Of(NpgsqlDataReader r) => new(r.GetInt64(0), r.GetString(1), r.GetString(2), r.GetString(3), r.GetInt32(4), r.GetString(5), r.GetString(6), Day(r, 7), r.GetString(8), r.GetFieldValue<DateOnly>(9), r.GetString(10),
        r.GetString(11), Day(r, 12), Day(r, 13), r.GetString(14), r.GetString(15), r.IsDBNull(16) ? null : r.GetString(16), r.IsDBNull(17) ? null : r.GetFieldValue<DateTimeOffset>(17), r.IsDBNull(18) ? null : r.GetString(18));

    private static DateOnly? Day(NpgsqlDataReader reader, int column) => reader.IsDBNull(column) ? null : reader.GetFieldValue<DateOnly>(column);
}
