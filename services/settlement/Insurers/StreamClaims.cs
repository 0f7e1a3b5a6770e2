using Grpc.Core;
using MedInsure.Hosting.Rpc;
using MedInsure.Protos.Insurer.V1;
using Npgsql;

namespace MedInsure.Settlement.Insurers;

/// <summary>
/// A contract's events from a cursor on, those to come included. Memory holds one page per stream; the database is asked for the next one when the client
/// has taken this one, and no connection is kept while it does.
/// </summary>
public sealed class StreamClaims(FeedWatch watch, TimeProvider time, IHostApplicationLifetime process)
{
    private const int PageRows = 256;
    /// <summary>A client that does not read cannot be told that the stream has ended: after this long it is cut off.</summary>
    private static readonly TimeSpan EndPatience = TimeSpan.FromSeconds(5);
    private static readonly WriteOptions MoreFollows = new(WriteFlags.BufferHint), PageEnds = new();

    /// <exception cref="RpcException">INVALID_ARGUMENT stream.cursor_unknown; UNAUTHENTICATED auth.token_expired; UNAVAILABLE when the server stops.</exception>
    public async Task Run(InsurerContract contract, NpgsqlDataSource database, StreamClaimsRequest request, IServerStreamWriter<ClaimEvent> stream, ServerCallContext context)
    {
        var (caller, client) = (InsurerCaller.Of(context), context.CancellationToken);
        using var expired = new CancellationTokenSource(Max(caller.Until - time.GetUtcNow(), TimeSpan.Zero), time);
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(client, expired.Token, process.ApplicationStopping);
        using var cut = new CancellationTokenSource();
        await using var cutting = ended.Token.Register(() => cut.CancelAfter(EndPatience));
        try
        {
            var cursor = await Start(contract, database, request, ended.Token);
            // Now, for there may be nothing to send for days: the client knows that it is connected.
            await context.WriteResponseHeadersAsync([]);
            await Send(contract, database, cursor, stream, ended.Token, cut.Token);
        }
        catch (Exception e) when (ended.IsCancellationRequested && e is not RpcException)
        {
            // Whatever the end surfaces as: the client's own first, nobody hears the others then.
            client.ThrowIfCancellationRequested();
            throw (process.ApplicationStopping.IsCancellationRequested ? RefusalStatus.Unavailable : Refusals.TokenExpired).ToRpcException();
        }
    }

    private static TimeSpan Max(TimeSpan a, TimeSpan b) => a > b ? a : b;

    private static async Task<long> Start(InsurerContract contract, NpgsqlDataSource database, StreamClaimsRequest request, CancellationToken cancellation)
    {
        await using var command = database.CreateCommand("SELECT acknowledged_cursor, last_cursor FROM insurer_stream WHERE contract_no = $1");
        command.Parameters.Add(new() { Value = contract.Number });
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        var (acknowledged, last) = await reader.ReadAsync(cancellation) ? (reader.GetInt64(0), reader.GetInt64(1)) : (0, 0);
        if (!request.HasAfterCursor) return acknowledged;
        return request.AfterCursor >= 0 && request.AfterCursor <= last ? request.AfterCursor : throw Refusals.CursorUnknown.ToRpcException();
    }

    private async Task Send(InsurerContract contract, NpgsqlDataSource database, long cursor, IServerStreamWriter<ClaimEvent> stream, CancellationToken ended, CancellationToken cut)
    {
        for (; ; )
        {
            var page = await InsurerFeed.ReadAfter(database, contract.Number, cursor, PageRows, ended);
            if (page.Count == 0) await watch.WaitBeyond(contract.Number, cursor, ended);
            for (var i = 0; i < page.Count; i++)
            {
                ended.ThrowIfCancellationRequested();
                if (page[i].Cursor != cursor + 1) throw new InvalidOperationException($"the feed of {contract.Number} has a gap after {cursor}");
                stream.WriteOptions = i < page.Count - 1 ? MoreFollows : PageEnds;
                await stream.WriteAsync(page[i], cut);
                cursor = page[i].Cursor;
            }
        }
    }
}
