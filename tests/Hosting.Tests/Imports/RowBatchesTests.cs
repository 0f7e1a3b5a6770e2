using MedInsure.Hosting.Imports;

namespace MedInsure.Hosting.Tests.Imports;

[Trait("Category", "Unit")]
public sealed class RowBatchesTests
{
    private const int Many = 25_500;

    [Fact]
    public async Task AllRows_ArriveOnceInTheirOrder()
    {
        var stored = new List<int>();
        await RowBatches.Pass(Rows(Many), batch => { stored.AddRange(batch); return Task.CompletedTask; }, default);
        Assert.Equal(Enumerable.Range(0, Many), stored);
    }

    [Fact]
    public async Task StoringThatFails_EndsTheReading()
    {
        var failure = await Assert.ThrowsAsync<InvalidOperationException>(() => RowBatches.Pass(Rows(Many), batch => batch[0] >= 3_000 ? throw new InvalidOperationException("full") : Task.CompletedTask, default));
        Assert.Equal("full", failure.Message);
    }

    [Fact]
    public async Task ReadingThatFails_ThrowsAfterTheStoringHasEnded()
    {
        var storing = 0;
        var failure = await Assert.ThrowsAsync<FormatException>(() => RowBatches.Pass(Rows(Many, failAt: 7_000), async batch =>
        {
            Interlocked.Increment(ref storing);
            await Task.Yield();
            Interlocked.Decrement(ref storing);
        }, default));
        Assert.Equal(("bad", 0), (failure.Message, storing));
    }

    [Fact]
    public async Task Cancelled_ThrowsThat()
    {
        using var stop = new CancellationTokenSource();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => RowBatches.Pass(Rows(Many), batch => { stop.Cancel(); return Task.CompletedTask; }, stop.Token));
    }

    private static async IAsyncEnumerable<int> Rows(int count, int failAt = int.MaxValue)
    {
        for (var i = 0; i < count; i++)
        {
            if (i == failAt) throw new FormatException("bad");
            if (i % 10_000 == 0) await Task.Yield();
            yield return i;
        }
    }
}
