using MedInsure.Hosting.Jobs;
using MedInsure.Hosting.Messaging;
using MedInsure.Kernel;
using MedInsure.Protos.Settlement.V1;

namespace MedInsure.Enrollment.Covers;

/// <summary>
/// Opens (and takes back) cover by the contributions that events told of, part by part, beside the events: nothing that settlement or a long import keeps waiting
/// holds up the queue. Several replicas exclude each other by the county's lock; a process that ends leaves the part to the next.
/// </summary>
internal sealed class OpenCoverWorker(ServedCounties counties, Settlement.SettlementClient settlement, ChinaCalendar calendar, OutboxBell outbox, ILogger<OpenCoverWorker> log) : TenantWork(log, TimeSpan.FromSeconds(1))
{
    private const int ContributionsPerPart = 2_000;

    protected override IEnumerable<string> Tenants => counties.Codes;

    protected override Task<bool> Round(string tenant, CancellationToken stop) => Part(tenant, ContributionsPerPart, stop);

    /// <returns>False: nothing waits.</returns>
    internal async Task<bool> Part(string county, int contributions, CancellationToken cancellation)
    {
        var database = counties.Database(county);
        var terms = new Dictionary<(string, int), ContributionTerms?>();
        foreach (var (insutype, year) in await OpenCover.Pending(database, contributions, cancellation)) terms[(insutype, year)] = await TermsOfYear.Ask(settlement, county, insutype, year, cancellation);
        if (!await OpenCover.Run(database, terms, contributions, calendar, cancellation)) return false;
        outbox.Ring(county, EnrollmentModule.Service);
        return true;
    }
}
