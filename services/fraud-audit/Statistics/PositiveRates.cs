using MedInsure.FraudAudit.FieldWork;
using MedInsure.FraudAudit.Intake;
using MedInsure.FraudAudit.Rules;
using MedInsure.FraudAudit.TestResults;
using MedInsure.Kernel;
using Npgsql;

namespace MedInsure.FraudAudit.Statistics;

/// <summary>Of large tests that were charged in a month of settlement: how many were told to be positive, and of how many nothing was told, which says nothing of the rate.</summary>
internal static class PositiveRates
{
    /// <param name="Subject">provider, department, doctor (who ordered), reporter.</param>
    /// <param name="Kind">Of test: the knowledge point's item_name.</param>
    /// <param name="Below">Only those below the rate.</param>
    internal sealed record Filter(string? Subject, string? Key, string? Kind, string? FixmedinsCode, bool? Below, int? Page, int? PageSize);

    /// <param name="RatePercent">Of those told; null: nothing was told.</param>
    /// <param name="Below">Enough was told, and the rate lies below the least one.</param>
    internal sealed record Row(string Key, string Kind, int Billed, int Told, int Positive, int NotTold, decimal NotToldPercent, decimal? RatePercent, decimal RateMinPercent, bool Below, string Text, string TextEn);

    /// <param name="ToldWithoutBill">Results of the month's days whose encounter is on no bill of this county's persons.</param>
    internal sealed record Answer(int Month, string Subject, int Billed, int Told, long ToldWithoutBill, int Total, IReadOnlyList<Row> Rates);

    private sealed record Terms(decimal Rate, int TestsMin);

    public static async Task<Outcome<Answer>> Query(AuditRequest request, RuleSet rules, string month, Filter filter, ChinaCalendar calendar)
    {
        if (!DateOnly.TryParseExact(month + "01", "yyyyMMdd", out var first) || first > calendar.Today || first.Year < 2000) return StatisticsRefusals.MonthInvalid;
        var subject = filter.Subject ?? "provider";
        if (subject is not ("provider" or "department" or "doctor" or "reporter")) return StatisticsRefusals.RateSubjectUnknown;
        var (page, size) = (filter.Page ?? 1, filter.PageSize ?? 100);
        if (!AuditTexts.IsPage(page, size)) return Refusals.PageInvalid;
        var next = first.AddMonths(1);
        if (rules.TermsOf(ImportTestResults.Rule, DayNumber.Of(next.AddDays(-1)), "after") is not { } set) return StatisticsRefusals.RateOff;
        var kinds = rules.Points.Where(p => p.Rule == ImportTestResults.Rule).SelectMany(p => p.Codes, (p, code) => (code, p)).ToLookup(k => k.code, k => k.p);
        if (kinds.Count == 0) return StatisticsRefusals.NoLargeTests;

        await using var connection = await request.Database.OpenConnectionAsync(request.Cancellation);
        var (from, to) = (ChinaCalendar.StartOf(first).UtcDateTime, ChinaCalendar.StartOf(next).UtcDateTime);
        var charged = await Charged(connection, kinds, from, to, filter.FixmedinsCode ?? "", request.Cancellation);
        var tests = LargeTests.With(charged, await Told(connection, charged, request.Cancellation), set.Whole("days"));
        var stray = (await FieldRows.Read(connection, null, """
            SELECT count(*) FROM test_result r WHERE performed_at >= $1 AND performed_at < $2 AND ($3 = '' OR fixmedins_code = $3) AND withdrawn_by = ''
                AND NOT EXISTS (SELECT FROM audit_claim c WHERE (c.fixmedins_code, c.mdtrt_id) = (r.fixmedins_code, r.mdtrt_id) AND c.reversed_by IS NULL)
            """, r => r.GetInt64(0), request.Cancellation, from, to, filter.FixmedinsCode ?? ""))[0];
        var terms = new Terms(set["rate"], set.Whole("tests_min"));
        var rows = tests.Where(t => KeyOf(subject, t).Length > 0 && (string.IsNullOrEmpty(filter.Kind) || t.Kind == filter.Kind)).GroupBy(t => (Key: KeyOf(subject, t), t.Kind)).Select(g => Of(subject, g.Key.Key, g.Key.Kind, first, [.. g], terms))
            .Where(r => (string.IsNullOrEmpty(filter.Key) || r.Key == filter.Key) && (r.Below || filter.Below != true))
            .OrderByDescending(r => r.Below).ThenBy(r => r.RatePercent ?? 101).ThenByDescending(r => r.NotTold).ThenBy(r => r.Key, StringComparer.Ordinal).ThenBy(r => r.Kind, StringComparer.Ordinal).ToList();
        return new Answer(first.Year * 100 + first.Month, subject, tests.Count, tests.Count(t => t.Positive is not null), stray, rows.Count, [.. rows.Skip((page - 1) * size).Take(size)]);
    }

