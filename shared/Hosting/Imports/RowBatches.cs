using System.Threading.Channels;

namespace MedInsure.Hosting.Imports;

/// <summary>Rows that one thread reads and checks while another one stores those before them: worth it where the database leaves a core to the process.</summary>
public static class RowBatches
{
    private const int RowsPerBatch = 1_000, BatchesAhead = 4;

    /// <param name="store">Called with the rows in their order, one batch at a time.</param>
    /// <returns>When all rows are stored, or neither side works any more; whichever failed first throws.</returns>
    public static async Task Pass<TRow>(IAsyncEnumerable<TRow> rows, Func<List<TRow>, Task> store, CancellationToken cancellation)
    {
        var batches = Channel.CreateBounded<List<TRow>>(new BoundedChannelOptions(BatchesAhead) { SingleReader = true, SingleWriter = true });
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var storing = Task.Run(async () =>
        {
            try
            {
                await foreach (var batch in batches.Reader.ReadAllAsync(stop.Token)) await store(batch);
            }
            catch
            {
                // The reading side waits for room that nobody makes any more.
                batches.Writer.TryComplete();
                throw;
            }
        }, CancellationToken.None);
        try
        {
            var batch = new List<TRow>(RowsPerBatch);
            await foreach (var row in rows)
            {
                batch.Add(row);
                if (batch.Count < RowsPerBatch) continue;
                await batches.Writer.WriteAsync(batch, cancellation);
                batch = new List<TRow>(RowsPerBatch);
            }
            if (batch.Count > 0) await batches.Writer.WriteAsync(batch, cancellation);
            batches.Writer.TryComplete();
        }
        catch (ChannelClosedException) { /* The storing side says below why. */ }
        catch
        {
            await stop.CancelAsync();
            await ((Task)storing).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            throw;
        }
        await storing;
    }
}
