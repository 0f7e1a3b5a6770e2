using System.Text.Json;
using MedInsure.FraudAudit.Credit;
using MedInsure.FraudAudit.Sanctions;
using MedInsure.FraudAudit.Tests.Cases;
using MedInsure.Kernel;
using Microsoft.Extensions.DependencyInjection;

namespace MedInsure.FraudAudit.Tests.Credit;

/// <summary>A changed grade's deposit: two people, the grade as it is when it is approved, settlement told by one number. What the number does there: tests/Settlement.Tests SetDepositRateTests.</summary>
[Trait("Category", "Storage")]
[Collection("audit")]
public sealed class DecideCreditActTests(AuditFixture fixture) : IAsyncLifetime
{
    private const string Proposer = "李提出", Approver = "王复核", Hospital = CaseNeighbours.Hospital;

    private CaseDesk desk = null!;

    public async Task InitializeAsync()
    {
        desk = await CaseDesk.Start(fixture);
        await desk.Post("/cases", desk.Opening([CaseDesk.Piece("finding", await desk.Finding())])); // points are a case's
    }

    public Task DisposeAsync() => desk.DisposeAsync().AsTask();

    /// <param name="to">The last day on which they count.</param>
    private Task Points(int points, string to = "2027-11-21") =>
        desk.Sql($"INSERT INTO credit_entry (fixmedins_code, case_no, decision_no, step, points, from_on, to_on, recorded_at) SELECT '{Hospital}', min(case_no), 1, 'warn', {points}, '2026-11-22', '{to}', now() FROM audit_case");

    private object Proposal(string grade = "C", string from = "2026-12-01", string? key = null, string provider = Hospital, string by = Proposer, string reason = "信用等级降为C") =>
        new { request_key = key ?? desk.NewKey(), fixmedins_code = provider, grade, from_on = from, reason, proposed_by = by };

    private async Task<long> Proposed(string grade = "C", string from = "2026-12-01", string? key = null) => (await desk.Post("/credit/acts", Proposal(grade, from, key))).GetProperty("act_no").GetInt64();

    private static object Decision(bool approved = true, string by = Approver, string? remark = null) => new { approved, approver = by, remark };

    private async Task<string> Decided(long act, bool approved = true, string? remark = null) => (await desk.Post($"/credit/acts/{act}/decision", Decision(approved, remark: remark))).GetProperty("state").GetString()!;

    private Task<bool> Tell() => desk.Host.Services.GetRequiredService<CreditEffectWorker>().Tell(desk.Host.County.Code, default);

    private async Task<string> Act(long act)
    {
        var row = (await desk.Get("/credit/acts")).GetProperty("acts").EnumerateArray().Single(a => a.GetProperty("act_no").GetInt64() == act);
        return string.Join(' ', ((string[])["grade", "points", "deposit_percent", "from_on", "state", "effect", "effect_note"]).Select(n => row.GetProperty(n) is { ValueKind: JsonValueKind.Number } number ? $"{number.GetDecimal():0.##}" : row.GetProperty(n).GetString()));
    }

