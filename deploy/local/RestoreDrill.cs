using System.Diagnostics;
using System.Security.Cryptography;
using MedInsure.Embedded;
using MedInsure.Hosting.Tenancy;
using MedInsure.Settlement;
using MedInsure.Settlement.Journal;
using MedInsure.Settlement.Policies;
using Microsoft.Extensions.Configuration;
using Npgsql;

namespace MedInsure.Local;

/// <summary>
/// A tenant's database dumped, restored to another server and compared with the source as it was at the moment of the dump: every table's rows and content,
/// the roles' rights, and for a county the journal from its first row. The source is only read; the other server is private and goes afterwards.
/// </summary>
public static class RestoreDrill
{
    private sealed record Table(string Schema, string Name, long Rows, decimal Content);

    /// <param name="source">An administrator's connection string to the source server, whose database of the tenant is meant.</param>
    /// <param name="dump">A dump made before (pg_dump --format=custom): restored and verified, not compared. Null: one is made now.</param>
    /// <returns>0 when the restored database is what it should be, else 1; what was found is written.</returns>
    public static async Task<int> Run(string source, string tenantCode, string? dump, TextWriter output, CancellationToken cancellation = default)
    {
        var folder = Directory.CreateTempSubdirectory("medinsure-drill-").FullName;
        try
        {
            List<Table>? before = null;
            var watch = Stopwatch.StartNew();
            if (dump is null)
            {
                dump = Path.Combine(folder, "tenant.dump");
                before = await Dump(source, tenantCode, dump, cancellation);
                await output.WriteLineAsync($"{tenantCode}: dumped {before.Count} tables, {before.Sum(t => t.Rows)} rows, {new FileInfo(dump).Length / 1024} KiB in {watch.Elapsed.TotalSeconds:F1} s");
            }
            watch.Restart();
            await using var target = await PostgresServer.Start(new PostgresOptions { Folder = Path.Combine(folder, "postgres"), Durable = false }, cancellation);
            var services = await Services(dump, cancellation);
            var tenant = new Tenant(tenantCode, tenantCode, tenantCode[..4] + "00", new Dictionary<string, string>());
            var password = RandomNumberGenerator.GetHexString(40);
            // Roles are the server's and in no dump: the services' own command makes them, and an empty schema that the dump then replaces.
            foreach (var service in services) await TenantProvisioning.Provision(target.AdminConnectionString, tenant, service, password, cancellation);
            await PgTool("pg_restore", target.AdminConnectionString, TenantNames.Database(tenantCode), ["--clean", "--if-exists", "--exit-on-error", "--dbname", TenantNames.Database(tenantCode), dump], cancellation);
            var after = await Read(target.ConnectionString(TenantNames.Database(tenantCode)), cancellation);
            await output.WriteLineAsync($"{tenantCode}: restored {after.Count} tables, {after.Sum(t => t.Rows)} rows of {string.Join(", ", services)} in {watch.Elapsed.TotalSeconds:F1} s");

            var findings = before is null ? [] : Compare(before, after).ToList();
            findings.AddRange(await CheckRoles(target, tenant, services, password, cancellation));
            foreach (var finding in findings) await output.WriteLineAsync($"{tenantCode}: {finding}");
            var code = findings.Count == 0 ? 0 : 1;
            if (services.Contains(SettlementModule.Service) && !tenant.IsCity) code = Math.Max(code, await Verify(target, tenant, password, output, cancellation));
            await output.WriteLineAsync($"{tenantCode}: {(code == 0 ? "the restored database is good" : "NOT restored as it was")}");
            return code == 0 ? 0 : 1;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>The dump and what is in it, both of one moment.</summary>
    private static async Task<List<Table>> Dump(string source, string tenantCode, string file, CancellationToken cancellation)
    {
        var database = TenantNames.Database(tenantCode);
        await using var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(source) { Database = database, Pooling = false }.ConnectionString);
        await connection.OpenAsync(cancellation);
        await using var moment = await connection.BeginTransactionAsync(System.Data.IsolationLevel.RepeatableRead, cancellation);
        await using var export = new NpgsqlCommand("SELECT pg_export_snapshot()", connection, moment);
        var snapshot = (string)(await export.ExecuteScalarAsync(cancellation))!;
        await PgTool("pg_dump", source, database, ["--format=custom", $"--snapshot={snapshot}", $"--file={file}"], cancellation);
        return await Read(connection, cancellation);
    }

    private static async Task<List<Table>> Read(string connectionString, CancellationToken cancellation)
    {
        await using var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(connectionString) { Pooling = false }.ConnectionString);
        await connection.OpenAsync(cancellation);
        return await Read(connection, cancellation);
    }

