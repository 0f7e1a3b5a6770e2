using MedInsure.Kernel;
using MedInsure.Protos.ProviderRegistry.V1;
using Npgsql;

namespace MedInsure.ProviderRegistry.Providers;

internal static class ListCredentials
{
    private const int PageSizeDefault = 1_000;
    public const int PageSizeMax = 5_000;

    public static async Task<Outcome<ListCredentialsReply>> Read(NpgsqlDataSource database, ListCredentialsRequest request, CancellationToken cancellation)
    {
        if (request.PageSize is < 0 or > PageSizeMax) return Refusals.PageInvalid.At("page_size");
        var size = request.PageSize == 0 ? PageSizeDefault : request.PageSize;
        await using var command = database.CreateCommand("""
            SELECT paasid, token, fixmedins_code FROM credential WHERE ($1 = '' OR fixmedins_code = $1) AND paasid > $2 ORDER BY paasid LIMIT $3
            """);
        command.Parameters.Add(new() { Value = request.FixmedinsCode });
        command.Parameters.Add(new() { Value = request.AfterPaasid });
        command.Parameters.Add(new() { Value = size });
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        var reply = new ListCredentialsReply();
        while (await reader.ReadAsync(cancellation))
            reply.Credential.Add(new Credential { Paasid = reader.GetString(0), Token = reader.GetString(1), FixmedinsCode = reader.GetString(2) });
        if (reply.Credential.Count == size) reply.NextAfterPaasid = reply.Credential[^1].Paasid;
        return reply;
    }
}
