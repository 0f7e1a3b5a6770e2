using System.Diagnostics;
using System.Net.NetworkInformation;
using System.Runtime.Loader;
using MedInsure.Console;
using MedInsure.Embedded;
using MedInsure.Hosting.Tenancy;
using MedInsure.ProviderRegistry;
using MedInsure.Tool;

namespace MedInsure.Local.Split;

/// <summary>
/// Every service as a process of its own, as in a cluster: own secrets only, real RabbitMQ and Redis beside PostgreSQL, several replicas where that is
/// worth something. This process owns them all, starts again what ends, and stands before them as the ingress would.
/// </summary>
public sealed class SplitPlatform : IAsyncDisposable
{
    // Below the numbers that the kernel gives to outgoing connections: a replica finds its port free when it comes back.
    private const int PortsFrom = 20_000, PortsTo = 30_000;

    // Replaced one by one, while the front looks.
    private ServiceReplica[] replicas = [];
    private readonly Dictionary<string, Func<string, ServiceReplica>> make = [];
    private readonly LocalOptions options;
    private readonly string folder;
    private PostgresServer? postgres;
    private RabbitMqServer? rabbit;
    private RedisServer? redis;
    private LocalTenants? tenants;
    private WebApplication? front;
    private SplitFront? passing;
    private bool stopped;

    private SplitPlatform(LocalOptions options)
    {
        this.options = options;
        folder = Path.GetFullPath(options.Folder);
    }

    public PostgresServer Postgres => postgres!;
    public RunFile Run { get; private set; } = null!;
    public string RunPath => Path.Combine(folder, "run.json");
    /// <summary>settlement-1, settlement-2, …</summary>
    public IEnumerable<string> Replicas => replicas.Select(r => r.Name);

    /// <summary>Starts the servers, migrates, starts every service, loads the sample at the first start, writes run.json, and returns when everything answers.</summary>
    public static async Task<SplitPlatform> Start(LocalOptions options, CancellationToken cancellation = default)
    {
        var platform = new SplitPlatform(options);
        try
        {
            await platform.Start(cancellation);
            return platform;
        }
        catch
        {
            await platform.DisposeAsync();
            throw;
        }
    }

    public int ProcessIdOf(string replica) => Of(replica).ProcessId;
    public int CrashesOf(string replica) => Of(replica).Crashes;

    /// <summary>Asks one process to stop and returns when its successor is ready.</summary>
    public Task Restart(string replica, CancellationToken cancellation = default) => Of(replica).Restart(cancellation);

    /// <summary>The same, the successor being the program of another published folder: an update of one replica, or its roll-back. A release without the service
    /// has none of its processes.</summary>
    public async Task Replace(string replica, string published, CancellationToken cancellation = default)
    {
        var (old, program) = (Of(replica), ProgramOf(Of(replica).Service, published));
        if (old.IsStarted && File.Exists(program))
        {
            old.Program = program;
            await old.Restart(cancellation);
            return;
        }
        var fresh = make[replica](program);
        replicas[Array.IndexOf(replicas, old)] = fresh;
        await old.DisposeAsync();
        if (!File.Exists(program)) return;
        fresh.Start();
        await fresh.WaitUntilReady(0, cancellation);
    }

    /// <summary>Brings every database to the migrations of a published folder's programs, beside whatever runs.</summary>
    public Task Migrate(string published, CancellationToken cancellation = default) => tenants!.Prepare(Postgres, options.Output, cancellation, service => MigrationsOf(service, published));

    public string HttpAddressOf(string replica) => Of(replica).Ports.HttpAddress;

    /// <summary>Kills one process and returns when its successor is ready.</summary>
    public Task Kill(string replica, CancellationToken cancellation = default) => Of(replica).Kill(cancellation);

    /// <summary>Returns when this process is asked to stop; the caller then stops the platform.</summary>
    public async Task WaitForShutdown()
    {
        var asked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var registration = front!.Lifetime.ApplicationStopping.Register(asked.SetResult);
        await asked.Task;
    }

    /// <summary>Answers what has begun, then stops the services and after them the servers. The data stays.</summary>
    public async ValueTask DisposeAsync()
    {
        if (stopped) return;
        stopped = true;
        File.Delete(RunPath);
        if (front is not null) { await front.StopAsync(); await front.DisposeAsync(); }
        passing?.Dispose();
        await Task.WhenAll(replicas.Select(r => r.DisposeAsync().AsTask()));
        await Task.WhenAll(((IAsyncDisposable?[])[rabbit, redis, postgres]).OfType<IAsyncDisposable>().Select(async server => await server.DisposeAsync()));
    }

    private ServiceReplica Of(string name) => replicas.First(r => r.Name == name);

