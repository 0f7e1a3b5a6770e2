using System.Net;

namespace MedInsure.FraudAudit.Tests.Cases;

/// <summary>Which act may be done in which state, by whom, and what each refuses.</summary>
[Trait("Category", "Storage")]
[Collection("audit")]
public sealed class CaseStatesTests(AuditFixture fixture) : IAsyncLifetime
{
    private static readonly Dictionary<string, string[]> Allowed = new()
    {
        ["filing"] = ["lead"], ["dismissal"] = ["lead"], ["evidence"] = ["lead", "investigating"], ["evidence/1/withdrawal"] = ["investigating"], ["hearing"] = ["investigating"], ["statement"] = ["hearing"], ["conclusion"] = ["hearing"],
        ["return"] = ["hearing", "concluded", "decided"], ["decision"] = ["concluded"], ["release"] = ["decided"], ["appeals"] = ["in_force"], ["appeals/decision"] = ["in_force"], ["re-check"] = ["in_force"],
        ["hand-over"] = ["investigating", "hearing", "concluded", "decided", "in_force", "closed"], ["closing"] = ["in_force"],
    };

    private CaseDesk desk = null!;

    public async Task InitializeAsync() => desk = await CaseDesk.Start(fixture);
    public Task DisposeAsync() => desk.DisposeAsync().AsTask();

    private object Plain(string by = CaseDesk.Clerk) => new { request_key = desk.NewKey(), by, reason = "试" };

    private async Task RefusesAllOthers(string no, string state)
    {
        Assert.Equal(state, await desk.State(no));
        foreach (var (act, states) in Allowed)
            if (!states.Contains(state)) Assert.True("case.not_in_state" == await desk.Refused($"/cases/{no}/{act}", Plain()), $"{act} in {state}");
    }

    [Fact]
    public async Task EveryState_RefusesWhatIsNotItsOwn()
    {
        var dismissed = await desk.Opened(CaseDesk.Piece("document", "T-1", 5m, "举报"));
        await RefusesAllOthers(dismissed, "lead");
        await desk.Post($"/cases/{dismissed}/dismissal", Plain(CaseDesk.Chief));
        await RefusesAllOthers(dismissed, "dismissed");

        var cleared = await desk.Concluded(CaseDesk.Piece("document", "T-2", 5_000m, "举报"));
        await RefusesAllOthers(cleared, "concluded");
        await desk.Post($"/cases/{cleared}/decision", Plain(CaseDesk.Decider));
        await RefusesAllOthers(cleared, "cleared");

        await RefusesAllOthers(await desk.Filed(CaseDesk.Piece("document", "T-3", 5m, "举报")), "investigating");
        await RefusesAllOthers(await desk.Heard(CaseDesk.Piece("document", "T-4", 5m, "举报")), "hearing");
        await RefusesAllOthers(await desk.Decided(null, CaseDesk.Piece("document", "T-5", 5_000m, "举报")), "decided");
        var closed = await desk.InForce([new { step = "criticism" }]);
        await RefusesAllOthers(closed, "in_force");
        await desk.Serve(await desk.Notice(closed, "decision"));
        desk.Host.Clock.Now = desk.Host.Clock.Now.AddDays(61);
        await desk.Post($"/cases/{closed}/closing", Plain());
        await RefusesAllOthers(closed, "closed");
    }

