using MedInsure.Kernel;
using MedInsure.Protos.ProviderRegistry.V1;
using MedInsure.ProviderRegistry.Publications;
using Npgsql;

namespace MedInsure.ProviderRegistry.Diseases;

internal static class ListDiseases
{
    private const string Sql = """
        SELECT DISTINCT ON (code, kind, insutype, from_on) code, name, kind, insutype, from_on, to_on, amount_fen, unit, version
        FROM disease
        WHERE version > $1 AND version <= $2 AND ($3 OR (code, kind, insutype, from_on) > ($4, $5, $6, $7))
        ORDER BY code, kind, insutype, from_on, version DESC
        LIMIT $8
        """;

    public static async Task<Outcome<ListDiseasesReply>> Read(NpgsqlDataSource database, ListRowsRequest request, CancellationToken cancellation)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        var asked = await RowPage.Read(connection, Publication.Diseases, keyParts: 4, request, cancellation);
        if (asked.Refusal is { } refusal) return refusal;
        var page = asked.Value;
        var afterDay = DateOnly.MinValue;
        if (!page.IsFirst && !DateOnly.TryParseExact(page.AfterKey[3], "yyyyMMdd", out afterDay)) return Refusals.PageInvalid.At("page_token");

        string Key(int part) => page.IsFirst ? "" : page.AfterKey[part];
        await using var command = new NpgsqlCommand(Sql, connection)
        {
            Parameters =
            {
                new() { Value = page.After }, new() { Value = page.UpTo }, new() { Value = page.IsFirst }, new() { Value = Key(0) }, new() { Value = Key(1) },
                new() { Value = Key(2) }, new() { Value = afterDay }, new() { Value = page.Size },
            },
        };
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        var reply = new ListDiseasesReply { UpToVersion = page.UpTo };
        while (await reader.ReadAsync(cancellation))
            reply.Disease.Add(new Disease
            {
                Code = reader.GetString(0),
                Name = reader.GetString(1),
                Kind = reader.GetString(2),
                Insutype = reader.GetString(3),
                FromOn = DayNumber.Of(reader.GetFieldValue<DateOnly>(4)),
                ToOn = reader.IsDBNull(5) ? 0 : DayNumber.Of(reader.GetFieldValue<DateOnly>(5)),
                AmountFen = reader.GetInt64(6),
                Unit = reader.GetString(7),
                Version = reader.GetInt64(8),
            });
        if (reply.Disease.Count == page.Size)
        {
            var last = reply.Disease[^1];
            reply.NextPageToken = RowPage.Token(last.Code, last.Kind, last.Insutype, $"{last.FromOn}");
        }
        return reply;
    }
}