    private static string KeyOf(string subject, LargeTest test) => subject switch
    {
        "department" => test.DepartmentCode.Length == 0 ? "" : $"{test.FixmedinsCode}/{test.DepartmentCode}", "doctor" => test.DoctorCode, "reporter" => test.Reporter, _ => test.FixmedinsCode,
    };

    private static Row Of(string subject, string key, string kind, DateOnly month, List<LargeTest> tests, Terms terms)
    {
        var (billed, told, positive) = (tests.Count, tests.Count(t => t.Positive is not null), tests.Count(t => t.Positive == true));
        var (least, silent) = (terms.Rate * 100, billed - told);
        decimal? rate = told == 0 ? null : Percent(positive, told);
        // In whole numbers: exactly at the rate is not below it.
        var below = told >= terms.TestsMin && positive < terms.Rate * told;
        var who = subject switch { "department" => "科室", "doctor" => "医师", "reporter" => "报告医师", _ => "机构" };
        var (judged, judgedEn) = rate is not { } r ? ("没有报告结果，不评价阳性率", "no result was told, which says nothing of the rate")
            : told < terms.TestsMin ? ($"已报结果{told}项、阳性{positive}项，不足{terms.TestsMin}项，不评价阳性率", $"{told} results told, {positive} positive: fewer than {terms.TestsMin} say nothing of the rate")
            : ($"已报结果{told}项，阳性{positive}项，阳性率{r:F2}%，{(below ? "低于" : "不低于")}规定的{least:0.##}%", $"{told} results told, {positive} positive, {r:F2} %, {(below ? "below" : "not below")} {least:0.##} %");
        var notTold = Percent(silent, billed);
        return new Row(key, kind, billed, told, positive, silent, notTold, rate, least, below,
            $"{who}{key}{month.Year}年{month.Month}月{kind}收费{billed}项，{judged}；未报结果{silent}项，占{notTold:F2}%", $"{subject} {key}, {month.Year * 100 + month.Month}, {kind}: {billed} charged, {judgedEn}; of {silent} ({notTold:F2} %) no result was told");
    }

    private static decimal Percent(int part, int whole) => Math.Round(part * 100m / whole, 2, MidpointRounding.AwayFromZero);

    private static async Task<List<LargeTest>> Charged(NpgsqlConnection connection, ILookup<string, KnowledgePoint> kinds, DateTime from, DateTime to, string provider, CancellationToken cancellation)
    {
        await using var command = FieldRows.Command(connection, null, "SELECT psn_no, doc FROM audit_claim WHERE settled_at >= $1 AND settled_at < $2 AND reversed_by IS NULL AND ($3 = '' OR fixmedins_code = $3)", [from, to, provider]);
        command.CommandTimeout = 0;
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        var charged = new List<LargeTest>();
        while (await reader.ReadAsync(cancellation)) charged.AddRange(LargeTests.Of(ClaimStore.Read(reader, 0), kinds));
        return charged;
    }

    private static async Task<List<ToldResult>> Told(NpgsqlConnection connection, List<LargeTest> charged, CancellationToken cancellation)
    {
        var encounters = charged.Select(t => (t.FixmedinsCode, t.MdtrtId)).Distinct().ToList();
        return await FieldRows.Read(connection, null, """
            SELECT r.fixmedins_code, r.mdtrt_id, r.med_list_code, r.feedetl_sn, r.performed_at, r.positive, r.doctor_code FROM unnest($1, $2) AS u (provider, mdtrt) JOIN test_result r ON (r.fixmedins_code, r.mdtrt_id) = (u.provider, u.mdtrt) AND r.withdrawn_by = ''
            """, r => new ToldResult(r.GetString(0), r.GetString(1), r.GetString(2), r.GetString(3), DayNumber.Of(ChinaCalendar.DayOf(new DateTimeOffset(r.GetDateTime(4)).ToUnixTimeMilliseconds())), r.GetBoolean(5), r.GetString(6)), cancellation,
            encounters.Select(e => e.FixmedinsCode).ToArray(), encounters.Select(e => e.MdtrtId).ToArray());
    }
}
