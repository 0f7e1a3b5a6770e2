namespace MedInsure.FraudAudit.Tests.Cases;

/// <summary>Appeals: who, until when, what they may do; and the case's end.</summary>
[Trait("Category", "Storage")]
[Collection("audit")]
public sealed class DecideAppealTests(AuditFixture fixture) : IAsyncLifetime
{
    private CaseDesk desk = null!;

    public async Task InitializeAsync() => desk = await CaseDesk.Start(fixture);
    public Task DisposeAsync() => desk.DisposeAsync().AsTask();

    private object Plain(string by = CaseDesk.Clerk) => new { request_key = desk.NewKey(), by, reason = "试" };

    private object Appeal(string day) => new { request_key = desk.NewKey(), by = CaseDesk.Clerk, reason = "收件", text = "不服", received_on = day };

    private async Task<int> Points() => (await desk.Get($"/credit/{CaseNeighbours.Hospital}")).GetProperty("points").GetInt32();

    [Fact]
    public async Task Appeal_WithinItsDays_OneAtATime()
    {
        var no = await desk.InForce();
        Assert.Equal("case.decision_not_served", await desk.Refused($"/cases/{no}/appeals", Appeal(desk.Today)));
        Assert.Equal("2027-01-21", (await desk.Serve(await desk.Notice(no, "decision"))).GetProperty("appeal_due_on").GetString());
        Assert.Equal("case.appeal_days_left", await desk.Refused($"/cases/{no}/closing", Plain()));
        Assert.Equal("case.appeal_unknown", await desk.Refused($"/cases/{no}/appeals/decision", desk.Outcome("upheld")));
        desk.Host.Clock.Now = desk.Host.Clock.Now.AddDays(60);
        Assert.Null(await desk.Refused($"/cases/{no}/appeals", Appeal("2027-01-21")));
        Assert.Equal("case.appeal_open", await desk.Refused($"/cases/{no}/appeals", Appeal("2027-01-21")));
        Assert.Equal("case.appeal_open", await desk.Refused($"/cases/{no}/closing", Plain()));
        await desk.Post($"/cases/{no}/appeals/decision", desk.Outcome("upheld"));
        desk.Host.Clock.Now = desk.Host.Clock.Now.AddDays(1);
        Assert.Equal("case.appeal_late", await desk.Refused($"/cases/{no}/appeals", Appeal("2027-01-22")));
    }

    [Fact]
    public async Task WhoActedBefore_DoesNotDecideIt_AndItMakesNothingWorse()
    {
        var no = await desk.Appealed();
        foreach (var own in (string[])[CaseDesk.Investigator, CaseDesk.Decider, CaseDesk.Releaser]) Assert.Equal("approval.same_person", await desk.Refused($"/cases/{no}/appeals/decision", desk.Outcome("upheld", by: own)));
        Assert.Equal("approval.same_person", await desk.Refused($"/cases/{no}/appeals/decision", desk.Outcome("upheld", releasedBy: CaseDesk.Second)));
        Assert.Equal("approval.same_person", await desk.Refused($"/cases/{no}/appeals/decision", desk.Outcome("upheld", releasedBy: CaseDesk.Investigator)));
        foreach (var (outcome, sanctions) in ((string, object[]?)[])[("won", null), ("changed", null), ("upheld", [new { step = "recover" }])])
            Assert.Equal("case.outcome_invalid", await desk.Refused($"/cases/{no}/appeals/decision", desk.Outcome(outcome, sanctions)));
        foreach (var worse in (object[])[new { step = "terminate_agreement" }, new { step = "suspend_agreement", months = 4 }, new { step = "fine", amount = 1m, text = "x" }])
            Assert.Equal("case.appeal_makes_worse", await desk.Refused($"/cases/{no}/appeals/decision", desk.Outcome("changed", [worse])));
        Assert.Equal("sanction.more_than_evidence", await desk.Refused($"/cases/{no}/appeals/decision", desk.Outcome("changed", [new { step = "recover", amount = 9_999m }])));
    }

