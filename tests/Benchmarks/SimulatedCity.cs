using System.Diagnostics;
using MedInsure.Kernel;
using MedInsure.Settlement.Calculation;
using MedInsure.Settlement.Policies;
using MedInsure.Settlement.Replays;
using MedInsure.Settlement.Simulation;

namespace MedInsure.Benchmarks;

/// <param name="HeapMb">The most that was alive after a collection; a little more than what a person takes, times the threads.</param>
/// <param name="ResidentMb">The most that the process had in memory meanwhile, all of the benchmark's own loads included.</param>
internal sealed record SimulationRun(long Settlements, long Persons, double Seconds, double CpuSeconds, double HeapMb, double ResidentMb, long FundChangeFen);

/// <summary>
/// What policy simulate does, without the database: a city's year, generated person by person, three in four in Harbin's residents' scheme and the others employees, each
/// settlement computed under the packs and again with a draft that pays 75 % of a stay instead of 70 %, the effect counted by every group of the report.
/// One person in fifty has a settlement cancelled.
/// </summary>
internal sealed class SimulatedCity
{
    private const int PersonsAtOnce = 2_000;
    private static readonly string[] SetlIds = [.. Enumerable.Range(0, GeneratedCity.VisitsMost).Select(v => $"S{v:D4}")];
    private static readonly string[] MdtrtIds = [.. Enumerable.Range(0, GeneratedCity.VisitsMost).Select(v => $"M{v:D4}")];
    private static readonly string[] Counties = ["230102", "230103", "230109", "230112", "230113", "230123"];

    private readonly GeneratedCity residents, employees;
    private readonly SimulationScope scope;

    public SimulatedCity(PolicyLibrary library)
    {
        residents = new GeneratedCity(Find(library, "harbin/resident"), seed: 230_100);
        employees = new GeneratedCity(Find(library, "harbin/employee"), seed: 230_199);
        using var pack = new StreamReader(typeof(PolicyLibrary).Assembly.GetManifestResourceStream("policies/harbin/resident.yaml")!);
        var text = pack.ReadToEnd();
        var changed = text.Replace("ratio: 70 %, source: \"Hb 居民 住院支付比例", "ratio: 75 %, source: \"Hb 居民 住院支付比例", StringComparison.Ordinal);
        if (changed == text) throw new InvalidOperationException("the pack has no such ratio any more");
        scope = new SimulationScope(PolicyReader.Read("draft.yaml", changed), new DateOnly(2026, 1, 1), new DateOnly(2026, 12, 31));
    }

    public SimulationRun Simulate(long settlements, int threads, CancellationToken cancellation)
    {
        var (next, done) = (0L, 0L);
        var (heap, resident) = (0L, 0L);
        var engines = Enumerable.Range(0, threads).Select(_ => new SimulationEngine(scope)).ToList();
        var (cpu, watch) = (Environment.CpuUsage.TotalTime, Stopwatch.StartNew());
        var workers = engines.Select(engine => new Thread(() =>
        {
            var year = new GeneratedYear();
            while (Interlocked.Read(ref done) < settlements && !cancellation.IsCancellationRequested)
            {
                var first = Interlocked.Add(ref next, PersonsAtOnce) - PersonsAtOnce;
                var count = 0L;
                for (var person = first; person < first + PersonsAtOnce; person++) count += Simulate(engine, year, person);
                Interlocked.Add(ref done, count);
            }
        })).ToList();
        workers.ForEach(w => w.Start());
        using var self = Process.GetCurrentProcess();
        while (!workers.TrueForAll(w => w.Join(100)))
        {
            self.Refresh();
            (heap, resident) = (Math.Max(heap, GC.GetGCMemoryInfo(GCKind.Any).HeapSizeBytes), Math.Max(resident, self.WorkingSet64));
        }
        cancellation.ThrowIfCancellationRequested();
        var (seconds, used) = (watch.Elapsed.TotalSeconds, (Environment.CpuUsage.TotalTime - cpu).TotalSeconds);
        var totals = engines[0].Totals;
        foreach (var other in engines.Skip(1)) totals.Add(other.Totals);
        if (totals.Computed != done || totals.All.FundChange <= 0) throw new InvalidOperationException($"{totals.Computed} settlements of {done} are in the totals, which change by {totals.All.FundChange} fen");
        return new SimulationRun(done, next, seconds, used, heap / 1e6, resident / 1e6, totals.All.FundChange);
    }

    private int Simulate(SimulationEngine engine, GeneratedYear year, long person)
    {
        var city = person % 4 == 0 ? employees : residents;
        city.Fill(person, year);
        engine.Begin($"P{person:D9}", Counties[person % Counties.Length]);
        for (var v = 0; v < year.Count; v++)
        {
            var facts = ReplayClaim.Offering(year.Facts[v], new Fen(year.Balance.Value / year.Count)) with { Fees = Lines.Sum(year.LinesOf(v)) };
            engine.Settle(new ReplayClaim(SetlIds[v], MdtrtIds[v], DayNumber.Of(facts.PolicyOn), facts), city.Policy);
        }
        if (person % 50 == 0) engine.Reverse(SetlIds[0], restores: false);
        engine.End();
        return year.Count;
    }

    private static BenefitPolicy Find(PolicyLibrary library, string pack) => library.FindFor(pack, new DateOnly(2026, 6, 1)) ?? throw new InvalidOperationException($"no pack {pack}");
}
