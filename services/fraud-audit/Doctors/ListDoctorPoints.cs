using MedInsure.Kernel;

namespace MedInsure.FraudAudit.Doctors;

/// <summary>Doctors with a year's points, the most first.</summary>
internal static class ListDoctorPoints
{
    /// <param name="Left">Of the year's points.</param>
    internal sealed record Row(string DoctorCode, int Points, int Left, bool Warned, bool Suspended, bool Terminated);

    internal sealed record Page(int Year, IReadOnlyList<Row> Doctors);

    public static async Task<Outcome<Page>> Query(AuditRequest request, DoctorTerms terms, int? year, string? doctorCode, int? pointsMin, int? page, int? pageSize, DateOnly today)
    {
        var (number, size, of) = (page ?? 1, pageSize ?? 100, year ?? today.Year);
        if (!AuditTexts.IsPage(number, size)) return Refusals.PageInvalid;
        if (of is < 2000 or > 2200) return DoctorRefusals.YearInvalid;
        await using var command = request.Database.CreateCommand("""
            SELECT doctor_code, sum(points)::int, bool_or(kind = 'warn'), bool_or(kind = 'suspend'), bool_or(kind = 'terminate')
            FROM doctor_act WHERE state = 'approved' AND from_on BETWEEN $1 AND $2 AND ($3 = '' OR doctor_code = $3) GROUP BY 1 HAVING sum(points) >= $4 ORDER BY 2 DESC, 1 OFFSET $5 LIMIT $6
            """);
        foreach (var value in (object[])[new DateOnly(of, 1, 1), new DateOnly(of, 12, 31), doctorCode ?? "", pointsMin ?? 0, (number - 1L) * size, size]) command.Parameters.Add(new() { Value = value });
        await using var r = await command.ExecuteReaderAsync(request.Cancellation);
        var rows = new List<Row>();
        while (await r.ReadAsync(request.Cancellation)) rows.Add(new(r.GetString(0), r.GetInt32(1), Math.Max(0, terms.PointsAYear - r.GetInt32(1)), r.GetBoolean(2), r.GetBoolean(3), r.GetBoolean(4)));
        return new Page(of, rows);
    }
}
