using System.Diagnostics;
using System.Security.Cryptography;
using Google.Protobuf;
using MedInsure.Protos.Enrollment.V1;
using MedInsure.Protos.Settlement.V1;
using MedInsure.Settlement.Claims;
using MedInsure.Settlement.Tests;
using Npgsql;
using RequestKey = MedInsure.Protos.Settlement.V1.RequestKey;

namespace MedInsure.Benchmarks;

/// <summary>
/// The commit path in process: real calculation of eight lines, idempotency, hash chain, group commit, projections behind it, against pgbench's TPC-B on the same
/// server. A settlement counts when it was answered, that is, after its commit; the projections' remaining time is reported beside it. Ends with a check of sums.
/// </summary>
public static class SettleBenchmark
{
    public static readonly Benchmark Entry = new("settle", "settlements per second in process [--callers 256 --seconds 15 --rounds 3 --persons 100000 --scale 50 --clients 8]", Run);

    private const int LinesPerClaim = 8;
    private static long lastMessage;

    /// <param name="CatchUpSeconds">From the last answer until the tables held everything.</param>
    private sealed record SettleRun(double PerSecond, double P50Ms, double P99Ms, double CatchUpSeconds, double SustainedPerSecond, double WalBytesEach, double AllocatedBytesEach);

    private static async Task<BenchmarkReport> Run(BenchmarkArguments arguments, TextWriter log, CancellationToken cancellation)
    {
        var (callers, seconds, rounds) = (arguments.Number("callers", 256), arguments.Number("seconds", 15), arguments.Number("rounds", 3));
        var (persons, scale, clients) = (arguments.Number("persons", 100_000), arguments.Number("scale", 50), arguments.Number("clients", 8));
        arguments.NoOthers();

        await using var server = await PgBench.StartServer(cancellation);
        var reference = await PgBench.Prepare(server, scale, log, cancellation);
        await using var node = await SettlementNode.Create(server, time: TimeProvider.System);
        await log.WriteLineAsync($"settle: {persons} persons");
        await Fill(node, persons);
        await Drive(node, callers, persons, TimeSpan.FromSeconds(3), cancellation); // warm-up: the JIT and the persons' first loads

        var result = await Alternation.Run(rounds,
            async () => (await reference.Run(clients, 2, 10, cancellation)).Tps,
            () => Drive(node, callers, persons, TimeSpan.FromSeconds(seconds), cancellation),
            run => run.PerSecond, log);
        var alone = await Drive(node, 1, persons, TimeSpan.FromSeconds(5), cancellation);
        var answered = await Check(node);
        return new BenchmarkReport("settle").Add("ratio", result.MedianRatio).Add("ratios", result.Ratios)
            .Add("ratio_sustained", Alternation.Median(result.Runs.Select((r, i) => r.SustainedPerSecond / ((result.References[i] + result.References[i + 1]) / 2))))
            .Add("callers", callers).Add("settle_per_second", Alternation.Median(result.Runs.Select(r => r.PerSecond))).Add("tpcb_per_second", result.MedianReference)
            .Add("latency_p50_ms", Alternation.Median(result.Runs.Select(r => r.P50Ms))).Add("latency_p99_ms", Alternation.Median(result.Runs.Select(r => r.P99Ms)))
            .Add("projection_catch_up_s", Alternation.Median(result.Runs.Select(r => r.CatchUpSeconds)))
            .Add("one_caller_p50_ms", alone.P50Ms).Add("one_caller_per_second", alone.PerSecond)
            .Add("wal_bytes_each", Alternation.Median(result.Runs.Select(r => r.WalBytesEach))).Add("allocated_bytes_each", Alternation.Median(result.Runs.Select(r => r.AllocatedBytesEach)))
            .Add("settlements_checked", answered);
    }

    private static async Task Fill(SettlementNode node, int persons)
    {
        foreach (var part in Enumerable.Range(0, persons).Chunk(5_000))
            await node.AddPersons([.. part.Select(i =>
            {
                var person = new Person { PsnNo = PsnNo(i), PsnCertType = "01", Certno = "230102198001010010", PsnName = "王测试", Gend = "1", BirthOn = 19800101, County = node.Tenant.Code, Version = 1 };
                person.Coverage.Add(new Coverage { Insutype = "390", PsnType = i % 4 == 0 ? "1403" : "1501", FromOn = 20200101 });
                return person;
            })]);
    }

    private static string PsnNo(int i) => $"P{i:D9}";

