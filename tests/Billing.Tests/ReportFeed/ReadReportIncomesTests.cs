using Grpc.Core;
using MedInsure.Billing.Incomes;
using MedInsure.Protos.Billing.V1;

namespace MedInsure.Billing.Tests.ReportFeed;

[Trait("Category", "Storage")]
[Collection("billing")]
public sealed class ReadReportIncomesTests(BillingFixture fixture) : IAsyncLifetime
{
    private BillingHost host = null!;

    public async Task InitializeAsync() => host = await fixture.Start(workers: false);
    public async Task DisposeAsync() => await host.DisposeAsync();

    [Fact]
    public async Task PostedAtOnceWhileItIsRead_EveryNumberIsReadOnceInOrder()
    {
        var posting = Task.WhenAll(Enumerable.Range(1, 40).Select(i => Task.Run(() => Post(i % 4 != 0, i))));
        var read = new List<ReportIncome>();
        for (var done = false; !done;)
        {
            done = posting.IsCompleted;
            var page = await Read(read.Count > 0 ? read[^1].IncomeNo : 0, 3);
            read.AddRange(page.Income);
            done &= page.Income.Count == 0;
        }
        await posting;
        Assert.Equal(Enumerable.Range(1, 30).Select(n => (long)n), read.Select(i => i.IncomeNo));
        Assert.Equal(read, (await Read(0)).Income);
        var income = read.Single(i => i.AmountFen == 37);
        Assert.Equal(("employer", "310", 2026_11, "bank-icbc", 20261120, host.Clock.Now.ToUnixTimeMilliseconds()), (income.Source, income.Insutype, income.Period, income.Channel, income.ValueOn, income.PostedAtMs));
    }

    [Fact]
    public async Task Page_SaysWhatIsBehind()
    {
        for (var i = 1; i <= 3; i++) await Post(true, i);
        var page = await Read(0, 2);
        Assert.Equal((2, 3L, host.Clock.Now.ToUnixTimeMilliseconds()), (page.Income.Count, page.AtIncomeNo, page.BehindSinceMs));
        Assert.Equal(0, (await Read(2)).BehindSinceMs);
    }

    [Theory]
    [InlineData(-1, 1)]
    [InlineData(0, 0)]
    [InlineData(0, 5_001)]
    public async Task PageThatIsNone_IsRefused(long after, int max) => Assert.Equal(StatusCode.InvalidArgument, (await Assert.ThrowsAsync<RpcException>(() => Read(after, max))).StatusCode);

    private async Task Post(bool commit, long fen)
    {
        await using var connection = await host.Database.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await PostIncome.Run(connection, transaction, [new IncomePosting("employer", "310", 2026_11, fen, 0, new DateOnly(2026, 11, 20), "bank-icbc", "E1", $"B{fen}")], host.Clock.Now, default);
        if (commit) await transaction.CommitAsync();
    }

    private async Task<ReadReportIncomesReply> Read(long after, int max = 5_000) => await host.Feed.ReadReportIncomesAsync(new ReadReportIncomesRequest { AfterIncomeNo = after, Max = max }, host.Headers());
}
