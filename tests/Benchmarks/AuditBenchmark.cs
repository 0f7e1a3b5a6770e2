using System.Collections.Frozen;
using System.Diagnostics;
using MedInsure.Embedded;
using MedInsure.FraudAudit;
using MedInsure.FraudAudit.Intake;
using MedInsure.FraudAudit.PostAudit;
using MedInsure.FraudAudit.Rules;
using MedInsure.Hosting.Tenancy;
using MedInsure.Kernel;
using MedInsure.Protos.FraudAudit.V1;
using MedInsure.Reference;
using Microsoft.Extensions.Configuration;
using Npgsql;

namespace MedInsure.Benchmarks;

/// <summary>
/// A county's year of settlements through all rules, bill by bill with each person's bills before it, then month by month: what was found is stored and compared with what stands. Against PostgreSQL reading the same
/// rows once, every byte of them, one after the other. Fails unless every settlement was audited and none failed.
/// </summary>
internal static class AuditBenchmark
{
    public static readonly Benchmark Entry = new("audit", "a county's year of settlements through all audit rules, as a multiple of PostgreSQL reading the rows once [--settlements 400000 --persons 100000 --codes 4000 --points 100]", Run);

    private const int ReadRounds = 3, ClaimsPerPage = 2_000;
    private static readonly Tenant County = new("230199", "测试县", "230100", new Dictionary<string, string>());

    private static async Task<BenchmarkReport> Run(BenchmarkArguments arguments, TextWriter log, CancellationToken cancellation)
    {
        var (settlements, persons, codes, pointsPerRule) = (arguments.Number("settlements", 400_000), arguments.Number("persons", 100_000), arguments.Number("codes", 4_000), arguments.Number("points", 100));
        arguments.NoOthers();
        await using var server = await PgBench.StartServer(cancellation);
        await TenantProvisioning.Provision(server.AdminConnectionString, County, FraudAuditModule.Service, "secret-of-the-benchmark", cancellation: cancellation);
        await MigrationRunner.Apply(server.AdminConnectionString, County, FraudAuditModule.Service, typeof(FraudAuditModule).Assembly, cancellation: cancellation);
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>
        {
            [$"Tenants:{County.Code}:Database"] = server.Address, [$"Secrets:Database:{County.Code}:{FraudAuditModule.Service}"] = "secret-of-the-benchmark",
        }).Build();
        await using var databases = new TenantDatabases(configuration, new TenantDirectory([County]));
        var database = databases.For(County.Code, FraudAuditModule.Service);

        var filling = Stopwatch.StartNew();
        var lines = await Fill(database, settlements, persons, codes, cancellation);
        await log.WriteLineAsync($"audit: {settlements} settlements with {lines} lines after {filling.Elapsed.TotalSeconds:F0} s");
        var book = RuleBook.LoadEmbedded();
        var rules = new RuleSet(book, [], Points(book, codes, pointsPerRule)) { Version = "benchmark" };

        var reads = new List<double>();
        for (var i = 0; i < ReadRounds; i++) reads.Add(await Read(database, cancellation));
        var (cpu, watch) = (CpuTime.Seconds(server), Stopwatch.StartNew());
        var run = await Audit(database, book, rules, cancellation);
        var (seconds, cpuSeconds) = (watch.Elapsed.TotalSeconds, CpuTime.Seconds(server) - cpu);
        watch.Restart();
        var differences = await RunDifference.Sums(database, run.RunNo, cancellation);
        var compared = watch.Elapsed.TotalSeconds;
        for (var i = 0; i < ReadRounds; i++) reads.Add(await Read(database, cancellation));
        if (run.Claims != settlements || run.Failed != 0) throw new InvalidOperationException($"{run.Claims} of {settlements} settlements were audited, {run.Failed} failed");

