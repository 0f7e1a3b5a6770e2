using MedInsure.Protos.Settlement.V1;
using MedInsure.Settlement.ReportFeed;
using MedInsure.Settlement.Tests.Ledger;

namespace MedInsure.Settlement.Tests.ReportFeed;

[Trait("Category", "Storage")]
[Collection(PostgresCollection.Name)]
public sealed class ReadReportVouchersTests(SharedPostgres postgres) : IAsyncLifetime
{
    private SettlementNode node = null!;
    private LedgerDesk desk = null!;

    public async Task InitializeAsync()
    {
        node = await SettlementNode.Create(postgres.Server, time: new SetTime(SettlementNode.Start));
        desk = new LedgerDesk(node);
    }

    public async Task DisposeAsync() => await node.DisposeAsync();

    [Fact]
    public async Task Income_IsToldWithItsEntries_PageByPage()
    {
        await desk.Hear(LedgerDesk.Income(1, "personal", 40_000), LedgerDesk.Income(2, "central", 7_000, channel: "treasury"));
        var whole = await Read(0);
        Assert.Equal(Enumerable.Range(1, whole.Voucher.Count).Select(n => (long)n), whole.Voucher.Select(v => v.VoucherNo));
        Assert.Equal((whole.Voucher.Count, 0L), ((int)whole.AtVoucherNo, whole.BehindSinceMs));
        var income = whole.Voucher[0];
        Assert.Equal(("income", 20260629, 20260630, 2026, 0L), (income.Kind, income.EffectiveOn, income.BookedOn, income.Period, income.Entry.Sum(e => e.AmountFen)));
        Assert.Contains(income.Entry, e => (e.Purpose, e.Fund, e.AmountFen) == ("revenue_personal", "390100", -40_000));
        var (singly, page) = (new List<ReportVoucher>(), await Read(0, 1));
        Assert.True(page.BehindSinceMs > 0);
        for (; page.Voucher.Count > 0; page = await Read(page.Voucher[^1].VoucherNo, 1)) singly.AddRange(page.Voucher);
        Assert.Equal(whole.Voucher, singly);
    }

    [Fact]
    public async Task BookedWhileItIsRead_NoNumberIsMissed()
    {
        var booking = Task.WhenAll(Enumerable.Range(0, 12).Select(i => desk.Book(LedgerDesk.Order($"Q{i}"))));
        var read = new List<long>();
        for (var done = false; !done;)
        {
            done = booking.IsCompleted;
            var page = await Read(read.LastOrDefault(), 2);
            read.AddRange(page.Voucher.Select(v => v.VoucherNo));
            done &= page.Voucher.Count == 0;
        }
        Assert.All(await booking, b => Assert.Null(b.Refusal));
        Assert.Equal(Enumerable.Range(1, 12).Select(n => (long)n), read);
    }

    [Theory]
    [InlineData(-1, 1)]
    [InlineData(0, 0)]
    [InlineData(0, 2_001)]
    public async Task PageThatIsNone_IsRefused(long after, int max) =>
        Assert.Equal("feed.page_invalid", (await ReadReportVouchers.Query(node.Database, new ReadReportVouchersRequest { AfterVoucherNo = after, Max = max }, default)).Refusal?.Code);

    private async Task<ReadReportVouchersReply> Read(long after, int max = 2_000) => (await ReadReportVouchers.Query(node.Database, new ReadReportVouchersRequest { AfterVoucherNo = after, Max = max }, default)).Value;
}
