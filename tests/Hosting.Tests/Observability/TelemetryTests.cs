using System.Collections.Concurrent;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;

namespace MedInsure.Hosting.Tests.Observability;

[Trait("Category", "Unit")]
public sealed class TelemetryTests
{
    private static WebApplicationBuilder Quiet(Dictionary<string, string?> settings)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Configuration.AddInMemoryCollection(settings);
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?> { ["Logging:LogLevel:Default"] = "None", ["Logging:LogLevel:Microsoft.Hosting.Lifetime"] = "None" });
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        return builder;
    }

    [Fact]
    public async Task Requests_reach_the_configured_collector_as_traces_and_metrics()
    {
        var received = new ConcurrentDictionary<string, byte[]>();
        await using var collector = Quiet([]).Build();
        collector.MapPost("/v1/{signal}", async (HttpRequest request, string signal) =>
        {
            using var body = new MemoryStream();
            await request.Body.CopyToAsync(body);
            // The collector is traced by the same process: only what names the other service counts.
            if (body.ToArray().AsSpan().IndexOf("medinsure-sample"u8) >= 0) received.AddOrUpdate(signal, body.ToArray(), (_, all) => [.. all, .. body.ToArray()]);
        });
        await collector.StartAsync();

        var builder = Quiet(new()
        {
            ["OTEL_EXPORTER_OTLP_ENDPOINT"] = collector.Urls.Single(), ["OTEL_EXPORTER_OTLP_PROTOCOL"] = "http/protobuf",
            ["OTEL_BSP_SCHEDULE_DELAY"] = "100", ["OTEL_METRIC_EXPORT_INTERVAL"] = "200",
        });
        builder.AddPlatform("sample");
        await using var app = builder.Build();
        app.MapPlatform();
        await app.StartAsync();
        using var client = new HttpClient();
        await client.GetAsync(new Uri(app.Urls.Single() + "/health/live"));

        static bool Holds(byte[]? body, string text) => body is not null && body.AsSpan().IndexOf(Encoding.UTF8.GetBytes(text)) >= 0;
        await Messaging.CounterProcess.Until(() => Task.FromResult(
            Holds(received.GetValueOrDefault("traces"), "/health/live") && Holds(received.GetValueOrDefault("metrics"), "http.server.request.duration") && Holds(received.GetValueOrDefault("metrics"), "dotnet.gc.collections")), "traces and metrics arrive");
    }
}
