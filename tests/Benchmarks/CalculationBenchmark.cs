using System.Diagnostics;
using MedInsure.Kernel;
using MedInsure.Settlement.Calculation;
using MedInsure.Settlement.Policies;
using MedInsure.Settlement.Tests.Calculation;

namespace MedInsure.Benchmarks;

/// <summary>
/// The calculation alone, on one core: per claim, eight lines split and summed, all layers of the pack on the person's accumulators, the result made and
/// applied. Persons with a generated year each, a few thousand per pack, so that neither caches nor branches know them by heart. Against the tests' second
/// implementation in decimal, on the same claims in the same run; a first pass holds every result of the two side by side. The headline is the mean of the
/// seven packs. Rates are per second of processor time of the whole process, garbage collection included: that is what a core does, whoever else is on the machine.
/// </summary>
public static class CalculationBenchmark
{
    public static readonly Benchmark Entry = new("calculation", "the calculation of eight-line claims against the oracle in decimal and the simulation of a city's year [--seconds 1 --rounds 5 --persons 1000 --settlements 24000000 --threads 2]", Run);

    private static readonly string[] Packs = ["harbin/resident", "harbin/employee", "guichi/resident", "bijie/resident", "yongding/ncms", "rizhao/resident", "shizhu/resident"];

    private sealed record Rate(long Claims, double CpuSeconds, double Seconds, double BytesEach)
    {
        public double PerSecond => Claims / CpuSeconds;
    }

    private static async Task<BenchmarkReport> Run(BenchmarkArguments arguments, TextWriter log, CancellationToken cancellation)
    {
        var (seconds, rounds, persons) = (arguments.Number("seconds", 1), arguments.Number("rounds", 5), arguments.Number("persons", 1_000));
        var (settlements, threads) = (arguments.Number("settlements", 24_000_000), arguments.Number("threads", 2));
        arguments.NoOthers();

        var library = PolicyLibrary.LoadEmbedded();
        var loads = Packs.Select(pack => new Load(library.FindFor(pack, new DateOnly(2026, 6, 1)) ?? throw new InvalidOperationException($"no pack {pack}"), persons)).ToList();
        var compared = loads.Sum(load => load.Compare());
        await log.WriteLineAsync($"calculation: {compared} claims of {Packs.Length} packs, equal to the oracle to the fen");
        // Long enough for the compiler's last tier.
        foreach (var load in loads) _ = (Measure(load.SettleAll, 1, cancellation), Measure(load.SettleAllByOracle, 0.3, cancellation));

        var report = new BenchmarkReport("calculation").Add("lines_per_claim", GeneratedCity.LinesPerClaim).Add("claims_compared", compared);
        var results = new List<Alternated<Rate>>();
        foreach (var load in loads)
        {
            results.Add(await Alternation.Run(rounds,
                () => Task.FromResult(Measure(load.SettleAllByOracle, seconds, cancellation).PerSecond),
                () => Task.FromResult(Measure(load.SettleAll, seconds, cancellation)), run => run.PerSecond, log));
        }
        double Mean(Func<Alternated<Rate>, double> of) => results.Count / results.Sum(r => 1 / of(r));
        static double Median(Alternated<Rate> result, Func<Rate, double> of) => Alternation.Median(result.Runs.Select(of));
        // A claim of each pack in turn: the harmonic mean.
        report.Add("claims_per_second_per_core", Mean(r => Median(r, x => x.PerSecond))).Add("claims_per_second_wall_clock", Mean(r => Median(r, x => x.Claims / x.Seconds)))
            .Add("ratio", Mean(r => Median(r, x => x.PerSecond)) / Mean(r => r.MedianReference)).Add("oracle_claims_per_second_per_core", Mean(r => r.MedianReference))
            .Add("allocated_bytes_per_claim", results.Average(r => Median(r, x => x.BytesEach))).Add("result_bytes_per_claim", loads.Average(l => l.ResultBytes()));
        foreach (var (load, result) in loads.Zip(results))
            report.Add($"{load.Name}_per_second_per_core", Median(result, x => x.PerSecond)).Add($"{load.Name}_ratio", result.MedianRatio);

        var city = new SimulatedCity(library);
        // An eighth first: warm for the whole, and what is in memory must not grow with the number.
        var part = city.Simulate(settlements / 8, threads, cancellation);
        await log.WriteLineAsync($"simulation: {part.Settlements} settlements in {part.Seconds:F1} s");
        var whole = city.Simulate(settlements, threads, cancellation);
        return report.Add("simulation_threads", threads).Add("simulated_settlements", whole.Settlements).Add("simulated_persons", whole.Persons).Add("simulation_s", whole.Seconds)
            .Add("simulated_settlements_per_second", whole.Settlements / whole.Seconds).Add("simulated_settlements_per_second_per_core", whole.Settlements / whole.CpuSeconds)
            .Add("simulation_heap_mb", whole.HeapMb).Add("simulation_heap_of_an_eighth_mb", part.HeapMb).Add("simulation_resident_mb", whole.ResidentMb).Add("simulation_resident_of_an_eighth_mb", part.ResidentMb);
    }

    /// <param name="pass">Settles every claim once; gives their number.</param>
    private static Rate Measure(Func<int> pass, double seconds, CancellationToken cancellation)
    {
        var claims = 0L;
        var (bytes, cpu, watch) = (GC.GetAllocatedBytesForCurrentThread(), Environment.CpuUsage.TotalTime, Stopwatch.StartNew());
        var used = TimeSpan.Zero;
        while (used.TotalSeconds < seconds)
        {
            cancellation.ThrowIfCancellationRequested();
            claims += pass();
            used = Environment.CpuUsage.TotalTime - cpu;
        }
        return new Rate(claims, used.TotalSeconds, watch.Elapsed.TotalSeconds, (GC.GetAllocatedBytesForCurrentThread() - bytes) / (double)claims);
    }

