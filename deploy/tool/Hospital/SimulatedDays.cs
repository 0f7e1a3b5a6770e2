using System.Diagnostics;

namespace MedInsure.Tool.Hospital;

/// <summary>Plays days that lie in the recent past, one after the other, at a chosen number of visits per second.</summary>
public sealed class SimulatedDays(Simulation sim, Reconciliation reconciliation, int seed, int rate, int visitsPerDay, TextWriter output)
{
    private readonly Random random = new(seed);
    private readonly List<InpatientStay> stays = [];
    private readonly List<Patient> covered = [.. sim.Run.Persons.Where(p => p.CoverTo.Length == 0).Select(p => new Patient(p))];
    private readonly List<Patient> ended = [.. sim.Run.Persons.Where(p => p.CoverTo.Length > 0).Select(p => new Patient(p))];
    private int visits;

    public async Task Run(DateOnly first, int days)
    {
        var last = first.AddDays(days - 1);
        for (var day = first; day <= last; day = day.AddDays(1))
        {
            var work = Plan(day, last);
            using var ticking = new CancellationTokenSource();
            var live = Live(day, ticking.Token);
            await Play(work);
            await ticking.CancelAsync();
            await live;
            stays.RemoveAll(s => s.Ended);
            await output.WriteLineAsync(sim.Tally.Line(day));
        }
    }

    /// <summary>Drawn one after the other from the seed, so that the same seed plays the same day whatever the machine's speed.</summary>
    private List<Func<Task>> Plan(DateOnly day, DateOnly last)
    {
        var work = new List<Func<Task>>();
        work.AddRange(stays.Select(stay => Alone(stay.Patient, _ => stay.Provider, 0, (_, _) => stay.Day(day))));
        for (var i = 0; i < visitsPerDay; i++)
        {
            var (seedOfVisit, number) = (random.Next(), $"{sim.RunTag}{++visits}");
            var kind = random.Next(100);
            if (kind < 4 && ended.Count > 0)
            {
                work.Add(Alone(Draw(ended), Hospital, seedOfVisit, (cashier, _) => Misuse.Uncovered(cashier, day, number)));
                continue;
            }
            if (Draw(covered) is not { InHospital: false } patient) continue;
            if (kind < 62) work.Add(Alone(patient, Hospital, seedOfVisit, (cashier, _) => OutpatientVisit.Run(cashier, day, null, number)));
            else if (kind < 74) work.Add(Alone(patient, Hospital, seedOfVisit, (cashier, r) => OutpatientVisit.Run(cashier, day, Disease(patient, r), number)));
            else if (kind < 88) work.Add(Alone(patient, Pharmacy, seedOfVisit, (cashier, _) => PharmacySale.Run(cashier, day, number)));
            else if (kind < 93)
            {
                var misuse = Misuse.All[random.Next(Misuse.All.Count)];
                work.Add(Alone(patient, Hospital, seedOfVisit, (cashier, r) => misuse(cashier, day, number, Another(cashier.Provider, r))));
            }
            else
            {
                patient.InHospital = true;
                var leaves = day.AddDays(random.Next(0, 7));
                var stay = new InpatientStay(new Cashier(sim, Bed(patient), patient, new Random(seedOfVisit)), number, day, leaves > last ? last : leaves);
                stays.Add(stay);
                work.Add(Alone(patient, _ => stay.Provider, seedOfVisit, (_, _) => stay.Day(day)));
            }
        }
        for (var i = work.Count - 1; i > 0; i--)
        {
            var j = random.Next(i + 1);
            (work[i], work[j]) = (work[j], work[i]);
        }
        return work;
    }

    private Func<Task> Alone(Patient patient, Func<string, RunProvider> provider, int seedOfVisit, Func<Cashier, Random, Task> visit)
    {
        var chosen = provider(patient.Person.County);
        return async () =>
        {
            await patient.Busy.WaitAsync();
            try
            {
                var own = new Random(seedOfVisit);
                await reconciliation.Remember(patient, chosen);
                await visit(new Cashier(sim, chosen, patient, own), own);
            }
            finally { patient.Busy.Release(); }
        };
    }

    private async Task Play(List<Func<Task>> work)
    {
        var clock = Stopwatch.StartNew();
        var running = new List<Task>();
        foreach (var (i, visit) in work.Index())
        {
            if (TimeSpan.FromSeconds((double)i / rate) - clock.Elapsed is { Ticks: > 0 } wait) await Task.Delay(wait);
            running.Add(Guarded(visit));
        }
        await Task.WhenAll(running);
    }

    /// <summary>A visit that breaks in the simulation itself is a fault of the run, not its end.</summary>
    private async Task Guarded(Func<Task> visit)
    {
        try { await visit(); }
        catch (Exception e) { sim.Tally.Fault($"{e.GetType().Name}: {e.Message}"); }
    }

    private async Task Live(DateOnly day, CancellationToken until)
    {
        var screen = !Console.IsOutputRedirected;
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(screen ? 1 : 10));
        try
        {
            while (await timer.WaitForNextTickAsync(until))
            {
                var line = sim.Tally.Line(day);
                if (screen) await output.WriteAsync("\r" + (line.Length < Console.WindowWidth ? line.PadRight(Console.WindowWidth - 1) : line[..Math.Max(0, Console.WindowWidth - 1)]));
                else await output.WriteLineAsync(line);
            }
        }
        catch (OperationCanceledException) { if (screen) await output.WriteAsync("\r"); }
    }

    private Patient Draw(List<Patient> from) => from[random.Next(from.Count)];

    /// <summary>People go to small places of their own county most of the time.</summary>
    private RunProvider Hospital(string county) => Of(county, p => p.FixmedinsType == "1");

    private RunProvider Pharmacy(string county) => Of(county, p => p.PolicyLevel == "pharmacy");

    private RunProvider Bed(Patient patient) => Of(patient.Person.County, p => p.PolicyLevel is "3" or "2" or "1" or "community");

    private RunProvider Of(string county, Func<RunProvider, bool> which)
    {
        var list = sim.Run.Providers.Where(p => p.County == county && which(p)).ToList();
        return list[random.Next(list.Count)];
    }

    private RunProvider Another(RunProvider one, Random own)
    {
        var list = sim.Run.Providers.Where(p => p.County == one.County && p.FixmedinsType == "1" && p.FixmedinsCode != one.FixmedinsCode).ToList();
        return list[own.Next(list.Count)];
    }

    /// <summary>Mostly chronic; a special disease now and then.</summary>
    private RunDisease Disease(Patient patient, Random own)
    {
        var city = sim.Run.TenantOf(patient.Person.County).City;
        var kind = own.Next(4) == 0 ? "special_outpatient" : "chronic_outpatient";
        var list = sim.Run.Diseases.Where(d => d.City == city && d.Insutype == patient.Person.Insutype && d.Kind == kind).ToList();
        return list[own.Next(list.Count)];
    }
}
