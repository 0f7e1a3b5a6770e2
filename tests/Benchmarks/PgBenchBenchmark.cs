
namespace MedInsure.Benchmarks;

/// <summary>The reference alone: how fast, and how steady, this machine is.</summary>
public static class PgBenchBenchmark
{
    public static readonly Benchmark Entry = new("pgbench", "pgbench's TPC-B alone [--scale 50 --clients 8 --jobs 2 --seconds 10 --rounds 3]", Run);

    private static async Task<BenchmarkReport> Run(BenchmarkArguments arguments, TextWriter log, CancellationToken cancellation)
    {
        var (scale, clients, jobs) = (arguments.Number("scale", 50), arguments.Number("clients", 8), arguments.Number("jobs", 2));
        var (seconds, rounds) = (arguments.Number("seconds", 10), arguments.Number("rounds", 3));
        arguments.NoOthers();

        await using var server = await PgBench.StartServer(cancellation);
        var bench = await PgBench.Prepare(server, scale, log, cancellation);
        var runs = new List<PgBenchRun>();
        for (var i = 0; i < rounds; i++)
        {
            runs.Add(await bench.Run(clients, jobs, seconds, cancellation));
            await log.WriteLineAsync($"round {i + 1} of {rounds}: {runs[^1].Tps:F0} tps");
        }
        return new BenchmarkReport("pgbench").Add("scale", scale).Add("clients", clients).Add("seconds", seconds)
            .Add("tps_median", Alternation.Median(runs.Select(r => r.Tps))).Add("latency_average_ms_median", Alternation.Median(runs.Select(r => r.LatencyAverageMs)))
            .Add("tps_runs", runs.Select(r => r.Tps));
    }
}