    /// <summary>The claims of one pack in the form that each of the two implementations takes.</summary>
    private sealed class Load
    {
        private readonly BenefitPolicy policy;
        private readonly GeneratedYear[] years;
        private readonly SlowLine[][] slowLines;
        private readonly Accumulators sums = new();

        public Load(BenefitPolicy policy, int persons)
        {
            this.policy = policy;
            var city = new GeneratedCity(policy, seed: 20_261_122);
            years = [.. Enumerable.Range(0, persons).Select(i => { var year = new GeneratedYear(); city.Fill(i, year); return year; })];
            slowLines = [.. years.Select(y => Enumerable.Range(0, y.Count).SelectMany(v => y.LinesOf(v).ToArray()).Select(SlowLine.Of).ToArray())];
        }

        public string Name => policy.Pack.Replace('/', '_');

        public int SettleAll()
        {
            var claims = 0;
            foreach (var year in years)
            {
                Settle(year, null);
                claims += year.Count;
            }
            return claims;
        }

        public int SettleAllByOracle()
        {
            var claims = 0;
            for (var person = 0; person < years.Length; person++)
            {
                SettleByOracle(person, null);
                claims += years[person].Count;
            }
            return claims;
        }

        /// <summary>One pass with the results side by side.</summary>
        public int Compare()
        {
            var (fast, slow) = (new List<ClaimResult>(), new List<SlowResult>());
            for (var person = 0; person < years.Length; person++)
            {
                Settle(years[person], fast);
                SettleByOracle(person, slow);
            }
            foreach (var (ours, want) in fast.Zip(slow))
                if (ours.FundTotal.ToYuan() != want.Fund || ours.Deductible.ToYuan() != want.Deductible || ours.AccountPaid.ToYuan() != want.Account || ours.CriticalIllness.ToYuan() != want.Critical)
                    throw new InvalidOperationException($"{policy.Pack}: the oracle pays {want}, the calculation {ours}");
            return fast.Count == slow.Count ? fast.Count : throw new InvalidOperationException("a claim is missing");
        }

        /// <summary>What the results themselves take: they are copied, which allocates them and nothing else.</summary>
        public double ResultBytes()
        {
            var results = new List<ClaimResult>();
            foreach (var year in years) Settle(year, results);
            var copies = new ClaimResult[results.Count];
            var before = GC.GetAllocatedBytesForCurrentThread();
            for (var i = 0; i < copies.Length; i++) copies[i] = results[i] with { Shares = ((FundShare[])results[i].Shares).AsSpan().ToArray(), Changes = ((AccumulatorChange[])results[i].Changes).AsSpan().ToArray() };
            return (GC.GetAllocatedBytesForCurrentThread() - before) / (double)copies.Length;
        }

        private void Settle(GeneratedYear year, List<ClaimResult>? results)
        {
            sums.Clear();
            var balance = year.Balance;
            for (var v = 0; v < year.Count; v++)
            {
                var facts = year.Facts[v] with { Fees = Lines.Sum(year.LinesOf(v)), StayOrdinal = (int)sums[Accumulators.Stays] + 1, AccountBalance = balance };
                var result = Adjudication.Settle(policy, facts, sums);
                sums.Apply(result.Changes);
                balance = result.AccountBalanceAfter;
                results?.Add(result);
            }
        }

        private void SettleByOracle(int person, List<SlowResult>? results)
        {
            var year = years[person];
            var first = year.Facts[0];
            var slow = new SlowYear(policy.Pack, first.PsnType.StartsWith("14", StringComparison.Ordinal), (string[])first.Categories, year.Balance.ToYuan());
            for (var v = 0; v < year.Count; v++)
            {
                decimal total = 0, scope = 0, pool = 0;
                foreach (ref readonly var line in slowLines[person].AsSpan(v * GeneratedCity.LinesPerClaim, GeneratedCity.LinesPerClaim))
                {
                    var share = SlowYear.Line(line.Level, line.Ratio, line.Ceiling, line.Count, line.Price);
                    (total, scope) = (total + share.Amount, scope + share.Scope);
                    if (line.Pool) pool += share.Scope;
                }
                var facts = year.Facts[v];
                var result = slow.Settle(new SlowVisit(facts.ProviderLevel, facts.MedType, facts.DiseaseKind, total, scope, pool, facts.UseAccount)
                {
                    // Every visit is an encounter of its own, and none is referred by another.
                    Encounter = v, OffSite = facts.OffSite && !facts.Filed, Accident = facts.AccidentWithoutLiableParty, Group = facts.Fixed?.Kind,
                });
                results?.Add(result);
            }
        }
    }

    /// <summary>A line in yuan, as the oracle takes it.</summary>
    private readonly record struct SlowLine(string Level, decimal Ratio, decimal? Ceiling, decimal Count, decimal Price, bool Pool)
    {
        public static SlowLine Of(ClaimLine line) => new(
            line.Terms.Class switch { LineClass.SelfPaid => "03", LineClass.CoveredWithFirstPay => "02", _ => "01" }, line.Terms.FirstPay.Value / 10_000m,
            line.Terms.Ceiling?.MicroYuan / 1_000_000m, line.Quantity.TenThousandths / 10_000m, line.UnitPrice.MicroYuan / 1_000_000m, line.Terms.CountsForOutpatientPool);
    }
}
