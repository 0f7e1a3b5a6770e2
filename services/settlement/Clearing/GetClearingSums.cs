using System.Data;
using MedInsure.Kernel;
using MedInsure.Protos.Settlement.V1;
using MedInsure.Settlement.OffCounty;
using MedInsure.Settlement.Queries;
using MedInsure.Settlement.Runs;

namespace MedInsure.Settlement.Clearing;

/// <summary>What a county owes the others for a month, and is owed, from its own books.</summary>
internal static class GetClearingSums
{
    /// <summary>In order: the month, the month's end by this county's calendar, all settlements in the tables. Counts them first, so that none of the month is missing.</summary>
    public static async Task<Outcome<GetClearingSumsReply>> Query(RunPlace place, GetClearingSumsRequest request, ChinaCalendar calendar, CancellationToken cancellation)
    {
        if (ClearingMonth.Check(request.Month, calendar.Today) is { } unfit) return unfit;
        if (await SettlementRows.Current(place.Journal, cancellation) is { } lag) return lag;
        var county = place.Tenant.Code;
        while (await CountOffCountyClaims.Run(place.Database, county, cancellation)) { }
        await using var connection = await place.Database.OpenConnectionAsync(cancellation);
        await using var snapshot = await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, cancellation);
        var (providers, homes) = await PairSums.Others(connection, cancellation);
        var named = request.Range.ToDictionary(r => (r.HomeCounty, r.ProviderCounty));
        var reply = new GetClearingSumsReply();
        foreach (var provider in providers.Union(named.Keys.Where(k => k.HomeCounty == county).Select(k => k.ProviderCounty)))
            reply.Owing.Add(await PairSums.Read(connection, county, RangeOf(county, provider), request.Month, cancellation));
        foreach (var home in homes.Union(named.Keys.Where(k => k.ProviderCounty == county).Select(k => k.HomeCounty)))
            reply.Owed.Add(await PairSums.Read(connection, county, RangeOf(home, county), request.Month, cancellation));
        return reply;

        PairRange RangeOf(string home, string provider) => named.GetValueOrDefault((home, provider)) ?? new PairRange { HomeCounty = home, ProviderCounty = provider };
    }
}
