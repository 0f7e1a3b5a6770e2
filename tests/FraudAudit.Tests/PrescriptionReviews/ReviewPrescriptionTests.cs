using System.Net;
using System.Text.Json;
using MedInsure.FraudAudit.Tests.Cases;

namespace MedInsure.FraudAudit.Tests.PrescriptionReviews;

/// <summary>A prescription from the review over the doctor's statement to the decision and what follows from it.</summary>
[Collection("audit")]
[Trait("Category", "Storage")]
public sealed class ReviewPrescriptionTests(AuditFixture fixture)
{
    private static async Task<(ReviewDesk Desk, List<long> Numbers)> Start(AuditFixture fixture, int bills = 3)
    {
        var desk = await ReviewDesk.Start(fixture);
        await desk.Settle([.. Enumerable.Range(0, bills).Select(_ => ReviewDesk.Bill())]);
        return (desk, [.. (await desk.Drawn()).Select(p => p.GetProperty("prescription_no").GetInt64())]);
    }

    [Fact]
    public async Task ReviewedToldAnsweredAndDecided_WithTheMoneyOfItsLines()
    {
        var (desk, numbers) = await Start(fixture);
        await using var of = desk;
        var (no, lines) = (numbers[0], await desk.Lines(numbers[0]));
        var review = desk.Review("extraordinary", ["3-01", "1-10"], [new { feedetl_sn = lines[0] }, new { feedetl_sn = lines[1], wrong = 5.5m }]);
        Assert.Equal(("reviewed", "extraordinary", "35.50"), ReviewDesk.Of(await desk.Do(no, "review", review)));
        Assert.Equal(("reviewed", "extraordinary", "35.50"), ReviewDesk.Of(await desk.Do(no, "review", review)));
        Assert.Equal("prescription.not_in_state", await desk.Refused(no, "review", desk.Review("rational")));
        Assert.Equal("prescription.not_heard", await desk.Refused(no, "decision", desk.Act(ReviewDesk.Second, ("outcome", "extraordinary"))));
        Assert.Equal("prescription.not_in_state", await desk.Refused(no, "statement", desk.Act(ReviewDesk.Clerk, ("text", "x"), ("received_on", "2026-11-22"))));
        foreach (var day in (string[])["2026-11-21", "2026-11-23", "22.11.2026", ""]) Assert.Equal("prescription.told_invalid", await desk.Refused(no, "telling", desk.Act(ReviewDesk.Clerk, ("told_on", day))));
        var told = await desk.Do(no, "telling", desk.Act(ReviewDesk.Clerk, ("told_on", "2026-11-22")));
        Assert.Equal("2026-12-02", told.GetProperty("prescription").GetProperty("statement_due_on").GetString());
        Assert.Equal("prescription.not_heard", await desk.Refused(no, "decision", desk.Act(ReviewDesk.Second, ("outcome", "extraordinary"))));
        Assert.Equal("prescription.text_invalid", await desk.Refused(no, "statement", desk.Act(ReviewDesk.Clerk, ("text", " "), ("received_on", "2026-11-22"))));
        Assert.Equal("prescription.text_invalid", await desk.Refused(no, "statement", desk.Act(ReviewDesk.Clerk, ("text", "x"), ("waived", true), ("received_on", "2026-11-22"))));
        Assert.Equal("prescription.received_invalid", await desk.Refused(no, "statement", desk.Act(ReviewDesk.Clerk, ("text", "x"), ("received_on", "2026-11-23"))));
        await desk.Do(no, "statement", desk.Act(ReviewDesk.Clerk, ("text", "患者要求"), ("received_on", "2026-11-22")));
        Assert.Equal("prescription.statement_given", await desk.Refused(no, "statement", desk.Act(ReviewDesk.Clerk, ("text", "改口"), ("received_on", "2026-11-22"))));

        // Four eyes, whatever the spelling; nothing beyond what the doctor was heard on.
        Assert.Equal("approval.same_person", await desk.Refused(no, "decision", desk.Act($" {ReviewDesk.Expert} ", ("outcome", "extraordinary"))));
        Assert.Equal("prescription.outcome_unknown", await desk.Refused(no, "decision", desk.Act(ReviewDesk.Second, ("outcome", "bad"))));
        Assert.Equal("prescription.lines_invalid", await desk.Refused(no, "decision", desk.Act(ReviewDesk.Second, ("outcome", "unsuitable"), ("lines", new[] { new { feedetl_sn = lines[1], wrong = 5.51m } }))));
        Assert.Equal("prescription.lines_invalid", await desk.Refused(no, "decision", desk.Act(ReviewDesk.Second, ("outcome", "unsuitable"), ("lines", Array.Empty<object>()))));
        var decision = ReviewDesk.Named("dec", ReviewDesk.Second, ("outcome", "unsuitable"), ("lines", new[] { new { feedetl_sn = lines[1] } }));
        var decided = await desk.Do(no, "decision", decision);
        Assert.Equal(("decided", "unsuitable", "5.50"), ReviewDesk.Of(decided));
        Assert.Equal(decided.GetRawText(), (await desk.Do(no, "decision", decision)).GetRawText());
        Assert.Equal("request.key_reused", await desk.Refused(no, "decision", ReviewDesk.Named("dec", ReviewDesk.Second, ("outcome", "rational"))));
        Assert.Equal("prescription.not_in_state", await desk.Refused(no, "decision", desk.Act(ReviewDesk.Second, ("outcome", "rational"))));
        Assert.Equal(["30.00 0.00", "5.50 5.50"], decided.GetProperty("reviews")[0].GetProperty("lines").EnumerateArray().Select(l => $"{l.GetProperty("wrong").GetString()} {l.GetProperty("decided").GetString()}"));
        Assert.Equal(["reviewed", "told", "statement", "decided"], decided.GetProperty("history").EnumerateArray().Select(h => h.GetProperty("act").GetString()!));
        Assert.Equal("患者要求", decided.GetProperty("statement").GetString());
    }

