using System.CommandLine;
using System.Globalization;

namespace MedInsure.Tool.Hospital;

/// <summary>deploy/hospital-sim.</summary>
public static class HospitalSim
{
    public static Command Command()
    {
        var run = new Option<string>("--run") { Description = "run.json of the running platform", Required = true };
        var days = new Option<int>("--days") { Description = "simulated days, ending yesterday", DefaultValueFactory = _ => 3 };
        var seed = new Option<int>("--seed") { Description = "the same seed plays the same visits", DefaultValueFactory = _ => 1 };
        var rate = new Option<int>("--rate") { Description = "visits begun per second", DefaultValueFactory = _ => 25 };
        var visits = new Option<int>("--visits") { Description = "visits begun per simulated day", DefaultValueFactory = _ => 200 };
        foreach (var option in (Option<int>[])[days, rate, visits])
            option.Validators.Add(result => { if (result.GetValueOrDefault<int>() is < 1 or > 100_000) result.AddError($"{option.Name} must lie between 1 and 100000"); });

        var command = new Command("hospital-sim", "Plays days of hospitals and pharmacies through the gateway and checks every answer and total") { run, days, seed, rate, visits };
        command.SetAction((parsed, _) => Run(parsed.GetValue(run)!, parsed.GetValue(days), parsed.GetValue(seed), parsed.GetValue(rate), parsed.GetValue(visits), Console.Out));
        return command;
    }

    public static async Task<int> Run(string runPath, int days, int seed, int rate, int visitsPerDay, TextWriter output)
    {
        var run = RunFile.Read(runPath);
        var tally = new Tally();
        using var gateway = new GatewayClient(run.Gateway, TimeProvider.System, tally.Measured);
        foreach (var provider in run.Providers) await gateway.SignIn(provider);
        var prices = new Dictionary<string, PriceList>();
        foreach (var city in run.Tenants.GroupBy(t => t.City)) prices[city.Key] = await PriceList.Download(gateway, run.Providers.First(p => city.Any(t => t.County == p.County)));

        var sim = new Simulation(gateway, tally, new Books(), prices, run, Tag(gateway));
        var first = gateway.Today.AddDays(-days);
        var years = Enumerable.Range(0, days).Select(d => first.AddDays(d).Year.ToString(CultureInfo.InvariantCulture)).Distinct().ToList();
        var reconciliation = new Reconciliation(sim, years, output);
        await reconciliation.Begin();
        var simulated = new SimulatedDays(sim, reconciliation, seed, rate, visitsPerDay, output);
        await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"{run.Providers.Count} providers, {run.Persons.Count} persons, {prices.Values.Sum(p => p.All.Count)} catalog rows; {days} days from {first:yyyy-MM-dd}, seed {seed}"));
        await simulated.Run(first, days);

        await output.WriteLineAsync("latencies:");
        foreach (var line in tally.LatenciesByTransaction()) await output.WriteLineAsync("  " + line);
        await output.WriteLineAsync($"refused as intended: {tally.Intended}");
        foreach (var line in tally.RefusalsByCode()) await output.WriteLineAsync("  " + line);
        foreach (var line in tally.UnavailableByCause()) await output.WriteLineAsync("  sent again: " + line);
        await output.WriteLineAsync("booked, net of reversals: " + tally.Money());
        await reconciliation.Check();

        foreach (var fault in tally.FirstFaults) await output.WriteLineAsync("FAULT " + fault);
        await output.WriteLineAsync(tally.Faults == 0 && tally.Settled > 0
            ? $"{tally.Settled} settlements, every identity holds, totals equal" : $"{tally.Faults} faults in {tally.Settled} settlements");
        return tally.Faults == 0 && tally.Settled > 0 ? 0 : 1;
    }

    /// <summary>Two runs on the same data must not give the same visit numbers: the seconds since 2020 in base 36.</summary>
    private static string Tag(GatewayClient gateway)
    {
        var seconds = gateway.SecondsSince2020;
        var tag = "";
        for (; seconds > 0; seconds /= 36) tag = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"[(int)(seconds % 36)] + tag;
        return $"S{tag}V";
    }
}
