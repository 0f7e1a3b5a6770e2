using Npgsql;

namespace MedInsure.FraudAudit.RuleSettings;

/// <summary>Loads every county's rules when the process starts, so that no bill waits for them (a national knowledge base takes seconds), and sees what other processes changed.</summary>
internal sealed partial class RuleSetsWatch(RuleSets ruleSets, AuditedCounties counties, TimeProvider time, ILogger<RuleSetsWatch> log) : BackgroundService
{
    /// <summary>How long another process's change may go unseen by bills that somebody waits for.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(10);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            foreach (var county in counties.All.Keys)
            {
                // The rules as held go on; whether the database answers again is asked after the pause.
                try { await ruleSets.Newest(county, stoppingToken); }
                catch (NpgsqlException e) when (!stoppingToken.IsCancellationRequested) { NotAnswered(e, county); }
                catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested) { return; }
            }
            try { await Task.Delay(Pause, time, stoppingToken); }
            catch (OperationCanceledException) { return; }
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The rules of {County} could not be asked for; those held go on")]
    private partial void NotAnswered(Exception e, string county);
}