    [Fact]
    public async Task TheTimeOver_ALateStatementIsNone_AndWithoutOneIsDecided()
    {
        var (desk, numbers) = await Start(fixture);
        await using var of = desk;
        var no = numbers[0];
        await desk.Do(no, "review", desk.Review("irregular", ["1-10"]));
        await desk.Do(no, "telling", desk.Act(ReviewDesk.Clerk, ("told_on", "2026-11-22")));
        desk.Host.Clock.Now = desk.Host.Clock.Now.AddDays(10);
        Assert.Equal("prescription.not_heard", await desk.Refused(no, "decision", desk.Act(ReviewDesk.Second, ("outcome", "irregular"))));
        Assert.Empty((await desk.Desk.Get("/prescriptions?overdue=true")).GetProperty("prescriptions").EnumerateArray());
        desk.Host.Clock.Now = desk.Host.Clock.Now.AddDays(1);
        Assert.Single((await desk.Desk.Get("/prescriptions?overdue=true")).GetProperty("prescriptions").EnumerateArray());
        Assert.Equal("prescription.statement_late", await desk.Refused(no, "statement", desk.Act(ReviewDesk.Clerk, ("text", "x"), ("received_on", "2026-12-03"))));
        // A fault of form names no line and costs nothing.
        Assert.Equal(("decided", "irregular", "0.00"), ReviewDesk.Of(await desk.Do(no, "decision", desk.Act(ReviewDesk.Second, ("outcome", "irregular")))));
        Assert.Equal("prescription.no_points", await desk.Refused(no, "points", desk.Act(ReviewDesk.Clerk)));
    }

