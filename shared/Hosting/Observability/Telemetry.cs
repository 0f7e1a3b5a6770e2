using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace MedInsure.Hosting.Observability;

/// <summary>
/// Traces and metrics of the runtime's built-in sources and of our own (MedInsure.*), sent by OTLP when OTEL_EXPORTER_OTLP_ENDPOINT is configured;
/// without it nothing is listened to and nothing is spent. The other OTEL_ variables hold as the specification gives them.
/// </summary>
internal sealed class Telemetry(string serviceName, IConfiguration configuration) : IHostedService, IDisposable
{
    public static readonly string[] Sources = ["Microsoft.AspNetCore", "System.Net.Http", "Npgsql", "MassTransit", "MedInsure.*"];
    public static readonly string[] Meters = ["Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Server.Kestrel", "System.Net.Http", "System.Runtime", "Npgsql", "MassTransit", "MedInsure.*"];

    private OpenTelemetrySdk? sdk;

    public static bool IsConfigured(IConfiguration configuration) => !string.IsNullOrEmpty(configuration["OTEL_EXPORTER_OTLP_ENDPOINT"]);

    public Task StartAsync(CancellationToken cancellationToken)
    {
        if (IsConfigured(configuration))
            sdk = OpenTelemetrySdk.Create(builder =>
            {
                // The exporter reads its settings from the configuration it finds here, so that a file or a secret store may hold them as well.
                builder.Services.AddSingleton(configuration);
                builder.ConfigureResource(r => r.AddService(configuration["OTEL_SERVICE_NAME"] ?? $"medinsure-{serviceName}", serviceInstanceId: Environment.MachineName))
                    .WithTracing(t => t.AddSource(Sources).AddOtlpExporter())
                    .WithMetrics(m => m.AddMeter(Meters).AddOtlpExporter());
            });
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Dispose() => sdk?.Dispose();
}
