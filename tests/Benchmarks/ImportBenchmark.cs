using System.Diagnostics;
using System.Net;
using System.Text;
using System.Text.Json;
using MedInsure.Embedded;
using MedInsure.Enrollment;
using MedInsure.Hosting;
using MedInsure.Hosting.Tenancy;
using MedInsure.Kernel;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace MedInsure.Benchmarks;

/// <summary>
/// persons.csv over HTTP into the enrolment service as it runs: streamed, checked, stored with its events in the outbox, each time into an empty county; against PostgreSQL's
/// own COPY of the same file into a plain table without index or check on the same server (ratio), and into one with the two keys that persons have, psn_no and
/// certificate (ratio_to_keyed_copy). What the events take to leave afterwards is reported beside it.
/// </summary>
public static class ImportBenchmark
{
    public static readonly Benchmark Entry = new("import", "persons.csv imported with all checks, as a ratio to COPY [--persons 1000000 --counties 4 --rounds 3]", Run);

    /// <param name="PeakHeapBytes">The highest of the managed heap, looked at every 50 ms.</param>
    private sealed record ImportTime(double Seconds, double CpuSeconds, double RepeatedSeconds, double DrainSeconds, long PeakHeapBytes, double WalBytesEach);

    private static async Task<BenchmarkReport> Run(BenchmarkArguments arguments, TextWriter log, CancellationToken cancellation)
    {
        var (persons, counties, rounds) = (arguments.Number("persons", 1_000_000), arguments.Number("counties", 4), arguments.Number("rounds", 3));
        arguments.NoOthers();
        await using var server = await PgBench.StartServer(cancellation);
        var file = Path.Combine(server.Folder, "persons.csv");
        var next = 0;
        var (copyCpu, keyed) = (new List<double>(), new List<double>());
        var result = await Alternation.Run(rounds,
            async () =>
            {
                if (!File.Exists(file)) await BenchPersons.Write(file, persons, counties);
                var before = CpuTime.Seconds(server);
                var seconds = await Copy(server, file, BenchPersons.Columns, cancellation);
                copyCpu.Add(CpuTime.Seconds(server) - before);
                keyed.Add(await Copy(server, file, BenchPersons.Columns, cancellation, ", PRIMARY KEY (psn_no), UNIQUE (psn_cert_type, certno)"));
                return persons / seconds;
            },
            async () =>
            {
                await using var host = await BenchEnrollment.Start(server, counties, cancellation);
                return await Import(server, host, file, persons, next++ == 0, cancellation);
            },
            run => persons / run.Seconds, log);
        return new BenchmarkReport("import").Add("ratio", result.MedianRatio).Add("ratios", result.Ratios)
            .Add("ratio_to_keyed_copy", Alternation.Median(result.Runs.Select((run, i) => (keyed[i] + keyed[i + 1]) / 2 / run.Seconds))).Add("persons", persons).Add("counties", counties)
            .Add("import_s", Alternation.Median(result.Runs.Select(r => r.Seconds))).Add("copy_s", Alternation.Median(result.References.Select(r => persons / r)))
            .Add("import_cpu_s", Alternation.Median(result.Runs.Select(r => r.CpuSeconds))).Add("copy_cpu_s", Alternation.Median(copyCpu))
            .Add("same_file_again_s", result.Runs[0].RepeatedSeconds).Add("events_sent_after_s", Alternation.Median(result.Runs.Select(r => r.DrainSeconds)))
            .Add("peak_heap_mib", result.Runs.Max(r => r.PeakHeapBytes) / 1048576.0).Add("file_mib", new FileInfo(file).Length / 1048576.0)
            .Add("wal_bytes_each", Alternation.Median(result.Runs.Select(r => r.WalBytesEach)));
    }

