using MedInsure.Enrollment.Employments;
using MedInsure.Enrollment.Persons;
using MedInsure.Kernel;
using Npgsql;

namespace MedInsure.Enrollment.Employers;

/// <summary>Employers with how many are employed today, and what was said of each.</summary>
internal static class ListEmployers
{
    public sealed record Employer(string EmployerNo, string EmployerName, string Uscc, string County, string Kind, DateOnly? ClosedOn, int? Headcount, long Staff, long Version);
    public sealed record Step(long Version, string By, DateTimeOffset At, string Why, string EmployerName, string Uscc, string Kind, DateOnly? ClosedOn);

    /// <param name="Name">A part of the name; empty: any.</param>
    /// <param name="State">open, closed or empty: any.</param>
    public sealed record Filter(string Name, string Uscc, string Kind, string State);

    // Without an end: who is employed until further notice, whatever the month.
    private const string Columns = """
        e.employer_no, e.employer_name, e.uscc, e.county, e.kind, e.closed_on, e.headcount, (SELECT count(*) FROM employment m WHERE m.employer_no = e.employer_no AND m.to_month IS NULL), e.version FROM employer e
        """;

    public static async Task<Outcome<List<Employer>>> Query(NpgsqlDataSource database, Filter filter, string after, int limit, CancellationToken cancellation)
    {
        if (limit is < 1 or > Refusals.BatchMax) return Refusals.TooMany.At("limit");
        return await database.Rows($"""
            SELECT {Columns} WHERE e.employer_no > $1 AND position($2 IN e.employer_name) > 0 AND ($3 = '' OR e.uscc = $3) AND ($4 = '' OR e.kind = $4) AND ($5 = '' OR (e.closed_on IS NULL) = ($5 = 'open')) ORDER BY e.employer_no LIMIT $6
            """, Of, cancellation, after, filter.Name, filter.Uscc.ToUpperInvariant(), filter.Kind, filter.State, limit);
    }

    public static async Task<Outcome<Employer>> Get(NpgsqlDataSource database, string number, CancellationToken cancellation) =>
        await database.Rows($"SELECT {Columns} WHERE e.employer_no = $1", Of, cancellation, number) is [var employer] ? employer : EmploymentRefusals.EmployerUnknown;

    public static async Task<List<Step>> History(NpgsqlDataSource database, string number, CancellationToken cancellation)
    {
        return await database.Rows("SELECT version, acted_by, at, why, employer_name, uscc, kind, closed_on FROM employer_step WHERE employer_no = $1 ORDER BY version",
            r => new Step(r.GetInt64(0), r.GetString(1), r.GetFieldValue<DateTimeOffset>(2), r.GetString(3), r.GetString(4), r.GetString(5), r.GetString(6), Day(r, 7)), cancellation, number);
    }

    private static Employer Of(NpgsqlDataReader r) => new(r.GetString(0), r.GetString(1), r.GetString(2), r.GetString(3), r.GetString(4), Day(r, 5), r.IsDBNull(6) ? null : r.GetInt32(6), r.GetInt64(7), r.GetInt64(8));

    private static DateOnly? Day(NpgsqlDataReader r, int column) => r.IsDBNull(column) ? null : r.GetFieldValue<DateOnly>(column);
}
