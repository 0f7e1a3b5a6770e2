using MedInsure.Kernel;
using MedInsure.Protos.ProviderRegistry.V1;
using MedInsure.ProviderRegistry.Publications;
using Npgsql;

namespace MedInsure.ProviderRegistry.Providers;

/// <summary>Providers have one present state, not versions: one changed between two pages comes changed, or in the next delta.</summary>
internal static class ListProviders
{
    private const string Choose = "WHERE version > $1 AND fixmedins_code > $2 ORDER BY fixmedins_code LIMIT $3";

    public static async Task<Outcome<ListProvidersReply>> Read(NpgsqlDataSource database, ListRowsRequest request, CancellationToken cancellation)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        var newest = await Publication.Newest(connection, Publication.Providers, cancellation);
        var asked = await RowPage.Read(connection, Publication.Providers, keyParts: 1, request, cancellation);
        if (asked.Refusal is { } refusal) return refusal;
        var page = asked.Value;

        NpgsqlParameter[] parameters = [new() { Value = page.After }, new() { Value = page.IsFirst ? "" : page.AfterKey[0] }, new() { Value = page.Size }];
        var reply = new ListProvidersReply { UpToVersion = newest };
        reply.Provider.AddRange(await ProviderReader.Read(connection, Choose, parameters, cancellation));
        if (reply.Provider.Count == page.Size) reply.NextPageToken = RowPage.Token(reply.Provider[^1].FixmedinsCode);
        return reply;
    }
}
