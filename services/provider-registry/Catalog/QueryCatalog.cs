using MedInsure.Kernel;
using MedInsure.Protos.ProviderRegistry.V1;
using Npgsql;
using NpgsqlTypes;

namespace MedInsure.ProviderRegistry.Catalog;

/// <summary>The interface's 1312 (catalog), 1318 (price ceilings) and 1319 (first-pay ratios), a numbered page at a time.</summary>
internal static class QueryCatalog
{
    public const int PageSizeMax = 1_000;

    // The newest row of each key; where a day is asked, of each code the one with the latest begin among those in force on it.
    private const string Sql = $"""
        WITH published AS (
            SELECT DISTINCT ON (hilist_code, from_on) * FROM catalog_item
            WHERE $1 = '' OR hilist_code = $1
            ORDER BY hilist_code, from_on, version DESC
        ), asked AS (
            SELECT * FROM published WHERE $3::date IS NULL
            UNION ALL
            (SELECT DISTINCT ON (hilist_code) * FROM published WHERE $3 >= from_on AND (to_on IS NULL OR $3 <= to_on) ORDER BY hilist_code, from_on DESC)
        )
        SELECT {CatalogItemReader.Columns}, count(*) OVER () FROM asked
        WHERE ($2 = '' OR strpos(hilist_name, $2) > 0)
          AND ($4::timestamptz IS NULL OR updated_at >= $4)
          AND (NOT $5 OR coalesce(ceiling_3_micro_yuan, ceiling_2_micro_yuan, ceiling_1_micro_yuan, ceiling_community_micro_yuan) IS NOT NULL)
          AND (NOT $6 OR selfpay_bp > 0)
        ORDER BY hilist_code, from_on
        OFFSET $7 LIMIT $8
        """;

    public static async Task<Outcome<QueryCatalogReply>> Read(NpgsqlDataSource database, QueryCatalogRequest request, CancellationToken cancellation)
    {
        if (request.PageNumber < 1) return Refusals.PageInvalid.At("page_number");
        if (request.PageSize is < 1 or > PageSizeMax) return Refusals.PageInvalid.At("page_size");
        if (!Days.TryRead(request.InForceOn, out var day)) return Refusals.DayInvalid.At("in_force_on");

        await using var command = database.CreateCommand(Sql);
        command.Parameters.Add(new() { Value = request.HilistCode });
        command.Parameters.Add(new() { Value = request.NameContains });
        command.Parameters.Add(new() { Value = (object?)day ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Date });
        command.Parameters.Add(new() { Value = request.UpdatedFromMs == 0 ? DBNull.Value : DateTimeOffset.FromUnixTimeMilliseconds(request.UpdatedFromMs).UtcDateTime, NpgsqlDbType = NpgsqlDbType.TimestampTz });
        command.Parameters.Add(new() { Value = request.WithCeilingOnly });
        command.Parameters.Add(new() { Value = request.WithFirstPayOnly });
        command.Parameters.Add(new() { Value = (long)(request.PageNumber - 1) * request.PageSize });
        command.Parameters.Add(new() { Value = request.PageSize });
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        var reply = new QueryCatalogReply();
        while (await reader.ReadAsync(cancellation))
        {
            reply.Item.Add(CatalogItemReader.Read(reader));
            reply.Total = (int)reader.GetInt64(21);
        }
        // A page beyond the last has no row that could carry the total.
        if (reply.Item.Count == 0 && request.PageNumber > 1)
        {
            var first = request.Clone();
            (first.PageNumber, first.PageSize) = (1, 1);
            var total = await Read(database, first, cancellation);
            if (total.Refusal is { } refusal) return refusal;
            reply.Total = total.Value.Total;
        }
        return reply;
    }
}