    /// <summary>Every table with a sum over its rows' texts, which does not depend on their order.</summary>
    private static async Task<List<Table>> Read(NpgsqlConnection connection, CancellationToken cancellation)
    {
        var names = new List<(string Schema, string Name)>();
        await using (var list = new NpgsqlCommand("SELECT schemaname, tablename FROM pg_tables WHERE schemaname NOT IN ('pg_catalog', 'information_schema') ORDER BY 1, 2", connection))
        await using (var reader = await list.ExecuteReaderAsync(cancellation))
            while (await reader.ReadAsync(cancellation)) names.Add((reader.GetString(0), reader.GetString(1)));
        var tables = new List<Table>();
        foreach (var (schema, name) in names)
        {
            await using var sum = new NpgsqlCommand($"SELECT count(*), coalesce(sum(hashtextextended(t::text, 0)::numeric), 0) FROM \"{schema}\".\"{name}\" t", connection) { CommandTimeout = 0 };
            await using var reader = await sum.ExecuteReaderAsync(cancellation);
            await reader.ReadAsync(cancellation);
            tables.Add(new Table(schema, name, reader.GetInt64(0), reader.GetDecimal(1)));
        }
        return tables;
    }

    private static IEnumerable<string> Compare(List<Table> before, List<Table> after)
    {
        foreach (var was in before)
            if (after.Find(t => t.Schema == was.Schema && t.Name == was.Name) is not { } now) yield return $"{was.Schema}.{was.Name} is missing";
            else if (now != was) yield return $"{was.Schema}.{was.Name} had {was.Rows} rows and has {now.Rows}, or others";
    }

    /// <summary>Each service's role reads its own schema in the restored database and no other's.</summary>
    private static async Task<List<string>> CheckRoles(PostgresServer target, Tenant tenant, IReadOnlyList<string> services, string password, CancellationToken cancellation)
    {
        var findings = new List<string>();
        foreach (var service in services)
        {
            await using var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(target.Address)
            {
                Database = TenantNames.Database(tenant.Code), Username = TenantNames.Runtime(tenant.Code, service), Password = password, Pooling = false,
            }.ConnectionString);
            await connection.OpenAsync(cancellation);
            await using var rights = new NpgsqlCommand("SELECT nspname FROM pg_namespace WHERE nspname = ANY($1) AND has_schema_privilege(oid, 'USAGE')", connection) { Parameters = { new() { Value = services.Select(TenantNames.Schema).ToArray() } } };
            await using var reader = await rights.ExecuteReaderAsync(cancellation);
            var reached = new List<string>();
            while (await reader.ReadAsync(cancellation)) reached.Add(reader.GetString(0));
            if (reached is not [var own] || own != TenantNames.Schema(service)) findings.Add($"{service} reaches {string.Join(", ", reached)}");
        }
        return findings;
    }

    private static Task<int> Verify(PostgresServer target, Tenant tenant, string password, TextWriter output, CancellationToken cancellation) => VerifyCommand.Run(
        new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>
        {
            [$"Tenants:{tenant.Code}:Database"] = target.Address,
            [$"Secrets:Database:{tenant.Code}:{SettlementModule.Service}"] = password,
        }).Build(), output, cancellation);

    /// <summary>The services whose schemas a dump holds.</summary>
    private static async Task<List<string>> Services(string dump, CancellationToken cancellation)
    {
        var contents = await PgTool("pg_restore", null, null, ["--list", dump], cancellation);
        return [.. contents.Split('\n').Where(line => line.Contains(" SCHEMA - ", StringComparison.Ordinal)).Select(line => line.Split(" SCHEMA - ")[1].Split(' ')[0]).Where(s => s != "public").Select(s => s.Replace('_', '-')).Distinct().Order(StringComparer.Ordinal)];
    }

    private static async Task<string> PgTool(string program, string? server, string? database, IEnumerable<string> arguments, CancellationToken cancellation)
    {
        var start = new ProcessStartInfo(PostgresServer.Program(program), arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        if (server is not null)
        {
            var address = new NpgsqlConnectionStringBuilder(server);
            (start.Environment["PGHOST"], start.Environment["PGPORT"], start.Environment["PGUSER"], start.Environment["PGPASSWORD"]) = (address.Host, $"{address.Port}", address.Username, address.Password);
            start.Environment["PGDATABASE"] = database;
        }
        using var process = Process.Start(start)!;
        var said = process.StandardOutput.ReadToEndAsync(cancellation);
        var errors = process.StandardError.ReadToEndAsync(cancellation);
        await process.WaitForExitAsync(cancellation);
        return process.ExitCode == 0 ? await said : throw new EmbeddedServerException($"{program} failed: {(await errors).Trim()}");
    }
}
