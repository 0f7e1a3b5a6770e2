using MedInsure.Kernel;
using MedInsure.Protos.Settlement.V1;
using MedInsure.Settlement.Ledger;
using Npgsql;

namespace MedInsure.Settlement.Clearing;

/// <summary>
/// Two people of the city explain why a pair differs. It is then cleared up to the bill before the first that differs, on which both counties say the same; from that bill on everything waits
/// for the next month. No figure is ever made up.
/// </summary>
internal static class ExplainPair
{
    internal sealed record Order(string? Reason, string? PreparedBy, string? Approver);

    /// <summary>In order: who, the reason, the pair, whether it differs, whether both say the same before the first difference.</summary>
    public static async Task<Outcome<ClearingPair>> Execute(LedgerPlace city, int month, string countyA, string countyB, Order order, CollectClearing collect, TimeProvider time, CancellationToken cancellation)
    {
        if (TwoPeople.Check(order.PreparedBy, "prepared_by", order.Approver) is { } unfit) return unfit;
        if (!CountyDesk.IsReason(order.Reason)) return ClearingRefusals.ReasonMissing;
        await using var connection = await city.Database.OpenConnectionAsync(cancellation);
        if ((await ClearingPair.OfMonth(connection, month, cancellation)).Find(p => p.CountyA == countyA && p.CountyB == countyB) is not { } pair) return ClearingRefusals.PairUnknown;
        if (pair.Explanation == order.Reason) return pair;
        if (pair.State != "differs") return ClearingRefusals.PairAgrees;
        var before = await ClearingPair.FixedBefore(connection, month, cancellation);
        var first = await FirstDifferences(connection, month, cancellation);
        var sums = new List<PairSum>();
        foreach (var (home, provider) in ((string, string)[])[(countyA, countyB), (countyB, countyA)])
        {
            var range = new PairRange { HomeCounty = home, ProviderCounty = provider, AfterNo = before.GetValueOrDefault((home, provider)) };
            if (first.TryGetValue((home, provider), out var differs)) range.UpToNo = differs - 1;
            if (await collect.Agreed(range, month, cancellation) is not { } sum) return ClearingRefusals.StillDiffers;
            sums.Add(sum);
        }
        var nothing = sums.TrueForAll(s => s.ToNo == s.AfterNo);
        var explained = pair with { State = nothing ? "nothing" : "agreed", AOwes = sums[0], BOwes = sums[1], Explanation = order.Reason!, ExplainedBy = [order.PreparedBy!.Trim(), order.Approver!.Trim()] };
        await using var transaction = await ClearingPair.Begin(connection, cancellation);
        await using var batch = new NpgsqlBatch(connection, transaction) { BatchCommands = { explained.Look(time.GetUtcNow()) } };
        if (await batch.ExecuteNonQueryAsync(cancellation) == 0) return ClearingRefusals.PairAgrees;
        await transaction.CommitAsync(cancellation);
        return explained;
    }

    private static async Task<Dictionary<(string Home, string Provider), long>> FirstDifferences(NpgsqlConnection connection, int month, CancellationToken cancellation)
    {
        var first = new Dictionary<(string, string), long>();
        await using var command = new NpgsqlCommand("SELECT home_county, provider_county, min(pair_no) FROM clearing_difference WHERE month = $1 GROUP BY home_county, provider_county", connection)
        {
            Parameters = { new NpgsqlParameter<int> { TypedValue = month } },
        };
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        while (await reader.ReadAsync(cancellation)) first[(reader.GetString(0), reader.GetString(1))] = reader.GetInt64(2);
        return first;
    }
}
