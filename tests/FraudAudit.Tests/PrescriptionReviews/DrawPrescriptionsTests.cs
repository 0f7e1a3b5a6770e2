using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using MedInsure.FraudAudit.PrescriptionReviews;
using MedInsure.FraudAudit.Samples;
using MedInsure.FraudAudit.Tests.Rules;

namespace MedInsure.FraudAudit.Tests.PrescriptionReviews;

[Collection("audit")]
[Trait("Category", "Storage")]
public sealed class DrawPrescriptionsTests(AuditFixture fixture)
{
    [Fact]
    public async Task OfEachDoctorSoMany_AndDrawnAgainByAnyone_AlsoAfterAReversal()
    {
        await using var desk = await ReviewDesk.Start(fixture);
        await desk.Settle([.. Enumerable.Range(0, 20).Select(_ => ReviewDesk.Bill()), .. Enumerable.Range(0, 2).Select(_ => ReviewDesk.Bill("D2")), ReviewDesk.Bill(provider: "H9"), ReviewDesk.Bill(on: 20261101)]);
        var pharmacy = ReviewDesk.Bill();
        pharmacy.MedType = "41";
        await desk.Settle(pharmacy);
        var draw = await desk.Desk.Post("/prescriptions/draws", desk.Order("k1"));
        Assert.Equal((22, 2, 5, 0), (draw.GetProperty("frame_prescriptions").GetInt32(), draw.GetProperty("doctors").GetInt32(), draw.GetProperty("drawn").GetInt32(), draw.GetProperty("decided").GetInt32()));
        Assert.Equal(draw.GetRawText(), (await desk.Desk.Post("/prescriptions/draws", desk.Order("k1"))).GetRawText());
        Assert.Equal("request.key_reused", await desk.Desk.Refused("/prescriptions/draws", desk.Order("k1", seed: "other")));
        // Nobody draws a month again with a seed that they like better.
        Assert.Equal("prescription.drawn_already", await desk.Desk.Refused("/prescriptions/draws", desk.Order(seed: "other")));
        var drawn = (await desk.Desk.Get("/prescriptions?draw_no=1")).GetProperty("prescriptions").EnumerateArray().ToList();
        Assert.Equal([("D1", 3), ("D2", 2)], drawn.GroupBy(p => p.GetProperty("doctor_code").GetString()!).Select(g => (g.Key, g.Count())));
        Assert.All(drawn, p => Assert.Equal((2, "50.00", "50.00"), (p.GetProperty("lines").GetInt32(), p.GetProperty("amount").GetString(), p.GetProperty("in_scope").GetString())));

        // What comes and goes afterwards is not of the list from which was drawn.
        await desk.Reverse(drawn[0].GetProperty("setl_id").GetString()!);
        await desk.Settle(ReviewDesk.Bill());
        using var request = await desk.Host.Http.GetAsync($"/audit/{desk.Host.County.Code}/prescriptions/draws/1/frame");
        var text = await request.Content.ReadAsStringAsync();
        Assert.Equal(draw.GetProperty("frame_sha256").GetString(), Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text))));
        var frame = text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => l.Split(' ')).Select(l => (Key: l[0], Doctor: l[1])).ToList();
        Assert.Equal(22, frame.Count);
        var again = frame.GroupBy(f => f.Doctor).SelectMany(d => d.OrderBy(f => SampleDraw.Rank("seed1", f.Key), StringComparer.Ordinal).Take(3)).Select(f => f.Key.Split('/')[0]).Order(StringComparer.Ordinal);
        Assert.Equal(drawn.Select(p => p.GetProperty("setl_id").GetString()!).Order(StringComparer.Ordinal), again);
        Assert.True((await desk.Desk.Get("/prescriptions?draw_no=1&doctor_code=D1")).GetProperty("prescriptions").EnumerateArray().Single(p => p.GetProperty("setl_id").GetString() == drawn[0].GetProperty("setl_id").GetString()).GetProperty("reversed").GetBoolean());
    }

    [Fact]
    public async Task BillsOfStays_AreDrawnApart_EachDoctorAndDayByItself()
    {
        await using var desk = await ReviewDesk.Start(fixture);
        var (a, b, c) = (Bill.Line("XA", 10, 20261002), Bill.Line("XB", 10, 20261002), Bill.Line("XA", 10, 20261003));
        (b.DoctorCode, c.DoctorCode) = ("D2", "");
        var back = Bill.Back(Bill.Line("XC", 10, 20261003));
        var whole = Bill.Line("XC", 10, 20261003);
        (back.OriginalFeedetlSn, whole.DoctorCode) = (whole.FeedetlSn, "D2");
        var stay = Bill.Stay(20261001, 20261005, provider: ReviewDesk.Hospital, lines: [a, b, c, whole, back]);
        await desk.Settle(stay);
        Assert.Equal("prescription.nothing_to_draw", await desk.Desk.Refused("/prescriptions/draws", desk.Order()));
        var drawn = await desk.Drawn(desk.Order(care: "stay"));
        // A line that names no doctor is the bill's doctor's; what was given back was not prescribed.
        Assert.Equal(["D1 2026-10-02", "D1 2026-10-03", "D2 2026-10-02"], drawn.Select(p => $"{ReviewDesk.Text(p, "doctor_code")} {ReviewDesk.Text(p, "prescribed_on")}").Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task BadOrders_AreRefused()
    {
        await using var desk = await ReviewDesk.Start(fixture);
        await desk.Settle(ReviewDesk.Bill());
        foreach (var (order, code) in ((object, string)[])
        [
            (desk.Order(month: "202611"), "prescription.month_invalid"), (desk.Order(month: "202613"), "prescription.month_invalid"), (desk.Order(month: ""), "prescription.month_invalid"), (desk.Order(provider: null), "prescription.provider_invalid"),
            (desk.Order(provider: new string('H', 31)), "prescription.provider_invalid"), (desk.Order(care: "all"), "prescription.care_unknown"), (desk.Order(perDoctor: 0), "prescription.size_invalid"), (desk.Order(perDoctor: 101), "prescription.size_invalid"),
            (desk.Order(share: 1.1m), "prescription.size_invalid"), (desk.Order(seed: "a b"), "prescription.seed_invalid"), (desk.Order(seed: ""), "prescription.seed_invalid"), (desk.Order(month: "202609"), "prescription.nothing_to_draw"),
            (desk.Order(key: ""), "request.key_missing"), (new { request_key = "x", by = "", reason = "y" }, "approval.person_missing"), (new { request_key = "x", by = "甲" }, "request.reason_missing"),
        ])
            Assert.Equal(code, await desk.Desk.Refused("/prescriptions/draws", order));
        Assert.Equal(0L, await desk.Host.Sql<long>("SELECT count(*) FROM prescription_draw"));
        foreach (var path in (string[])["/prescriptions/draws/9", "/prescriptions/draws/9/frame", "/prescriptions/9"]) Assert.Equal(System.Net.HttpStatusCode.NotFound, (await desk.Host.Get(path)).Status);
        foreach (var path in (string[])["/prescriptions?state=x", "/prescriptions?outcome=x", "/prescriptions?month=x", "/prescriptions?page=0", "/prescriptions/draws?page_size=501", "/prescriptions/draws?month=1", "/prescriptions/results?by=x", "/prescriptions/results?irrational_min=101"])
            Assert.Equal(System.Net.HttpStatusCode.BadRequest, (await desk.Host.Get(path)).Status);
        desk.Host.Http.DefaultRequestHeaders.Remove("authorization");
        Assert.Equal(System.Net.HttpStatusCode.Unauthorized, (await desk.Host.Get("/prescriptions")).Status);
    }

    [Fact]
    public async Task TwoDrawsAtOnce_AreOne()
    {
        await using var desk = await ReviewDesk.Start(fixture);
        await desk.Settle([.. Enumerable.Range(0, 8).Select(_ => ReviewDesk.Bill())]);
        var answers = await Task.WhenAll(Enumerable.Range(0, 6).Select(i => desk.Desk.Refused("/prescriptions/draws", desk.Order(seed: $"s{i}"))));
        Assert.Equal((1, 5), (answers.Count(a => a is null), answers.Count(a => a == "prescription.drawn_already")));
        Assert.Equal(3L, await desk.Host.Sql<long>("SELECT count(*) FROM prescription"));
    }

    [Fact]
    public void Terms_AreWhole()
    {
        var terms = ReviewTerms.LoadEmbedded();
        var violations = Doctors_Violations();
        Assert.Equal(["rational", "irregular", "unsuitable", "extraordinary"], terms.Classes.OrderBy(c => c.Grade).Select(c => c.Code));
        Assert.All(terms.Classes.SelectMany(c => c.Violations), v => Assert.Contains(v, violations));
        Assert.All(terms.Reasons, r => Assert.True(terms.Class(r.Class) is { Grade: > 0 }));
        Assert.Equal(terms.Reasons.Count, terms.Reasons.Select(r => r.Code).Distinct().Count());

        static List<string> Doctors_Violations() => [.. FraudAudit.Doctors.DoctorTerms.LoadEmbedded().Violations.Select(v => v.Code)];
    }
}