    [Fact]
    public async Task ThreePeople_NeitherTwiceTheSame()
    {
        var opened = await desk.Opened(CaseDesk.Piece("document", "T-1", 5_000m, "举报"));
        Assert.Equal("approval.same_person", await desk.Refused($"/cases/{opened}/dismissal", Plain()));
        Assert.Equal("approval.same_person", await desk.Refused($"/cases/{opened}/filing", new { request_key = desk.NewKey(), by = CaseDesk.Chief, reason = "立案", investigator = $" {CaseDesk.Chief}" }));
        var heard = await desk.Heard(CaseDesk.Piece("document", "T-2", 5_000m, "举报"));
        Assert.Equal("case.not_the_investigator", await desk.Refused($"/cases/{heard}/conclusion", Plain()));
        var concluded = await desk.Concluded();
        Assert.Equal("approval.same_person", await desk.Refused($"/cases/{concluded}/decision", Plain(CaseDesk.Investigator)));
        await desk.Post($"/cases/{concluded}/decision", new { request_key = desk.NewKey(), by = CaseDesk.Decider, reason = "事实清楚", sanctions = CaseDesk.Usual });
        foreach (var own in (string[])[CaseDesk.Investigator, CaseDesk.Decider]) Assert.Equal("approval.same_person", await desk.Refused($"/cases/{concluded}/release", Plain(own)));
        Assert.Equal("three_people_act", (await Assert.ThrowsAsync<Npgsql.PostgresException>(() => desk.Sql("UPDATE audit_case SET releaser = decider WHERE decider <> ''"))).ConstraintName);
        Assert.Equal("42501", (await Assert.ThrowsAsync<Npgsql.PostgresException>(() => desk.Sql("UPDATE case_act SET acted_by = 'x'"))).SqlState);
    }

