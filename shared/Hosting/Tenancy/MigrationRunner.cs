using System.Globalization;
using System.Reflection;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using Npgsql;

namespace MedInsure.Hosting.Tenancy;

/// <summary>
/// Runs a service's migrations: embedded resources migrations/NNNN_verb_object.sql, numbered from 0001 without a gap, forward only, each in its
/// own transaction as the schema's owner with the schema as search path. <c>${runtime}</c> in the SQL stands for the runtime role's quoted name.
/// </summary>
public static partial class MigrationRunner
{
    public sealed record Migration(int Version, string Name, string Sql)
    {
        /// <summary>Of the text with \n line ends, so that a checkout's line ends do not matter.</summary>
        public string Sha256 { get; } = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Sql)));
    }

    /// <returns>How many migrations were applied now.</returns>
    /// <exception cref="MigrationRefusedException">The files have a gap or a repeated number, an applied one was changed, or the database is ahead of this build.</exception>
    public static Task<int> Apply(string adminConnectionString, Tenant tenant, string service, Assembly migrations, CancellationToken cancellation = default) =>
        Apply(adminConnectionString, tenant, service, Read(migrations), cancellation);

    public static async Task<int> Apply(string adminConnectionString, Tenant tenant, string service, IReadOnlyList<Migration> migrations, CancellationToken cancellation = default)
    {
        for (var i = 0; i < migrations.Count; i++)
            if (migrations[i].Version != i + 1) throw new MigrationRefusedException($"{service}: migration {i + 1:0000} is missing or repeated (found {migrations[i].Version:0000}_{migrations[i].Name})");

        var (schema, owner, runtime) = (TenantNames.Schema(service), TenantNames.Owner(tenant.Code, service), TenantNames.Runtime(tenant.Code, service));
        await using var connection = await TenantProvisioning.Open(adminConnectionString, TenantNames.Database(tenant.Code), cancellation);
        // Held by the session until the connection closes: a second runner waits here and then finds nothing to do.
        await TenantProvisioning.Run(connection, $"SELECT pg_advisory_lock(hashtextextended('medinsure migrations {schema}', 0))", cancellation);

        var applied = new List<(int Version, string Name, string Sha256)>();
        await using (var read = new NpgsqlCommand($"SELECT version, name, sha256 FROM {schema}.schema_migration ORDER BY version", connection))
        await using (var reader = await read.ExecuteReaderAsync(cancellation))
            while (await reader.ReadAsync(cancellation)) applied.Add((reader.GetInt32(0), reader.GetString(1), reader.GetString(2)));

        if (applied.Count > migrations.Count) throw new MigrationRefusedException($"{service}: the database of {tenant.Code} is at {applied[^1].Version:0000}_{applied[^1].Name}, this build ends at {migrations.Count:0000}");
        foreach (var (was, now) in applied.Zip(migrations))
            if (was.Version != now.Version || was.Sha256 != now.Sha256)
                throw new MigrationRefusedException($"{service}: {was.Version:0000}_{was.Name} was changed after it was applied to {tenant.Code}; add a new migration instead");

        foreach (var migration in migrations.Skip(applied.Count))
        {
            await using var transaction = await connection.BeginTransactionAsync(cancellation);
            await TenantProvisioning.Run(connection, $"SET LOCAL ROLE {owner}; SET LOCAL search_path = {schema}", cancellation);
            try
            {
                await TenantProvisioning.Run(connection, migration.Sql.Replace("${runtime}", $"\"{runtime}\"", StringComparison.Ordinal), cancellation);
            }
            catch (PostgresException e)
            {
                throw new MigrationRefusedException($"{service}: {migration.Version:0000}_{migration.Name} failed on {tenant.Code}: {e.MessageText}", e);
            }
            await using var record = new NpgsqlCommand($"INSERT INTO {schema}.schema_migration (version, name, sha256) VALUES ($1, $2, $3)", connection, transaction)
            {
                Parameters = { new() { Value = migration.Version }, new() { Value = migration.Name }, new() { Value = migration.Sha256 } },
            };
            await record.ExecuteNonQueryAsync(cancellation);
            await transaction.CommitAsync(cancellation);
        }
        return migrations.Count - applied.Count;
    }

    /// <summary>The migrations embedded in an assembly, by number.</summary>
    public static IReadOnlyList<Migration> Read(Assembly assembly)
    {
        var found = new List<Migration>();
        foreach (var resource in assembly.GetManifestResourceNames())
        {
            if (FileName().Match(resource) is not { Success: true } match) continue;
            using var reader = new StreamReader(assembly.GetManifestResourceStream(resource)!);
            found.Add(new Migration(int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture), match.Groups[2].Value, reader.ReadToEnd().ReplaceLineEndings("\n")));
        }
        return [.. found.OrderBy(m => m.Version)];
    }

    // MSBuild's default resource name has dots where the path has slashes.
    [GeneratedRegex(@"(?:^|[./])migrations[./](\d{4})_([a-z][a-z0-9_]*)\.sql$")]
    private static partial Regex FileName();
}

/// <summary>The migrations and the database do not fit together. The message names service, tenant and migration.</summary>
public sealed class MigrationRefusedException : Exception
{
    public MigrationRefusedException(string message) : base(message) { }
    public MigrationRefusedException(string message, Exception inner) : base(message, inner) { }
    public MigrationRefusedException() { }
}
