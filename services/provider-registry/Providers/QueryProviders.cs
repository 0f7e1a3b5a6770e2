using MedInsure.Kernel;
using MedInsure.Protos.ProviderRegistry.V1;
using Npgsql;

namespace MedInsure.ProviderRegistry.Providers;

/// <summary>The interface's 1201, a numbered page at a time.</summary>
internal static class QueryProviders
{
    public const int PageSizeMax = 1_000;

    private const string Matching = "WHERE ($1 = '' OR fixmedins_type = $1) AND ($2 = '' OR strpos(fixmedins_name, $2) > 0) AND ($3 = '' OR fixmedins_code = $3)";

    public static async Task<Outcome<ListProvidersReply>> Read(NpgsqlDataSource database, QueryProvidersRequest request, CancellationToken cancellation)
    {
        if (request.PageNumber < 1) return Refusals.PageInvalid.At("page_number");
        if (request.PageSize is < 1 or > PageSizeMax) return Refusals.PageInvalid.At("page_size");

        await using var connection = await database.OpenConnectionAsync(cancellation);
        NpgsqlParameter[] filter = [new() { Value = request.FixmedinsType }, new() { Value = request.NameContains }, new() { Value = request.FixmedinsCode }];
        var reply = new ListProvidersReply();
        await using (var count = new NpgsqlCommand($"SELECT count(*) FROM provider {Matching}", connection))
        {
            foreach (var parameter in filter) count.Parameters.Add(parameter.Clone());
            reply.Total = (int)(long)(await count.ExecuteScalarAsync(cancellation))!;
        }
        NpgsqlParameter[] page = [.. filter, new() { Value = (long)(request.PageNumber - 1) * request.PageSize }, new() { Value = request.PageSize }];
        reply.Provider.AddRange(await ProviderReader.Read(connection, $"{Matching} ORDER BY fixmedins_code OFFSET $4 LIMIT $5", page, cancellation));
        return reply;
    }
}
