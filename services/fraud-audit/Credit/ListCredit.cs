using MedInsure.FraudAudit.Sanctions;
using MedInsure.Hosting.Web;
using MedInsure.Kernel;
using Npgsql;

namespace MedInsure.FraudAudit.Credit;

/// <summary>Providers' credit on a day: full points less what sanctions took within their months, the grade, and what the grade means elsewhere (which people decide: <see cref="ProposeCreditAct"/> the deposit, the rest there).</summary>
internal static class ListCredit
{
    public static void Map(RouteGroupBuilder county)
    {
        county.MapGet("/credit", (string county, string? grade, string? on, HttpContext http, AuditDesk desk, SanctionLadder ladder, ChinaCalendar calendar) => desk.Open(county, http, async request =>
            !Day(on, calendar, out var day) ? Refusals.DayInvalid.At("on").ToProblem() : grade is not null && ladder.Credit.Grades.All(g => g.Grade != grade) ? CreditRefusals.GradeUnknown.ToProblem()
                : Results.Json(new { On = AuditJson.Day(day), ladder.Credit.FullPoints, ladder.Credit.Grades, Providers = (await Query(request, ladder.Credit, day, grade)).Select(r => r.Shown) }, AuditJson.Options)));
        county.MapGet("/credit/{provider}", (string county, string provider, string? on, HttpContext http, AuditDesk desk, SanctionLadder ladder, ChinaCalendar calendar) => desk.Open(county, http, async request =>
            !Day(on, calendar, out var day) ? Refusals.DayInvalid.At("on").ToProblem() : Results.Json(await Of(request, ladder.Credit, provider, day), AuditJson.Options)));
    }

    private static bool Day(string? text, ChinaCalendar calendar, out DateOnly day)
    {
        if (text is not null) return Cases.CaseDays.TryRead(text, out day);
        day = calendar.Today;
        return true;
    }

    internal sealed record Row(string FixmedinsCode, int Points, CreditGrade Grade)
    {
        public object Shown => new { FixmedinsCode, Points, Grade.Grade, Grade.DepositPercent, Grade.Effects };
    }

    /// <summary>Those of whom something was ever taken; everybody else has full points. The worst first.</summary>
    private static async Task<List<Row>> Query(AuditRequest request, CreditTerms terms, DateOnly day, string? grade)
    {
        await using var command = request.Database.CreateCommand("""
            SELECT fixmedins_code, coalesce(sum(points) FILTER (WHERE from_on <= $1 AND to_on >= $1), 0)::int FROM credit_entry GROUP BY fixmedins_code ORDER BY 2 DESC, 1
            """);
        command.Parameters.Add(new NpgsqlParameter { Value = day });
        var rows = new List<Row>();
        await using var reader = await command.ExecuteReaderAsync(request.Cancellation);
        while (await reader.ReadAsync(request.Cancellation))
        {
            var points = Math.Max(0, terms.FullPoints - reader.GetInt32(1));
            if (terms.GradeOf(points) is var of && (grade is null || of.Grade == grade)) rows.Add(new Row(reader.GetString(0), points, of));
        }
        return rows;
    }

    private static async Task<object> Of(AuditRequest request, CreditTerms terms, string provider, DateOnly day)
    {
        await using var command = request.Database.CreateCommand("SELECT case_no, decision_no, step, points, from_on, to_on FROM credit_entry WHERE fixmedins_code = $1 ORDER BY entry_no");
        command.Parameters.Add(new NpgsqlParameter { Value = provider });
        var (entries, taken) = (new List<object>(), 0);
        await using var r = await command.ExecuteReaderAsync(request.Cancellation);
        while (await r.ReadAsync(request.Cancellation))
        {
            var (points, from, to) = (r.GetInt32(3), r.GetFieldValue<DateOnly>(4), r.GetFieldValue<DateOnly>(5));
            var counts = from <= day && to >= day;
            if (counts) taken += points;
            entries.Add(new { CaseNo = Cases.CaseRow.NoOf(request.County.Code, r.GetInt64(0)), DecisionNo = r.GetInt32(1), Step = r.GetString(2), Points = points, FromOn = AuditJson.Day(from), ToOn = AuditJson.Day(to), Counts = counts });
        }
        var left = Math.Max(0, terms.FullPoints - taken);
        var grade = terms.GradeOf(left);
        return new { FixmedinsCode = provider, On = AuditJson.Day(day), Points = left, grade.Grade, grade.DepositPercent, grade.Effects, Entries = entries };
    }
}
