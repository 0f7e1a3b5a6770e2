using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using MedInsure.Hosting.Tenancy;
using MedInsure.Local.Sample;
using MedInsure.Settlement;
using MedInsure.Settlement.Journal;
using MedInsure.Settlement.Policies;
using MedInsure.Tool;
using MedInsure.Tool.Hospital;
using MedInsure.Tool.Imports;
using Npgsql;

namespace MedInsure.Local.Split;

/// <summary>
/// An update and a roll-back of the whole platform while hospitals settle: the earlier release's processes on the new schema, both releases side by side
/// in both directions, the new one alone, the earlier one again. In every step no call may fail, the hospitals' books must equal the platform's, persons
/// changed at enrollment must reach settlement, no message may be in an error queue; at the end every journal must hold.
/// </summary>
internal sealed partial class UpgradeRun(SplitPlatform platform, string sample, TextWriter output)
{
    private const int VisitsPerDay = 60, Rate = 20;
    private static readonly TimeSpan EventPatience = TimeSpan.FromMinutes(2);

    private readonly List<string> failures = [];
    private int seed = 100, step, settled;

    /// <param name="earlier">Where the earlier release's services are published.</param>
    /// <param name="later">The same of the later one.</param>
    /// <returns>The exit code: 0 when everything held.</returns>
    public static async Task<int> Start(string folder, string earlier, string later, TextWriter output)
    {
        await using var platform = await SplitPlatform.Start(new LocalOptions
        {
            Folder = folder, Port = 0, Durable = false, Sample = SampleSize.Small, Published = earlier, Output = output,
            Replicas = LocalTenants.Services.ToDictionary(s => s, _ => 2),
        });
        return await new UpgradeRun(platform, Path.Combine(folder, "sample", "persons.csv"), output).All(earlier, later);
    }

    private async Task<int> All(string earlier, string later)
    {
        string[] first = [.. platform.Replicas.Where(r => r.EndsWith("-1", StringComparison.Ordinal))], second = [.. platform.Replicas.Except(first)];
        string[] receivers = [.. platform.Replicas.Where(r => r.StartsWith("settlement", StringComparison.Ordinal))];

        (string Name, Func<Task> Change)[] steps =
        [
            ("earlier release on its own schema", () => Task.CompletedTask),
            ("later release's migrations under the earlier release", () => platform.Migrate(later)),
            ("one replica of each service replaced: both releases side by side", () => Replace(first, later)),
            // The earlier publishers with later receivers, then the other way round.
            ("settlement updated before the others", () => Replace([.. receivers.Intersect(second)], later)),
            ("all updated: the later release alone", () => Replace([.. second.Except(receivers)], later)),
            ("settlement rolled back before the others", () => Replace(receivers, earlier)),
            ("all rolled back: the earlier release on the later schema", () => Replace([.. platform.Replicas.Except(receivers)], earlier)),
            ("updated again", () => Replace([.. platform.Replicas], later)),
        ];
        foreach (var (name, change) in steps)
            // What follows a step that could not be done would only fail of the same.
            if (!await Step(name, change)) break;
        await Verify();
        foreach (var replica in platform.Replicas)
            if (platform.CrashesOf(replica) is > 0 and var crashes) failures.Add($"{replica} ended {crashes} times without being asked to");

        foreach (var failure in failures) await output.WriteLineAsync($"FAILED {failure}");
        await output.WriteLineAsync(failures.Count == 0 ? $"upgrade and roll-back hold: {step} steps, {settled} settlements, none failed or twice" : $"{failures.Count} failures in {step} steps");
        return failures.Count == 0 ? 0 : 1;
    }

    /// <summary>Side by side, one process after the other, as a rolling update does it.</summary>
    private async Task Replace(IEnumerable<string> replicas, string published)
    {
        foreach (var replica in replicas) await platform.Replace(replica, published);
    }

    /// <returns>False: it could not be done.</returns>
    private async Task<bool> Step(string name, Func<Task> change)
    {
        var watch = Stopwatch.StartNew();
        step++;
        var before = failures.Count;
        try
        {
            var changing = Task.Run(change);
            var (played, unavailable) = (0, 0);
            do
            {
                var (today, unanswered) = await PlayADay(name);
                (played, unavailable) = (played + today, unavailable + unanswered);
            }
            while (!changing.IsCompleted);
            await changing;
            if (unavailable > 0) failures.Add($"{name}: {unavailable} calls were not answered at once");
            await PersonsArrive(name);
            await NothingFailed(name);
            settled += played;
            await output.WriteLineAsync($"{(failures.Count == before ? "ok    " : "FAILED")} {step} {name}: {played} settlements, {watch.Elapsed.TotalSeconds:F0} s");
            return true;
        }
        catch (Exception e) when (e is TimeoutException or HttpRequestException or NpgsqlException or ToolException or MigrationRefusedException)
        {
            failures.Add($"{name}: {e.Message}");
            await output.WriteLineAsync($"FAILED {step} {name}: {e.Message}");
            return false;
        }
    }

