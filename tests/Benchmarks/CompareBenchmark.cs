using System.Diagnostics;
using System.Text;
using MedInsure.Embedded;
using MedInsure.Hosting.Tenancy;
using Npgsql;

namespace MedInsure.Benchmarks;

/// <summary>
/// A county's household register over HTTP, compared with as many persons, its findings stored; against the plain way in the same database: COPY of the same file into a
/// table, ANALYZE, and one SQL join of it with persons and cover that counts the uninsured, dead, moved and differing. The plain way looks for no duplicates.
/// </summary>
public static class CompareBenchmark
{
    public static readonly Benchmark Entry = new("compare", "a household register compared with its county, as a multiple of COPY and plain join [--persons 1000000 --rounds 3]", Run);

    private sealed record CompareTime(double Seconds, double CpuSeconds, long PeakHeapBytes);

    private static async Task<BenchmarkReport> Run(BenchmarkArguments arguments, TextWriter log, CancellationToken cancellation)
    {
        var (persons, rounds) = (arguments.Number("persons", 1_000_000), arguments.Number("rounds", 3));
        arguments.NoOthers();
        await using var server = await PgBench.StartServer(cancellation);
        var (personFile, registerFile) = (Path.Combine(server.Folder, "persons.csv"), Path.Combine(server.Folder, "register.csv"));
        await BenchPersons.Write(personFile, persons, 1);
        await WriteRegister(registerFile, persons);
        await using var host = await BenchEnrollment.Start(server, 1, cancellation);
        await log.WriteLineAsync($"compare: {persons} persons");
        await host.Post("/import/persons", personFile, cancellation);
        while (await host.Count("changed_persons", cancellation) + await host.Count("outbox", cancellation) > 0) await Task.Delay(100, cancellation);
        var database = TenantNames.Database(host.Counties[0]);
        await Vacuum(server, database, cancellation);
        var first = await Compare(server, host, registerFile, cancellation);
        var findings = await host.Count("finding", cancellation);

        var (joins, plainCpu) = (new List<double>(), new List<double>());
        var result = await Alternation.Run(rounds,
            async () =>
            {
                var cpu = CpuTime.Seconds(server);
                var (copy, join) = await Plain(server, database, registerFile, cancellation);
                joins.Add(join);
                plainCpu.Add(CpuTime.Seconds(server) - cpu);
                return persons / (copy + join);
            },
            () => Compare(server, host, registerFile, cancellation), run => persons / run.Seconds, log);
        if (await host.Count("finding", cancellation) != findings) throw new InvalidOperationException("a later run repeated findings");
        return new BenchmarkReport("compare").Add("times_plain", 1 / result.MedianRatio).Add("ratios", result.Ratios.Select(r => 1 / r)).Add("register_rows", persons).Add("findings", findings)
            .Add("compare_s", Alternation.Median(result.Runs.Select(r => r.Seconds))).Add("first_compare_s", first.Seconds).Add("copy_and_join_s", Alternation.Median(result.References.Select(r => persons / r)))
            .Add("compare_cpu_s", Alternation.Median(result.Runs.Select(r => r.CpuSeconds))).Add("copy_and_join_cpu_s", Alternation.Median(plainCpu))
            .Add("join_alone_s", Alternation.Median(joins)).Add("peak_heap_mib", result.Runs.Max(r => r.PeakHeapBytes) / 1048576.0).Add("file_mib", new FileInfo(registerFile).Length / 1048576.0);
    }

    private static async Task<CompareTime> Compare(PostgresServer server, BenchEnrollment host, string file, CancellationToken cancellation)
    {
        GC.Collect();
        using var peak = new PeakHeap();
        var (begun, cpu) = (Stopwatch.GetTimestamp(), CpuTime.Seconds(server));
        await host.Post($"/enrolment/{host.Counties[0]}/register", file, cancellation);
        return new CompareTime(Stopwatch.GetElapsedTime(begun).TotalSeconds, CpuTime.Seconds(server) - cpu, peak.Highest);
    }

    private static async Task<(double Copy, double Join)> Plain(PostgresServer server, string database, string file, CancellationToken cancellation)
    {
        await using var connection = new NpgsqlConnection(server.ConnectionString(database));
        await connection.OpenAsync(cancellation);
        await Execute(connection, """
            DROP TABLE IF EXISTS plain_register;
            CREATE TABLE plain_register (certno text COLLATE "C", name text, sex text, birth date, household_no text, township text, village text, address text, state text);
            SET work_mem = '256MB'
            """, cancellation);
        var begun = Stopwatch.GetTimestamp();
        await using (var input = File.OpenRead(file))
        await using (var copy = await connection.BeginTextImportAsync("COPY plain_register FROM STDIN (FORMAT csv, HEADER)", cancellation))
            await input.CopyToAsync(((StreamWriter)copy).BaseStream, 1 << 16, cancellation);
        await Execute(connection, "ANALYZE plain_register", cancellation);
        var copied = Stopwatch.GetElapsedTime(begun).TotalSeconds;
        await Execute(connection, """
            SELECT count(*) FILTER (WHERE r.state = 'living' AND c.psn_no IS NULL), count(*) FILTER (WHERE r.state = 'dead' AND c.psn_no IS NOT NULL), count(*) FILTER (WHERE r.state = 'moved_out' AND c.psn_no IS NOT NULL),
                count(*) FILTER (WHERE p.psn_name <> r.name OR p.gend <> r.sex OR p.birth_on <> r.birth)
            FROM plain_register r LEFT JOIN enrollment.person p ON p.certno = r.certno
                LEFT JOIN enrollment.coverage c ON c.psn_no = p.psn_no AND c.from_on <= current_date AND (c.to_on IS NULL OR c.to_on >= current_date)
            """, cancellation);
        return (copied, Stopwatch.GetElapsedTime(begun).TotalSeconds - copied);
    }

    private static async Task Vacuum(PostgresServer server, string database, CancellationToken cancellation)
    {
        await using var connection = new NpgsqlConnection(server.ConnectionString(database));
        await connection.OpenAsync(cancellation);
        await Execute(connection, "VACUUM ANALYZE", cancellation);
    }

    private static async Task Execute(NpgsqlConnection connection, string sql, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 0 };
        await command.ExecuteNonQueryAsync(cancellation);
    }

    /// <summary>Of a hundred rows one is of a person without cover, one dead or moved, one differs in its name.</summary>
    private static async Task WriteRegister(string path, int rows)
    {
        await using var file = new StreamWriter(path, append: false, new UTF8Encoding(false), 1 << 16);
        await file.WriteAsync("certno,name,sex,birth,household_no,township,village,address,state\n");
        for (var i = 0; i < rows; i++)
        {
            // Certificates beyond those of the persons: of people who are not enrolled.
            var who = i % 100 == 17 ? rows + i : i;
            var town = i / 3 % 20;
            await file.WriteAsync($"{BenchPersons.Certno(who)},{BenchPersons.Name(who)}{(i % 100 == 31 ? "改" : "")},{BenchPersons.Gend(who)},{BenchPersons.Birth(who):yyyy-MM-dd},H{who / 3:D8},"
                + $"650201{100 + town},650201{100 + town}{200 + i / 60 % 15},{who / 3}号,{(i % 200 == 50 ? "dead" : i % 200 == 150 ? "moved_out" : "living")}\n");
        }
    }
}
