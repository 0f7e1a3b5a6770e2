using Grpc.Core;
using MedInsure.Protos.Insurer.V1;

namespace MedInsure.InsurerSample;

/// <summary>Follows the stream of one contract: books, then acknowledges; connects again whenever the stream ends.</summary>
internal sealed class ClaimFollower(InsurerExchange.InsurerExchangeClient client, InsurerIdentity identity, Contract contract, BookedClaims books, TextWriter output)
{
    private const int AcknowledgeEvery = 500;
    /// <summary>Nothing came for so long: what is booked is acknowledged.</summary>
    private static readonly TimeSpan Quiet = TimeSpan.FromMilliseconds(300);
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private long acknowledged;

    /// <param name="until">Return when the event with this cursor is booked and acknowledged; null: follow until cancelled.</param>
    public async Task Follow(long? until, CancellationToken cancellation)
    {
        while (until is null || acknowledged < until)
            try
            {
                await Connect(until, cancellation);
            }
            // The server stops or is away, or the token has had its time: again, with a fresh one.
            catch (RpcException e) when (!cancellation.IsCancellationRequested && (e.StatusCode == StatusCode.Unavailable || (e.StatusCode == StatusCode.Unauthenticated && e.Status.Detail.Contains("expired", StringComparison.Ordinal))))
            {
                await output.WriteLineAsync($"again after {e.StatusCode}");
                await Task.Delay(Pause, cancellation);
            }
    }

    private async Task Connect(long? until, CancellationToken cancellation)
    {
        // Without a cursor: after the last acknowledged event. Those that were booked but not acknowledged come again and are known.
        var request = new StreamClaimsRequest { ContractNo = contract.ContractNo };
        // The books are older than the acknowledgement (lost, or begun anew): from where they end.
        if (books.Cursor < contract.AcknowledgedCursor) request.AfterCursor = books.Cursor;
        using var call = client.StreamClaims(request, identity.Headers(), cancellationToken: cancellation);
        var (stream, first, again) = (call.ResponseStream, true, 0);
        for (var next = stream.MoveNext(cancellation); ; next = stream.MoveNext(cancellation))
        {
            if (!next.IsCompleted && acknowledged < books.Cursor && await Task.WhenAny(next, Task.Delay(Quiet, cancellation)) != next) await Acknowledge(cancellation);
            if (until is not null && acknowledged >= until) return;
            if (!await next) throw new RpcException(new Status(StatusCode.Unavailable, "the stream ended"));
            var e = stream.Current;
            if (first) await output.WriteLineAsync($"first event {e.Cursor}, booked before up to {books.Cursor}");
            first = false;
            if (!books.Book(e)) again++;
            else if (again > 0)
            {
                await output.WriteLineAsync($"{again} events came again and were known");
                again = 0;
            }
            if (books.Cursor - acknowledged >= AcknowledgeEvery || books.Cursor == until) await Acknowledge(cancellation);
            if (until is not null && acknowledged >= until) return;
        }
    }

    private async Task Acknowledge(CancellationToken cancellation)
    {
        books.Save();
        await client.AcknowledgeClaimsAsync(new AcknowledgeClaimsRequest { ContractNo = contract.ContractNo, Cursor = books.Cursor }, identity.Headers(), cancellationToken: cancellation);
        acknowledged = books.Cursor;
    }
}
