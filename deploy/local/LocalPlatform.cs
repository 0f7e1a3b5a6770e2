using System.Diagnostics;
using System.Reflection;
using MedInsure.Embedded;
using MedInsure.Enrollment;
using MedInsure.Gateway;
using MedInsure.Hosting;
using MedInsure.Hosting.Tenancy;
using MedInsure.Local.Sample;
using MedInsure.ProviderRegistry;
using MedInsure.Settlement;
using MedInsure.Tool;

namespace MedInsure.Local;

/// <summary>
/// All services in one process on a private PostgreSQL, with the bus in memory: what deploy/up starts, and what tests start for themselves.
/// The services know each other by gRPC over the loopback, as they do apart.
/// </summary>
public sealed class LocalPlatform : IAsyncDisposable
{
    /// <summary>Which service has a database in which kind of tenant, and where its migrations are.</summary>
    private static readonly (string Service, bool InCity, bool InCounty, Assembly Migrations)[] Databases =
    [
        (ProviderRegistryModule.Service, true, false, typeof(ProviderRegistryModule).Assembly),
        (EnrollmentModule.Service, false, true, typeof(EnrollmentModule).Assembly),
        (SettlementModule.Service, true, true, typeof(SettlementModule).Assembly),
    ];

    private static readonly TimeSpan ReadyPatience = TimeSpan.FromSeconds(60);

    private readonly WebApplication app;
    private bool stopped;

    private LocalPlatform(WebApplication app, PostgresServer postgres, RunFile run, string runPath) => (this.app, Postgres, Run, RunPath) = (app, postgres, run, runPath);

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
        WebApplication? app = null;
        try
        {
            var secrets = new LocalSecrets(Path.Combine(folder, "secrets.json"));
            var tenants = Tenants();
            var passwords = tenants.ToDictionary(t => t.Code, t => DatabasesOf(t).ToDictionary(d => d.Service, d => secrets[$"Secrets:Database:{t.Code}:{d.Service}"]));
            await options.Output.WriteLineAsync($"preparing {tenants.Count} tenants");
            // On their own databases, but the server makes one database at a time.
            await Task.WhenAll(tenants.Select(t => Prepare(postgres, t, passwords[t.Code], cancellation)));

            var listeners = LocalListeners.Choose(options.Port);
            app = Build(options, listeners, Configuration(postgres, tenants, listeners, secrets));
            secrets.Save();
            await app.StartAsync(cancellation);

            var addresses = new RunFile(listeners.GatewayAddress, listeners.PeopleAddress, listeners.GrpcAddress, secrets["Secrets:OperatorToken"], secrets["Secrets:ServiceToken"],
                [.. SampleCity.All.SelectMany(c => c.Counties.Select(county => new RunTenant(county.Code, county.Name, c.Code, c.Name, c.Packs)))], [], [], [], [], []);
            if (options.Sample is { } size) await SampleLoad.Run(addresses, Path.Combine(folder, "sample"), size, options.Output, cancellation);
            var run = await RunContents.Complete(addresses, options.Sample, secrets, cancellation);
            secrets.Save();
            await WaitUntilReady(run, cancellation);
            PrivateFile.Write(runPath, run.ToJson());
            await options.Output.WriteLineAsync($"started in {watch.Elapsed.TotalSeconds:F1} s");
            return new LocalPlatform(app, postgres, run, runPath);
        }
        catch
        {
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

    private static List<Tenant> Tenants() =>
        [.. SampleCity.All.SelectMany(c => (Tenant[])[new Tenant(c.Code, c.Name, c.Code, c.Packs), .. c.Counties.Select(county => new Tenant(county.Code, county.Name, c.Code, c.Packs))])];

    private static IEnumerable<(string Service, bool InCity, bool InCounty, Assembly Migrations)> DatabasesOf(Tenant tenant) => Databases.Where(d => tenant.IsCity ? d.InCity : d.InCounty);

    private static async Task Prepare(PostgresServer postgres, Tenant tenant, Dictionary<string, string> passwords, CancellationToken cancellation)
    {
        foreach (var (service, _, _, migrations) in DatabasesOf(tenant))
        {
            await TenantProvisioning.Provision(postgres.AdminConnectionString, tenant, service, passwords[service], cancellation);
            await MigrationRunner.Apply(postgres.AdminConnectionString, tenant, service, migrations, cancellation);
        }
    }

    private static Dictionary<string, string?> Configuration(PostgresServer postgres, List<Tenant> tenants, LocalListeners listeners, LocalSecrets secrets)
    {
        var settings = new Dictionary<string, string?>();
        foreach (var tenant in tenants)
        {
            settings[$"Tenants:{tenant.Code}:Name"] = tenant.Name;
            settings[$"Tenants:{tenant.Code}:City"] = tenant.CityCode;
            settings[$"Tenants:{tenant.Code}:Database"] = postgres.Address;
            foreach (var (insutype, pack) in tenant.Packs) settings[$"Tenants:{tenant.Code}:Packs:{insutype}"] = pack;
            foreach (var (service, _, _, _) in DatabasesOf(tenant)) settings[$"Secrets:Database:{tenant.Code}:{service}"] = secrets[$"Secrets:Database:{tenant.Code}:{service}"];
        }
        foreach (var service in (string[])[ProviderRegistryModule.Service, EnrollmentModule.Service, SettlementModule.Service]) settings[$"Services:{service}:Address"] = listeners.GrpcAddress;
        foreach (var name in (string[])["Secrets:ServiceToken", "Secrets:OperatorToken", "Secrets:GatewaySignIn"]) settings[name] = secrets[name];
        LocalInsurers.Configure(settings, secrets);
        return settings;
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
        builder.AddGateway();

        var app = builder.Build();
        app.Use((context, next) => listeners.Separate(context, _ => next(context)));
        app.UseRouting();
        app.MapPlatform();
        app.MapProviderRegistry();
        app.MapEnrollment();
        app.MapSettlement();
        app.MapGateway();
        return app;
    }

    private static async Task WaitUntilReady(RunFile run, CancellationToken cancellation)
    {
        using var http = new HttpClient { BaseAddress = new Uri(run.Console) };
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