    private async Task Start(CancellationToken cancellation)
    {
        Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        // An old one would send tools to addresses where nobody, or a stranger, listens.
        File.Delete(RunPath);
        var watch = Stopwatch.StartNew();
        await options.Output.WriteLineAsync("starting PostgreSQL, RabbitMQ, Redis");
        var secrets = new LocalSecrets(Path.Combine(folder, "secrets.json"));
        tenants = new LocalTenants(secrets);
        await Task.WhenAll(StartRabbit(), StartRedis(), StartPostgres());
        secrets.Save();

        var listeners = LocalListeners.Choose(options.Port);
        AddReplicas(listeners);
        await options.Output.WriteLineAsync($"starting {string.Join(", ", replicas.Select(r => r.Name))}");
        foreach (var replica in replicas.Where(r => File.Exists(r.Program))) replica.Start();
        await StartFront(listeners, cancellation);
        await Task.WhenAll(replicas.Where(r => r.IsStarted).Select(r => r.WaitUntilReady(0, cancellation)));

        Run = await LocalPlatform.FirstFill(options, folder, tenants.Addresses(listeners), postgres!.Address, secrets, cancellation);
        PrivateFile.Write(RunPath, Run.ToJson());
        await options.Output.WriteLineAsync($"started in {watch.Elapsed.TotalSeconds:F1} s");

        async Task StartRabbit() => rabbit = await RabbitMqServer.Start(Path.Combine(folder, "rabbitmq"), cancellation: cancellation);
        async Task StartRedis() => redis = await RedisServer.Start(Path.Combine(folder, "redis"), cancellation: cancellation);
        async Task StartPostgres()
        {
            // Each process has connections of its own to each tenant's database.
            postgres = await PostgresServer.Start(new PostgresOptions { Folder = Path.Combine(folder, "postgres"), Durable = options.Durable, ConnectionsMax = 600 }, cancellation);
            await tenants.Prepare(postgres, options.Output, cancellation, options.Published is { } published ? service => MigrationsOf(service, published) : null);
        }
    }

    private void AddReplicas(LocalListeners listeners)
    {
        var ports = LocalTenants.Services.ToDictionary(s => s, s => Enumerable.Range(0, options.Replicas.GetValueOrDefault(s, 1)).Select(_ => new ReplicaPorts(0, 0)).ToArray());
        var free = FreePorts().GetEnumerator();
        foreach (var each in ports.Values)
            for (var i = 0; i < each.Length; i++) each[i] = new ReplicaPorts(Next(), Next());
        // People come to it directly: a page is one long connection.
        ports[ConsoleModule.Service] = [new ReplicaPorts(listeners.Console, Next())];
        foreach (var (service, each) in ports)
        {
            var settings = tenants!.Configuration(postgres!.Address, called => string.Join(',', ports[called].Select(p => p.GrpcAddress)), listeners.PeopleAddress, service);
            foreach (var (name, value) in Servers(cachesReferenceData: settings.ContainsKey($"Services:{ProviderRegistryModule.Service}:Address"))) settings[name] = value;
            foreach (var (name, value) in options.Settings) settings[name] = value;
            for (var i = 0; i < each.Length; i++)
            {
                var (number, own) = (i + 1, each[i]);
                make[$"{service}-{number}"] = program => new ServiceReplica(service, number, program, Path.Combine(folder, "services", $"{service}-{number}"), own, [.. settings, .. own.Settings], options.Output);
            }
        }
        replicas = [.. ports.SelectMany(p => p.Value.Select((_, i) => make[$"{p.Key}-{i + 1}"](ProgramOf(p.Key, options.Published))))];

        int Next() => free.MoveNext() ? free.Current : throw new InvalidOperationException($"no free port between {PortsFrom} and {PortsTo} on 127.0.0.1");
    }

    private IEnumerable<KeyValuePair<string, string?>> Servers(bool cachesReferenceData) =>
    [
        new("Bus:RabbitMq:Host", RabbitMqServer.Host), new("Bus:RabbitMq:Port", $"{rabbit!.Port}"), new("Bus:RabbitMq:User", RabbitMqServer.User), new("Secrets:RabbitMq", rabbit.Password),
        .. cachesReferenceData ? (IEnumerable<KeyValuePair<string, string?>>)[new("Redis:Address", $"{RedisServer.Host}:{redis!.Port}"), new("Secrets:Redis", redis.Password)] : [],
        // Longer than the front's look at who is ready.
        new("Shutdown:DrainSeconds", "1.5"),
    ];

    /// <summary>provider-registry → MedInsure.ProviderRegistry.dll, published into a folder of the service's name, or all of them into one; null: beside this program.</summary>
    private static string ProgramOf(string service, string? from)
    {
        var file = $"MedInsure.{string.Concat(service.Split('-').Select(word => char.ToUpperInvariant(word[0]) + word[1..]))}.dll";
        var own = Path.Combine(from ?? AppContext.BaseDirectory, service, file);
        return Path.GetFullPath(File.Exists(own) ? own : Path.Combine(from ?? AppContext.BaseDirectory, file));
    }

    /// <summary>Read out of a program that is perhaps of another release than this one.</summary>
    private static IReadOnlyList<MigrationRunner.Migration> MigrationsOf(string service, string published)
    {
        if (!File.Exists(ProgramOf(service, published))) return [];
        var context = new AssemblyLoadContext($"{service} of {published}", isCollectible: true);
        try { return MigrationRunner.Read(context.LoadFromAssemblyPath(ProgramOf(service, published))); }
        finally { context.Unload(); }
    }

    private async Task StartFront(LocalListeners listeners, CancellationToken cancellation)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ApplicationName = typeof(SplitPlatform).Assembly.GetName().Name });
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            // The services set their own limits.
            kestrel.Limits.MaxRequestBodySize = null;
            listeners.Listen(kestrel);
        });
        front = builder.Build();
        passing = new SplitFront(replicas, listeners);
        front.Run(context => listeners.Separate(context, passing.Serve));
        await front.StartAsync(cancellation);
    }

    private static IEnumerable<int> FreePorts()
    {
        var taken = IPGlobalProperties.GetIPGlobalProperties().GetActiveTcpListeners().Select(l => l.Port).ToHashSet();
        // Not from the same number each time: another platform may be choosing at this moment.
        var start = System.Security.Cryptography.RandomNumberGenerator.GetInt32(PortsFrom, PortsTo - 500);
        for (var port = start; port < PortsTo; port++)
            if (!taken.Contains(port)) yield return port;
    }
}
