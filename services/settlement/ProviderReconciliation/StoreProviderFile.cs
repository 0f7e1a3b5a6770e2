using System.Security.Cryptography;
using Google.Protobuf;
using MedInsure.Hosting.Tenancy;
using MedInsure.Kernel;
using MedInsure.Protos.Settlement.V1;
using Npgsql;

namespace MedInsure.Settlement.ProviderReconciliation;

/// <summary>
/// Keeps a provider's file where every replica sees it (9101). The same file again is the same number, kept longer. Each storing also drops what has expired.
/// </summary>
internal static class StoreProviderFile
{
    /// <summary>What goes through one call: some hundred thousand rows, packed.</summary>
    public const int BytesMax = 3 << 20;
    /// <summary>Of one provider's files together, results among them.</summary>
    public const int BytesOfProviderMax = 256 << 20;
    private const int NameLengthMax = 200;

    /// <summary>Assumed: a file is compared and its result fetched within the week.</summary>
    public static readonly TimeSpan Kept = TimeSpan.FromDays(7);

    private const string Drop = "DELETE FROM provider_file WHERE number IN (SELECT number FROM provider_file WHERE expires_at <= $1 FOR UPDATE SKIP LOCKED)";

    private const string Insert = """
        INSERT INTO provider_file AS f (fixmedins_code, is_result, file_name, sha256, content, stored_at, expires_at)
        SELECT $1, $2, $3, $4, $5, $6, $7
        WHERE (SELECT coalesce(sum(octet_length(content)), 0) FROM provider_file WHERE fixmedins_code = $1 AND expires_at > $6 AND NOT (is_result = $2 AND file_name = $3 AND sha256 = $4)) + octet_length($5) <= $8
        ON CONFLICT ON CONSTRAINT the_same_file_is_one DO UPDATE SET stored_at = excluded.stored_at, expires_at = excluded.expires_at
        RETURNING number
        """;

    /// <summary>In order: content, size, name, what the provider's files take together.</summary>
    public static Task<Outcome<ProviderFile>> Run(Tenant tenant, NpgsqlDataSource database, StoreProviderFileRequest request, DateTimeOffset now, CancellationToken cancellation)
    {
        if (request.FixmedinsCode.Length == 0) return Refused(Refusals.QueryTooWide.At("fixmedins_code"));
        if (request.Content.Length == 0) return Refused(ReconciliationRefusals.FileEmpty);
        if (request.Content.Length > BytesMax) return Refused(ReconciliationRefusals.FileTooLarge(BytesMax));
        var name = request.FileName;
        if (string.IsNullOrWhiteSpace(name) || name.Length > NameLengthMax || name.Any(c => char.IsControl(c) || c is '/' or '\\')) return Refused(ReconciliationRefusals.FileNameInvalid);
        return Keep(tenant, database, request.FixmedinsCode, isResult: false, name, request.Content.ToByteArray(), now, cancellation);

        static Task<Outcome<ProviderFile>> Refused(Refusal refusal) => Task.FromResult<Outcome<ProviderFile>>(refusal);
    }

    public static async Task<Outcome<ProviderFile>> Keep(
        Tenant tenant, NpgsqlDataSource database, string fixmedinsCode, bool isResult, string name, byte[] content, DateTimeOffset now, CancellationToken cancellation)
    {
        var (digest, expiresAt) = (SHA256.HashData(content), now + Kept);
        await using (var drop = database.CreateCommand(Drop))
        {
            drop.Parameters.Add(new NpgsqlParameter<DateTime> { TypedValue = now.UtcDateTime });
            await drop.ExecuteNonQueryAsync(cancellation);
        }
        await using var command = database.CreateCommand(Insert);
        Add(fixmedinsCode);
        Add(isResult);
        Add(name);
        Add(digest);
        Add(content);
        Add(now.UtcDateTime);
        Add(expiresAt.UtcDateTime);
        Add((long)BytesOfProviderMax);
        if (await command.ExecuteScalarAsync(cancellation) is not long number) return ReconciliationRefusals.FilesTooMuch(BytesOfProviderMax);
        return new ProviderFile { FileNo = CountyNumber.Of(tenant.Code, CountyNumber.ProviderFile, number), FileName = name, ExpiresAtMs = expiresAt.ToUnixTimeMilliseconds(), Size = content.Length, Sha256 = ByteString.CopyFrom(digest) };

        void Add<T>(T value) => command.Parameters.Add(new NpgsqlParameter<T> { TypedValue = value });
    }
}
