using System.Diagnostics.Metrics;

namespace MedInsure.Settlement.Journal;

/// <summary>Meter MedInsure.Journal: who writes a county's journal, how long its commits take, how far the tables are behind.</summary>
internal sealed class JournalMeter(TenantJournals journals) : IHostedService, IDisposable
{
    private static readonly Meter Shared = new("MedInsure.Journal");
    // not money: seconds of a commit, as the metrics of the runtime are
    private static readonly Histogram<double> Commit = Shared.CreateHistogram<double>("medinsure.journal.commit", "s", "Time to make a batch of commands durable, by tenant", null,
        new() { HistogramBucketBoundaries = [0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10] });
    private static readonly Counter<long> Records = Shared.CreateCounter<long>("medinsure.journal.records", "{record}", "Accepted commands that were made durable, by tenant");

    private readonly Meter meter = new("MedInsure.Journal");

    public Task StartAsync(CancellationToken cancellationToken)
    {
        meter.CreateObservableGauge("medinsure.journal.writers", () => journals.All.Select(j => Of(j, j.HoldsLease ? 1 : 0)), "{process}", "1: this process writes the county's journal; of all replicas one does");
        meter.CreateObservableGauge("medinsure.journal.behind", () => journals.All.Where(j => j.HoldsLease).Select(j => Of(j, Math.Max(0, j.CommittedSeq - j.Projector.ProjectedSeq))),
            "{row}", "Rows of the county's journal that its tables do not hold yet; told by its writer");
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>A batch has been committed. Costs nothing while nobody listens, and never an object.</summary>
    public static void Committed(string tenant, TimeSpan took, int records)
    {
        if (Commit.Enabled) Commit.Record(took.TotalSeconds, new KeyValuePair<string, object?>("tenant", tenant));
        if (Records.Enabled) Records.Add(records, new KeyValuePair<string, object?>("tenant", tenant));
    }

    private static Measurement<long> Of(TenantJournal journal, long value) => new(value, new KeyValuePair<string, object?>("tenant", journal.Tenant.Code));

    public void Dispose() => meter.Dispose();
}
