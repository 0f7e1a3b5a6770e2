using MedInsure.Kernel;
using MedInsure.Settlement.Tests.Ledger;
using MedInsure.Settlement.Tests.ProviderStatements;

namespace MedInsure.Settlement.Tests.AuditNotices;

/// <summary>A notice is booked once, whoever sends it again, and deducted as far as each statement bears it.</summary>
[Trait("Category", "Storage")]
[Collection(PostgresCollection.Name)]
public sealed class BookAuditNoticeTests(SharedPostgres postgres) : IAsyncLifetime
{
    private SettlementNode node = null!;
    private AuditMoneyDesk desk = null!;

    public async Task InitializeAsync() => desk = new AuditMoneyDesk(node = await SettlementNode.Create(postgres.Server));
    public Task DisposeAsync() => node.DisposeAsync().AsTask();

    [Fact]
    public async Task NextStatement_TakesItAsInspection_AndTheLedgerHasItOnce()
    {
        var notice = desk.Notice(54_776);
        var replies = (await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => desk.Book(notice)))).Select(LedgerDesk.Value).ToList();
        Assert.All(replies, r => Assert.Equal("54776: reversed 0, waiting 54776, in review 0, recovered 0, returned 0, to return 0", AuditMoneyDesk.Text(r)));
        var no = await desk.Claimed();
        var approved = await desk.Agency.Approved(no);
        Assert.Equal(1_000_000 - 54_776, approved.PayableFen);
        var deducted = (await desk.Agency.Shown(no)).Lines.Single(l => l.Kind == "deduction");
        Assert.Equal(("20", -54_776L, "挂床住院：违规本金及违约金"), (deducted.DetType, deducted.AmountFen, deducted.Explanation));
        Assert.Equal($"A0001 {notice.NoticeNo}", (await desk.Agency.Shown(no)).Deductions.Single().Evidence);
        Assert.Equal("54776: reversed 0, waiting 0, in review 0, recovered 54776, returned 0, to return 0", AuditMoneyDesk.Text(LedgerDesk.Value(await desk.Book(notice))));
        Assert.Equal([$"deduction_income 390100 {desk.Desk.Hospital} -54776"], await desk.Income());
        await desk.Agency.PayableHolds();
        await desk.Agency.LedgerIsSound();
    }

    [Fact]
    public async Task MoreThanAMonthsClaim_IsTakenMonthAfterMonth()
    {
        var notice = await desk.Booked(1_700_000);
        var first = await desk.Claimed();
        Assert.Equal(0, (await desk.Agency.Approved(first)).PayableFen);
        Assert.Equal("1700000: reversed 0, waiting 700000, in review 0, recovered 1000000, returned 0, to return 0", AuditMoneyDesk.Text(await desk.Shown(notice)));
        var second = await desk.Claimed(month: 202607);
        LedgerDesk.Value(await desk.Agency.Begin(second));
        LedgerDesk.Value(await desk.Agency.Reject(second)); // and waits for the next one
        Assert.Equal(700_000, (await desk.Shown(notice)).WaitingFen);
        await desk.Desk.Applied("21", 202607);
        Assert.Equal(300_000, (await desk.Agency.Approved(await desk.Agency.Accepted(202607))).PayableFen);
        Assert.Equal("1700000: reversed 0, waiting 0, in review 0, recovered 1700000, returned 0, to return 0", AuditMoneyDesk.Text(await desk.Shown(notice)));
        await desk.Agency.PayableHolds();
        await desk.Agency.LedgerIsSound();
    }

    [Fact]
    public async Task OtherContentUnderItsNumber_IsRefused()
    {
        var notice = desk.Notice(100);
        LedgerDesk.Value(await desk.Book(notice));
        notice.AmountFen = 101;
        Assert.Equal("audit_notice.number_reused", (await desk.Book(notice)).Refusal?.Code);
        Assert.Equal(100, (await desk.Shown(notice.NoticeNo)).AmountFen);
    }

    [Fact]
    public async Task DeductionOfANotice_IsNoOperatorsToWithdraw()
    {
        await desk.Booked(100);
        var number = (await desk.Desk.Ledger.Rows("SELECT number::text FROM statement_deduction")).Single();
        var refused = await Settlement.ProviderStatements.WithdrawDeduction.Execute(desk.Desk.Place, long.Parse(number), new("王", "错"), node.Time.GetUtcNow(), default);
        Assert.Equal("statement.deduction_of_notice", refused.Refusal?.Code);
    }

    [Fact]
    public async Task EachRefusal_InItsOrder()
    {
        await Refused("audit_notice.number_invalid", n => n.NoticeNo = "");
        await Refused("audit_notice.number_invalid", n => n.NoticeNo = new string('9', 31));
        await Refused("audit_notice.debtor_invalid", n => n.FixmedinsCode = "");
        await Refused("audit_notice.debtor_invalid", n => n.PsnNo = "P1");
        await Refused("audit_notice.debtor_invalid", n => (n.FixmedinsCode, n.PsnNo) = ("", "P1"));
        await Refused("audit_notice.amount_invalid", n => n.AmountFen = 0);
        await Refused("audit_notice.fund_missing", n => n.ByPayment = true);
        await Refused("audit_notice.fund_missing", n => n.Fund = "390100");
        await Refused("audit_notice.fund_missing", n => (n.ByPayment, n.Fund) = (true, "39010x"));
        await Refused("audit_notice.text_invalid", n => n.Reason = " ");
        await Refused("audit_notice.text_invalid", n => n.Evidence = new string('a', 201));
        await Refused("audit_notice.settlements_invalid", n => n.SetlId.Add(["S1", "S1"]));
        await Refused("approval.person_missing", n => n.ReleasedBy = "");
        await Refused("approval.same_person", n => n.ReleasedBy = AuditMoneyDesk.Decided);
        await Refused("statement.settlement_not_claimed", n => n.SetlId.Add("NONE"));
        Assert.Equal(["0"], await desk.Desk.Ledger.Rows("SELECT count(*)::text FROM audit_notice"));

        async Task Refused(string code, Action<Protos.Settlement.V1.BookAuditNoticeRequest> spoil)
        {
            var notice = desk.Notice(100);
            spoil(notice);
            Assert.Equal(code, (await desk.Book(notice)).Refusal?.Code);
        }
    }
}
