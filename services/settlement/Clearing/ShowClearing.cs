using MedInsure.Kernel;
using MedInsure.Settlement.Ledger;
using Npgsql;

namespace MedInsure.Settlement.Clearing;

/// <summary>The city's matrix of a month: every pair with its state, what each owes, who confirmed, the transfers, and what all of it comes to.</summary>
internal static class ShowClearing
{
    public static async Task<Outcome<object>> Query(LedgerPlace city, int month, CancellationToken cancellation)
    {
        await using var connection = await city.Database.OpenConnectionAsync(cancellation);
        var (openedBy, openedAt) = (Array.Empty<string>(), (DateTimeOffset?)null);
        await using (var command = new NpgsqlCommand("SELECT opened_by, opened_at FROM clearing_month WHERE month = $1", connection) { Parameters = { new NpgsqlParameter<int> { TypedValue = month } } })
        await using (var reader = await command.ExecuteReaderAsync(cancellation))
            if (await reader.ReadAsync(cancellation)) (openedBy, openedAt) = (reader.GetFieldValue<string[]>(0), reader.GetFieldValue<DateTimeOffset>(1));
        if (openedAt is null) return ClearingRefusals.MonthUnknown;
        var pairs = await ClearingPair.OfMonth(connection, month, cancellation);
        var (transfers, net) = (await TransferRow.List(city.Database, month, cancellation), Net(pairs));
        return new
        {
            Month = ClearingJson.Month(month), OpenedBy = openedBy, OpenedAt = CountyDesk.Time(openedAt),
            States = pairs.GroupBy(p => p.State).OrderBy(g => g.Key, StringComparer.Ordinal).ToDictionary(g => g.Key, g => g.Count()),
            Blocked = pairs.Count(p => ClearingPair.Waiting.Contains(p.State)),
            Pairs = pairs.Select(Shown), Transfers = transfers.Select(t => t.Shown()),
            // What the counties pay is what the counties are paid: by county and fund, and together nothing.
            Net = net.GroupBy(n => n.Key.County).OrderBy(g => g.Key, StringComparer.Ordinal).ToDictionary(g => g.Key, g => g.ToDictionary(n => n.Key.Fund, n => Yuan.Of(n.Value))),
            NetSum = Yuan.Of(net.Sum(n => n.Value)),
        };
    }

    /// <summary>By county and fund, what it receives (above zero) or pays, over all pairs that are fixed.</summary>
    internal static SortedDictionary<(string County, string Fund), long> Net(IEnumerable<ClearingPair> pairs)
    {
        var net = new SortedDictionary<(string, string), long>();
        foreach (var pair in pairs.Where(p => p.State is "agreed" or "confirmed" or "ordered" or "settled"))
        {
            var netting = Netting.Of(pair.AOwes!.Fund, pair.BOwes!.Fund);
            foreach (var (payer, payee, funds) in ((string, string, SortedDictionary<string, long>)[])[(pair.CountyA, pair.CountyB, netting.APays), (pair.CountyB, pair.CountyA, netting.BPays)])
                foreach (var (fund, fen) in funds)
                {
                    net[(payer, fund)] = net.GetValueOrDefault((payer, fund)) - fen;
                    net[(payee, fund)] = net.GetValueOrDefault((payee, fund)) + fen;
                }
        }
        return net;
    }

    public static object Shown(ClearingPair p) => new
    {
        p.CountyA, p.CountyB, p.State, p.Reason, LookedAt = CountyDesk.Time(p.LookedAt), AOwes = p.AOwes is null ? null : ClearingJson.Of(p.AOwes), BOwes = p.BOwes is null ? null : ClearingJson.Of(p.BOwes),
        p.Explanation, p.ExplainedBy, p.AConfirmedBy, p.BConfirmedBy, p.ABooked, p.BBooked, p.OrderedBy,
    };

    /// <summary>The bills on which counties differ.</summary>
    public static async Task<object> Differences(LedgerPlace city, int month, CancellationToken cancellation)
    {
        await using var command = city.Database.CreateCommand("""
            SELECT d.home_county, d.provider_county, d.pair_no, d.home_setl_id, d.provider_setl_id, d.home_fen, d.provider_fen, d.what FROM clearing_difference d WHERE d.month = $1 ORDER BY 1, 2, 3
            """);
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = month });
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        var rows = new List<object>();
        while (await reader.ReadAsync(cancellation))
            rows.Add(new
            {
                HomeCounty = reader.GetString(0), ProviderCounty = reader.GetString(1), PairNo = reader.GetInt64(2), HomeSetlId = reader.GetString(3), ProviderSetlId = reader.GetString(4),
                AtHome = Yuan.Of(reader.GetInt64(5)), AtProvider = Yuan.Of(reader.GetInt64(6)), What = reader.GetString(7),
            });
        return new { Month = ClearingJson.Month(month), Differences = rows };
    }
}
