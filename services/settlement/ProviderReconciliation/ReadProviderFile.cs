using Google.Protobuf;
using MedInsure.Hosting.Tenancy;
using MedInsure.Kernel;
using MedInsure.Protos.Settlement.V1;
using Npgsql;

namespace MedInsure.Settlement.ProviderReconciliation;

/// <summary>A provider's file, part by part (9102). Another provider's is as unknown as one that never was.</summary>
internal static class ReadProviderFile
{
    private const int PartBytes = 1 << 20;

    public static async Task<Outcome<ReadProviderFileReply>> Query(Tenant tenant, NpgsqlDataSource database, ReadProviderFileRequest request, DateTimeOffset now, CancellationToken cancellation)
    {
        if (CountyNumber.Parse(tenant.Code, CountyNumber.ProviderFile, request.FileNo) is not { } number) return ReconciliationRefusals.FileUnknown;
        if (request.Offset < 0) return ReconciliationRefusals.OffsetInvalid;
        await using var command = database.CreateCommand(
            "SELECT file_name, octet_length(content), sha256, expires_at, substring(content FROM least($4, octet_length(content)::bigint)::int + 1 FOR $5) FROM provider_file WHERE number = $1 AND fixmedins_code = $2 AND expires_at > $3");
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = number });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = request.FixmedinsCode });
        command.Parameters.Add(new NpgsqlParameter<DateTime> { TypedValue = now.UtcDateTime });
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = request.Offset });
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = PartBytes });
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        if (!await reader.ReadAsync(cancellation)) return ReconciliationRefusals.FileUnknown;
        if (request.Offset > reader.GetInt32(1)) return ReconciliationRefusals.OffsetInvalid;
        return new ReadProviderFileReply
        {
            File = new ProviderFile
            {
                FileNo = request.FileNo, FileName = reader.GetString(0), Size = reader.GetInt32(1), Sha256 = ByteString.CopyFrom(reader.GetFieldValue<byte[]>(2)),
                ExpiresAtMs = new DateTimeOffset(reader.GetDateTime(3)).ToUnixTimeMilliseconds(),
            },
            Content = UnsafeByteOperations.UnsafeWrap(reader.GetFieldValue<byte[]>(4)),
        };
    }

    /// <summary>What the provider itself sent; not a result of ours.</summary>
    public static async Task<Outcome<byte[]>> Sent(Tenant tenant, NpgsqlDataSource database, string fixmedinsCode, string fileNo, DateTimeOffset now, CancellationToken cancellation)
    {
        if (CountyNumber.Parse(tenant.Code, CountyNumber.ProviderFile, fileNo) is not { } number) return ReconciliationRefusals.FileUnknown;
        await using var command = database.CreateCommand("SELECT content FROM provider_file WHERE number = $1 AND fixmedins_code = $2 AND expires_at > $3 AND NOT is_result");
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = number });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = fixmedinsCode });
        command.Parameters.Add(new NpgsqlParameter<DateTime> { TypedValue = now.UtcDateTime });
        return await command.ExecuteScalarAsync(cancellation) is byte[] content ? content : ReconciliationRefusals.FileUnknown;
    }
}
