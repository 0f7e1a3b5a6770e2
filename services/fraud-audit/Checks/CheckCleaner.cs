using MedInsure.Hosting.Jobs;
using MedInsure.Kernel;
using Npgsql;

namespace MedInsure.FraudAudit.Checks;

/// <summary>Deletes what checks before settlements found, with the answers to it, by whole months, when it is older than Checks:KeepMonths. What the audit afterwards found stays.</summary>
internal sealed class CheckCleaner(AuditedCounties counties, IConfiguration configuration, ChinaCalendar calendar, ILogger<CheckCleaner> log) : TenantWork(log, TimeSpan.FromHours(1))
{
    // Assumed: two years, after which an illegal act that nobody found is not punished any more; a doctor's reasons are of no use after that.
    private const int KeepMonthsDefault = 24;
    // Some milliseconds each: no check waits for one.
    private const int RowsPerRound = 5_000;

    private readonly int keepMonths = Math.Max(1, configuration.GetValue("Checks:KeepMonths", KeepMonthsDefault));

    protected override IEnumerable<string> Tenants => counties.All.Keys;

    protected override async Task<bool> Round(string tenant, CancellationToken stop) => await Delete(counties.Database(tenant), calendar.Today, RowsPerRound, stop) == RowsPerRound;

    /// <returns>How many findings went; fewer than asked for: none that old is left.</returns>
    public async Task<int> Delete(NpgsqlDataSource database, DateOnly today, int rows, CancellationToken stop)
    {
        var before = new DateOnly(today.Year, today.Month, 1).AddMonths(-keepMonths);
        await using var command = database.CreateCommand("""
            WITH old AS MATERIALIZED (SELECT finding_no FROM check_finding WHERE checked_at < $1 ORDER BY checked_at LIMIT $2 FOR UPDATE SKIP LOCKED),
                answered AS (DELETE FROM check_feedback AS f USING old WHERE f.finding_no = old.finding_no)
            DELETE FROM check_finding AS f USING old WHERE f.finding_no = old.finding_no
            """);
        command.Parameters.Add(new NpgsqlParameter<DateTime> { TypedValue = ChinaCalendar.StartOf(before).UtcDateTime });
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = rows });
        return await command.ExecuteNonQueryAsync(stop);
    }
}