    /// <summary>After it the hospitals' books equal the platform's in every row and total, else it failed.</summary>
    private async Task<(int Settled, int Unavailable)> PlayADay(string name)
    {
        using var said = new StringWriter();
        var result = await HospitalSim.Run(platform.RunPath, days: 1, seed: seed++, Rate, VisitsPerDay, said);
        if (result != 0) failures.Add($"{name}: {string.Join("; ", said.ToString().Split('\n').Where(l => l.StartsWith("FAULT", StringComparison.Ordinal)).Take(3))}");
        return DayLine().Matches(said.ToString()) is [.., var line] ? (Number(line.Groups[1]), Number(line.Groups[2])) : (0, 0);
    }

    /// <summary>Every person moves house; settlement comes to know of it in every county.</summary>
    private async Task PersonsArrive(string name)
    {
        var lines = await File.ReadAllLinesAsync(sample);
        var household = lines[0].Split(',').IndexOf("household_no");
        var moved = Path.ChangeExtension(sample, ".moved.csv");
        await File.WriteAllLinesAsync(moved, lines.Select((line, i) => i == 0 ? line : string.Join(',', line.Split(',').Select((value, column) => column == household ? $"{value}M{step}" : value))));
        var outcome = await ImportFile.Send(platform.Run.Desks, platform.Run.OperatorToken, "persons", moved, acceptPartial: false, "", _ => { }, CancellationToken.None);
        if (outcome.Result is not { Changed: > 0 }) { failures.Add($"{name}: the changed persons were not imported: {outcome.Refusal} {(outcome.Errors is [var error, ..] ? error.English : "")}"); return; }
        foreach (var county in platform.Run.Tenants)
        {
            var behind = -1L;
            for (var waited = Stopwatch.StartNew(); behind != 0 && waited.Elapsed < EventPatience; await Task.Delay(200))
                behind = await Behind(county.County);
            if (behind != 0) failures.Add($"{name}: settlement of {county.County} does not know of {behind} changed persons");
        }
    }

    private async Task<long> Behind(string county)
    {
        await using var database = Database(county);
        await using var command = database.CreateCommand("SELECT count(*) FROM enrollment.person AS p LEFT JOIN settlement.insured AS i USING (psn_no) WHERE i.version IS DISTINCT FROM p.version");
        return (long)(await command.ExecuteScalarAsync())!;
    }

    private async Task NothingFailed(string name)
    {
        using var http = new HttpClient { DefaultRequestHeaders = { { "authorization", $"Bearer {platform.Run.OperatorToken}" } } };
        foreach (var replica in platform.Replicas.Where(r => r.StartsWith("settlement", StringComparison.Ordinal)))
        {
            using var answer = await http.GetAsync($"{platform.HttpAddressOf(replica)}/messages/errors");
            if (!answer.IsSuccessStatusCode) failures.Add($"{name}: {replica} does not tell of its failed messages: {(int)answer.StatusCode}");
            else if (JsonElement.Parse(await answer.Content.ReadAsStringAsync()).GetProperty("queues") is var queues && queues.GetArrayLength() > 0) failures.Add($"{name}: {replica} could not handle messages: {queues.GetRawText()}");
        }
    }

    private async Task Verify()
    {
        var policies = PolicyLibrary.LoadEmbedded();
        foreach (var county in platform.Run.Tenants)
        {
            await using var database = Database(county.County, SettlementModule.Service);
            var report = await VerifyJournal.Run(database, new Tenant(county.County, county.Name, county.City, county.Packs), policies, default);
            foreach (var finding in report.Findings) failures.Add($"journal of {county.County}: {finding}");
            if (report.HeadSeq != report.ProjectedSeq) failures.Add($"journal of {county.County}: tables stand at {report.ProjectedSeq} of {report.HeadSeq}");
            await output.WriteLineAsync($"{(report.Findings.Count == 0 ? "ok    " : "FAILED")} journal of {county.County}: {report.HeadSeq} rows, {report.Settlements} settlements, {report.Reversals} reversals");
        }
    }

    private NpgsqlDataSource Database(string county, string schema = "public") =>
        NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(platform.Postgres.AdminConnectionString) { Database = TenantNames.Database(county), SearchPath = schema, Pooling = false });

    private static int Number(Group group) => int.Parse(group.Value, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"^\d{4}-\d\d-\d\d  settled (\d+),.* unavailable (\d+),", RegexOptions.Multiline)]
    private static partial Regex DayLine();
}
