using MedInsure.Kernel;
using MedInsure.Protos.Settlement.V1;
using MedInsure.Settlement.Ledger;
using Npgsql;

namespace MedInsure.Settlement.Clearing;

/// <summary>Two people of the city order the transfers of all pairs of a month that both counties confirmed: what is left of each fund after netting, once. Later confirmed pairs need a further order.</summary>
internal static class OrderTransfers
{
    internal sealed record Order(string? PreparedBy, string? Approver);

    /// <summary>In order: who, the month, something to order.</summary>
    public static async Task<Outcome<int>> Execute(LedgerPlace city, int month, Order order, CancellationToken cancellation)
    {
        if (TwoPeople.Check(order.PreparedBy, "prepared_by", order.Approver) is { } unfit) return unfit;
        await using var connection = await city.Database.OpenConnectionAsync(cancellation);
        await using var transaction = await ClearingPair.Begin(connection, cancellation);
        var pairs = await ClearingPair.OfMonth(connection, month, cancellation);
        if (pairs.Count == 0) return ClearingRefusals.MonthUnknown;
        var confirmed = pairs.FindAll(p => p.State == "confirmed");
        // Ordered before, by the same message perhaps: nothing is ordered twice.
        if (confirmed.Count == 0) return pairs.Exists(p => p.State is "ordered" or "settled") ? 0 : ClearingRefusals.NothingToOrder;
        string[] people = [order.PreparedBy!.Trim(), order.Approver!.Trim()];
        await using var batch = new NpgsqlBatch(connection, transaction);
        foreach (var pair in confirmed)
        {
            var net = Netting.Of(pair.AOwes!.Fund, pair.BOwes!.Fund);
            foreach (var (payer, payee, funds) in ((string, string, SortedDictionary<string, long>)[])[(pair.CountyA, pair.CountyB, net.APays), (pair.CountyB, pair.CountyA, net.BPays)])
                if (funds.Count > 0) batch.BatchCommands.Add(TransferRow.Insert(TransferRow.NumberOf(month, payer, payee), month, payer, payee, [.. funds.Select(f => new FundAmount { Fund = f.Key, AmountFen = f.Value })]));
            batch.BatchCommands.Add((pair with { State = "ordered", OrderedBy = people }).Exchanged());
        }
        await batch.ExecuteNonQueryAsync(cancellation);
        await transaction.CommitAsync(cancellation);
        return confirmed.Count;
    }
}
