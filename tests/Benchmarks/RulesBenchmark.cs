using System.Collections.Concurrent;
using System.Diagnostics;
using System.Threading.Channels;
using Grpc.Core;
using MedInsure.FraudAudit.Checks;
using MedInsure.FraudAudit.Rules;
using MedInsure.Hosting.Rpc;
using MedInsure.Protos.FraudAudit.V1;
using AuditClient = MedInsure.Protos.FraudAudit.V1.FraudAudit.FraudAuditClient;

namespace MedInsure.Benchmarks;

/// <summary>
/// Checks of eight-line bills before they settle, by every rule of the release and some thousands of knowledge points, with the person's bills of 400 days in memory. In process, on one thread, per second of
/// processor time of the whole process, from the bill to the answer. <c>ratio</c> is to the same bills checked in SQL by PostgreSQL, its processor time and the client's together, in alternating rounds:
/// a person's and points' limits, frequencies over the window, repeated lines, the same drug elsewhere; five kinds of rules where ours run all. Then through gRPC: the service as it runs, with its
/// database, at a given rate (latency counts from when a call is due), and as fast as its callers ask.
/// </summary>
internal static class RulesBenchmark
{
    public static readonly Benchmark Entry = new("rules", "checks of eight-line bills by all audit rules in process, against SQL, and through gRPC [--persons 2000 --points 100 --seconds 3 --rounds 5 --rate 1000 --callers 32]", Run);

    private sealed record Rate(long Checks, long Found, double CpuSeconds, double Seconds, double BytesEach)
    {
        public double PerSecond => Checks / CpuSeconds;
    }

    private static async Task<BenchmarkReport> Run(BenchmarkArguments arguments, TextWriter log, CancellationToken cancellation)
    {
        var (persons, points, seconds, rounds) = (arguments.Number("persons", 2_000), arguments.Number("points", 100), arguments.Number("seconds", 3), arguments.Number("rounds", 5));
        var (rate, callers) = (arguments.Number("rate", 1_000), arguments.Number("callers", 32));
        arguments.NoOthers();
        var load = new CheckLoad(persons, points);
        await using var server = await PgBench.StartServer(cancellation);
        await using var sql = await SqlChecks.Prepare(server, load, cancellation);
        await log.WriteLineAsync($"rules: {load.Book.Definitions.Count} rules, {load.Rules.Points.Count} points, {persons} persons with {load.HistoryLines} lines");
        await log.WriteLineAsync($"rules: found most by {string.Join(", ", load.FoundBy().Take(8).Select(f => $"{f.Rule} {f.Count}"))} of {load.Bills.Count} bills");
        // Long enough for the compiler's last tier.
        _ = (Measure(load, 3, cancellation), await sql.Measure(server, 1, cancellation));
        var result = await Alternation.Run(rounds, () => sql.Measure(server, seconds, cancellation), () => Task.FromResult(Measure(load, seconds, cancellation)), run => run.PerSecond, log);

        double Median(Func<Rate, double> of) => Alternation.Median(result.Runs.Select(of));
        var report = new BenchmarkReport("rules").Add("checks_per_second_per_core", Median(r => r.PerSecond)).Add("ratio", result.MedianRatio).Add("ratios", result.Ratios).Add("sql_checks_per_second_per_core", result.MedianReference)
            .Add("checks_per_second_wall_clock", Median(r => r.Checks / r.Seconds)).Add("allocated_bytes_per_check", Median(r => r.BytesEach)).Add("found_per_check", Median(r => (double)r.Found / r.Checks))
            .Add("lines_per_bill", CheckLoad.LinesPerBill).Add("history_lines_per_person", (double)load.HistoryLines / persons).Add("rules", load.Book.Definitions.Count).Add("bill_rules", load.Book.BillRules.Count).Add("points", load.Rules.Points.Count);

        await using var service = await AuditService.Start(server, load, cancellation);
        // Every person's bills into memory, and the wire's code compiled.
        await Parallel.ForEachAsync(load.Bills, new ParallelOptions { MaxDegreeOfParallelism = 8, CancellationToken = cancellation }, async (bill, _) => await service.Check(bill));
        _ = await Paced(service, load, rate, callers, seconds, cancellation);
        var cpu = CpuTime.Seconds(server);
        var paced = await Paced(service, load, rate, callers, 3 * seconds, cancellation);
        cpu = CpuTime.Seconds(server) - cpu;
        var fastest = await Fastest(service, load, callers, seconds, cancellation);
        return report.Add("grpc_rate_per_second", paced.Count / paced.Seconds).Add("grpc_latency_p50_ms", paced.Percentile(0.5)).Add("grpc_latency_p99_ms", paced.Percentile(0.99)).Add("grpc_latency_p999_ms", paced.Percentile(0.999))
            .Add("grpc_cpu_us_per_check", cpu / paced.Count * 1e6).Add("grpc_callers", callers).Add("grpc_fastest_per_second", fastest.Count / fastest.Seconds).Add("grpc_fastest_p99_ms", fastest.Percentile(0.99));
    }

