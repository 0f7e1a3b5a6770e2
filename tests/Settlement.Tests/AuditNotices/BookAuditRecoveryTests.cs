using MedInsure.Kernel;
using MedInsure.Settlement.Tests.Ledger;

namespace MedInsure.Settlement.Tests.AuditNotices;

/// <summary>Money of a notice that comes by bank transfer.</summary>
[Trait("Category", "Storage")]
[Collection(PostgresCollection.Name)]
public sealed class BookAuditRecoveryTests(SharedPostgres postgres) : IAsyncLifetime
{
    private SettlementNode node = null!;
    private AuditMoneyDesk desk = null!;

    public async Task InitializeAsync() => desk = new AuditMoneyDesk(node = await SettlementNode.Create(postgres.Server));
    public Task DisposeAsync() => node.DisposeAsync().AsTask();

    [Fact]
    public async Task Paid_InParts_IsTheFundsOnce()
    {
        var notice = desk.OfPerson(50_000);
        LedgerDesk.Value(await desk.Book(notice));
        var replies = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => desk.Pay(notice.NoticeNo, 20_000)));
        Assert.All(replies, r => Assert.Equal(30_000, LedgerDesk.Value(r).WaitingFen));
        Assert.Equal("audit_notice.number_reused", (await desk.Pay(notice.NoticeNo, 19_000)).Refusal?.Code);
        Assert.Equal("audit_notice.more_than_is_left", (await desk.Pay(notice.NoticeNo, 30_001, "B2")).Refusal?.Code);
        Assert.Equal("50000: reversed 0, waiting 0, in review 0, recovered 50000, returned 0, to return 0", AuditMoneyDesk.Text(LedgerDesk.Value(await desk.Pay(notice.NoticeNo, 30_000, "B2"))));
        Assert.Equal(["deduction_income 390100 P1 -50000", "revenue_account 390100 bank-icbc 50000"], await desk.Income());
        await desk.Agency.LedgerIsSound();
    }

    [Fact]
    public async Task EachRefusal_InItsOrder()
    {
        var (paid, deducted) = (desk.OfPerson(50_000), await desk.Booked(100));
        LedgerDesk.Value(await desk.Book(paid));
        Assert.Equal("audit_notice.number_invalid", (await desk.Pay(paid.NoticeNo, 1, "")).Refusal?.Code);
        Assert.Equal("audit_notice.amount_invalid", (await desk.Pay(paid.NoticeNo, -1)).Refusal?.Code);
        Assert.Equal("audit_notice.day_invalid", (await desk.Pay(paid.NoticeNo, 1, with: r => r.ReceivedOn = 20261301)).Refusal?.Code);
        Assert.Equal("audit_notice.day_invalid", (await desk.Pay(paid.NoticeNo, 1, with: r => r.ReceivedOn = DayNumber.Of(desk.Desk.Calendar.Today.AddDays(1)))).Refusal?.Code);
        Assert.Equal("audit_notice.text_invalid", (await desk.Pay(paid.NoticeNo, 1, with: r => r.Channel = "")).Refusal?.Code);
        Assert.Equal("approval.same_person", (await desk.Pay(paid.NoticeNo, 1, with: r => r.CheckedBy = r.RecordedBy)).Refusal?.Code);
        Assert.Equal("audit_notice.unknown", (await desk.Pay("K", 1)).Refusal?.Code);
        Assert.Equal("audit_notice.is_deducted", (await desk.Pay(deducted, 1)).Refusal?.Code);
    }
}