        var read = Alternation.Median(reads);
        return new BenchmarkReport("audit").Add("ratio", (seconds + compared) / read).Add("settlements", settlements).Add("lines", lines).Add("rules", book.Definitions.Count).Add("points", rules.Points.Count).Add("audit_s", seconds)
            .Add("compare_s", compared).Add("audit_cpu_s", cpuSeconds).Add("read_once_s", read).Add("settlements_per_second", settlements / seconds).Add("findings", run.Found).Add("findings_added", differences.Where(d => d.Kind == "added").Sum(d => d.Count));
    }

    private static async Task<AuditRun> Audit(NpgsqlDataSource database, RuleBook book, RuleSet rules, CancellationToken cancellation)
    {
        await using (var order = database.CreateCommand("INSERT INTO audit_run (request_key, kind, from_on, to_on, rules, reason, started_by, started_at) VALUES ('benchmark', 'audit', '2026-01-01', '2026-12-31', '{}', 'benchmark', 'benchmark', now())"))
            await order.ExecuteNonQueryAsync(cancellation);
        var run = (await AuditRun.ToDo(database, cancellation))!;
        if (!await AuditRunWorker.Work(database, County.Code, run, RunRules.Of(run, book, rules), CityReference.Empty(County.CityCode), TimeProvider.System, (_, failure) => throw failure, cancellation)) throw new InvalidOperationException("the run did not end");
        return (await AuditRun.Find(database, run.RunNo, cancellation))!;
    }

    /// <summary>Every row with every byte of its document, by one process of PostgreSQL.</summary>
    private static async Task<double> Read(NpgsqlDataSource database, CancellationToken cancellation)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        await using (var alone = new NpgsqlCommand("SET max_parallel_workers_per_gather = 0", connection)) await alone.ExecuteNonQueryAsync(cancellation);
        var watch = Stopwatch.StartNew();
        await using var command = new NpgsqlCommand("SELECT sum(bit_count(doc) + total_fen)::bigint FROM audit_claim", connection) { CommandTimeout = 0 };
        await command.ExecuteScalarAsync(cancellation);
        var seconds = watch.Elapsed.TotalSeconds;
        await using (var back = new NpgsqlCommand("RESET max_parallel_workers_per_gather", connection)) await back.ExecuteNonQueryAsync(cancellation);
        return seconds;
    }

    // ---- a year

    private static async Task<long> Fill(NpgsqlDataSource database, int settlements, int persons, int codes, CancellationToken cancellation)
    {
        var lines = 0L;
        // In the order of settlement, as the feed brings them; two pages at once.
        await Parallel.ForEachAsync(Enumerable.Range(0, (settlements + ClaimsPerPage - 1) / ClaimsPerPage), new ParallelOptions { MaxDegreeOfParallelism = 2, CancellationToken = cancellation }, async (page, stop) =>
        {
            var claims = Enumerable.Range(page * ClaimsPerPage, Math.Min(ClaimsPerPage, settlements - page * ClaimsPerPage)).Select(i => Claim(i, settlements, persons, codes)).ToList();
            Interlocked.Add(ref lines, claims.Sum(c => (long)c.Line.Count));
            await using var connection = await database.OpenConnectionAsync(stop);
            await using var transaction = await connection.BeginTransactionAsync(stop);
            await ClaimStore.Keep(connection, transaction, claims, stop);
            await transaction.CommitAsync(stop);
        });
        await using var position = database.CreateCommand("UPDATE feed_position SET seq = 1000000000, idx = 0; ");
        await position.ExecuteNonQueryAsync(cancellation);
        await using var analyze = database.CreateCommand("ANALYZE audit_claim");
        await analyze.ExecuteNonQueryAsync(cancellation);
        return lines;
    }

    /// <summary>One in twelve is a stay of some days with forty-odd lines; the others are visits with ten.</summary>
    private static AuditClaim Claim(int number, int settlements, int persons, int codes)
    {
        var random = new Random(number);
        var settledOn = new DateOnly(2026, 1, 1).AddDays((int)((long)number * 365 / settlements));
        var (person, isStay) = (random.Next(persons), random.Next(12) == 0);
        var (from, provider) = (isStay ? settledOn.AddDays(-random.Next(3, 12)) : settledOn, random.Next(60));
        var claim = new AuditClaim
        {
            SetlId = $"{County.Code}S{number:D9}", MdtrtId = $"{County.Code}M{number:D9}", PsnNo = $"P{person:D9}", HomeCounty = County.Code, FixmedinsCode = $"H{provider:D4}", ProviderCounty = County.Code, HospLv = "05",
            PolicyLevel = "2", Insutype = person % 4 == 0 ? "310" : "390", PsnType = "1501", MedType = isStay ? "21" : "11", Gend = person % 2 == 0 ? "1" : "2", BirthOn = 19300101 + person % 80 * 10_000, BeginOn = DayNumber.Of(from),
            EndOn = DayNumber.Of(settledOn), PolicyOn = DayNumber.Of(settledOn), BeginAtMs = At(from, 8), SettledAtMs = At(settledOn, 9) + number % 1_000 * 1_000, DepartmentCode = $"K{random.Next(12):D2}",
            DoctorCode = $"D{provider * 20 + random.Next(20):D5}", BasicPoolLeftFen = -1, JournalSeq = number / 64 + 1, Idx = number % 64, CatalogCity = County.CityCode, DischargeWay = isStay ? "1" : "",
        };
        claim.Diagnosis.Add(new AuditDiagnosis { Type = "1", Code = $"{(char)('A' + random.Next(20))}{random.Next(100):D2}.9", Main = true });
        var days = settledOn.DayNumber - from.DayNumber + 1;
        for (var i = 0; i < (isStay ? 42 : 10); i++)
        {
            // Some items are in most bills, most are rare.
            var code = (int)((long)random.Next(codes) * random.Next(codes) / codes);
            var (on, fen, kind) = (from.AddDays(i % days), random.Next(200, 9_000), code % 5);
            var line = new AuditLine
            {
                FeedetlSn = $"{number:D9}-{i:D3}", MedListCode = $"X{code:D6}", ItemName = $"项目{code}", ListType = kind < 3 ? "101" : kind == 3 ? "201" : "301", MedChrgitmType = kind < 3 ? "09" : kind == 3 ? "05" : "08", ChrgitmLv = "01",
                OccurredAtMs = At(on, 10) + i * 60_000, OccurredOn = DayNumber.Of(on), QuantityE4 = 10_000 * random.Next(1, 4), UnitPriceMicroYuan = fen * 10_000L, AmountFen = fen, InScopeFen = fen, PrescriptionNo = $"R{number}",
                DepartmentCode = claim.DepartmentCode, DoctorCode = claim.DoctorCode, SupplyDaysE2 = kind < 3 ? 300 : 0,
            };
            claim.Line.Add(line);
            claim.TotalFen += fen;
            claim.InScopeFen += fen;
        }
        (claim.FundTotalFen, claim.PersonShareFen) = (claim.InScopeFen * 7 / 10, claim.TotalFen - claim.InScopeFen * 7 / 10);
        return claim;
    }

    private static long At(DateOnly day, int hour) => new DateTimeOffset(day.ToDateTime(new TimeOnly(hour, 0)), ChinaCalendar.Offset).ToUnixTimeMilliseconds();

    /// <summary>For every rule that has points, points of the catalog's rarer items, with whatever a rule may look at: one line in ten meets some, and few bills break one.</summary>
    private static IEnumerable<KnowledgePoint> Points(RuleBook book, int codes, int perRule)
    {
        foreach (var (rule, r) in book.Definitions.Values.Where(d => d.Points).OrderBy(d => d.Number, StringComparer.Ordinal).Select((d, r) => (d, r)))
            for (var i = 0; i < perRule; i++)
            {
                var code = codes * 6 / 10 + (i * 37 + r * 11) % (codes * 4 / 10);
                yield return new KnowledgePoint(rule.Number, $"{i}", $"项目{code}", new[] { $"X{code:D6}" }.ToFrozenSet(), new[] { $"X{(code + 1) % codes:D6}" }.ToFrozenSet(), ["A", "B", "C", "D", "E", "F", "G", "H", "I", "J", "K"], i % 10 == 0 ? "1" : "",
                    0, 85, ["310", "390"], ["11", "21"], "1", rule.PointLimit == "price" ? 80_000_000 : 500_000, "month", "", 20200101, 0);
            }
    }
}
