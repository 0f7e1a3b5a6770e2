using Google.Protobuf;
using MedInsure.Protos.Settlement.V1;
using MedInsure.Settlement.OffCounty;
using Npgsql;

namespace MedInsure.Settlement.Clearing;

/// <summary>What a county's own tables say of a pair: where it is the home county, its ledger's entries; where it is the provider's, what it was told and booked.</summary>
internal static class PairSums
{
    private const string Owing = """
        WITH cut AS (SELECT coalesce($3, (SELECT min(pair_no) - 1 FROM off_county_settlement WHERE provider_county = $1 AND pair_no > $2 AND settled_at >= $4), (SELECT max(pair_no) FROM off_county_settlement WHERE provider_county = $1), 0) AS to_no),
             sums AS (SELECT o.fund, sum(o.fen)::bigint AS fen FROM off_county_owed o CROSS JOIN cut
                WHERE o.provider_county = $1 AND o.pair_no > $2 AND o.pair_no <= cut.to_no GROUP BY o.fund HAVING sum(o.fen) <> 0)
        SELECT cut.to_no, (SELECT digest FROM off_county_settlement WHERE provider_county = $1 AND pair_no = cut.to_no),
            coalesce((SELECT array_agg(fund ORDER BY fund COLLATE "C") FROM sums), '{}'), coalesce((SELECT array_agg(fen ORDER BY fund COLLATE "C") FROM sums), '{}') FROM cut
        """;

    private const string Owed = """
        WITH cut AS (SELECT coalesce($3, (SELECT min(pair_no) - 1 FROM off_county_claim WHERE home_county = $1 AND pair_no > $2 AND settled_at >= $4), (SELECT max(pair_no) FROM off_county_claim WHERE home_county = $1), 0) AS to_no),
             sums AS (SELECT f.fund, sum(f.fen)::bigint AS fen FROM off_county_claim c CROSS JOIN cut CROSS JOIN unnest(c.fund, c.fund_fen) AS f (fund, fen)
                WHERE c.home_county = $1 AND c.pair_no > $2 AND c.pair_no <= cut.to_no GROUP BY f.fund HAVING sum(f.fen) <> 0)
        SELECT cut.to_no, (SELECT digest FROM off_county_claim WHERE home_county = $1 AND pair_no = cut.to_no),
            coalesce((SELECT array_agg(fund ORDER BY fund COLLATE "C") FROM sums), '{}'), coalesce((SELECT array_agg(fen ORDER BY fund COLLATE "C") FROM sums), '{}') FROM cut
        """;

    /// <summary>The counties whose providers this one's persons used, and those whose persons used its own.</summary>
    public static async Task<(List<string> Providers, List<string> Homes)> Others(NpgsqlConnection connection, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand("SELECT true, provider_county FROM off_county_link UNION ALL SELECT false, home_county FROM off_county_source ORDER BY 2", connection);
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        var (providers, homes) = (new List<string>(), new List<string>());
        while (await reader.ReadAsync(cancellation)) (reader.GetBoolean(0) ? providers : homes).Add(reader.GetString(1));
        return (providers, homes);
    }

    /// <param name="county">Whose books these are: the range's home county, or its provider's.</param>
    public static async Task<PairSum> Read(NpgsqlConnection connection, string county, PairRange range, int month, CancellationToken cancellation)
    {
        var isHome = range.HomeCounty == county;
        await using var command = new NpgsqlCommand(isHome ? Owing : Owed, connection)
        {
            CommandTimeout = 0,
            Parameters =
            {
                new NpgsqlParameter<string> { TypedValue = isHome ? range.ProviderCounty : range.HomeCounty }, new NpgsqlParameter<long> { TypedValue = range.AfterNo },
                new() { Value = range.HasUpToNo ? range.UpToNo : DBNull.Value, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Bigint }, new NpgsqlParameter<DateTime> { TypedValue = ClearingMonth.End(month) },
            },
        };
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        await reader.ReadAsync(cancellation);
        var sum = new PairSum { HomeCounty = range.HomeCounty, ProviderCounty = range.ProviderCounty, AfterNo = range.AfterNo, ToNo = reader.GetInt64(0) };
        // Before the first bill, the same at both; no digest: this county does not hold that number.
        if (sum.ToNo == 0) sum.Digest = ByteString.CopyFrom(OffCountyDigest.Start(range.HomeCounty, range.ProviderCounty));
        else if (!reader.IsDBNull(1)) sum.Digest = ByteString.CopyFrom(reader.GetFieldValue<byte[]>(1));
        sum.Fund.AddRange(reader.GetFieldValue<string[]>(2).Zip(reader.GetFieldValue<long[]>(3), (fund, fen) => new FundAmount { Fund = fund, AmountFen = fen }));
        return sum;
    }
}
