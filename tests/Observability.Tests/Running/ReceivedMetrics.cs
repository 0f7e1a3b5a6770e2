using System.Collections.Concurrent;
using MedInsure.Observability.Tests.Running.Otlp;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;

namespace MedInsure.Observability.Tests.Running;

/// <summary>In the collector's place: takes OTLP over HTTP and keeps each metric's newest points, under the names that Prometheus would see.</summary>
public sealed class ReceivedMetrics : IAsyncDisposable
{
    /// <param name="Labels">Of all its points.</param>
    public sealed record Series(IReadOnlySet<string> Labels, Metric Newest);

    private readonly WebApplication app;
    private readonly ConcurrentDictionary<string, Series> series = new();
    private int exports;

    private ReceivedMetrics(WebApplication app) => this.app = app;

    public string Address => app.Urls.Single();
    public int Exports => Volatile.Read(ref exports);
    public IReadOnlyDictionary<string, Series> All => series;

    public static async Task<ReceivedMetrics> Start()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        var received = new ReceivedMetrics(app);
        app.MapPost("/v1/metrics", received.Take);
        app.MapPost("/v1/{other}", () => { });
        await app.StartAsync();
        return received;
    }

    private async Task Take(HttpRequest request)
    {
        using var body = new MemoryStream();
        await request.Body.CopyToAsync(body);
        foreach (var metric in ExportMetrics.Parser.ParseFrom(body.ToArray()).ResourceMetrics.SelectMany(r => r.ScopeMetrics).SelectMany(s => s.Metrics))
        {
            var (kind, points) = metric.DataCase switch
            {
                Metric.DataOneofCase.Gauge => (PrometheusName.Kind.Gauge, metric.Gauge.DataPoints.Select(p => p.Attributes)),
                Metric.DataOneofCase.Sum => (metric.Sum.IsMonotonic ? PrometheusName.Kind.Counter : PrometheusName.Kind.Gauge, metric.Sum.DataPoints.Select(p => p.Attributes)),
                _ => (PrometheusName.Kind.Histogram, metric.Histogram.DataPoints.Select(p => p.Attributes)),
            };
            var labels = points.SelectMany(p => p).Select(a => PrometheusName.OfLabel(a.Key)).ToHashSet();
            foreach (var name in PrometheusName.Of(metric.Name, metric.Unit, kind))
                series.AddOrUpdate(name, new Series(labels, metric), (_, before) => new Series(before.Labels.Union(labels).ToHashSet(), metric));
        }
        Interlocked.Increment(ref exports);
    }

    public ValueTask DisposeAsync() => app.DisposeAsync();
}
