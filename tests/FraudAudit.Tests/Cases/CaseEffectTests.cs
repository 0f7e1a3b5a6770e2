using MedInsure.FraudAudit.Cases;
using MedInsure.Kernel;
using Microsoft.Extensions.DependencyInjection;

namespace MedInsure.FraudAudit.Tests.Cases;

/// <summary>What a released decision does elsewhere: once, whatever happens on the way.</summary>
[Trait("Category", "Messaging")]
[Collection("audit")]
public sealed class CaseEffectTests(AuditFixture fixture) : IAsyncLifetime
{
    private CaseDesk desk = null!;

    public async Task InitializeAsync() => desk = await CaseDesk.Start(fixture, workers: true);
    public Task DisposeAsync() => desk.DisposeAsync().AsTask();

    private void Ring() => desk.Host.Services.GetRequiredService<CaseEffectWorker>().Ring(desk.Host.County.Code);

    private Task Reached(string no, params string[] effects) => CaseDesk.Until(async () => (await desk.Effects(no)).SequenceEqual(effects));

    [Fact]
    public async Task Released_BooksTheMoney_SuspendsAtOnce_AndResumesWhenItsMonthsAreOver()
    {
        var no = await desk.InForce();
        await Reached(no, "book_notice done", "suspend done", "resume pending");
        var notice = await desk.Notice(no, "deduction");
        Assert.Equal([$"Suspended {CaseNeighbours.Hospital} 20261122", $"book {notice} 2798520"], desk.Neighbours.Calls.Order(StringComparer.Ordinal)); // 3,453.20 + 10 × 2,453.20
        var acts = (await desk.Get($"/cases/{no}")).GetProperty("timeline").EnumerateArray().Select(a => a.GetProperty("act").GetString()!).ToList();
        Assert.Equal(["opened", "filed", "hearing_opened", $"served {await desk.Notice(no, "hearing")}", "statement_recorded", "concluded", "decided", "released"], acts.Take(8));
        Assert.Equal(["book_notice_done", "suspend_done"], acts.Skip(8).Order());
        desk.Host.Clock.Now = desk.Host.Clock.Now.AddMonths(3);
        Ring();
        await Reached(no, "book_notice done", "suspend done", "resume done");
        Assert.Equal($"Active {CaseNeighbours.Hospital} 20270222", desk.Neighbours.Calls.Last());
    }

    [Fact]
    public async Task CrashAfterTheCall_SendsTheSameNumberAgain()
    {
        var no = await desk.InForce([new { step = "recover" }]);
        await Reached(no, "book_notice done");
        await desk.Sql("UPDATE case_effect SET state = 'pending', done_at = NULL"); // as if the process had ended before it kept the answer
        Ring();
        await Reached(no, "book_notice done");
        Assert.Equal(Enumerable.Repeat($"book {await desk.Notice(no, "deduction")} 345320", 2), desk.Neighbours.Calls);
    }

    [Fact]
    public async Task AwayForAWhile_IsTriedAgain_RefusedWaitsForPeople()
    {
        desk.Neighbours.Answers.Enqueue(new Refusal(RefusalKind.Exhausted, "busy", "忙", "busy"));
        desk.Neighbours.Answers.Enqueue(new Refusal(RefusalKind.Precondition, "statement.settlement_not_claimed", "不在", "not there"));
        var no = await desk.InForce([new { step = "recover" }]);
        await CaseDesk.Until(async () => { Ring(); return (await desk.Effects(no)).SequenceEqual(["book_notice refused"]); });
        var open = Assert.Single((await desk.Get("/cases/effects")).GetProperty("effects").EnumerateArray());
        Assert.StartsWith("statement.settlement_not_claimed", open.GetProperty("note").GetString(), StringComparison.Ordinal);
        var effect = open.GetProperty("effect_no").GetInt64();
        await desk.Post($"/cases/effects/{effect}/retry", new { request_key = desk.NewKey(), by = CaseDesk.Chief, reason = "已核对" });
        await Reached(no, "book_notice done");
        Assert.Equal("case.effect_unknown", await desk.Refused($"/cases/effects/{effect}/retry", new { request_key = desk.NewKey(), by = CaseDesk.Chief, reason = "x" }));
    }

