using MedInsure.FraudAudit.Rules;
using MedInsure.FraudAudit.RuleSettings;
using MedInsure.Hosting.Jobs;
using MedInsure.Reference;
using Npgsql;

namespace MedInsure.FraudAudit.PostAudit;

/// <summary>For each county works at the oldest run that is not done, slice by slice on all cores; several processes share one run's slices, and after a restart the rest of them is done.</summary>
internal sealed class AuditRunWorker(AuditedCounties counties, RuleBook book, RuleSets rules, ReferenceData reference, TimeProvider time, ILogger<AuditRunWorker> log) : TenantWork(log, TimeSpan.FromSeconds(5))
{
    protected override IEnumerable<string> Tenants => counties.All.Keys;

    protected override Task<bool> Round(string tenant, CancellationToken stop) => Round(tenant, reference.For(counties.All[tenant].CityCode), stop);

    /// <returns>True: a run was done, and there may be another.</returns>
    public async Task<bool> Round(string county, CityReference city, CancellationToken stop)
    {
        var database = counties.Database(county);
        if (await AuditRun.ToDo(database, stop) is not { } run) return false;
        try
        {
            var of = RunRules.Of(run, book, await rules.Newest(county, stop));
            if (!await Work(database, county, run, of, city, time, Failed, stop)) return false;
            log.LogInformation("tenant {Tenant}: run {Run} over {From} to {To} is done", county, run.RunNo, run.FromOn, run.ToOn);
            return true;
        }
        catch (Exception e) when (!stop.IsCancellationRequested)
        {
            await Note(database, run, e.Message, stop);
            throw;
        }

        void Failed(string? setlId, Exception failure) => log.LogError(failure, "tenant {Tenant}: run {Run}: a rule failed at settlement {Settlement}", county, run.RunNo, setlId ?? "(a month)");
    }

    /// <summary>Plans the run where it is not planned for these rules, and works at its slices until none is left.</summary>
    /// <returns>False: others still work at some.</returns>
    public static async Task<bool> Work(NpgsqlDataSource database, string county, AuditRun run, RunRules rules, CityReference city, TimeProvider time, Action<string?, Exception> failed, CancellationToken stop)
    {
        if (run.RulesVersion != rules.Version)
        {
            await using var connection = await database.OpenConnectionAsync(stop);
            await PlanAuditRun.Execute(connection, run, rules, stop);
            run = (await AuditRun.Find(database, run.RunNo, stop))!;
            if (run.State != "running" || run.RulesVersion != rules.Version) return false;
        }
        var work = new AuditSlice.Work(database, county, run, rules, city, failed);
        await Task.WhenAll(Enumerable.Range(0, Environment.ProcessorCount).Select(_ => Task.Run(async () =>
        {
            while (await AuditSlice.Next(work, time.GetUtcNow().UtcDateTime, stop)) { }
        }, stop)));
        await using var done = database.CreateCommand("UPDATE audit_run SET state = 'done', failure = NULL, ended_at = $3 WHERE run_no = $1 AND state = 'running' AND rules_version = $2 AND NOT EXISTS (SELECT FROM audit_slice WHERE run_no = $1 AND done_at IS NULL)");
        done.Parameters.Add(new NpgsqlParameter<long> { TypedValue = run.RunNo });
        done.Parameters.Add(new NpgsqlParameter<string> { TypedValue = rules.Version });
        done.Parameters.Add(new NpgsqlParameter<DateTime> { TypedValue = time.GetUtcNow().UtcDateTime });
        return await done.ExecuteNonQueryAsync(stop) == 1;
    }

    private static async Task Note(NpgsqlDataSource database, AuditRun run, string failure, CancellationToken stop)
    {
        await using var command = database.CreateCommand("UPDATE audit_run SET failure = $2 WHERE run_no = $1 AND state IN ('queued', 'running')");
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = run.RunNo });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = failure });
        await command.ExecuteNonQueryAsync(stop);
    }
}
