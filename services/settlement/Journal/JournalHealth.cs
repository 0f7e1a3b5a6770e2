using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace MedInsure.Settlement.Journal;

/// <summary>Ready when of every tenant the writer is here, or stands by while another replica's writes. A projection that fails is said, but settling goes on.</summary>
public sealed class JournalHealth(TenantJournals journals) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var idle = journals.All.Where(j => !j.HoldsLease && !j.StandsBy).Select(j => j.Tenant.Code).ToList();
        if (idle.Count > 0) return Task.FromResult(HealthCheckResult.Unhealthy($"no writer for {string.Join(", ", idle)}"));
        var failing = journals.All.Where(j => j.Projector.Failure is not null).Select(j => $"{j.Tenant.Code}: {j.Projector.Failure}").ToList();
        return Task.FromResult(failing.Count > 0 ? HealthCheckResult.Degraded($"projection fails, {string.Join("; ", failing)}") : HealthCheckResult.Healthy());
    }
}
