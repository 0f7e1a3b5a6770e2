using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Text.Json;
using MedInsure.Hosting.Tenancy;
using MedInsure.Hosting.Web;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace MedInsure.Hosting.Jobs;

/// <summary>
/// Runs the registered jobs, one tenant after the other. Of each job one run at a time: in this process a second caller joins the first one's run; between
/// processes a session lock in the tenant's database lets one in.
/// </summary>
public sealed class JobRunner(IEnumerable<Job> jobs, TenantDatabases databases, IServiceProvider services, IHostApplicationLifetime lifetime, TimeProvider time, ILogger<JobRunner> log)
{
    private static readonly Meter Meter = new("MedInsure.Jobs");
    // Not "job": that is Prometheus' own word for who tells.
    private static readonly Counter<long> Ended = Meter.CreateCounter<long>("medinsure.job.ended", "{run}", "A tenant's part of a job that ended, by service, job_name, tenant and state");

    private readonly ConcurrentDictionary<string, Run> runs = new();

    public IReadOnlyList<string> Names { get; } = [.. jobs.Select(job => job.Name).Distinct().Order(StringComparer.Ordinal)];

    /// <summary>The run that goes on, else the last one of this process; null = none yet.</summary>
    public JobReport? Find(string name) => runs.GetValueOrDefault(name)?.Report;

    /// <summary>Starts a run, or joins the one that goes on, and waits for its end. A caller that goes away does not end it; the process's stop does.</summary>
    /// <exception cref="ArgumentException">No such job.</exception>
    public Task<JobReport> Go(string name, CancellationToken cancellation = default)
    {
        if (!Names.Contains(name)) throw new ArgumentException($"there is no job {name}", nameof(name));
        Run run;
        var isNew = false;
        lock (runs)
        {
            if (!runs.TryGetValue(name, out run!) || run.Report.EndedAt is not null)
            {
                var places = jobs.Where(job => job.Name == name).SelectMany(job => databases.TenantsOf(job.Service).Select(tenant => (job, tenant))).ToArray();
                runs[name] = run = new Run(new JobReport(name, time.GetUtcNow(), null, [.. places.Select(p => new JobStep(p.job.Service, p.tenant.Code, JobState.Waiting))]), places);
                isNew = true;
            }
        }
        if (isNew) _ = Task.Run(() => All(run, lifetime.ApplicationStopping), CancellationToken.None);
        return run.Ended.Task.WaitAsync(cancellation);
    }

    private async Task All(Run run, CancellationToken stopping)
    {
        for (var i = 0; i < run.Places.Count; i++)
        {
            var (job, tenant) = run.Places[i];
            var begun = Stopwatch.GetTimestamp();
            run.Set(i, JobState.Running, 0, null);
            var (state, report) = await One(job, tenant, stopping);
            var ms = (long)Stopwatch.GetElapsedTime(begun).TotalMilliseconds;
            run.Set(i, state, ms, report);
            Ended.Add(1, new("service", job.Service), new("job_name", job.Name), new("tenant", tenant.Code), new("state", JsonNamingPolicy.CamelCase.ConvertName(state.ToString())));
            log.Log(state == JobState.Failed ? LogLevel.Error : LogLevel.Information, "job {Job} of {Service} for {Tenant}: {State} in {Ms} ms {Report}",
                job.Name, job.Service, tenant.Code, state, ms, JsonSerializer.Serialize(report, WebJson.Options));
        }
        run.End(time.GetUtcNow());
    }

    private async Task<(JobState, object?)> One(Job job, Tenant tenant, CancellationToken stopping)
    {
        try
        {
            var database = databases.For(tenant.Code, job.Service);
            // The lock is the session's: it goes with the connection, however that ends.
            await using var connection = await database.OpenConnectionAsync(stopping);
            var key = $"job {job.Service} {job.Name}";
            await using (var take = new NpgsqlCommand("SELECT pg_try_advisory_lock(hashtextextended($1, 0))", connection) { Parameters = { new() { Value = key } } })
                if (!(bool)(await take.ExecuteScalarAsync(stopping))!) return (JobState.Elsewhere, null);
            try
            {
                var outcome = await job.Do(new JobPlace(services, tenant, database), stopping);
                return (outcome.Succeeded ? JobState.Done : JobState.Failed, outcome.Report);
            }
            finally
            {
                if (connection.State == System.Data.ConnectionState.Open)
                {
                    await using var leave = new NpgsqlCommand("SELECT pg_advisory_unlock(hashtextextended($1, 0))", connection) { Parameters = { new() { Value = key } } };
                    await leave.ExecuteNonQueryAsync(CancellationToken.None);
                }
            }
        }
#pragma warning disable CA1031 // The other tenants' turn comes all the same.
        catch (Exception e)
#pragma warning restore CA1031
        {
            log.LogError(e, "job {Job} of {Service} for {Tenant} broke off", job.Name, job.Service, tenant.Code);
            // No exception's text: it may hold addresses.
            return (JobState.Failed, new { Error = e is OperationCanceledException ? "the process stops" : e.GetType().Name });
        }
    }

    private sealed class Run(JobReport report, IReadOnlyList<(Job Job, Tenant Tenant)> places)
    {
        private volatile JobReport report = report;

        public JobReport Report => report;
        public IReadOnlyList<(Job Job, Tenant Tenant)> Places => places;
        public TaskCompletionSource<JobReport> Ended { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public void Set(int step, JobState state, long ms, object? answer) =>
            report = report with { Steps = [.. report.Steps.Select((s, i) => i == step ? s with { State = state, Ms = ms, Report = answer } : s)] };

        public void End(DateTimeOffset at)
        {
            report = report with { EndedAt = at };
            Ended.SetResult(report);
        }
    }
}