    [Fact]
    public async Task RationalNeedsASecondToo_AndWhatIsGraver_GoesBackToBeReviewedAgain()
    {
        var (desk, numbers) = await Start(fixture);
        await using var of = desk;
        await desk.Do(numbers[0], "review", desk.Review("rational"));
        Assert.Equal("prescription.not_in_state", await desk.Refused(numbers[0], "telling", desk.Act(ReviewDesk.Clerk, ("told_on", "2026-11-22"))));
        Assert.Equal("approval.same_person", await desk.Refused(numbers[0], "decision", desk.Act(ReviewDesk.Expert, ("outcome", "rational"))));
        Assert.Equal("prescription.graver_than_heard", await desk.Refused(numbers[0], "decision", desk.Act(ReviewDesk.Second, ("outcome", "irregular"))));
        Assert.Equal("approval.same_person", await desk.Refused(numbers[0], "return", desk.Act(ReviewDesk.Expert)));
        Assert.Equal(("open", null, null), ReviewDesk.Of(await desk.Do(numbers[0], "return", desk.Act(ReviewDesk.Second))));
        await desk.Do(numbers[0], "review", desk.Review("irregular", ["1-01"], by: "孙药师"));
        // In the doctor's favour nobody waits for a statement.
        var shown = await desk.Do(numbers[0], "decision", desk.Act(ReviewDesk.Expert, ("outcome", "rational")));
        Assert.Equal(("decided", "rational", "0.00"), ReviewDesk.Of(shown));
        Assert.Equal(["rational", "irregular"], shown.GetProperty("reviews").EnumerateArray().Select(r => r.GetProperty("outcome").GetString()!));
    }

    [Fact]
    public async Task BadReviews_AreRefused_AndNothingIsKept()
    {
        var (desk, numbers) = await Start(fixture);
        await using var of = desk;
        var no = numbers[0];
        var (own, other) = ((await desk.Lines(no))[0], (await desk.Lines(numbers[1]))[0]);
        foreach (var (review, code) in ((object, string)[])
        [
            (desk.Review("good"), "prescription.outcome_unknown"), (desk.Review("rational", ["1-01"]), "prescription.reasons_invalid"), (desk.Review("irregular"), "prescription.reasons_invalid"), (desk.Review("irregular", ["2-01"]), "prescription.reasons_invalid"),
            (desk.Review("unsuitable", ["1-01"], [new { feedetl_sn = own }]), "prescription.reasons_invalid"), (desk.Review("unsuitable", ["2-01", "2-01"], [new { feedetl_sn = own }]), "prescription.reasons_invalid"),
            (desk.Review("unsuitable", ["9-99"], [new { feedetl_sn = own }]), "prescription.reasons_invalid"), (desk.Review("unsuitable", ["2-01"]), "prescription.lines_invalid"), (desk.Review("unsuitable", ["2-01"], [new { feedetl_sn = other }]), "prescription.lines_invalid"),
            (desk.Review("unsuitable", ["2-01"], [new { feedetl_sn = own }, new { feedetl_sn = own }]), "prescription.lines_invalid"), (desk.Review("unsuitable", ["2-01"], [new { feedetl_sn = own, wrong = 30.01m }]), "prescription.lines_invalid"),
            (desk.Review("unsuitable", ["2-01"], [new { feedetl_sn = own, wrong = 0.001m }]), "prescription.lines_invalid"), (desk.Review("unsuitable", ["2-01"], [new { feedetl_sn = own, wrong = -1m }]), "prescription.lines_invalid"),
            (desk.Review("rational", lines: [new { feedetl_sn = own }]), "prescription.lines_invalid"), (desk.Review("unsuitable", ["2-01"], [null!]), "request.body_malformed"),
        ])
            Assert.Equal(code, await desk.Refused(no, "review", review));
        Assert.Equal("prescription.unknown", await desk.Refused(99, "review", desk.Review("rational")));
        Assert.Equal(HttpStatusCode.BadRequest, (await desk.Host.Post($"/prescriptions/{no}/review", "no object")).Status);
        await desk.Reverse((await desk.Desk.Get($"/prescriptions/{no}")).GetProperty("prescription").GetProperty("setl_id").GetString()!);
        Assert.Equal("prescription.reversed", await desk.Refused(no, "review", desk.Review("rational")));
        Assert.Equal(0L, await desk.Host.Sql<long>("SELECT count(*) FROM prescription_review"));
        Assert.Equal(0L, await desk.Host.Sql<long>("SELECT count(*) FROM field_act WHERE subject = 'prescription'"));
    }

