using System.Text.Json;
using System.Text.Json.Serialization;
using MedInsure.Hosting.Tenancy;
using Npgsql;

namespace MedInsure.Hosting.Jobs;

/// <summary>Work that a clock outside asks for: a Kubernetes CronJob, a Dapr cron binding, an operator. It may be asked for twice or at the same time twice,
/// so it must be safe to repeat.</summary>
/// <param name="Service">In whose databases it runs, once for every tenant this process serves for it.</param>
/// <param name="Name">Lower case with hyphens; of the endpoint and the cron binding alike. Several services may have one of the same name.</param>
public sealed record Job(string Service, string Name, Func<JobPlace, CancellationToken, Task<JobOutcome>> Do);

/// <summary>Where a job runs.</summary>
public sealed record JobPlace(IServiceProvider Services, Tenant Tenant, NpgsqlDataSource Database);

/// <param name="Report">Answered and logged as JSON; no personal data.</param>
public sealed record JobOutcome(bool Succeeded, object? Report = null);

[JsonConverter(typeof(JobStateWord))]
public enum JobState
{
    Waiting,
    Running,
    Done,
    /// <summary>It did not succeed, or threw: the log says what.</summary>
    Failed,
    /// <summary>Another process was at it.</summary>
    Elsewhere,
}

/// <summary>One tenant's part of a run.</summary>
public sealed record JobStep(string Service, string Tenant, JobState State, long Ms = 0, object? Report = null);

/// <summary>How far a run is, or what came of it.</summary>
/// <param name="EndedAt">Null: it goes on.</param>
public sealed record JobReport(string Job, DateTimeOffset StartedAt, DateTimeOffset? EndedAt, IReadOnlyList<JobStep> Steps)
{
    public bool HasFailed => Steps.Any(step => step.State == JobState.Failed);
}

/// <summary>States in JSON: waiting, running, done, failed, elsewhere.</summary>
internal sealed class JobStateWord() : JsonStringEnumConverter<JobState>(JsonNamingPolicy.CamelCase);
