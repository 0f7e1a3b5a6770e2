using MedInsure.Enrollment.Persons;
using MedInsure.Kernel;
using Npgsql;

namespace MedInsure.Enrollment.Employments;

/// <summary>Employments with their wages, and what was said of each.</summary>
internal static class ListEmployments
{
    public sealed record Wage(int FromMonth, string Amount);
    public sealed record Employment(
        long EmploymentNo, string PsnNo, string PsnName, string EmployerNo, string Insutype, int FromMonth, int? ToMonth, string Ended, bool Maternity, string FlexibleChoice, int FlexibleBaseBp, IReadOnlyList<Wage> Wages, long Version);
    public sealed record Step(
        long StepNo, long? DeclarationNo, string Act, string By, DateTimeOffset At, string Why, string PsnNo, int FromMonth, int? ToMonth, string Ended, bool Maternity, int? WageMonth, int? WageLastMonth, string? Wage);

    /// <param name="EmployerNo">Null: all; empty: flexible workers.</param>
    /// <param name="Month">Who is employed in it; 0: whenever.</param>
    public sealed record Filter(string? EmployerNo, string PsnNo, int Month);

    private const string Columns = """
        e.employment_no, e.psn_no, coalesce(p.psn_name, ''), e.employer_no, e.insutype, e.from_month, e.to_month, e.ended, e.maternity, e.flexible_choice, e.flexible_base_bp, e.version,
        (SELECT array_agg(from_month ORDER BY from_month) FROM declared_wage w WHERE w.employment_no = e.employment_no), (SELECT array_agg(wage_fen ORDER BY from_month) FROM declared_wage w WHERE w.employment_no = e.employment_no)
        FROM employment e LEFT JOIN person p USING (psn_no)
        """;

    public static async Task<Outcome<List<Employment>>> Query(NpgsqlDataSource database, Filter filter, long after, int limit, CancellationToken cancellation)
    {
        if (limit is < 1 or > Refusals.BatchMax) return Refusals.TooMany.At("limit");
        if (filter.Month != 0 && filter.Month % 100 is < 1 or > 12) return EmploymentRefusals.MonthInvalid;
        return await database.Rows($"""
            SELECT {Columns} WHERE e.employment_no > $1 AND ($2::text IS NULL OR e.employer_no = $2) AND ($3 = '' OR e.psn_no IN {Identity.IdentityRefusals.NumbersSql.Replace("$1", "$3", StringComparison.Ordinal)})
                AND ($4 = 0 OR e.from_month <= $4 AND coalesce(e.to_month, 999912) >= $4) ORDER BY e.employment_no LIMIT $5
            """, Of, cancellation, after, filter.EmployerNo, filter.PsnNo, filter.Month, limit);
    }

    public static async Task<Outcome<Employment>> Get(NpgsqlDataSource database, long number, CancellationToken cancellation) =>
        await database.Rows($"SELECT {Columns} WHERE e.employment_no = $1", Of, cancellation, number) is [var employment] ? employment : EmploymentRefusals.EmploymentUnknown;

    public static async Task<List<Step>> History(NpgsqlDataSource database, long number, CancellationToken cancellation)
    {
        return await database.Rows("""
            SELECT s.step_no, s.declaration_no, s.act, s.acted_by, s.at, s.why, s.psn_no, s.from_month, s.to_month, s.ended, s.maternity, s.wage_month, s.wage_last_month, s.wage_fen
            FROM employment_step s WHERE s.employment_no = $1 ORDER BY s.step_no
            """, r => new Step(r.GetInt64(0), r.IsDBNull(1) ? null : r.GetInt64(1), r.GetString(2), r.GetString(3), r.GetFieldValue<DateTimeOffset>(4), r.GetString(5), r.GetString(6), r.GetInt32(7), Month(r, 8), r.GetString(9), r.GetBoolean(10), Month(r, 11), Month(r, 12),
                r.IsDBNull(13) ? null : new Fen(r.GetInt64(13)).ToString()), cancellation, number);
    }

    private static Employment Of(NpgsqlDataReader r)
    {
        var (months, wages) = r.IsDBNull(12) ? ([], []) : (r.GetFieldValue<int[]>(12), r.GetFieldValue<long[]>(13));
        return new(r.GetInt64(0), r.GetString(1), r.GetString(2), r.GetString(3), r.GetString(4), r.GetInt32(5), Month(r, 6), r.GetString(7), r.GetBoolean(8), r.GetString(9), r.GetInt32(10),
            [.. months.Zip(wages, (month, wage) => new Wage(month, new Fen(wage).ToString()))], r.GetInt64(11));
    }

    private static int? Month(NpgsqlDataReader r, int column) => r.IsDBNull(column) ? null : r.GetInt32(column);
}
