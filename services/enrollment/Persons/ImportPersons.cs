using MedInsure.Hosting.Imports;
using MedInsure.Hosting.Messaging;
using MedInsure.Kernel;

namespace MedInsure.Enrollment.Persons;

/// <summary>
/// persons.csv of any counties served here: staged per county, checked as a whole, applied set-wise, who changed in the outbox (or, of a large file, in
/// changed_persons) of the same transaction. DECISIONS.md says what a repeated row, a left-out category and an empty balance mean.
/// </summary>
internal sealed class ImportPersons(ServedCounties counties, ChinaCalendar calendar, OutboxBell bell) : CsvImport<PersonRow>
{
    private readonly DateOnly today = calendar.Today;
    private readonly RepeatedKeys repeated = new();

    public override IReadOnlyList<string> Columns => PersonRow.Columns;

    public override PersonRow? Parse(CsvRow row) => PersonRow.Parse(row, counties.Codes, today);

    public override async Task<long> Store(IAsyncEnumerable<PersonRow> rows, ImportRun run, CancellationToken cancellation)
    {
        var loads = new Dictionary<string, PersonLoad>(StringComparer.Ordinal);
        var begun = calendar.UtcNow;
        await using var staging = new TenantStaging(counties.Database, PersonLoad.Tables, "enrollment import");
        var mayRepeat = Array.Empty<bool>();
        await RowBatches.Pass(rows, async batch =>
        {
            if (mayRepeat.Length < batch.Count) mayRepeat = new bool[batch.Count];
            repeated.Look(batch, mayRepeat);
            for (var i = 0; i < batch.Count; i++)
            {
                var row = batch[i];
                if (!loads.TryGetValue(row.County, out var load)) loads.Add(row.County, load = new PersonLoad(staging, await staging.Open(row.County, cancellation), repeated, begun));
                await load.Add(row, mayRepeat[i], cancellation);
            }
        }, cancellation);
        foreach (var load in loads.Values) load.Complete();
        await staging.Close(cancellation);

        await Parallel.ForEachAsync(loads.Values, cancellation, async (load, stop) => await load.TakeBack(stop));
        await StagedPersons.CheckFile(staging.Tenants, repeated, run, cancellation);
        // The counties' databases work side by side: each has its own transaction.
        await Parallel.ForEachAsync(staging.Tenants, cancellation, async (county, stop) => await StagedPersons.CheckAgainstStored(county, repeated, run, stop));
        if (!run.MayCommit) return 0;

        var changed = 0L;
        await Parallel.ForEachAsync(staging.Tenants, cancellation, async (county, stop) =>
        {
            await loads[county.Code].Finish(stop);
            Interlocked.Add(ref changed, await ApplyPersons.Apply(county, loads[county.Code].Loaded, today, calendar.UtcNow, stop));
        });
        await staging.Commit(cancellation);
        foreach (var county in staging.Tenants) bell.Ring(county.Code, EnrollmentModule.Service);
        return changed;
    }
}
