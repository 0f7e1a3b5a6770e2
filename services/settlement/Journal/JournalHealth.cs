using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace MedInsure.Settlement.Journal;

/// <summary>Ready when every tenant has its writer here. A projection that fails is said, but settling goes on.</summary>
public sealed class JournalHealth(TenantJournals journals) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var idle = journals.All.Where(j => !j.HoldsLease).Select(j => j.Tenant.Code).ToList();
        if (idle.Count > 0) return Task.FromResult(HealthCheckResult.Unhealthy($"no lease for {string.Join(", ", idle)}"));
        var failing = journals.All.Where(j => j.Projector.Failure is not null).Select(j => $"{j.Tenant.Code}: {j.Projector.Failure}").ToList();
        return Task.FromResult(failing.Count > 0 ? HealthCheckResult.Degraded($"projection fails, {string.Join("; ", failing)}") : HealthCheckResult.Healthy());
    }
}
