using Grpc.Core;
using MedInsure.Hosting.Rpc;
using MedInsure.Protos.Settlement.V1;
using Npgsql;
using Client = MedInsure.Protos.Settlement.V1.Settlement.SettlementClient;

namespace MedInsure.Settlement.Clearing;

/// <summary>The city tells each county what it needs to know of its pairs and transfers, and takes over what the county's people did: confirmations, payments, arrivals. Told again it changes nothing.</summary>
internal sealed class ExchangeClearing(Client counties, ILogger<ExchangeClearing> log)
{
    private static readonly string[] Live = ["agreed", "confirmed", "ordered"];

    public async Task Run(NpgsqlDataSource city, CancellationToken cancellation)
    {
        await using var connection = await city.OpenConnectionAsync(cancellation);
        var pairs = await ClearingPair.InState(connection, Live, cancellation);
        if (pairs.Count == 0) return;
        var transfers = await TransferRow.Open(connection, cancellation);
        var answers = await Task.WhenAll(pairs.SelectMany(p => (string[])[p.CountyA, p.CountyB]).Distinct().Select(county => Tell(county, pairs, transfers, cancellation)));
        var said = answers.Where(a => a.Reply is not null).ToDictionary(a => a.County, a => a.Reply!);

        await using var transaction = await ClearingPair.Begin(connection, cancellation);
        await using (var batch = new NpgsqlBatch(connection, transaction))
        {
            // The payer's word on the payment, the payee's on the arrival.
            foreach (var (county, reply) in said)
                foreach (var transfer in reply.Transfer.Where(t => t.Payer == county ? t.PaidOn > 0 : t.ArrivedOn > 0)) batch.BatchCommands.Add(TransferRow.Note(transfer));
            if (batch.BatchCommands.Count > 0) await batch.ExecuteNonQueryAsync(cancellation);
        }
        var open = await TransferRow.Open(connection, cancellation);
        await using (var batch = new NpgsqlBatch(connection, transaction))
        {
            foreach (var pair in await ClearingPair.InState(connection, Live, cancellation)) batch.BatchCommands.Add(Next(pair, said, answers, open).Exchanged());
            if (batch.BatchCommands.Count > 0) await batch.ExecuteNonQueryAsync(cancellation);
        }
        await transaction.CommitAsync(cancellation);
    }

    private static ClearingPair Next(ClearingPair pair, Dictionary<string, DeliverClearingReply> said, IReadOnlyList<(string County, DeliverClearingReply? Reply, string Failure)> answers, List<TransferRow> open)
    {
        var (a, b) = (Of(pair.CountyA, pair.CountyB), Of(pair.CountyB, pair.CountyA));
        var next = pair with
        {
            AConfirmedBy = a is { ConfirmedBy.Count: > 0 } ? [.. a.ConfirmedBy] : pair.AConfirmedBy, BConfirmedBy = b is { ConfirmedBy.Count: > 0 } ? [.. b.ConfirmedBy] : pair.BConfirmedBy,
            ABooked = pair.ABooked || a is { Booked: true }, BBooked = pair.BBooked || b is { Booked: true },
            Reason = string.Join(", ", answers.Where(x => x.Reply is null && (x.County == pair.CountyA || x.County == pair.CountyB)).Select(x => $"{x.County}: {x.Failure}")),
        };
        if (next is { State: "agreed", AConfirmedBy.Length: > 0, BConfirmedBy.Length: > 0 }) next = next with { State = "confirmed" };
        if (next is { State: "ordered", ABooked: true, BBooked: true } && !open.Exists(t => t.Month == next.Month && (t.Payer, t.Payee) is var way && (way == (next.CountyA, next.CountyB) || way == (next.CountyB, next.CountyA)))) next = next with { State = "settled" };
        return next;

        DeliverClearingReply.Types.Pair? Of(string county, string other) => said.GetValueOrDefault(county)?.Pair.FirstOrDefault(p => p.Month == pair.Month && p.OtherCounty == other);
    }

    private async Task<(string County, DeliverClearingReply? Reply, string Failure)> Tell(string county, List<ClearingPair> pairs, List<TransferRow> transfers, CancellationToken cancellation)
    {
        var request = new DeliverClearingRequest();
        request.Pair.AddRange(pairs.Where(p => p.CountyA == county || p.CountyB == county).Select(p => p.Message(confirmed: p.State is "confirmed" or "ordered")));
        request.Transfer.AddRange(transfers.Where(t => t.Payer == county || t.Payee == county).Select(t => t.Message()));
        try { return (county, await counties.DeliverClearingAsync(request, CallTenant.For(county), CollectClearing.Limit(), cancellation), ""); }
        catch (RpcException e) when (!cancellation.IsCancellationRequested)
        {
            log.LogWarning("clearing: {County} does not take what it is told: {Reason}", county, CollectClearing.Failure(e));
            return (county, null, CollectClearing.Failure(e));
        }
    }
}
