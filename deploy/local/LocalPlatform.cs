using System.Diagnostics;
using MedInsure.Billing;
using MedInsure.Console;
using MedInsure.Embedded;
using MedInsure.Enrollment;
using MedInsure.FraudAudit;
using MedInsure.Gateway;
using MedInsure.Hosting;
using MedInsure.Hosting.Tenancy;
using MedInsure.Local.Sample;
using MedInsure.ProviderRegistry;
using MedInsure.Reporting;
using MedInsure.Settlement;
using MedInsure.Tool;

namespace MedInsure.Local;

/// <summary>
/// All services in one process on a private PostgreSQL, with the bus in memory: what deploy/up starts, and what tests start for themselves.
/// The services know each other by gRPC over the loopback, as they do apart.
/// </summary>
public sealed class LocalPlatform : IAsyncDisposable
{
    private static readonly TimeSpan ReadyPatience = TimeSpan.FromSeconds(60);

    private readonly WebApplication app, console;
    private bool stopped;

    private LocalPlatform(WebApplication app, WebApplication console, PostgresServer postgres, RunFile run, string runPath) => (this.app, this.console, Postgres, Run, RunPath) = (app, console, postgres, run, runPath);

    public PostgresServer Postgres { get; }
    /// <summary>What run.json says.</summary>
    public RunFile Run { get; }
    public string RunPath { get; }
    public IServiceProvider Services => app.Services;

    /// <summary>Starts the servers, migrates, loads the sample at the first start, writes run.json, and returns when everything answers.</summary>
    public static async Task<LocalPlatform> Start(LocalOptions options, CancellationToken cancellation = default)
    {
        var folder = Path.GetFullPath(options.Folder);
        Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        var runPath = Path.Combine(folder, "run.json");
        // An old one would send tools to addresses where nobody, or a stranger, listens.
        File.Delete(runPath);

        var watch = Stopwatch.StartNew();
        await options.Output.WriteLineAsync("starting PostgreSQL");
        var postgres = await PostgresServer.Start(new PostgresOptions { Folder = Path.Combine(folder, "postgres"), Durable = options.Durable }, cancellation);
        WebApplication? app = null, console = null;
        try
        {
            var secrets = new LocalSecrets(Path.Combine(folder, "secrets.json"));
            var tenants = new LocalTenants(secrets);
            await tenants.Prepare(postgres, options.Output, cancellation);

            var listeners = LocalListeners.Choose(options.Port);
            app = Build(options, listeners, tenants.Configuration(postgres.Address, _ => listeners.GrpcAddress, listeners.PeopleAddress, [.. LocalTenants.Services.Except([ConsoleModule.Service])]));
            secrets.Save();
            await app.StartAsync(cancellation);
            console = await LocalConsole.Start(options, listeners, tenants.Configuration(postgres.Address, _ => listeners.GrpcAddress, listeners.PeopleAddress, ConsoleModule.Service), cancellation);

            var addresses = tenants.Addresses(listeners);
            var run = await FirstFill(options, folder, addresses, postgres.Address, secrets, cancellation);
            PrivateFile.Write(runPath, run.ToJson());
            await options.Output.WriteLineAsync($"started in {watch.Elapsed.TotalSeconds:F1} s");
            return new LocalPlatform(app, console, postgres, run, runPath);
        }
        catch
        {
            if (console is not null) await console.DisposeAsync();
            if (app is not null) await app.DisposeAsync();
            await postgres.DisposeAsync();
            throw;
        }
    }

    /// <summary>Answers what has begun, then stops the services and after them PostgreSQL. The data stays.</summary>
    public async Task Stop()
    {
        if (stopped) return;
        stopped = true;
        File.Delete(RunPath);
        await console.StopAsync();
        await console.DisposeAsync();
        await app.StopAsync();
        await app.DisposeAsync();
        await Postgres.DisposeAsync();
    }

    public async ValueTask DisposeAsync() => await Stop();

    /// <summary>Returns when the process is asked to stop; the caller then stops the platform.</summary>
    public async Task WaitForShutdown()
    {
        var asked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var registration = app.Lifetime.ApplicationStopping.Register(asked.SetResult);
        await asked.Task;
    }

    private static WebApplication Build(LocalOptions options, LocalListeners listeners, Dictionary<string, string?> settings)
    {
        // No settings file of whatever folder this was started in.
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ApplicationName = typeof(LocalPlatform).Assembly.GetName().Name });
        builder.Configuration.AddEnvironmentVariables();
        builder.Configuration.AddInMemoryCollection(settings).AddInMemoryCollection(options.Settings);
        builder.Logging.AddConfiguration(builder.Configuration.GetSection("Logging"));
        builder.WebHost.UseKestrelCore().ConfigureKestrel(listeners.Listen);
        builder.Services.AddRoutingCore();
        builder.AddPlatform("local");
        builder.AddProviderRegistry();
        builder.AddEnrollment();
        builder.AddSettlement();
        builder.AddBilling();
        builder.AddFraudAudit();
        builder.AddReporting();
        builder.AddGateway();

        var app = builder.Build();
        app.Use((context, next) => listeners.Separate(context, _ => next(context)));
        app.UseRouting();
        app.MapPlatform();
        app.MapProviderRegistry();
        app.MapEnrollment();
        app.MapSettlement();
        app.MapBilling();
        app.MapFraudAudit();
        app.MapReporting();
        app.MapGateway();
        return app;
    }

    /// <summary>Loads the sample at the first start, and returns what run.json shall say once the platform behind the addresses is ready.</summary>
    internal static async Task<RunFile> FirstFill(LocalOptions options, string folder, RunFile addresses, string database, LocalSecrets secrets, CancellationToken cancellation)
    {
        if (options.Sample is { } size) await SampleLoad.Run(addresses, Path.Combine(folder, "sample"), size, options.Output, cancellation);
        var run = await RunContents.Complete(addresses, options.Sample, secrets, cancellation);
        await LocalConsole.AddOperators(run, database, secrets, cancellation);
        secrets.Save();
        await WaitUntilReady(run, cancellation);
        return run;
    }

    internal static async Task WaitUntilReady(RunFile run, CancellationToken cancellation)
    {
        using var http = new HttpClient { BaseAddress = new Uri(run.Desks) };
        var answer = "";
        for (var waited = Stopwatch.StartNew(); waited.Elapsed < ReadyPatience; await Task.Delay(50, cancellation))
        {
            using var response = await http.GetAsync("/health/ready", cancellation);
            if (response.IsSuccessStatusCode) return;
            answer = await response.Content.ReadAsStringAsync(cancellation);
        }
        throw new TimeoutException($"the platform did not become ready: {answer}");
    }
}
