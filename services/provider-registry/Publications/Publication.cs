using MedInsure.Hosting.Tenancy;
using Npgsql;

namespace MedInsure.ProviderRegistry.Publications;

/// <summary>Numbers the versions. One publication at a time per city: the lock is held until the end of the transaction.</summary>
internal static class Publication
{
    public const string Catalog = "catalog";
    public const string Diseases = "diseases";
    public const string Providers = "providers";
    public const string Doctors = "doctors";
    public const string LockName = "provider-registry publication";

    public static async Task Lock(NpgsqlConnection connection, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand("SELECT pg_advisory_xact_lock(hashtextextended($1, 0))", connection) { CommandTimeout = 0, Parameters = { new() { Value = LockName } } };
        await command.ExecuteNonQueryAsync(cancellation);
    }

    /// <summary>The newest version of a kind; 0 = nothing published.</summary>
    public static async Task<long> Newest(NpgsqlConnection connection, string kind, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand("SELECT coalesce(max(version), 0) FROM publication WHERE kind = $1", connection) { Parameters = { new() { Value = kind } } };
        return (long)(await command.ExecuteScalarAsync(cancellation))!;
    }

    public static async Task Record(NpgsqlConnection connection, string kind, long version, int rowsChanged, DateTimeOffset at, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand("INSERT INTO publication (kind, version, rows_changed, published_at) VALUES ($1, $2, $3, $4)", connection)
        {
            Parameters = { new() { Value = kind }, new() { Value = version }, new() { Value = rowsChanged }, new() { Value = at.UtcDateTime } },
        };
        await command.ExecuteNonQueryAsync(cancellation);
    }
}
