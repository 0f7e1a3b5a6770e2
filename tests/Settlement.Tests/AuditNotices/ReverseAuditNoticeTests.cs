using MedInsure.Settlement.Tests.Ledger;

namespace MedInsure.Settlement.Tests.AuditNotices;

/// <summary>An appeal reduces or cancels a notice, at every place that its money can be.</summary>
[Trait("Category", "Storage")]
[Collection(PostgresCollection.Name)]
public sealed class ReverseAuditNoticeTests(SharedPostgres postgres) : IAsyncLifetime
{
    private SettlementNode node = null!;
    private AuditMoneyDesk desk = null!;

    public async Task InitializeAsync() => desk = new AuditMoneyDesk(node = await SettlementNode.Create(postgres.Server));
    public Task DisposeAsync() => node.DisposeAsync().AsTask();

    [Fact]
    public async Task Waiting_IsReduced_AndTheStatementTakesTheRest()
    {
        var notice = await desk.Booked(10_000);
        Assert.Equal("10000: reversed 4000, waiting 6000, in review 0, recovered 0, returned 0, to return 0", AuditMoneyDesk.Text(LedgerDesk.Value(await desk.Reverse(notice, 4_000))));
        Assert.Equal(6_000, LedgerDesk.Value(await desk.Reverse(notice, 4_000)).WaitingFen); // the same again
        Assert.Equal("audit_notice.number_reused", (await desk.Reverse(notice, 4_001)).Refusal?.Code);
        Assert.Equal("audit_notice.more_than_is_left", (await desk.Reverse(notice, 6_001, "R2")).Refusal?.Code);
        Assert.Equal(994_000, (await desk.Agency.Approved(await desk.Claimed())).PayableFen);
    }

    [Fact]
    public async Task OnAStatementUnderFirstReview_IsTakenOffIt()
    {
        var notice = await desk.Booked(10_000);
        var no = await desk.Claimed();
        LedgerDesk.Value(await desk.Agency.Begin(no));
        LedgerDesk.Value(await desk.Reverse(notice, 10_000));
        Assert.Equal(1_000_000, LedgerDesk.Value(await desk.Agency.Review(no)).PayableFen);
    }

    [Fact]
    public async Task ThroughTheFirstReview_WaitsForItsDecision()
    {
        var notice = await desk.Booked(10_000);
        var no = await desk.Claimed();
        await desk.Agency.Reviewed(no);
        Assert.Equal(10_000, (await desk.Shown(notice)).InReviewFen);
        Assert.Equal("audit_notice.statement_in_review", (await desk.Reverse(notice, 10_000)).Refusal?.Code);
        LedgerDesk.Value(await desk.Agency.SendBack(no));
        Assert.Equal("10000: reversed 10000, waiting 0, in review 0, recovered 0, returned 0, to return 0", AuditMoneyDesk.Text(LedgerDesk.Value(await desk.Reverse(notice, 10_000))));
    }

    [Fact]
    public async Task Booked_ComesBackWithTheNextStatement_ByNewEntries()
    {
        var notice = await desk.Booked(10_000);
        await desk.Agency.Approved(await desk.Claimed());
        Assert.Equal("10000: reversed 4000, waiting 0, in review 0, recovered 10000, returned 0, to return 4000", AuditMoneyDesk.Text(LedgerDesk.Value(await desk.Reverse(notice, 4_000))));
        Assert.Equal([$"deduction_income 390100 {desk.Desk.Hospital} -10000"], await desk.Income());
        var next = await desk.Claimed(month: 202607);
        Assert.Equal(1_004_000, (await desk.Agency.Approved(next)).PayableFen);
        Assert.Contains((await desk.Agency.Shown(next)).Lines, l => l is { Kind: "restitution", AmountFen: 4_000 } && l.Reference == notice);
        Assert.Equal([$"deduction_income 390100 {desk.Desk.Hospital} -6000"], await desk.Income());
        Assert.Equal("10000: reversed 10000, waiting 0, in review 0, recovered 10000, returned 4000, to return 6000", AuditMoneyDesk.Text(LedgerDesk.Value(await desk.Reverse(notice, 6_000, "R2"))));
        await desk.Agency.PayableHolds();
        await desk.Agency.LedgerIsSound();
    }

    [Fact]
    public async Task PaidByAPerson_IsOwedToThem()
    {
        var notice = desk.OfPerson(50_000);
        LedgerDesk.Value(await desk.Book(notice));
        LedgerDesk.Value(await desk.Pay(notice.NoticeNo, 20_000));
        // 30,000 are not paid: those go first; 5,000 of what came are owed back.
        Assert.Equal("50000: reversed 35000, waiting 0, in review 0, recovered 20000, returned 5000, to return 0", AuditMoneyDesk.Text(LedgerDesk.Value(await desk.Reverse(notice.NoticeNo, 35_000))));
        Assert.Equal(["deduction_income 390100 P1 -15000", "person_payable 390100 P1 -5000", "revenue_account 390100 bank-icbc 20000"], await desk.Income());
        await desk.Agency.LedgerIsSound();
    }

    [Fact]
    public async Task EachRefusal_InItsOrder()
    {
        Assert.Equal("audit_notice.number_invalid", (await desk.Reverse("K", 1, "")).Refusal?.Code);
        Assert.Equal("audit_notice.amount_invalid", (await desk.Reverse("K", 0)).Refusal?.Code);
        Assert.Equal("audit_notice.unknown", (await desk.Reverse("K", 1)).Refusal?.Code);
    }
}