    /// <param name="keys">More of the table's definition.</param>
    /// <returns>Seconds that the server's COPY takes for the file's rows, into an empty table that holds every column as text.</returns>
    private static async Task<double> Copy(PostgresServer server, string file, IReadOnlyList<string> columns, CancellationToken cancellation, string keys = "")
    {
        await using var connection = new NpgsqlConnection(server.AdminConnectionString);
        await connection.OpenAsync(cancellation);
        await Execute(connection, $"DROP TABLE IF EXISTS plain; CREATE TABLE plain ({string.Join(", ", columns.Select(c => c + " text COLLATE \"C\""))}{keys}); CHECKPOINT", cancellation);
        var begun = Stopwatch.GetTimestamp();
        await using (var input = File.OpenRead(file))
        // The writer's own stream: the file's bytes go as they are.
        await using (var copy = await connection.BeginTextImportAsync("COPY plain FROM STDIN (FORMAT csv, HEADER)", cancellation))
            await input.CopyToAsync(((StreamWriter)copy).BaseStream, 1 << 16, cancellation);
        return Stopwatch.GetElapsedTime(begun).TotalSeconds;
    }

    private static async Task<ImportTime> Import(PostgresServer server, BenchEnrollment host, string file, int persons, bool again, CancellationToken cancellation)
    {
        await using var connection = new NpgsqlConnection(server.AdminConnectionString);
        await connection.OpenAsync(cancellation);
        await Execute(connection, "CHECKPOINT", cancellation);
        var wal = await BenchEnrollment.Wal(connection);
        GC.Collect();
        using var peak = new PeakHeap();
        var (begun, cpu) = (Stopwatch.GetTimestamp(), CpuTime.Seconds(server));
        var changed = await host.Post("/import/persons", file, cancellation);
        var seconds = Stopwatch.GetElapsedTime(begun).TotalSeconds;
        cpu = CpuTime.Seconds(server) - cpu;
        var highest = peak.Highest;
        var walEach = (await BenchEnrollment.Wal(connection) - wal) / persons;
        if (changed != persons) throw new InvalidOperationException($"{changed} persons were stored, not {persons}");
        while (await host.Count("changed_persons", cancellation) + await host.Count("outbox", cancellation) > 0) await Task.Delay(100, cancellation);
        var drained = Stopwatch.GetElapsedTime(begun).TotalSeconds - seconds;
        if (await host.Count("person", cancellation) != persons) throw new InvalidOperationException("persons are missing");

        var repeated = 0.0;
        if (again)
        {
            begun = Stopwatch.GetTimestamp();
            if (await host.Post("/import/persons", file, cancellation) != 0) throw new InvalidOperationException("the same file changed something");
            repeated = Stopwatch.GetElapsedTime(begun).TotalSeconds;
        }
        return new ImportTime(seconds, cpu, repeated, drained, highest, walEach);
    }

    private static async Task Execute(NpgsqlConnection connection, string sql, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 0 };
        await command.ExecuteNonQueryAsync(cancellation);
    }
}

/// <summary>The enrolment service as it runs, with its dispatcher on the bus in memory, for counties that no run before had.</summary>
internal sealed class BenchEnrollment : IAsyncDisposable
{
    private const string Token = "service-token-of-this-run";
    private readonly WebApplication app;
    private readonly HttpClient http;

    private BenchEnrollment(WebApplication app, IReadOnlyList<string> counties)
    {
        (this.app, Counties) = (app, counties);
        http = new HttpClient { BaseAddress = new Uri(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First()), Timeout = Timeout.InfiniteTimeSpan };
        http.DefaultRequestHeaders.Add("authorization", $"Bearer {Token}");
    }

    public IReadOnlyList<string> Counties { get; }

    /// <summary>Into databases made anew: every run finds an empty county.</summary>
    public static async Task<BenchEnrollment> Start(PostgresServer server, int counties, CancellationToken cancellation)
    {
        var settings = new Dictionary<string, string?> { ["Secrets:ServiceToken"] = Token };
        var codes = BenchPersons.Counties(counties);
        foreach (var county in codes)
        {
            await Drop(server, TenantNames.Database(county), cancellation);
            var tenant = new Tenant(county, $"测试{county}", BenchPersons.City, new Dictionary<string, string>());
            await TenantProvisioning.Provision(server.AdminConnectionString, tenant, EnrollmentModule.Service, $"secret-{county}", cancellation);
            await MigrationRunner.Apply(server.AdminConnectionString, tenant, EnrollmentModule.Service, typeof(EnrollmentModule).Assembly, cancellation);
            settings[$"Tenants:{county}:Name"] = tenant.Name;
            settings[$"Tenants:{county}:City"] = tenant.CityCode;
            settings[$"Tenants:{county}:Database"] = server.Address;
            settings[$"Secrets:Database:{county}:{EnrollmentModule.Service}"] = $"secret-{county}";
        }
        var builder = WebApplication.CreateBuilder();
        builder.Configuration.AddInMemoryCollection(settings);
        builder.AddEnrollment();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        var app = builder.Build();
        app.MapPlatform();
        app.MapEnrollment();
        await app.StartAsync(cancellation);
        return new BenchEnrollment(app, codes);
    }

    private static async Task Drop(PostgresServer server, string database, CancellationToken cancellation)
    {
        await using var connection = new NpgsqlConnection(server.AdminConnectionString);
        await connection.OpenAsync(cancellation);
        await using var command = new NpgsqlCommand($"DROP DATABASE IF EXISTS {database} WITH (FORCE)", connection) { CommandTimeout = 0 };
        await command.ExecuteNonQueryAsync(cancellation);
    }

