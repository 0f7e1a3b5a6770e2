using System.Security.Cryptography;
using Google.Protobuf;
using MedInsure.Kernel;
using MedInsure.Protos.Settlement.V1;
using Npgsql;

namespace MedInsure.Settlement.Clearing;

/// <summary>A pair's bills one by one, as this county has them.</summary>
internal static class ListPairClaims
{
    public const int PageMax = 1_000;

    private const string Owing = """
        SELECT s.pair_no, s.setl_id, s.document, e.fund, e.fen FROM off_county_settlement s LEFT JOIN LATERAL (
            SELECT array_agg(o.fund ORDER BY o.fund COLLATE "C") AS fund, array_agg(o.fen ORDER BY o.fund COLLATE "C") AS fen FROM off_county_owed o WHERE o.provider_county = $1 AND o.pair_no = s.pair_no) e ON true
        WHERE s.provider_county = $1 AND s.pair_no > $2 AND s.pair_no <= $3 ORDER BY s.pair_no LIMIT $4
        """;

    private const string Owed = "SELECT pair_no, setl_id, document, fund, fund_fen FROM off_county_claim WHERE home_county = $1 AND pair_no > $2 AND pair_no <= $3 ORDER BY pair_no LIMIT $4";

    public static async Task<Outcome<ListPairClaimsReply>> Query(NpgsqlDataSource database, string county, ListPairClaimsRequest request, CancellationToken cancellation)
    {
        if (request.Range is not { } range || range.HomeCounty == range.ProviderCounty || range.HomeCounty != county && range.ProviderCounty != county || range.AfterNo < 0 || range.UpToNo < range.AfterNo) return Refusals.PageInvalid.At("range");
        var isHome = range.HomeCounty == county;
        await using var command = database.CreateCommand(isHome ? Owing : Owed);
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = isHome ? range.ProviderCounty : range.HomeCounty });
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = range.AfterNo });
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = range.UpToNo });
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = PageMax });
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        var reply = new ListPairClaimsReply();
        while (await reader.ReadAsync(cancellation))
        {
            var claim = new PairClaim { PairNo = reader.GetInt64(0), SetlId = reader.GetString(1), Content = ByteString.CopyFrom(SHA256.HashData(reader.GetFieldValue<byte[]>(2))) };
            if (!reader.IsDBNull(3))
                claim.Fund.AddRange(reader.GetFieldValue<string[]>(3).Zip(reader.GetFieldValue<long[]>(4), (fund, fen) => new FundAmount { Fund = fund, AmountFen = fen }).OrderBy(f => f.Fund, StringComparer.Ordinal));
            reply.Claim.Add(claim);
        }
        return reply;
    }
}
