using System.Net;
using MedInsure.FraudAudit.Tests.TestResults;
using MedInsure.Protos.FraudAudit.V1;

namespace MedInsure.FraudAudit.Tests.Statistics;

[Collection("audit")]
[Trait("Category", "Storage")]
public sealed class PositiveRatesTests(AuditFixture fixture)
{
    private static async Task<string[]> Rates(ResultDesk desk, string query, string month = "202610") => [.. (await desk.Desk.Desk.Get($"/statistics/{month}/positive-rates?{query}")).GetProperty("rates").EnumerateArray()
        .Select(r => $"{r.GetProperty("key").GetString()} {r.GetProperty("kind").GetString()} {r.GetProperty("billed")} {r.GetProperty("told")} {r.GetProperty("positive")} {r.GetProperty("not_told")} {(r.TryGetProperty("rate_percent", out var rate) ? rate.GetRawText() : "-")} {r.GetProperty("below").GetRawText()}")];

    [Fact]
    public async Task RateOfWhatWasTold_AgainstSeventyPercent_AndTheRestAccusesNobody()
    {
        await using var desk = await ResultDesk.Start(fixture);
        // D1: 12 CT, of 10 a result, 6 positive. D2: 10 CT, 7 of 10 positive, which is not below. D3: 10 CT, nothing told. D4: too few.
        AuditClaim[] Of(string doctor, int count) => [.. Enumerable.Range(0, count).Select(_ => ResultDesk.Visit(doctor, "CT1", "XR"))];
        var (d1, d2, d3, d4) = (Of("D1", 12), Of("D2", 10), Of("D3", 10), Of("D4", 9));
        var ultrasound = ResultDesk.Visit("D1", "US");
        // Not of the list any more on the day, of another month, of another provider.
        await desk.Desk.Settle([.. d1, .. d2, .. d3, .. d4, ultrasound, ResultDesk.Visit(20261021, "D1", ResultDesk.Hospital, "US"), ResultDesk.Visit(20261101, "D1", ResultDesk.Hospital, "CT1"), ResultDesk.Visit(20261012, "D9", "H9", "CT2")]);
        await desk.Told(string.Concat([.. d1.Take(10).Select((b, i) => ResultDesk.Row(b, "CT1", i < 6)), .. d2.Select((b, i) => ResultDesk.Row(b, "CT1", i < 7, doctor: "R2")), .. d4.Select(b => ResultDesk.Row(b, "CT1", false, doctor: "R2")), ",M777,,CT1,2026-10-12 10:00,Y,R1\n"]));
        Assert.Equal(["D1 CT 12 10 6 2 60 true", "D4 CT 9 9 0 0 0 false", "D2 CT 10 10 7 0 70 false", "D3 CT 10 0 0 10 - false", "D1 彩超 1 0 0 1 - false", "D9 CT 1 0 0 1 - false"], await Rates(desk, "subject=doctor"));
        Assert.Equal(["D1 CT 12 10 6 2 60 true"], await Rates(desk, "subject=doctor&below=true"));
        Assert.Equal([$"{ResultDesk.Hospital} CT 41 29 13 12 44.83 true"], await Rates(desk, "kind=CT&fixmedins_code=" + ResultDesk.Hospital));
        Assert.Equal([$"{ResultDesk.Hospital}/K1 CT 41 29 13 12 44.83 true", $"{ResultDesk.Hospital}/K1 彩超 1 0 0 1 - false"], await Rates(desk, $"subject=department&fixmedins_code={ResultDesk.Hospital}"));
        Assert.Equal(["R2 CT 19 19 7 0 36.84 true", "R1 CT 10 10 6 0 60 true"], await Rates(desk, "subject=reporter"));
        Assert.Equal(["H9 CT 1 0 0 1 - false"], await Rates(desk, "key=H9"));
        Assert.Single(await Rates(desk, "subject=doctor&page=2&page_size=5"));
        Assert.Equal([$"{ResultDesk.Hospital} CT 1 0 0 1 - false"], await Rates(desk, "", "202611"));

        var answer = await desk.Desk.Desk.Get("/statistics/202610/positive-rates?subject=doctor&key=D1&kind=CT");
        Assert.Equal((43, 29, 1L, 1), (answer.GetProperty("billed").GetInt32(), answer.GetProperty("told").GetInt32(), answer.GetProperty("told_without_bill").GetInt64(), answer.GetProperty("total").GetInt32()));
        Assert.Equal("医师D12026年10月CT收费12项，已报结果10项，阳性6项，阳性率60.00%，低于规定的70%；未报结果2项，占16.67%", answer.GetProperty("rates")[0].GetProperty("text").GetString());
        Assert.Contains("没有报告结果，不评价阳性率", (await desk.Desk.Desk.Get("/statistics/202610/positive-rates?subject=doctor&key=D3")).GetProperty("rates")[0].GetProperty("text").GetString(), StringComparison.Ordinal);

        // A county's own rate, from its day on; a reversed bill counts no more; nothing of it is a finding.
        await desk.Desk.Desk.Sql("""
            INSERT INTO rule_setting (request_key, rule, from_on, is_on, parameters, reason, proposed_by, proposed_at, state, decided_by, decided_at, approval_no)
            VALUES ('k', 'MI10000205053000', '2026-10-01', true, '{"rate":"0.5"}', 'test', '甲', now(), 'approved', '乙', now(), nextval('rule_setting_approval'))
            """);
        await desk.Desk.Reverse(d1[11].SetlId);
        Assert.Equal(["D1 CT 11 10 6 1 60 false"], await Rates(desk, "subject=doctor&kind=CT&key=D1"));
        Assert.Equal(0L, await desk.Host.Sql<long>("SELECT count(*) FROM finding"));
    }

    [Fact]
    public async Task BadQuestions_AreRefused()
    {
        await using var desk = await ResultDesk.Start(fixture, points: false);
        async Task<string?> Code(string path) => (await desk.Host.Get($"/statistics/{path}")).Body.GetProperty("code").GetString();
        Assert.Equal("statistics.no_large_tests", await Code("202610/positive-rates"));
        await desk.Points();
        Assert.Equal("statistics.month_invalid", await Code("202612/positive-rates"));
        Assert.Equal("statistics.month_invalid", await Code("2026-1/positive-rates"));
        Assert.Equal("statistics.rate_subject_unknown", await Code("202610/positive-rates?subject=person"));
        Assert.Equal("page.size_invalid", await Code("202610/positive-rates?page_size=501"));
        Assert.Equal(HttpStatusCode.OK, (await desk.Host.Get("/statistics/202610/positive-rates")).Status);
        await desk.Desk.Desk.Sql("""
            INSERT INTO rule_setting (request_key, rule, from_on, is_on, parameters, reason, proposed_by, proposed_at, state, decided_by, decided_at, approval_no)
            VALUES ('k', 'MI10000205053000', '2026-10-01', false, '{}', 'test', '甲', now(), 'approved', '乙', now(), nextval('rule_setting_approval'))
            """);
        Assert.Equal("statistics.rate_off", await Code("202610/positive-rates"));
    }
}
