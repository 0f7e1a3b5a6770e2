using System.Text.Json;
using MedInsure.Hosting.Tenancy;
using MedInsure.Hosting.Web;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace MedInsure.Hosting.Observability;

/// <summary>
/// GET /health/live: the process answers. GET /health/ready: it can do its work; 503 when it cannot, 200 with "degraded" when it can but something
/// it needs later (the bus, some of several databases) is away. Modules add checks of their own with the tag <see cref="Ready"/>:
/// <c>builder.Services.AddHealthChecks().AddCheck&lt;T&gt;("catalog", tags: [HealthEndpoints.Ready])</c>.
/// </summary>
public static class HealthEndpoints
{
    public const string Ready = "ready";

    internal static void Add(IServiceCollection services) =>
        services.AddHealthChecks().AddCheck<Drain>("running", tags: [Ready]).AddCheck<DatabaseCheck>("database", tags: [Ready], timeout: TimeSpan.FromSeconds(5));

    internal static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapHealthChecks("/health/live", new HealthCheckOptions { Predicate = _ => false, ResponseWriter = Write });
        routes.MapHealthChecks("/health/ready", new HealthCheckOptions { Predicate = check => check.Tags.Contains(Ready), ResponseWriter = Write });
    }

    private static Task Write(HttpContext context, HealthReport report)
    {
        context.Response.ContentType = "application/json; charset=utf-8";
        return context.Response.Body.WriteAsync(JsonSerializer.SerializeToUtf8Bytes(new
        {
            Status = Word(report.Status),
            // No exception texts: the endpoint is open, and they hold addresses.
            Checks = report.Entries.ToDictionary(e => e.Key, e => new { Status = Word(e.Value.Status), e.Value.Description, Ms = (long)e.Value.Duration.TotalMilliseconds }),
        }, WebJson.Options), context.RequestAborted).AsTask();
    }

    private static string Word(HealthStatus status) => status switch { HealthStatus.Healthy => "healthy", HealthStatus.Degraded => "degraded", _ => "unhealthy" };

    /// <summary>Every database this process serves answers. A process of one tenant is down with its database; one of many still serves the others.</summary>
    private sealed class DatabaseCheck(TenantDatabases databases) : IHealthCheck
    {
        public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
        {
            var all = databases.All.ToArray();
            var silent = (await Task.WhenAll(all.Select(async place => await Answers(place.Tenant, place.Service, cancellationToken) ? null : $"{place.Tenant.Code} {place.Service}"))).OfType<string>().ToArray();
            if (silent.Length == 0) return HealthCheckResult.Healthy($"{all.Length} answer");
            var description = $"no answer: {string.Join(", ", silent)}";
            return silent.Length == all.Length ? HealthCheckResult.Unhealthy(description) : HealthCheckResult.Degraded(description);
        }

        private async Task<bool> Answers(Tenant tenant, string service, CancellationToken cancellation)
        {
            try
            {
                await using var command = databases.For(tenant.Code, service).CreateCommand("SELECT 1");
                await command.ExecuteScalarAsync(cancellation);
                return true;
            }
            // The check's own time limit is an answer too.
            catch (Exception) { return false; }
        }
    }
}
