using System.Globalization;
using MedInsure.Hosting.Tenancy;
using MedInsure.Kernel;
using MedInsure.Settlement.Policies;
using Npgsql;

namespace MedInsure.Settlement.Simulation;

/// <summary>The command "policy simulate": <see cref="SimulatePolicy"/> over the counties whose databases are configured. Only reads, so it may run beside the writers.</summary>
public static class SimulateCommand
{
    public const string Usage = """
        usage: policy simulate --pack DRAFT.yaml --from DAY --to DAY [--base published|booked|FILE.yaml] [--county CODE]... [--city CODE]
                               [--households FILE.csv] [--sample PERSONS [--seed NUMBER]] [--json FILE]
          Computes the settlements of the draft's pack whose policy date lies in the period under the draft and under the base, each person's in order,
          and shows the difference. --base: the versions that decide those dates (default), what stands in the books, or a file.
          --households: psn_no,household_no,income; income is the person's own disposable income of a year in yuan, a household's is the sum.
        """;

    private sealed class Asked
    {
        public string? Pack, Base, Households, Json, City;
        public DateOnly? From, To;
        public int? Sample;
        public long Seed = 1;
        public List<string> Counties { get; } = [];
    }

    /// <returns>The exit code: 0 when there is a report, 1 when there can be none, 2 when the question is not understood.</returns>
    public static async Task<int> Run(IReadOnlyList<string> args, IConfiguration configuration, TextWriter output, TextWriter errors, CancellationToken cancellation = default)
    {
        if (Read(args, errors) is not { } asked)
        {
            await errors.WriteLineAsync(Usage);
            return 2;
        }
        var directory = TenantDirectory.Read(configuration);
        await using var databases = new TenantDatabases(configuration, directory);
        try
        {
            var draft = ReadPack(asked.Pack!);
            var file = asked.Base is null or "published" or "booked" ? null : ReadPack(asked.Base);
            var (from, to) = (asked.From!.Value, asked.To!.Value);
            Check(draft, file, from, to);
            var counties = CountiesOf(asked, directory, databases, draft);
            var request = new SimulationRequest(new SimulationScope(draft, from, to), asked.Base switch { null or "published" => SimulationBase.Published, "booked" => SimulationBase.Booked, _ => SimulationBase.File }, file, counties,
                ReadHouseholds(asked, from, to), asked.Sample, asked.Seed);
            var outcome = await SimulatePolicy.Run(request, county => databases.For(county.Code, SettlementModule.Service), PolicyLibrary.LoadEmbedded(), errors, cancellation);
            if (outcome.Totals.All.Settlements == 0) throw new NotPossible($"no settlement of {draft.Pack} with a policy date from {from:yyyy-MM-dd} to {to:yyyy-MM-dd} stands in {string.Join(", ", counties.Select(c => c.Code))}{(asked.Sample is null ? "" : " among the persons drawn")}");
            SimulationText.Write(outcome, output);
            if (asked.Json is not null)
            {
                await using var stream = File.Create(asked.Json);
                SimulationJson.Write(outcome, stream);
            }
            return 0;
        }
        catch (NotPossible e)
        {
            await errors.WriteLineAsync(e.Message);
            return 1;
        }
        catch (Exception e) when (e is NpgsqlException or InvalidOperationException or IOException or UnauthorizedAccessException)
        {
            await errors.WriteLineAsync(e is PostgresException p ? $"{p.SqlState} {p.MessageText}" : e.Message);
            return 1;
        }
    }

    private sealed class NotPossible(string why) : Exception(why);