    /// <summary>Sends a file as the import tool does.</summary>
    /// <returns>How much it changed; refused, it throws.</returns>
    public async Task<long> Post(string path, string file, CancellationToken cancellation)
    {
        await using var input = File.OpenRead(file);
        using var content = new StreamContent(input, 1 << 16);
        content.Headers.ContentType = new("text/csv");
        using var answer = await http.PostAsync(path, content, cancellation);
        var last = (await answer.Content.ReadAsStringAsync(cancellation)).TrimEnd('\n').Split('\n')[^1];
        var root = JsonDocument.Parse(last).RootElement;
        if (!root.TryGetProperty("result", out var result) || result.GetProperty("rejected").GetInt64() != 0) throw new InvalidOperationException($"the file was not taken: {last[..Math.Min(500, last.Length)]}");
        return result.GetProperty("changed").GetInt64();
    }

    public async Task<long> Count(string table, CancellationToken cancellation)
    {
        var count = 0L;
        foreach (var county in Counties)
        {
            await using var command = app.Services.GetRequiredService<TenantDatabases>().For(county, EnrollmentModule.Service).CreateCommand($"SELECT count(*) FROM {table}");
            count += (long)(await command.ExecuteScalarAsync(cancellation))!;
        }
        return count;
    }

    public static async Task<double> Wal(NpgsqlConnection connection)
    {
        await using var command = new NpgsqlCommand("SELECT pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0')::float8", connection);
        return (double)(await command.ExecuteScalarAsync())!;
    }

    public async ValueTask DisposeAsync()
    {
        http.Dispose();
        await app.StopAsync();
        await app.DisposeAsync();
    }
}

/// <summary>A county's persons in the shares of seed-facts.md 6.6: one in eighteen an employee, one in twenty-five in a category; in households of three.</summary>
internal static class BenchPersons
{
    public const string City = "650200";
    public static readonly string[] Columns =
        ["psn_no", "psn_cert_type", "certno", "psn_name", "gend", "brdy", "county", "household_no", "insutype", "psn_type", "categories", "cover_from", "cover_to", "employer_no", "account_balance"];

    private static readonly string[] Family = ["王", "李", "张", "刘", "陈", "杨", "黄", "赵", "吴", "周"];
    private static readonly string[] Given = ["伟", "芳", "娜", "秀英", "敏", "静", "丽", "强", "磊", "军", "洋", "勇", "艳", "杰", "娟", "涛"];

    public static IReadOnlyList<string> Counties(int count) => [.. Enumerable.Range(650_201, count).Select(c => $"{c}")];

    public static async Task Write(string path, int persons, int counties)
    {
        var codes = Counties(counties);
        await using var file = new StreamWriter(path, append: false, new UTF8Encoding(false), 1 << 16);
        await file.WriteAsync(string.Join(',', Columns) + "\n");
        for (var i = 0; i < persons; i++)
        {
            var employee = i % 18 == 0;
            await file.WriteAsync($"{PsnNo(i)},01,{Certno(i)},{Name(i)},{Gend(i)},{Birth(i):yyyy-MM-dd},{codes[i / 3 % counties]},H{i / 3:D8},"
                + $"{(employee ? "310,1101" : "390,1501")},{(i % 25 == 0 ? "low_income" : "")},2020-01-01,,{(employee ? $"E{i % 900:D5}" : "")},{(employee ? $"{i % 9000}.50" : "")}\n");
        }
    }

    public static string PsnNo(int i) => $"6502{i:D14}";
    public static string Name(int i) => Family[i % 10] + Given[i / 10 % 16] + (i % 3 == 0 ? Given[i / 160 % 16] : "");
    public static DateOnly Birth(int i) => new DateOnly(1940, 1, 1).AddDays((int)(i * 7919L % 30_000));
    public static string Gend(int i) => i % 2 == 0 ? "1" : "2";

    /// <summary>Distinct for distinct i below 15 million: division and order number take what the birth date leaves.</summary>
    public static string Certno(int i)
    {
        var round = i / 30_000;
        var digits = $"{650_201 + round / 400:D6}{Birth(i):yyyyMMdd}{round % 400 * 2 + (i % 2 == 0 ? 1 : 0):D3}";
        return digits + ResidentIdNumber.CheckDigit(digits);
    }
}

/// <summary>The highest of the managed heap, looked at every 50 ms.</summary>
internal sealed class PeakHeap : IDisposable
{
    private readonly Timer timer;
    private long highest;

    public PeakHeap() => timer = new Timer(_ => Look(), null, 0, 50);
    public long Highest => Interlocked.Read(ref highest);
    private void Look() => Interlocked.Exchange(ref highest, Math.Max(highest, GC.GetTotalMemory(forceFullCollection: false)));
    public void Dispose() => timer.Dispose();
}