    [Fact]
    public void Grades_HaveDepositsWithinTheAgreement_NeverLessForTheWorse()
    {
        var grades = SanctionLadder.LoadEmbedded().Credit.Grades;
        Assert.Equal(["A 1", "B 1.5", "C 2", "D 3"], grades.Select(g => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{g.Grade} {g.DepositPercent:0.##}")));
    }

    [Fact]
    public async Task Approved_TellsSettlementOnce_AndTheNextGradeAgain()
    {
        await Points(30);
        var act = await Proposed(key: "a");
        Assert.Equal(act, await Proposed(key: "a"));
        Assert.False(await Tell());
        Assert.Equal("approval.same_person", await desk.Refused($"/credit/acts/{act}/decision", Decision(by: $" {Proposer}")));
        Assert.Equal("approved", await Decided(act));
        Assert.Equal("approved", await Decided(act));
        Assert.Equal("credit.already_decided", await desk.Refused($"/credit/acts/{act}/decision", Decision(false, remark: "误报")));
        Assert.True(await Tell());
        Assert.False(await Tell());
        Assert.Equal("C 70 2 2026-12-01 approved done 自202612起", await Act(act));
        Assert.Equal("credit.grade_unchanged", await desk.Refused("/credit/acts", Proposal()));
        await Points(30);
        var worse = await Proposed("D");
        await Decided(worse);
        await Tell();
        await desk.Sql($"UPDATE credit_act SET effect = 'pending' WHERE act_no = {worse}"); // as if the process had ended before it kept the answer
        Assert.True(await Tell());
        string Told(long number, string rate) => $"deposit G{number:D12} {Hospital} 20261201 {rate} {Proposer} {Approver}";
        Assert.Equal([Told(act, "200"), Told(worse, "300"), Told(worse, "300")], desk.Neighbours.Calls);
    }

    [Fact]
    public async Task PointsGivenBackSince_OrTheDayGoneBy_LetItOnlyBeRejected()
    {
        await Points(30);
        var act = await Proposed();
        Assert.Equal("credit.proposal_open", await desk.Refused("/credit/acts", Proposal()));
        await Points(-30);
        Assert.Equal("credit.grade_another", await desk.Refused($"/credit/acts/{act}/decision", Decision()));
        Assert.Equal("request.reason_missing", await desk.Refused($"/credit/acts/{act}/decision", Decision(false)));
        Assert.Equal("rejected", await Decided(act, false, "申诉成立"));
        await Points(30);
        var late = await Proposed();
        desk.Host.Clock.Now = desk.Host.Clock.Now.AddDays(10);
        Assert.Equal("credit.day_past", await desk.Refused($"/credit/acts/{late}/decision", Decision()));
        Assert.False(await Tell());
        Assert.Empty(desk.Neighbours.Calls);
    }

    [Fact]
    public async Task SettlementAway_IsTriedAgain_RefusedIsShownAndProposedAnew()
    {
        await Points(30);
        desk.Neighbours.Answers.Enqueue(new Refusal(RefusalKind.Exhausted, "busy", "忙", "busy"));
        desk.Neighbours.Answers.Enqueue(new Refusal(RefusalKind.Invalid, "provider_payment.rate_invalid", "比例无效", "invalid"));
        var act = await Proposed();
        await Decided(act);
        Assert.False(await Tell());
        Assert.Equal("C 70 2 2026-12-01 approved pending busy", await Act(act));
        Assert.True(await Tell());
        Assert.Equal("provider_payment.rate_invalid 比例无效", Assert.Single((await desk.Get("/credit/acts?effect=refused")).GetProperty("acts").EnumerateArray()).GetProperty("effect_note").GetString());
        var again = await Proposed();
        await Decided(again);
        await Tell();
        Assert.Equal("C 70 2 2026-12-01 approved done 自202612起", await Act(again));
    }

    [Fact]
    public async Task WrongProposals_ChangeNothing()
    {
        await Points(30, to: "2026-12-31");
        (string Code, object Order)[] wrong =
        [
            ("request.key_missing", Proposal(key: "")), ("credit.grade_unknown", Proposal("E")), ("request.day_invalid", Proposal(from: "2026-13-01")), ("request.reason_missing", Proposal(reason: " ")),
            ("approval.person_missing", Proposal(by: " ")), ("credit.day_past", Proposal(from: "2026-11-21")), ("credit.provider_unknown", Proposal(provider: CaseNeighbours.Elsewhere)), ("credit.provider_unknown", Proposal(provider: "")),
            ("credit.grade_another", Proposal("D")), ("credit.grade_another", Proposal(from: "2027-01-01")),
        ];
        foreach (var (code, order) in wrong) Assert.Equal(code, await desk.Refused("/credit/acts", order));
        Assert.Equal("credit.act_unknown", await desk.Refused("/credit/acts/99/decision", Decision()));
        await Proposed(key: "b");
        Assert.Equal("request.key_reused", await desk.Refused("/credit/acts", Proposal(key: "b", reason: "另一原因")));
        Assert.Equal(1L, await desk.Host.Sql<long>("SELECT count(*) FROM credit_act"));
    }
}