    [Fact]
    public async Task TwoExpertsAtOnce_OneReviewStands()
    {
        var (desk, numbers) = await Start(fixture);
        await using var of = desk;
        var answers = await Task.WhenAll(Enumerable.Range(0, 6).Select(i => desk.Refused(numbers[0], "review", desk.Review("rational", by: $"专家{i}"))));
        Assert.Equal((1, 5), (answers.Count(a => a is null), answers.Count(a => a == "prescription.not_in_state")));
    }

    [Fact]
    public async Task PointsAreProposedOnce_AndAnotherDecidesThem()
    {
        var (desk, numbers) = await Start(fixture);
        await using var of = desk;
        await desk.Unsuitable(numbers[0]);
        Assert.Equal("prescription.not_in_state", await desk.Refused(numbers[1], "points", desk.Act("孙立案")));
        Assert.Equal("prescription.violation_unfit", await desk.Refused(numbers[0], "points", desk.Act("孙立案", ("violation", "fraud"))));
        var body = desk.Act("孙立案", ("violation", "outside_limits"));
        var act = (await desk.Do(numbers[0], "points", body)).GetProperty("prescription").GetProperty("doctor_act_no").GetInt64();
        Assert.Equal(act, (await desk.Do(numbers[0], "points", body)).GetProperty("prescription").GetProperty("doctor_act_no").GetInt64());
        Assert.Equal("prescription.points_proposed", await desk.Refused(numbers[0], "points", desk.Act("孙立案")));
        // Proposed is not deducted.
        Assert.Empty((await desk.Desk.Get("/doctors?year=2026")).GetProperty("doctors").EnumerateArray());
        Assert.Equal($"deduct D1 outside_limits 2 2026-10-12 prescription_review {numbers[0]} proposed", await desk.Host.Sql<string>("SELECT concat_ws(' ', kind, doctor_code, violation, points, from_on, evidence_kind, evidence_no, state) FROM doctor_act"));
        Assert.Equal("approval.same_person", await desk.Desk.Refused($"/doctors/acts/{act}/decision", new { approved = true, approver = "孙立案" }));
        await desk.Desk.Post($"/doctors/acts/{act}/decision", new { approved = true, approver = "周决定" });
        Assert.Equal(2, (await desk.Desk.Get("/doctors?year=2026")).GetProperty("doctors")[0].GetProperty("points").GetInt32());
    }

    [Fact]
    public async Task Money_BecomesALead_Once()
    {
        var (desk, numbers) = await Start(fixture);
        await using var of = desk;
        Assert.Equal("prescription.no_money", await desk.Desk.Refused("/prescriptions/draws/1/lead", desk.Act(ReviewDesk.Clerk)));
        Assert.Equal("prescription.draw_unknown", await desk.Desk.Refused("/prescriptions/draws/9/lead", desk.Act(ReviewDesk.Clerk)));
        await desk.Unsuitable(numbers[0]);
        await desk.Unsuitable(numbers[1]);
        var body = desk.Act(ReviewDesk.Clerk);
        var lead = await desk.Desk.Post("/prescriptions/draws/1/lead", body);
        var caseNo = lead.GetProperty("case_no").GetString();
        Assert.Equal(("lead", ReviewDesk.Hospital), (lead.GetProperty("state").GetString(), lead.GetProperty("subject").GetString()));
        Assert.Equal(caseNo, (await desk.Desk.Post("/prescriptions/draws/1/lead", body)).GetProperty("case_no").GetString());
        var evidence = (await desk.Desk.Get($"/cases/{caseNo}")).GetProperty("evidence").EnumerateArray().ToList();
        Assert.Equal([$"prescription_review {numbers[0]} 30.00", $"prescription_review {numbers[1]} 30.00"], evidence.Select(e => $"{e.GetProperty("kind").GetString()} {e.GetProperty("number").GetString()} {e.GetProperty("amount").GetString()}"));
        Assert.Equal("prescription.no_money", await desk.Desk.Refused("/prescriptions/draws/1/lead", desk.Act(ReviewDesk.Clerk)));
        // By hand as well: in one case, of its own provider, decided.
        Task<string?> Named(long no, string subject = ReviewDesk.Hospital) => desk.Desk.Refused("/cases", desk.Desk.Opening([CaseDesk.Piece("prescription_review", $"{no}", 1m, "点评")], subject: subject));
        Assert.Equal("case.evidence_number_unknown", await Named(numbers[0]));
        Assert.Equal("case.evidence_number_unknown", await Named(numbers[2]));
        await desk.Unsuitable(numbers[2]);
        Assert.Equal("case.evidence_number_unknown", await Named(numbers[2], CaseNeighbours.Elsewhere));
        Assert.Null(await Named(numbers[2]));
        // A lead that is dismissed leaves them free.
        await desk.Desk.Post($"/cases/{caseNo}/dismissal", new { request_key = desk.Desk.NewKey(), by = CaseDesk.Chief, reason = "证据不足" });
        Assert.NotEqual(caseNo, (await desk.Desk.Post("/prescriptions/draws/1/lead", desk.Act(ReviewDesk.Clerk))).GetProperty("case_no").GetString());
    }

