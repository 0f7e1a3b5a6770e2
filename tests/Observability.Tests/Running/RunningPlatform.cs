using System.Net.Http.Headers;
using MedInsure.Embedded;
using MedInsure.Local;
using MedInsure.Local.Sample;
using MedInsure.Local.Tests.Platform;
using MedInsure.Tool.Hospital;

namespace MedInsure.Observability.Tests.Running;

/// <summary>The platform in one process, with a Redis, sending its metrics to the tests; a day of hospitals has been played and a job been run.</summary>
public sealed class RunningPlatform : IAsyncLifetime
{
    private readonly string folder = Directory.CreateTempSubdirectory("medinsure-observed-").FullName;
    private RedisServer redis = null!;

    public DeclaredInstruments Declared { get; } = new();

    public ReceivedMetrics Metrics { get; private set; } = null!;
    public LocalPlatform Platform { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        Metrics = await ReceivedMetrics.Start();
        redis = await RedisServer.Start();
        Platform = await LocalPlatform.Start(new LocalOptions
        {
            Folder = folder, Port = 0, Durable = false, Sample = SampleSize.Small,
            Settings = new Dictionary<string, string?>
            {
                ["OTEL_EXPORTER_OTLP_ENDPOINT"] = Metrics.Address, ["OTEL_EXPORTER_OTLP_PROTOCOL"] = "http/protobuf", ["OTEL_METRIC_EXPORT_INTERVAL"] = "500",
                ["Redis:Address"] = $"{RedisServer.Host}:{redis.Port}", ["Secrets:Redis"] = redis.Password,
            },
        });
        Assert.Equal(0, await HospitalSim.Run(Platform.RunPath, days: 1, seed: 5, rate: 200, visitsPerDay: 60, TextWriter.Null));
        await VisitorsBill.IsMirrored(Platform.Run);
        using var http = new HttpClient { BaseAddress = new Uri(Platform.Run.Desks) };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", Platform.Run.OperatorToken);
        using var verified = await http.PostAsync("/jobs/verify", null);
        Assert.True(verified.IsSuccessStatusCode, await verified.Content.ReadAsStringAsync());
    }

    /// <summary>Returns when what is asked has been received.</summary>
    public async Task Until(Func<bool> holds, Func<string> missing)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (!holds())
        {
            if (patience.IsCancellationRequested) Assert.Fail(missing());
            await Task.Delay(100);
        }
    }

    public async Task DisposeAsync()
    {
        if (Platform is not null) await Platform.DisposeAsync();
        if (redis is not null) await redis.DisposeAsync();
        if (Metrics is not null) await Metrics.DisposeAsync();
        Declared.Dispose();
        Directory.Delete(folder, recursive: true);
    }
}
