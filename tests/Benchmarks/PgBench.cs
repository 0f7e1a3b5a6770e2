using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using MedInsure.Embedded;
using Npgsql;

namespace MedInsure.Benchmarks;

/// <summary>The reference that every figure is a ratio to: pgbench's TPC-B, prepared statements, on the same server in the same run.</summary>
public sealed partial class PgBench
{
    private const string Database = "pgbench";
    private readonly PostgresServer server;

    private PgBench(PostgresServer server) => this.server = server;

    /// <summary>A server as a benchmark wants it: durable, 2 GiB of shared buffers.</summary>
    public static Task<PostgresServer> StartServer(CancellationToken cancellation) =>
        PostgresServer.Start(new PostgresOptions { Durable = true, SharedBuffersMiB = 2048 }, cancellation);

    /// <summary>Makes the database and fills it (scale 50: 5 million accounts, about 750 MB).</summary>
    public static async Task<PgBench> Prepare(PostgresServer server, int scale, TextWriter log, CancellationToken cancellation)
    {
        await log.WriteLineAsync($"pgbench: filling scale {scale}");
        await Execute(server, $"CREATE DATABASE {Database}", cancellation);
        var bench = new PgBench(server);
        await bench.Tool(["-i", "-q", "-s", $"{scale}"], cancellation);
        return bench;
    }

    /// <summary>One run, after a checkpoint so that each begins alike.</summary>
    public async Task<PgBenchRun> Run(int clients, int jobs, int seconds, CancellationToken cancellation)
    {
        await Execute(server, "CHECKPOINT", cancellation);
        return Parse(await Tool(["-M", "prepared", "-c", $"{clients}", "-j", $"{jobs}", "-T", $"{seconds}"], cancellation));
    }

    /// <exception cref="FormatException">The output has no such figures, or transactions failed.</exception>
    public static PgBenchRun Parse(string output)
    {
        double Figure(Regex pattern, string what) => pattern.Match(output) is { Success: true } match
            ? double.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture) : throw new FormatException($"pgbench printed no {what}:\n{output}");
        if (FailedTransactions().Match(output) is { Success: true } failed && failed.Groups[1].Value != "0") throw new FormatException($"pgbench had failed transactions:\n{output}");
        return new PgBenchRun(Figure(Tps(), "tps"), Figure(LatencyAverage(), "latency average"), (long)Figure(Transactions(), "number of transactions"));
    }

    private async Task<string> Tool(string[] arguments, CancellationToken cancellation)
    {
        var address = new NpgsqlConnectionStringBuilder(server.ConnectionString(Database));
        var start = new ProcessStartInfo("pgbench") { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var word in (string[])["-h", address.Host!, "-p", $"{address.Port}", "-U", address.Username!, .. arguments, Database]) start.ArgumentList.Add(word);
        start.Environment["PGPASSWORD"] = address.Password;
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync(cancellation);
        var error = process.StandardError.ReadToEndAsync(cancellation);
        await process.WaitForExitAsync(cancellation);
        return process.ExitCode == 0 ? await output : throw new InvalidOperationException($"pgbench {string.Join(' ', arguments)} ended with {process.ExitCode}:\n{await output}{await error}");
    }

    private static async Task Execute(PostgresServer server, string sql, CancellationToken cancellation)
    {
        await using var connection = new NpgsqlConnection(server.AdminConnectionString);
        await connection.OpenAsync(cancellation);
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 300 };
        await command.ExecuteNonQueryAsync(cancellation);
    }

    [GeneratedRegex(@"^tps = ([0-9.]+)", RegexOptions.Multiline)]
    private static partial Regex Tps();

    [GeneratedRegex(@"^latency average = ([0-9.]+) ms", RegexOptions.Multiline)]
    private static partial Regex LatencyAverage();

    [GeneratedRegex(@"^number of transactions actually processed: ([0-9]+)", RegexOptions.Multiline)]
    private static partial Regex Transactions();

    [GeneratedRegex(@"^number of failed transactions: ([0-9]+)", RegexOptions.Multiline)]
    private static partial Regex FailedTransactions();
}

/// <summary>Tps without the time to connect.</summary>
public sealed record PgBenchRun(double Tps, double LatencyAverageMs, long Transactions);
