using Grpc.Core;
using MedInsure.Hosting.Rpc;
using MedInsure.Protos.Settlement.V1;
using Npgsql;
using Client = MedInsure.Protos.Settlement.V1.Settlement.SettlementClient;

namespace MedInsure.Settlement.Clearing;

/// <summary>
/// The city asks its counties what they owe each other. Where both of a pair say the same, to the fen and by the digest of all bills, it is fixed; where not, the bills that differ are listed
/// and the pair waits; a county that cannot be reached holds up its own pairs alone.
/// </summary>
internal sealed class CollectClearing(Client counties, TimeProvider time, ILogger<CollectClearing> log)
{
    private const int DifferencesMax = 200;
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    private sealed record Difference(string Home, string Provider, long PairNo, string HomeSetlId, string ProviderSetlId, long HomeFen, long ProviderFen, string What);

    /// <summary>Looks at the pairs that wait, of all months that are open.</summary>
    /// <returns>How many were fixed.</returns>
    public async Task<int> Run(NpgsqlDataSource city, CancellationToken cancellation)
    {
        await using var connection = await city.OpenConnectionAsync(cancellation);
        var done = 0;
        foreach (var month in (await ClearingPair.InState(connection, ClearingPair.Waiting, cancellation)).GroupBy(p => p.Month)) done += await Look(connection, month.Key, [.. month], cancellation);
        return done;
    }

    private async Task<int> Look(NpgsqlConnection connection, int month, List<ClearingPair> pairs, CancellationToken cancellation)
    {
        var before = await ClearingPair.FixedBefore(connection, month, cancellation);
        var answers = (await Task.WhenAll(pairs.SelectMany(p => (string[])[p.CountyA, p.CountyB]).Distinct().Select(county => Ask(county, month, pairs, before, cancellation)))).ToDictionary(a => a.County);
        var (looked, differences) = (new List<ClearingPair>(), new List<Difference>());
        foreach (var pair in pairs)
        {
            var missing = string.Join(", ", ((string[])[pair.CountyA, pair.CountyB]).Where(c => answers[c].Sums is null).Select(c => $"{c}: {answers[c].Failure}"));
            if (missing.Length > 0)
            {
                looked.Add(pair with { State = "missing", Reason = missing });
                continue;
            }
            var (a, b) = (answers[pair.CountyA].Sums!, answers[pair.CountyB].Sums!);
            var (aOwes, bOwes) = (Find(a.Owing, pair.CountyA, pair.CountyB), Find(b.Owing, pair.CountyB, pair.CountyA));
            var reasons = new List<string>();
            foreach (var (said, mirrored) in ((PairSum, PairSum)[])[(aOwes, Find(b.Owed, pair.CountyA, pair.CountyB)), (bOwes, Find(a.Owed, pair.CountyB, pair.CountyA))])
            {
                if (said.Equals(mirrored)) continue;
                var (what, found) = await Compare(said, mirrored, cancellation);
                reasons.Add(what);
                differences.AddRange(found);
            }
            looked.Add(reasons.Count > 0 ? pair with { State = "differs", Reason = string.Join("; ", reasons) }
                : pair with { State = aOwes.ToNo == aOwes.AfterNo && bOwes.ToNo == bOwes.AfterNo ? "nothing" : "agreed", Reason = "", AOwes = aOwes, BOwes = bOwes });
        }
        await Write(connection, month, looked, differences, cancellation);
        if (differences.Count > 0) log.LogError("clearing of {Month}: {Count} bills differ between counties: GET /clearing/<city>/differences", month, differences.Count);
        return looked.Count(p => p.State is "agreed" or "nothing");
    }

    private async Task<(string County, GetClearingSumsReply? Sums, string Failure)> Ask(string county, int month, List<ClearingPair> pairs, Dictionary<(string, string), long> before, CancellationToken cancellation)
    {
        var request = new GetClearingSumsRequest { Month = month };
        foreach (var other in pairs.Where(p => p.CountyA == county).Select(p => p.CountyB).Concat(pairs.Where(p => p.CountyB == county).Select(p => p.CountyA)))
            foreach (var (home, provider) in ((string, string)[])[(county, other), (other, county)])
                request.Range.Add(new PairRange { HomeCounty = home, ProviderCounty = provider, AfterNo = before.GetValueOrDefault((home, provider)) });
        try { return (county, await counties.GetClearingSumsAsync(request, CallTenant.For(county), Limit(), cancellation), ""); }
        catch (RpcException e) when (!cancellation.IsCancellationRequested)
        {
            log.LogWarning("clearing of {Month}: {County} gives no sums: {Reason}", month, county, Failure(e));
            return (county, null, Failure(e));
        }
    }

    /// <summary>The same question about one range, to both; null: they do not say the same, or one cannot be reached.</summary>
    public async Task<PairSum?> Agreed(PairRange range, int month, CancellationToken cancellation)
    {
        try
        {
            var request = new GetClearingSumsRequest { Month = month, Range = { range } };
            var home = (await counties.GetClearingSumsAsync(request, CallTenant.For(range.HomeCounty), Limit(), cancellation)).Owing;
            var provider = (await counties.GetClearingSumsAsync(request, CallTenant.For(range.ProviderCounty), Limit(), cancellation)).Owed;
            var said = Find(home, range.HomeCounty, range.ProviderCounty);
            return said.Equals(Find(provider, range.HomeCounty, range.ProviderCounty)) ? said : null;
        }
        catch (RpcException) when (!cancellation.IsCancellationRequested) { return null; }
    }