    private static async Task<SettleRun> Drive(SettlementNode node, int callers, int persons, TimeSpan time, CancellationToken cancellation)
    {
        var walBefore = await Wal(node);
        var allocatedBefore = GC.GetTotalAllocatedBytes();
        var begun = Stopwatch.GetTimestamp();
        var ends = begun + (long)(time.TotalSeconds * Stopwatch.Frequency);
        var latencies = await Task.WhenAll(Enumerable.Range(0, callers).Select(c => Task.Run(() => Call(node, new Random(c), persons, ends), cancellation)));
        var elapsed = Stopwatch.GetElapsedTime(begun);
        var allocated = GC.GetTotalAllocatedBytes() - allocatedBefore;
        if (!await node.Journal.Projector.WaitFor(node.Journal.CommittedSeq, TimeSpan.FromMinutes(10), cancellation)) throw new InvalidOperationException("the projection did not catch up within ten minutes");
        var caughtUp = Stopwatch.GetElapsedTime(begun);
        var sorted = latencies.SelectMany(l => l).ToArray();
        Array.Sort(sorted);
        double At(double share) => sorted[Math.Min(sorted.Length - 1, (int)(sorted.Length * share))] * 1000.0 / Stopwatch.Frequency;
        return new SettleRun(sorted.Length / elapsed.TotalSeconds, At(0.5), At(0.99), (caughtUp - elapsed).TotalSeconds, sorted.Length / caughtUp.TotalSeconds,
            (await Wal(node) - walBefore) / sorted.Length, (double)allocated / sorted.Length);
    }

    private static async Task<List<long>> Call(SettlementNode node, Random random, int persons, long ends)
    {
        var latencies = new List<long>(4096);
        while (true)
        {
            var begun = Stopwatch.GetTimestamp();
            if (begun >= ends) return latencies;
            var outcome = await node.Submit(SettleClaim.Command(Bill(node, random, persons)));
            if (outcome.Refusal is { } refusal) throw new InvalidOperationException($"refused: {refusal.Code}");
            latencies.Add(Stopwatch.GetTimestamp() - begun);
        }
    }

    private static SettleClaimRequest Bill(SettlementNode node, Random random, int persons)
    {
        var at = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds() - 60_000;
        var request = new SettleClaimRequest
        {
            Key = new RequestKey { Sender = "H23010100001", MessageId = $"H23010100001{Interlocked.Increment(ref lastMessage):D18}", Transaction = "2102", ContentHash = ByteString.CopyFrom(RandomNumberGenerator.GetBytes(16)) },
            FixmedinsCode = node.Hospital("3"),
            PsnNo = PsnNo(random.Next(persons)),
            Insutype = "390",
            InlineEncounter = new EncounterDetails { MedType = "11", BeginAtMs = at },
        };
        for (var i = 0; i < LinesPerClaim; i++)
        {
            var line = SettlementNode.Line($"{i}", i % 3 == 0 ? "A1" : i % 3 == 1 ? "B10" : "CAP", 10_000 * (1 + random.Next(5)), 1_000_000L * (1 + random.Next(40)), at);
            request.InlineLine.Add(line);
            request.TotalFen += line.AmountFen;
        }
        return request;
    }

    private static async Task<double> Wal(SettlementNode node)
    {
        await using var connection = new NpgsqlConnection(node.Server.AdminConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand("SELECT pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0')::float8", connection);
        return (double)(await command.ExecuteScalarAsync())!;
    }

    /// <summary>Claims, accumulators and ledger agree; the chain holds.</summary>
    private static async Task<long> Check(SettlementNode node)
    {
        async Task<long> Number(string sql)
        {
            await using var command = node.Database.CreateCommand(sql);
            command.CommandTimeout = 600;
            return (long)(await command.ExecuteScalarAsync())!;
        }
        var paid = await Number("SELECT coalesce(sum(basic_fund_fen), 0)::bigint FROM claim");
        if (paid != await Number("SELECT coalesce(sum((sums ->> 'basic.paid')::bigint), 0)::bigint FROM accumulator")) throw new InvalidOperationException("accumulators differ from claims");
        if (paid != await Number("SELECT coalesce(sum(amount_fen), 0)::bigint FROM ledger_entry JOIN ledger_account USING (account_id) WHERE purpose = 'benefit_expense' AND fund = '390100'"))
            throw new InvalidOperationException("the ledger differs from claims");
        if (await Number("SELECT coalesce(sum(amount_fen), 0)::bigint FROM ledger_entry") != 0) throw new InvalidOperationException("the ledger does not balance");
        await using var connection = await node.Database.OpenConnectionAsync();
        if (await Settlement.Journal.JournalStore.FindBreak(connection, default) is { } seq) throw new InvalidOperationException($"the chain breaks at {seq}");
        return await Number("SELECT count(*) FROM claim");
    }
}
