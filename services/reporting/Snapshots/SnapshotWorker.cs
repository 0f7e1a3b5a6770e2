using MedInsure.Hosting.Jobs;
using MedInsure.Kernel;
using MedInsure.Reference;
using MedInsure.Reporting.Positions;
using MedInsure.Reporting.Reports;

namespace MedInsure.Reporting.Snapshots;

/// <summary>Looks from time to time whether a day or month of a city is to be kept.</summary>
internal sealed class SnapshotWorker(ReportedCities cities, ReferenceData reference, KeepPositions positions, ChinaCalendar calendar, ILogger<SnapshotWorker> log) : TenantWork(log, TimeSpan.FromMinutes(1))
{
    protected override IEnumerable<string> Tenants => cities.All.Keys;

    protected override async Task<bool> Round(string tenant, CancellationToken stop)
    {
        // A report of the pools is kept with the others: their months must be here.
        if (!positions.HasMonthsBefore(tenant, new DateOnly(calendar.Today.Year, calendar.Today.Month, 1))) return false;
        if (await MakeSnapshots.Next(new ReportPlace(cities.All[tenant], cities.Database(tenant), cities, reference), calendar, stop) is not { } kept) return false;
        log.LogInformation("city {Tenant}: reports of {Period} are kept", tenant, kept.Text);
        return true;
    }
}