    [Fact]
    public async Task Changed_ReversesTheDifference_EndsTheSuspension_GivesPointsBack()
    {
        var no = await desk.Appealed();
        Assert.Equal(100 - 2 - 15 - 2 - 20, await Points()); // recovered, impersonation, correction, suspended
        await desk.Sql("UPDATE case_effect SET state = 'done', done_at = now() WHERE kind <> 'resume'"); // as the worker would have
        object[] left = [new { step = "recover" }, new { step = "damages_record_review", amount = 2_453.20m }];
        await desk.Post($"/cases/{no}/appeals/decision", desk.Outcome("changed", left));
        // 24,532.00 become 2,453.20.
        var notice = (await desk.Get($"/notices/{await desk.Notice(no, "reversal")}"));
        Assert.Equal(("22078.80", await desk.Notice(no, "deduction")), (notice.GetProperty("amount").GetString(), notice.GetProperty("content").GetProperty("of_notice_no").GetString()));
        Assert.Equal(["book_notice done", "suspend done", "resume cancelled", "reverse_notice pending", "resume pending"], await desk.Effects(no));
        Assert.Equal(100 - 2 - 4, await Points());
        var shown = await desk.Get($"/cases/{no}");
        Assert.Equal((2, false), (shown.GetProperty("case").GetProperty("decision_no").GetInt32(), shown.GetProperty("case").TryGetProperty("correction_due_on", out _)));
        Assert.Equal(["changed"], shown.GetProperty("appeals").EnumerateArray().Select(a => a.GetProperty("outcome").GetString()));
    }

    [Fact]
    public async Task Cancelled_BeforeAnythingWasDone_DoesNothingElsewhereButTheMoneyInItsOrder()
    {
        var no = await desk.Appealed();
        await desk.Post($"/cases/{no}/appeals/decision", desk.Outcome("cancelled"));
        Assert.Equal(["book_notice pending", "suspend cancelled", "resume cancelled", "reverse_notice pending"], await desk.Effects(no));
        Assert.Equal(100, await Points());
        Assert.Equal("rejected", await desk.Host.Sql<string>("SELECT state FROM finding"));
    }

    [Fact]
    public async Task Closing_WaitsForCorrectionEffectsAndMoney()
    {
        var no = await desk.InForce();
        Assert.Equal("case.decision_not_served", await desk.Refused($"/cases/{no}/closing", Plain()));
        await desk.Serve(await desk.Notice(no, "decision"));
        desk.Host.Clock.Now = desk.Host.Clock.Now.AddDays(61);
        Assert.Equal("case.correction_open", await desk.Refused($"/cases/{no}/closing", Plain()));
        Assert.Equal([no], (await desk.Get("/cases?overdue=true")).GetProperty("cases").EnumerateArray().Select(c => c.GetProperty("case_no").GetString()!));
        Assert.Equal("sanction.days_invalid", await desk.Refused($"/cases/{no}/re-check", Plain()));
        Assert.Equal("2027-02-01", (await desk.Post($"/cases/{no}/re-check", new { request_key = desk.NewKey(), by = CaseDesk.Clerk, reason = "未整改到位", passed = false, days = 10 })).GetProperty("correction_due_on").GetString());
        await desk.Post($"/cases/{no}/re-check", new { request_key = desk.NewKey(), by = CaseDesk.Clerk, reason = "已整改", passed = true });
        Assert.Equal("case.no_correction", await desk.Refused($"/cases/{no}/re-check", Plain()));
        Assert.Equal("case.effects_open", await desk.Refused($"/cases/{no}/closing", Plain()));
        await desk.Sql("UPDATE case_effect SET state = 'done', done_at = now() WHERE due_on < '2027-01-01'");
        desk.Neighbours.Money = new() { WaitingFen = 1 };
        Assert.Equal("case.money_open", await desk.Refused($"/cases/{no}/closing", Plain()));
        desk.Neighbours.Money = new();
        Assert.Equal("closed", (await desk.Post($"/cases/{no}/closing", Plain())).GetProperty("state").GetString());
    }
}