    private static Asked? Read(IReadOnlyList<string> args, TextWriter errors)
    {
        var asked = new Asked();
        for (var i = 0; i < args.Count; i += 2)
        {
            var (name, value) = (args[i], i + 1 < args.Count ? args[i + 1] : null);
            var understood = value is not null && name switch
            {
                "--pack" => Set(ref asked.Pack, value),
                "--base" => Set(ref asked.Base, value),
                "--households" => Set(ref asked.Households, value),
                "--json" => Set(ref asked.Json, value),
                "--city" => Set(ref asked.City, value),
                "--county" => Also(asked.Counties, value),
                "--from" => Day(value, ref asked.From),
                "--to" => Day(value, ref asked.To),
                "--sample" => int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var size) && size > 0 && (asked.Sample = size) > 0,
                "--seed" => long.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out asked.Seed),
                _ => false,
            };
            if (understood) continue;
            errors.WriteLine(value is null ? $"{name}: its value is missing" : $"{name} {value}: not understood");
            return null;
        }
        if (asked.Pack is null || asked.From is null || asked.To is null) errors.WriteLine("--pack, --from and --to are needed");
        else if (asked.From > asked.To) errors.WriteLine($"the period ends on {asked.To:yyyy-MM-dd}, before it begins on {asked.From:yyyy-MM-dd}");
        // Members of one household are drawn one by one: what of it would be drawn says nothing of its burden.
        else if (asked is { Households: not null, Sample: not null }) errors.WriteLine("--households needs everybody: not with --sample");
        else return asked;
        return null;

        static bool Set(ref string? target, string value) => (target = value).Length > 0;
        static bool Also(List<string> target, string value)
        {
            target.Add(value);
            return true;
        }
        static bool Day(string value, ref DateOnly? day)
        {
            if (!DateOnly.TryParseExact(value, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var read)) return false;
            day = read;
            return true;
        }
    }

    /// <summary>A draft is held to what every pack is held to.</summary>
    private static BenefitPolicy ReadPack(string file)
    {
        string text;
        try
        {
            text = File.ReadAllText(file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new NotPossible($"{file}: not read: {e.Message}");
        }
        var problems = PolicyLint.Check(file, text);
        if (problems.Count > 0) throw new NotPossible(string.Join('\n', [.. problems.Select(p => p.Message), $"{file} has errors; nothing was simulated"]));
        return PolicyReader.Read(file, text);
    }

    private static void Check(BenefitPolicy draft, BenefitPolicy? file, DateOnly from, DateOnly to)
    {
        if (file is not null && file.Pack != draft.Pack) throw new NotPossible($"the base is {file.Pack}, the draft {draft.Pack}: only versions of one pack can be compared");
        foreach (var policy in file is null ? [draft] : (BenefitPolicy[])[draft, file])
            if (!policy.InForce.Contains(from) || !policy.InForce.Contains(to))
                throw new NotPossible($"{policy.Pack} {policy.Version} is in force {policy.InForce}; the period {from:yyyy-MM-dd} to {to:yyyy-MM-dd} is not within");
    }

    private static List<Tenant> CountiesOf(Asked asked, TenantDirectory directory, TenantDatabases databases, BenefitPolicy draft)
    {
        foreach (var code in asked.Counties)
            if (directory.Find(code) is not { IsCity: false }) throw new NotPossible($"--county {code}: no such county is configured");
        if (asked.City is { } city && !directory.All.Any(t => t.CityCode == city)) throw new NotPossible($"--city {city}: no county of it is configured");
        var reachable = databases.TenantsOf(SettlementModule.Service).Where(t => !t.IsCity).ToList();
        foreach (var code in asked.Counties)
            if (!reachable.Exists(t => t.Code == code)) throw new NotPossible($"--county {code}: Secrets:Database:{code}:{SettlementModule.Service} is not configured here");
        var chosen = reachable.Where(t => (asked.Counties.Count == 0 || asked.Counties.Contains(t.Code)) && (asked.City is null || t.CityCode == asked.City)).ToList();
        if (chosen.Count == 0) throw new NotPossible($"no county with Secrets:Database:<code>:{SettlementModule.Service} is configured that was asked for");
        var scheme = chosen.Where(t => t.Packs.GetValueOrDefault(draft.Insutype) == draft.Pack).OrderBy(t => t.Code, StringComparer.Ordinal).ToList();
        if (scheme.Count == 0) throw new NotPossible($"none of {string.Join(", ", chosen.Select(t => t.Code))} settles insutype {draft.Insutype} by {draft.Pack}");
        return scheme;
    }

    private static Households? ReadHouseholds(Asked asked, DateOnly from, DateOnly to)
    {
        if (asked.Households is not { } file) return null;
        try
        {
            using var reader = new StreamReader(file);
            return new Households(reader, from.Year, to.Year);
        }
        catch (Exception e) when (e is FormatException or IOException or UnauthorizedAccessException)
        {
            throw new NotPossible($"{file}: {e.Message}");
        }
    }
}