    [Fact]
    public async Task Results_ByDoctorAndProvider_WithSharesAndMoney()
    {
        await using var desk = await ReviewDesk.Start(fixture);
        await desk.Settle([.. Enumerable.Range(0, 4).Select(_ => ReviewDesk.Bill()), .. Enumerable.Range(0, 3).Select(_ => ReviewDesk.Bill("D2"))]);
        var drawn = await desk.Drawn();
        var numbers = drawn.GroupBy(p => p.GetProperty("doctor_code").GetString()!).ToDictionary(g => g.Key, g => g.Select(p => p.GetProperty("prescription_no").GetInt64()).ToList());
        await desk.Unsuitable(numbers["D1"][0]);
        foreach (var no in (long[])[numbers["D1"][1], numbers["D2"][0]])
        {
            await desk.Do(no, "review", desk.Review("rational"));
            await desk.Do(no, "decision", desk.Act(ReviewDesk.Second, ("outcome", "rational")));
        }
        async Task<string[]> Rows(string query) => [.. (await desk.Desk.Get($"/prescriptions/results?{query}")).GetProperty("results").EnumerateArray()
            .Select(r => $"{ReviewDesk.Text(r, "doctor_code")} {r.GetProperty("prescribed")} {r.GetProperty("drawn")} {r.GetProperty("decided")} {r.GetProperty("irrational_percent").GetRawText()} {r.GetProperty("reviewed").GetString()} {r.GetProperty("wrong").GetString()}")];
        Assert.Equal(["D1 4 3 2 50 100.00 30.00", "D2 3 3 1 0 50.00 0.00"], await Rows("by=doctor"));
        Assert.Equal([" 7 6 3 33.33 150.00 30.00"], await Rows("by=provider&from_month=202610&to_month=202610"));
        Assert.Equal(["D1 4 3 2 50 100.00 30.00"], await Rows("by=doctor&irrational_min=50"));
        Assert.Equal(["D2 3 3 1 0 50.00 0.00"], await Rows("by=doctor&page=2&page_size=1"));
        Assert.Empty(await Rows("by=doctor&from_month=202611"));
        Assert.Contains("不合理1张（不规范0、不适宜1、超常0），占50.00%，违规金额30.00元", (await desk.Desk.Get("/prescriptions/results?by=doctor&doctor_code=D1")).GetProperty("results")[0].GetProperty("text").GetString(), StringComparison.Ordinal);
        // A bill that was reversed since counts no more.
        await desk.Reverse(drawn.Single(p => p.GetProperty("prescription_no").GetInt64() == numbers["D1"][0]).GetProperty("setl_id").GetString()!);
        Assert.Equal(["D1 4 3 1 0 50.00 0.00", "D2 3 3 1 0 50.00 0.00"], await Rows("by=doctor"));
    }
}
