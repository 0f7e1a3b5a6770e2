using MedInsure.Kernel;
using MedInsure.Protos.ProviderRegistry.V1;
using MedInsure.ProviderRegistry.Publications;
using Npgsql;

namespace MedInsure.ProviderRegistry.Catalog;

internal static class ListCatalogItems
{
    // Of each key only the newest row up to the version counts, so a key changed twice comes once.
    private const string Sql = $"""
        SELECT DISTINCT ON (hilist_code, from_on) {CatalogItemReader.Columns}
        FROM catalog_item
        WHERE version > $1 AND version <= $2 AND ($3 OR (hilist_code, from_on) > ($4, $5))
        ORDER BY hilist_code, from_on, version DESC
        LIMIT $6
        """;

    public static async Task<Outcome<ListCatalogItemsReply>> Read(NpgsqlDataSource database, ListRowsRequest request, CancellationToken cancellation)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        var asked = await RowPage.Read(connection, Publication.Catalog, keyParts: 2, request, cancellation);
        if (asked.Refusal is { } refusal) return refusal;
        var page = asked.Value;
        var afterDay = DateOnly.MinValue;
        if (!page.IsFirst && !DateOnly.TryParseExact(page.AfterKey[1], "yyyyMMdd", out afterDay)) return Refusals.PageInvalid.At("page_token");

        await using var command = new NpgsqlCommand(Sql, connection)
        {
            Parameters =
            {
                new() { Value = page.After }, new() { Value = page.UpTo }, new() { Value = page.IsFirst }, new() { Value = page.IsFirst ? "" : page.AfterKey[0] },
                new() { Value = afterDay }, new() { Value = page.Size },
            },
        };
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        var reply = new ListCatalogItemsReply { UpToVersion = page.UpTo };
        while (await reader.ReadAsync(cancellation)) reply.Item.Add(CatalogItemReader.Read(reader));
        if (reply.Item.Count == page.Size) reply.NextPageToken = RowPage.Token(reply.Item[^1].HilistCode, $"{reply.Item[^1].FromOn}");
        return reply;
    }
}
