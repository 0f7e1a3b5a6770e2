using System.Net;
using MedInsure.FraudAudit.Tests.Cases;

namespace MedInsure.FraudAudit.Tests.WardChecks;

[Trait("Category", "Storage")]
[Collection("audit")]
public sealed class RecordWardCheckTests(AuditFixture fixture)
{
    private static object Check(CaseDesk desk, object[] beds, string? key = null, string companion = "李查房", int? expected = null, string provider = CaseNeighbours.Hospital, string on = "2026-06-05", string by = "王查房") =>
        new { request_key = key ?? desk.NewKey(), by, reason = "夜间查房", fixmedins_code = provider, checked_on = on, ward = "内一科", companion, expected, beds };

    private static object Bed(string number, string state = "present", string? person = null) => new { number, state, psn_no = person };

    [Fact]
    public async Task BedsAreEmpty_TheRateIsBelow_AndWhatWasBilledSinceStandsBesideIt()
    {
        await using var desk = await CaseDesk.Start(fixture);
        // P1 is billed a stay from 1 to 9 June.
        var shown = await desk.Post("/ward-checks", Check(desk, [Bed("1", "absent", "P1"), Bed("2"), Bed("3", "elsewhere"), Bed("4", "other_person", "P9")], expected: 5));
        var check = shown.GetProperty("ward_check");
        // 2 of 5.
        Assert.Equal(("0.4000", "0.9000", true), (check.GetProperty("in_bed_rate").GetString(), check.GetProperty("in_bed_rate_min").GetString(), check.GetProperty("below").GetBoolean()));
        var stay = shown.GetProperty("settled_stays").EnumerateArray().Single();
        Assert.Equal(("S1", "1", "absent"), (stay.GetProperty("setl_id").GetString(), stay.GetProperty("bed").GetString(), stay.GetProperty("seen").GetString()));
        Assert.Equal(1, (await desk.Get($"/ward-checks?below=true&fixmedins_code={CaseNeighbours.Hospital}&from_on=2026-06-05")).GetProperty("ward_checks").GetArrayLength());
    }

    [Theory]
    [InlineData("2026-06-01")] // of admission
    [InlineData("2026-06-09")] // of discharge
    public async Task DayOfAdmissionOrDischarge_ThePatientMayBeAway(string on)
    {
        await using var desk = await CaseDesk.Start(fixture);
        Assert.Equal(0, (await desk.Post("/ward-checks", Check(desk, [Bed("1", "absent", "P1")], on: on))).GetProperty("settled_stays").GetArrayLength());
    }

    [Fact]
    public async Task OneRoundRecordedByTwoAtOnce_IsRecordedOnce_AndAgainAfterItIsWithdrawn()
    {
        await using var desk = await CaseDesk.Start(fixture);
        var all = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => desk.Host.Post("/ward-checks", Check(desk, [Bed("1")]))));
        Assert.Equal(1, all.Count(a => a.Status == HttpStatusCode.OK));
        Assert.All(all.Where(a => a.Status != HttpStatusCode.OK), a => Assert.Equal("ward_check.recorded_already", a.Body.GetProperty("code").GetString()));
        var no = all.Single(a => a.Status == HttpStatusCode.OK).Body.GetProperty("ward_check").GetProperty("check_no").GetInt64();
        object withdrawal = new { request_key = "W-1", by = "王查房", reason = "床号登记有误" };
        Assert.Equal("王查房", (await desk.Post($"/ward-checks/{no}/withdrawal", withdrawal)).GetProperty("ward_check").GetProperty("withdrawn_by").GetString());
        await desk.Post($"/ward-checks/{no}/withdrawal", withdrawal);
        var order = Check(desk, [Bed("1")], key: "W-2");
        async Task<long> Number() => (await desk.Post("/ward-checks", order)).GetProperty("ward_check").GetProperty("check_no").GetInt64();
        Assert.Equal(await Number(), await Number());
    }

    [Fact]
    public async Task WrongOrders_AreRefused()
    {
        await using var desk = await CaseDesk.Start(fixture);
        Assert.Equal("approval.same_person", await desk.Refused("/ward-checks", Check(desk, [Bed("1")], companion: " 王查房")));
        Assert.Equal("field.day_in_future", await desk.Refused("/ward-checks", Check(desk, [Bed("1")], on: "2026-11-23")));
        Assert.Equal("ward_check.beds_invalid", await desk.Refused("/ward-checks", Check(desk, [])));
        Assert.Equal("ward_check.beds_invalid", await desk.Refused("/ward-checks", Check(desk, [Bed("1"), Bed("1")])));
        Assert.Equal("ward_check.beds_invalid", await desk.Refused("/ward-checks", Check(desk, [Bed("1", "asleep")])));
        Assert.Equal("ward_check.expected_invalid", await desk.Refused("/ward-checks", Check(desk, [Bed("1"), Bed("2")], expected: 1)));
        Assert.Equal("case.provider_unknown", await desk.Refused("/ward-checks", Check(desk, [Bed("1")], provider: "H0")));
        Assert.Equal("ward_check.unknown", await desk.Refused("/ward-checks/9/withdrawal", new { request_key = "k", by = "x", reason = "y" }));
    }
}