    /// <summary>Bill by bill, the first of those that differ.</summary>
    private async Task<(string What, List<Difference> Found)> Compare(PairSum home, PairSum provider, CancellationToken cancellation)
    {
        var what = home.ToNo > provider.ToNo ? $"{provider.ProviderCounty} has not booked {home.ToNo - provider.ToNo} bills of {home.HomeCounty}"
            : home.ToNo < provider.ToNo ? $"{home.HomeCounty} knows nothing of {provider.ToNo - home.ToNo} bills that {provider.ProviderCounty} booked"
            : $"{home.HomeCounty} owes {home.Fund.Sum(f => f.AmountFen)} fen, {home.ProviderCounty} is owed {provider.Fund.Sum(f => f.AmountFen)} fen, of {home.ToNo - home.AfterNo} bills";
        var found = new List<Difference>();
        try
        {
            for (var after = home.AfterNo; after < Math.Max(home.ToNo, provider.ToNo) && found.Count < DifferencesMax; after += ListPairClaims.PageMax)
            {
                var request = new ListPairClaimsRequest { Range = new PairRange { HomeCounty = home.HomeCounty, ProviderCounty = home.ProviderCounty, AfterNo = after, UpToNo = Math.Min(after + ListPairClaims.PageMax, Math.Max(home.ToNo, provider.ToNo)) } };
                var (atHome, atProvider) = ((await counties.ListPairClaimsAsync(request, CallTenant.For(home.HomeCounty), Limit(), cancellation)).Claim.ToDictionary(c => c.PairNo),
                    (await counties.ListPairClaimsAsync(request, CallTenant.For(home.ProviderCounty), Limit(), cancellation)).Claim.ToDictionary(c => c.PairNo));
                foreach (var no in atHome.Keys.Union(atProvider.Keys).Order())
                {
                    var (a, b) = (atHome.GetValueOrDefault(no), atProvider.GetValueOrDefault(no));
                    if (a is not null && b is not null && a.Equals(b)) continue;
                    found.Add(new Difference(home.HomeCounty, home.ProviderCounty, no, a?.SetlId ?? "", b?.SetlId ?? "", a?.Fund.Sum(f => f.AmountFen) ?? 0, b?.Fund.Sum(f => f.AmountFen) ?? 0,
                        a is null ? "not_at_home" : b is null ? "not_at_provider" : a.SetlId != b.SetlId ? "other_bill" : !a.Fund.Equals(b.Fund) ? "other_amount" : "other_content"));
                }
            }
        }
        catch (RpcException e) when (!cancellation.IsCancellationRequested) { what += $" (not listed: {Failure(e)})"; }
        return (what, [.. found.Take(DifferencesMax)]);
    }

    private async Task Write(NpgsqlConnection connection, int month, List<ClearingPair> looked, List<Difference> differences, CancellationToken cancellation)
    {
        await using var transaction = await ClearingPair.Begin(connection, cancellation);
        await using var batch = new NpgsqlBatch(connection, transaction);
        foreach (var pair in looked)
        {
            batch.BatchCommands.Add(pair.Look(time.GetUtcNow()));
            batch.BatchCommands.Add(new("DELETE FROM clearing_difference WHERE month = $1 AND (home_county, provider_county) IN (($2, $3), ($3, $2))")
            {
                Parameters = { new NpgsqlParameter<int> { TypedValue = month }, new NpgsqlParameter<string> { TypedValue = pair.CountyA }, new NpgsqlParameter<string> { TypedValue = pair.CountyB } },
            });
        }
        foreach (var d in differences)
            batch.BatchCommands.Add(new("INSERT INTO clearing_difference (month, home_county, provider_county, pair_no, home_setl_id, provider_setl_id, home_fen, provider_fen, what) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)")
            {
                Parameters =
                {
                    new NpgsqlParameter<int> { TypedValue = month }, new NpgsqlParameter<string> { TypedValue = d.Home }, new NpgsqlParameter<string> { TypedValue = d.Provider }, new NpgsqlParameter<long> { TypedValue = d.PairNo },
                    new NpgsqlParameter<string> { TypedValue = d.HomeSetlId }, new NpgsqlParameter<string> { TypedValue = d.ProviderSetlId }, new NpgsqlParameter<long> { TypedValue = d.HomeFen },
                    new NpgsqlParameter<long> { TypedValue = d.ProviderFen }, new NpgsqlParameter<string> { TypedValue = d.What },
                },
            });
        await batch.ExecuteNonQueryAsync(cancellation);
        await transaction.CommitAsync(cancellation);
    }

    private static PairSum Find(IEnumerable<PairSum> sums, string home, string provider) => sums.First(s => s.HomeCounty == home && s.ProviderCounty == provider);

    // The machine's clock, as the channel compares with it.
    internal static DateTime Limit() => TimeProvider.System.GetUtcNow().UtcDateTime + Deadline;

    /// <summary>Why a county cannot be asked now.</summary>
    internal static string Failure(RpcException e) => RefusalStatus.FromRpcException(e)?.Code ?? e.StatusCode.ToString();
}
