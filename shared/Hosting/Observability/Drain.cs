using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;

namespace MedInsure.Hosting.Observability;

/// <summary>
/// Between the signal to stop and the end of listening: not ready any more, and for Shutdown:DrainSeconds (default 0) still answering, so that whoever
/// spreads the load has time to learn of it. Each answer asks its caller to take its connection elsewhere. Then the listener closes and what is in
/// flight is finished.
/// </summary>
internal sealed class Drain(IHostApplicationLifetime lifetime, IConfiguration configuration) : IHostedLifecycleService, IHealthCheck
{
    private bool IsStopping => lifetime.ApplicationStopping.IsCancellationRequested;

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(IsStopping ? HealthCheckResult.Unhealthy("stopping") : HealthCheckResult.Healthy());

    /// <summary>Before any service of this process is stopped, the listener included.</summary>
    public async Task StoppingAsync(CancellationToken cancellationToken)
    {
        try { await Task.Delay(TimeSpan.FromSeconds(configuration.GetValue("Shutdown:DrainSeconds", 0d)), cancellationToken); }
        catch (OperationCanceledException) { /* The host has no more time. */ }
    }

    public void Use(IApplicationBuilder app) => app.Use(next => context =>
    {
        if (IsStopping) context.Connection.RequestClose();
        return next(context);
    });

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