    [Fact]
    public async Task SameRequest_ActsOnce_AnotherContentIsRefused()
    {
        var opening = desk.Opening([CaseDesk.Piece("finding", await desk.Finding())], key: "OPEN-1");
        var answers = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => desk.Post("/cases", opening)));
        var no = Assert.Single(answers.Select(a => a.GetProperty("case_no").GetString()).Distinct())!;
        Assert.Equal("request.key_reused", await desk.Refused("/cases", desk.Opening([CaseDesk.Piece("document", "T", 1m, "x")], key: "OPEN-1")));
        var filing = new { request_key = "FILE-1", by = CaseDesk.Chief, reason = "立案", investigator = CaseDesk.Investigator };
        await desk.Post($"/cases/{no}/filing", filing);
        Assert.Equal("investigating", (await desk.Post($"/cases/{no}/filing", filing)).GetProperty("state").GetString());
        Assert.Equal("request.key_reused", await desk.Refused($"/cases/{no}/filing", new { request_key = "FILE-1", by = CaseDesk.Chief, reason = "立案", investigator = "别人" }));
        Assert.Equal(["opened", "filed"], (await desk.Get($"/cases/{no}")).GetProperty("timeline").EnumerateArray().Select(a => a.GetProperty("act").GetString()));
        Assert.Equal("request.key_missing", await desk.Refused($"/cases/{no}/hearing", new { by = CaseDesk.Clerk, reason = "x" }));
        Assert.Equal("approval.person_missing", await desk.Refused($"/cases/{no}/hearing", new { request_key = desk.NewKey(), reason = "x" }));
        Assert.Equal("request.reason_missing", await desk.Refused($"/cases/{no}/hearing", new { request_key = desk.NewKey(), by = CaseDesk.Clerk }));
        foreach (var unknown in (string[])["none", $"{desk.Host.County.Code}J000000009999"]) Assert.Equal(HttpStatusCode.NotFound, (await desk.Host.Get($"/cases/{unknown}")).Status);
    }

    [Fact]
    public async Task Opening_EachRefusal()
    {
        object tip = CaseDesk.Piece("document", "T", 1m, "x");
        Assert.Equal("case.subject_invalid", await desk.Refused("/cases", desk.Opening([tip], kind: "doctor")));
        Assert.Equal("case.provider_unknown", await desk.Refused("/cases", desk.Opening([tip], subject: "H0")));
        Assert.Equal("case.person_unknown", await desk.Refused("/cases", desk.Opening([tip], "person", "P0")));
        Assert.Equal("case.evidence_missing", await desk.Refused("/cases", desk.Opening([])));
        foreach (var wrong in (object[])[CaseDesk.Piece("rumour", "T", 1m, "x"), CaseDesk.Piece("document", "", 1m, "x"), CaseDesk.Piece("document", "T", 1m), CaseDesk.Piece("document", "T", -1m, "x"), CaseDesk.Piece("document", "T", 0.001m, "x")])
            Assert.Equal("case.evidence_invalid", await desk.Refused("/cases", desk.Opening([wrong])));
        Assert.Equal("case.evidence_twice", await desk.Refused("/cases", desk.Opening([tip, tip])));
        foreach (var finding in (string[])["x", "999999", await desk.Finding(provider: "H1")]) Assert.Equal("case.finding_unfit", await desk.Refused("/cases", desk.Opening([CaseDesk.Piece("finding", finding)])));
        foreach (var (settlement, of) in ((string, string)[])[("S0", CaseNeighbours.Hospital), ("S1", CaseNeighbours.Elsewhere)]) Assert.Equal("case.settlement_unfit", await desk.Refused("/cases", desk.Opening([CaseDesk.Piece("document", "D", 1m, "x", settlement)], subject: of)));
        Assert.Equal(0, await desk.Host.Sql<long>("SELECT count(*) FROM audit_case"));
        var elsewhere = await desk.Post("/cases", desk.Opening([tip], subject: CaseNeighbours.Elsewhere));
        Assert.Equal("999999", elsewhere.GetProperty("subject_county").GetString());
    }

    [Fact]
    public async Task Findings_FollowTheirCase()
    {
        var number = await desk.Finding();
        async Task<string> Finding() => await desk.Host.Sql<string>($"SELECT state || ' ' || coalesce(case_no::text, '-') FROM finding WHERE finding_no = {number}");
        var first = await desk.Opened(CaseDesk.Piece("finding", number));
        Assert.StartsWith("in_case ", await Finding(), StringComparison.Ordinal);
        Assert.Equal("case.finding_unfit", await desk.Refused("/cases", desk.Opening([CaseDesk.Piece("finding", number)])));
        await desk.Post($"/cases/{first}/dismissal", Plain(CaseDesk.Chief));
        Assert.Equal("open -", await Finding());
        var gone = await desk.Opened(CaseDesk.Piece("finding", number));
        await desk.Sql($"UPDATE finding SET gone_at = now(), gone_why = 'not_found' WHERE finding_no = {number}");
        await desk.Post($"/cases/{gone}/dismissal", Plain(CaseDesk.Chief));
        Assert.Equal("withdrawn -", await Finding());
        await desk.Sql($"UPDATE finding SET state = 'open', gone_at = NULL, gone_why = NULL WHERE finding_no = {number}");
        var second = await desk.Filed(CaseDesk.Piece("finding", number), CaseDesk.Piece("document", "T", 1m, "x"));
        Assert.Equal("case.not_the_investigator", await desk.Refused($"/cases/{second}/evidence/1/withdrawal", Plain()));
        await desk.Post($"/cases/{second}/evidence/1/withdrawal", Plain(CaseDesk.Investigator));
        Assert.Equal("case.evidence_unknown", await desk.Refused($"/cases/{second}/evidence/1/withdrawal", Plain(CaseDesk.Investigator)));
        Assert.Equal("case.evidence_needed", await desk.Refused($"/cases/{second}/evidence/2/withdrawal", Plain(CaseDesk.Investigator)));
        Assert.Equal("open -", await Finding());
        var third = await desk.Concluded(CaseDesk.Piece("finding", number), CaseDesk.Piece("document", "T9", 5_000m, "x"));
        await desk.Sql($"UPDATE finding SET gone_at = now(), gone_why = 'reversed' WHERE finding_no = {number}");
        Assert.Equal("case.evidence_gone", await desk.Refused($"/cases/{third}/decision", new { request_key = desk.NewKey(), by = CaseDesk.Decider, reason = "x", sanctions = CaseDesk.Usual }));
        await desk.Sql($"UPDATE finding SET gone_at = NULL, gone_why = NULL WHERE finding_no = {number}");
        await desk.Sql("UPDATE audit_claim SET reversed_by = 'R1'");
        Assert.Equal("case.evidence_gone", await desk.Refused($"/cases/{third}/decision", Plain(CaseDesk.Decider)));
        await desk.Sql("UPDATE audit_claim SET reversed_by = NULL");
        await desk.Post($"/cases/{third}/decision", Plain(CaseDesk.Decider));
        Assert.StartsWith("rejected ", await Finding(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Hearing_HasItsDays_FromItsService()
    {
        var no = await desk.Filed();
        Assert.Equal("case.not_the_investigator", await desk.Refused($"/cases/{no}/hearing", new { request_key = desk.NewKey(), by = CaseDesk.Clerk, reason = "x", text = "x" }));
        Assert.Equal("case.text_invalid", await desk.Refused($"/cases/{no}/hearing", Plain(CaseDesk.Investigator)));
        await desk.Post($"/cases/{no}/hearing", new { request_key = desk.NewKey(), by = CaseDesk.Investigator, reason = "告知", text = "涉嫌" });
        object Statement(string day, string? text = "无异议") => new { request_key = desk.NewKey(), by = CaseDesk.Clerk, reason = "收件", text, received_on = day };
        var conclusion = () => desk.Refused($"/cases/{no}/conclusion", Plain(CaseDesk.Investigator));
        Assert.Equal("case.hearing_not_served", await desk.Refused($"/cases/{no}/statement", Statement(desk.Today)));
        Assert.Equal("case.hearing_not_served", await conclusion());
        var notice = await desk.Notice(no, "hearing");
        Assert.Equal("notice.served_how_missing", await desk.Refused($"/notices/{notice}/service", Plain()));
        Assert.Equal("notice.served_on_invalid", await desk.Refused($"/notices/{notice}/service", new { request_key = desk.NewKey(), by = "x", reason = "x", served_on = "2026-11-23", served_how = "邮寄" }));
        Assert.Equal("2026-12-02", (await desk.Serve(notice)).GetProperty("statement_due_on").GetString());
        Assert.Equal("notice.served_before", await desk.Refused($"/notices/{notice}/service", Plain()));
        Assert.Equal("case.not_heard", await conclusion());
        Assert.Equal("case.text_invalid", await desk.Refused($"/cases/{no}/statement", Statement(desk.Today, null)));
        Assert.Equal("case.day_invalid", await desk.Refused($"/cases/{no}/statement", Statement("x")));
        Assert.Equal("case.day_in_future", await desk.Refused($"/cases/{no}/statement", Statement("2026-11-23")));
        desk.Host.Clock.Now = desk.Host.Clock.Now.AddDays(11);
        Assert.Equal("case.statement_late", await desk.Refused($"/cases/{no}/statement", Statement(desk.Today)));
        Assert.Equal([no], (await desk.Get("/cases?overdue=true")).GetProperty("cases").EnumerateArray().Select(c => c.GetProperty("case_no").GetString()!));
        Assert.Null(await conclusion()); // its days are over
        Assert.Null(await desk.Refused($"/cases/{no}/return", Plain(CaseDesk.Decider)));
        Assert.Equal("investigating", await desk.State(no));
    }

    [Fact]
    public async Task Decision_WhereMoneyAndAgreementAre()
    {
        object Decision(object[] sanctions, bool byPayment = false, string? fund = null) => new { request_key = desk.NewKey(), by = CaseDesk.Decider, reason = "x", sanctions, by_payment = byPayment, fund };
        var no = await desk.Concluded();
        Assert.Equal("sanction.more_than_evidence", await desk.Refused($"/cases/{no}/decision", Decision([new { step = "recover", amount = 3_453.21m }])));
        Assert.Equal("case.fund_missing", await desk.Refused($"/cases/{no}/decision", Decision([new { step = "recover" }], true)));
        await desk.Sql("UPDATE audit_case SET subject_county = '999999'");
        Assert.Equal("case.provider_elsewhere", await desk.Refused($"/cases/{no}/decision", Decision([new { step = "recover" }])));
        Assert.Equal("case.agreement_elsewhere", await desk.Refused($"/cases/{no}/decision", Decision([new { step = "terminate_agreement" }])));
        Assert.Null(await desk.Refused($"/cases/{no}/decision", Decision([new { step = "recover" }], true, "390100")));
        await desk.Post($"/cases/{no}/return", Plain(CaseDesk.Releaser));
        Assert.Equal("concluded", await desk.State(no));
    }
}
