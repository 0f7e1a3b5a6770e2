using MedInsure.FraudAudit.Intake;
using MedInsure.FraudAudit.Rules;
using MedInsure.Kernel;

namespace MedInsure.FraudAudit.Statistics;

/// <summary>A month's outliers among the county's persons' bills, computed from the bills as they stand.</summary>
internal static class ListOutliers
{
    /// <param name="Measure">Null: all of the subject.</param>
    internal sealed record Filter(string? Subject, string? Measure, string? Key, decimal? ScoreMin, int? Page, int? PageSize);

    internal sealed record Answer(int Month, int Bills, int BillsYearBefore, int Total, IReadOnlyList<Outlier> Outliers);

    public static async Task<Outcome<Answer>> Query(AuditRequest request, string month, Filter filter, ChinaCalendar calendar)
    {
        if (!DateOnly.TryParseExact(month + "01", "yyyyMMdd", out var first) || first > calendar.Today || first.Year < 2000) return StatisticsRefusals.MonthInvalid;
        if (Subject.All.FirstOrDefault(s => s.Code == (filter.Subject ?? "provider")) is not { } subject) return StatisticsRefusals.SubjectUnknown;
        var measures = Measure.All.Where(m => m.Subjects.Contains(subject) && (string.IsNullOrEmpty(filter.Measure) || m.Code == filter.Measure)).ToList();
        if (measures.Count == 0) return StatisticsRefusals.MeasureUnknown;
        if (filter.ScoreMin is < 1 or > 100) return StatisticsRefusals.ScoreInvalid;
        var (page, size) = (filter.Page ?? 1, filter.PageSize ?? 100);
        if (!AuditTexts.IsPage(page, size)) return Refusals.PageInvalid;

        var (bills, before) = (await Month(request, first), await Month(request, first.AddYears(-1)));
        var all = measures.SelectMany(m => Outliers.Find(subject, m, first.Year * 100 + first.Month, bills, before, filter.ScoreMin ?? Outliers.ScoreMin))
            .Where(o => string.IsNullOrEmpty(filter.Key) || o.Key == filter.Key).OrderByDescending(o => o.Score).ThenBy(o => o.Key, StringComparer.Ordinal).ToList();
        return new Answer(first.Year * 100 + first.Month, bills.Count, before.Count, all.Count, [.. all.Skip((page - 1) * size).Take(size)]);
    }

    private static async Task<List<BillSummary>> Month(AuditRequest request, DateOnly first)
    {
        await using var connection = await request.Database.OpenConnectionAsync(request.Cancellation);
        return await ClaimStore.ReadSummaries(connection, request.County.Code, ChinaCalendar.StartOf(first).UtcDateTime, ChinaCalendar.StartOf(first.AddMonths(1)).UtcDateTime, null, request.Cancellation);
    }
}
