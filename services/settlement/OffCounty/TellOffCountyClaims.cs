using System.Diagnostics.Metrics;
using Google.Protobuf;
using Grpc.Core;
using MedInsure.Hosting.Rpc;
using MedInsure.Kernel;
using MedInsure.Protos.Settlement.V1;
using Npgsql;
using Client = MedInsure.Protos.Settlement.V1.Settlement.SettlementClient;

namespace MedInsure.Settlement.OffCounty;

/// <summary>
/// Tells a provider's county, page by page, what is counted for it and not told yet. A page whose answer was lost is sent again: it changes nothing there. The other county's answer says what
/// it holds, so one that lost its latest (restored from a backup) is told it again.
/// </summary>
internal sealed class TellOffCountyClaims(Client counties, TimeProvider time, ILogger<TellOffCountyClaims> log)
{
    private const int ClaimsMax = 500;
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(15);

    private static readonly Meter Meter = new("MedInsure.OffCounty.Told");
    private static readonly Counter<long> Told = Meter.CreateCounter<long>("medinsure.offcounty.told", "{claim}", "Settlements with other counties' providers that those counties took");
    private static readonly Counter<long> Failed = Meter.CreateCounter<long>("medinsure.offcounty.failed", "{page}", "Pages that were not taken and are sent again, by county and reason");

    private sealed record Page(long ToldNo, long LastNo, List<ByteString> Claims, byte[] Digest);

    /// <returns>True: the county took a page, and there may be more; false: all is told; null: it did not take it, which is on the link's row.</returns>
    public async Task<bool?> Run(NpgsqlDataSource database, string county, string providerCounty, CancellationToken cancellation)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        if (await Next(connection, providerCounty, cancellation) is not { Claims.Count: > 0 } page) return false;
        var request = new TakeOffCountyClaimsRequest { HomeCounty = county, FirstNo = page.ToldNo + 1, Digest = ByteString.CopyFrom(page.Digest), LastNo = page.LastNo };
        request.Claim.AddRange(page.Claims);
        try
        {
            // The machine's clock, as the channel compares with it: never an injected one.
            var answer = await counties.TakeOffCountyClaimsAsync(request, CallTenant.For(providerCounty), TimeProvider.System.GetUtcNow().UtcDateTime + Deadline, cancellation);
            var sent = page.ToldNo + page.Claims.Count;
            if (answer.HeldNo < page.ToldNo) log.LogWarning("tenant {Tenant}: {County} holds {Held} settlements of {Told} that it took before; they are told again", county, providerCounty, answer.HeldNo, page.ToldNo);
            Told.Add(Math.Max(0, Math.Min(sent, answer.HeldNo) - page.ToldNo), new KeyValuePair<string, object?>("county", providerCounty));
            await Took(connection, providerCounty, Math.Min(sent, answer.HeldNo), cancellation);
            return answer.HeldNo < page.LastNo;
        }
        catch (RpcException e) when (!cancellation.IsCancellationRequested)
        {
            var refusal = RefusalStatus.FromRpcException(e);
            var reason = refusal?.Code ?? e.StatusCode.ToString();
            Failed.Add(1, new("county", providerCounty), new("reason", reason));
            if (refusal is { Kind: not RefusalKind.Unavailable }) log.LogError("tenant {Tenant}: {County} refuses settlements from {First} on: {Reason} {Text}", county, providerCounty, request.FirstNo, reason, refusal.English);
            else log.LogWarning("tenant {Tenant}: {County} cannot be told of settlements: {Reason}", county, providerCounty, reason);
            await DidNot(connection, providerCounty, reason, cancellation);
            return null;
        }
    }

    private static async Task<Page?> Next(NpgsqlConnection connection, string providerCounty, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand("""
            SELECT l.told_no, (SELECT max(pair_no) FROM off_county_settlement WHERE provider_county = $1), s.document, s.digest
            FROM off_county_link l JOIN off_county_settlement s ON s.provider_county = l.provider_county AND s.pair_no > l.told_no AND s.pair_no <= l.told_no + $2 WHERE l.provider_county = $1 ORDER BY s.pair_no
            """, connection) { Parameters = { new NpgsqlParameter<string> { TypedValue = providerCounty }, new NpgsqlParameter<int> { TypedValue = ClaimsMax } } };
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        Page? page = null;
        while (await reader.ReadAsync(cancellation))
        {
            page = page is null ? new Page(reader.GetInt64(0), reader.GetInt64(1), [], reader.GetFieldValue<byte[]>(3)) : page with { Digest = reader.GetFieldValue<byte[]>(3) };
            page.Claims.Add(UnsafeByteOperations.UnsafeWrap(reader.GetFieldValue<byte[]>(2)));
        }
        return page;
    }

    private async Task Took(NpgsqlConnection connection, string providerCounty, long toldNo, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand("UPDATE off_county_link SET told_no = $2, told_at = $3, failing_since = NULL, failure = '' WHERE provider_county = $1", connection)
        {
            Parameters = { new NpgsqlParameter<string> { TypedValue = providerCounty }, new NpgsqlParameter<long> { TypedValue = toldNo }, new NpgsqlParameter<DateTimeOffset> { TypedValue = time.GetUtcNow() } },
        };
        await command.ExecuteNonQueryAsync(cancellation);
    }

    private async Task DidNot(NpgsqlConnection connection, string providerCounty, string reason, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand("UPDATE off_county_link SET failing_since = coalesce(failing_since, $3), failure = $2 WHERE provider_county = $1", connection)
        {
            Parameters = { new NpgsqlParameter<string> { TypedValue = providerCounty }, new NpgsqlParameter<string> { TypedValue = reason }, new NpgsqlParameter<DateTimeOffset> { TypedValue = time.GetUtcNow() } },
        };
        await command.ExecuteNonQueryAsync(cancellation);
    }
}