    [Fact]
    public async Task TwoCases_TheLongerSuspensionHolds()
    {
        var first = await desk.InForce([new { step = "suspend_agreement", months = 1 }]);
        await Reached(first, "suspend done", "resume pending");
        desk.Neighbours.Answers.Enqueue(new Refusal(RefusalKind.Precondition, "agreement.already_so", "已暂停", "so already"));
        var second = await desk.Decided([new { step = "suspend_agreement", months = 2 }], CaseDesk.Piece("document", "T", 5_000m, "x"));
        await desk.Post($"/cases/{second}/release", new { request_key = desk.NewKey(), by = CaseDesk.Releaser, reason = "签发" });
        await Reached(second, "suspend done", "resume pending");
        desk.Host.Clock.Now = desk.Host.Clock.Now.AddMonths(1);
        Ring();
        await Reached(first, "suspend done", "resume done");
        Assert.DoesNotContain(desk.Neighbours.Calls, c => c.StartsWith("Active", StringComparison.Ordinal));
        desk.Host.Clock.Now = desk.Host.Clock.Now.AddMonths(1);
        Ring();
        await Reached(second, "suspend done", "resume done");
        Assert.Equal($"Active {CaseNeighbours.Hospital} 20270122", desk.Neighbours.Calls.Last());
    }

    [Fact]
    public async Task Person_PaysBack_TwoPeopleRecordIt()
    {
        var finding = await desk.Finding(200_000);
        var no = (await desk.Post("/cases", desk.Opening([CaseDesk.Piece("finding", finding)], "person", "P1"))).GetProperty("case_no").GetString()!;
        await desk.Post($"/cases/{no}/filing", new { request_key = desk.NewKey(), by = CaseDesk.Chief, reason = "立案", investigator = CaseDesk.Investigator });
        await desk.Post($"/cases/{no}/hearing", new { request_key = desk.NewKey(), by = CaseDesk.Investigator, reason = "告知", text = "转借医保卡" });
        await desk.Serve(await desk.Notice(no, "hearing"));
        await desk.Post($"/cases/{no}/statement", new { request_key = desk.NewKey(), by = CaseDesk.Clerk, reason = "放弃", waived = true, received_on = desk.Today });
        object[] sanctions = [new { step = "recover" }, new { step = "penalty", amount = 4_000m, text = "省医保局公告" }];
        await desk.Post($"/cases/{no}/conclusion", new { request_key = desk.NewKey(), by = CaseDesk.Investigator, reason = "终结", sanctions });
        Assert.Equal("case.fund_missing", await desk.Refused($"/cases/{no}/decision", new { request_key = desk.NewKey(), by = CaseDesk.Decider, reason = "x", sanctions }));
        await desk.Post($"/cases/{no}/decision", new { request_key = desk.NewKey(), by = CaseDesk.Decider, reason = "x", sanctions, fund = "390100" });
        await desk.Post($"/cases/{no}/release", new { request_key = desk.NewKey(), by = CaseDesk.Releaser, reason = "签发" });
        await Reached(no, "book_notice done");
        var notice = await desk.Notice(no, "repayment");
        desk.Neighbours.Money = new() { NoticeNo = notice, AmountFen = 200_000, WaitingFen = 200_000 };
        object Payment(decimal amount, string checkedBy = CaseDesk.Second, string channel = "bank-icbc") =>
            new { request_key = desk.NewKey(), by = CaseDesk.Clerk, reason = "到账", checked_by = checkedBy, amount, channel, received_on = desk.Today, bank_reference = "B1" };
        Assert.Equal("approval.same_person", await desk.Refused($"/notices/{notice}/payments", Payment(1m, CaseDesk.Clerk)));
        Assert.Equal("notice.payment_invalid", await desk.Refused($"/notices/{notice}/payments", Payment(0.001m)));
        Assert.Equal("notice.payment_invalid", await desk.Refused($"/notices/{notice}/payments", Payment(1m, channel: "")));
        Assert.Equal("notice.more_than_is_owed", await desk.Refused($"/notices/{notice}/payments", Payment(2_000.01m)));
        Assert.Equal("notice.not_paid", await desk.Refused($"/notices/{await desk.Notice(no, "decision")}/payments", Payment(1m)));
        await desk.Post($"/notices/{notice}/payments", Payment(1_500m));
        await Reached(no, "book_notice done", "book_recovery done");
        Assert.Equal([$"book {notice} 200000", $"recovery {notice}-1 150000"], desk.Neighbours.Calls);
        Assert.Equal("2000.00", (await desk.Get($"/notices/{notice}/money")).GetProperty("waiting").GetString());
        Assert.Empty((await desk.Get("/credit")).GetProperty("providers").EnumerateArray()); // a person has no credit
    }
}