    private static Rate Measure(CheckLoad load, double seconds, CancellationToken cancellation)
    {
        var (checks, found) = (0L, 0L);
        var (bytes, cpu, watch, now) = (GC.GetAllocatedBytesForCurrentThread(), Environment.CpuUsage.TotalTime, Stopwatch.StartNew(), TimeProvider.System.GetUtcNow());
        var used = TimeSpan.Zero;
        while (used.TotalSeconds < seconds)
        {
            cancellation.ThrowIfCancellationRequested();
            foreach (var claim in load.Bills)
            {
                var bill = new BillUnderAudit(claim, load.HistoryOf(claim.PsnNo), load.Reference);
                load.Rules.Audit(bill, "during");
                found += CheckClaim.Reply(bill, load.Rules, "during", now).Finding.Count;
            }
            checks += load.Bills.Count;
            used = Environment.CpuUsage.TotalTime - cpu;
        }
        return new Rate(checks, found, used.TotalSeconds, watch.Elapsed.TotalSeconds, (GC.GetAllocatedBytesForCurrentThread() - bytes) / (double)checks);
    }

    // ---- through gRPC

    private sealed record Latencies(double[] Sorted, double Seconds)
    {
        public int Count => Sorted.Length;
        public double Percentile(double at) => Sorted[Math.Min(Sorted.Length - 1, (int)(Sorted.Length * at))];
    }

    /// <summary>One clock hands out what is due; what the callers have no hand free for waits, and its waiting counts.</summary>
    private static async Task<Latencies> Paced(AuditService service, CheckLoad load, int rate, int callers, int seconds, CancellationToken cancellation)
    {
        var (due, latencies, watch) = (Channel.CreateUnbounded<(int Number, TimeSpan Since)>(), new ConcurrentBag<double>(), Stopwatch.StartNew());
        var asking = Enumerable.Range(0, callers).Select(_ => Task.Run(async () =>
        {
            await foreach (var (number, since) in due.Reader.ReadAllAsync(cancellation))
            {
                await service.Check(load.Bills[number % load.Bills.Count]);
                latencies.Add((watch.Elapsed - since).TotalMilliseconds);
            }
        }, cancellation)).ToList();
        for (var next = 0; next < rate * seconds;)
        {
            await Task.Delay(1, cancellation);
            var now = watch.Elapsed;
            for (; next < rate * seconds && next < now.TotalSeconds * rate; next++) due.Writer.TryWrite((next, now));
        }
        due.Writer.Complete();
        await Task.WhenAll(asking);
        return new Latencies([.. latencies.Order()], watch.Elapsed.TotalSeconds);
    }

    private static async Task<Latencies> Fastest(AuditService service, CheckLoad load, int callers, int seconds, CancellationToken cancellation)
    {
        var (next, latencies, watch) = (-1, new ConcurrentBag<double>(), Stopwatch.StartNew());
        await Task.WhenAll(Enumerable.Range(0, callers).Select(_ => Task.Run(async () =>
        {
            while (watch.Elapsed.TotalSeconds < seconds)
            {
                cancellation.ThrowIfCancellationRequested();
                var begin = watch.Elapsed;
                await service.Check(load.Bills[Interlocked.Increment(ref next) % load.Bills.Count]);
                latencies.Add((watch.Elapsed - begin).TotalMilliseconds);
            }
        }, cancellation)));
        return new Latencies([.. latencies.Order()], watch.Elapsed.TotalSeconds);
    }

    /// <summary>Asks as settlement does.</summary>
    internal static Task Check(this AuditService service, AuditClaim claim) =>
        service.Client.CheckClaimAsync(new CheckClaimRequest { Stage = CheckStage.During, Claim = claim }, new CallOptions(CallTenant.For(CheckLoad.County))).ResponseAsync;
}
