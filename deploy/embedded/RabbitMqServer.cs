using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;

namespace MedInsure.Embedded;

/// <summary>
/// A RabbitMQ broker of this process alone: own folder, node name, ports on 127.0.0.1 and Erlang port mapper, own random password.
/// What the broker keeps (durable queues, persistent messages) outlives a restart on the same folder.
/// </summary>
public sealed class RabbitMqServer : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);
    private const string ServerFile = "/usr/lib/rabbitmq/bin";

    private readonly ServerFolder folder;
    private readonly string node;
    private ServerProcess? broker;
    private ServerProcess? portMapper;
    private int portMapperPort, distributionPort;

    private RabbitMqServer(ServerFolder folder)
    {
        this.folder = folder;
        Password = folder.Secret("password");
        // The node's name is part of its stored state: kept with the folder.
        node = $"medinsure-{folder.Secret("node")[..8]}@localhost";
    }

    public const string Host = "127.0.0.1";
    public const string User = "medinsure";
    public int Port { get; private set; }
    public string Password { get; }
    public int ProcessId => broker?.Id ?? throw new EmbeddedServerException("RabbitMQ is not running");
    /// <summary>amqp://user:password@host:port/</summary>
    public string Address => $"amqp://{User}:{Password}@{Host}:{Port}/";

    /// <param name="path">Null: a temporary folder, removed at the end.</param>
    /// <param name="port">0 = any free port.</param>
    public static async Task<RabbitMqServer> Start(string? path = null, int port = 0, CancellationToken cancellation = default)
    {
        Program();
        var server = new RabbitMqServer(ServerFolder.Take(path, "rabbitmq")) { Port = port };
        try
        {
            await server.StartAgain(cancellation);
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts again after <see cref="Stop"/> or <see cref="KillImmediate"/>, on the same port.</summary>
    public async Task StartAgain(CancellationToken cancellation = default)
    {
        if (broker is not null) throw new EmbeddedServerException("RabbitMQ is running");
        await EndLeftBehind();
        var chosen = Port != 0;
        for (var attempt = 1; ; attempt++)
        {
            if (!chosen) Port = ServerFolder.FreePort();
            (portMapperPort, distributionPort) = (ServerFolder.FreePort(), ServerFolder.FreePort());
            await File.WriteAllTextAsync(folder.At("rabbitmq.conf"), $"""
                default_user = {User}
                default_pass = {Password}
                loopback_users = none
                log.console = true
                log.console.level = warning
                log.file = false
                collect_statistics = none

                """, cancellation);
            await File.WriteAllTextAsync(folder.At("enabled_plugins"), "[].\n", cancellation);
            portMapper = ServerProcess.Start([ServerBinary.Find("epmd", "erlang-base"), "-address", Host, "-port", $"{portMapperPort}"], folder.Path, folder.At("epmd.log"), ServerSignal.Terminate, null, ServerEnvironment());
            await Remember("epmd.pid", portMapper);
            if (await Listens(portMapperPort, portMapper, TimeSpan.FromSeconds(10), cancellation))
            {
                broker = ServerProcess.Start([Program()], folder.Path, folder.Log, ServerSignal.Terminate, folder.IsTemporary ? folder.Path : null, ServerEnvironment());
                await Remember("broker.pid", broker);
                if (await Listens(Port, broker, Patience, cancellation)) return;
            }
            await End(ServerSignal.Kill);
            if (chosen || attempt == 3) throw new EmbeddedServerException($"RabbitMQ did not start on port {Port}; its log {folder.Log} ends:\n{folder.LogTail()}");
        }
    }

    public Task Stop() => End(ServerSignal.Terminate);

    /// <summary>Ends the broker at once, as a power cut would.</summary>
    public Task KillImmediate() => End(ServerSignal.Kill);

    public async ValueTask DisposeAsync()
    {
        await End(folder.IsTemporary ? ServerSignal.Kill : ServerSignal.Terminate);
        folder.Dispose();
    }

    private static string Program()
    {
        // /usr/sbin/rabbitmq-server is a wrapper that changes to /var/lib/rabbitmq and to its user: the script it calls is what runs here.
        var file = Path.Combine(ServerFile, "rabbitmq-server");
        return File.Exists(file) ? file : ServerBinary.Find("rabbitmq-server", "rabbitmq-server", "/opt/rabbitmq/sbin");
    }

    private Dictionary<string, string> ServerEnvironment()
    {
        var variables = new Dictionary<string, string>
        {
            ["RABBITMQ_NODENAME"] = node,
            ["RABBITMQ_NODE_IP_ADDRESS"] = Host,
            ["RABBITMQ_NODE_PORT"] = Port.ToString(CultureInfo.InvariantCulture),
            ["RABBITMQ_DIST_PORT"] = distributionPort.ToString(CultureInfo.InvariantCulture),
            ["RABBITMQ_MNESIA_BASE"] = folder.At("mnesia"),
            ["RABBITMQ_LOG_BASE"] = folder.At("log"),
            ["RABBITMQ_CONFIG_FILE"] = folder.At("rabbitmq.conf"),
            ["RABBITMQ_CONF_ENV_FILE"] = folder.At("rabbitmq-env.conf"),
            ["RABBITMQ_ENABLED_PLUGINS_FILE"] = folder.At("enabled_plugins"),
            ["RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS"] = "-kernel inet_dist_use_interface {127,0,0,1}",
            // Without its supervising shell: the process that was started is the broker itself, and is the one to signal.
            ["RUNNING_UNDER_SYSTEMD"] = "true",
            ["ERL_EPMD_ADDRESS"] = Host,
            ["ERL_EPMD_PORT"] = portMapperPort.ToString(CultureInfo.InvariantCulture),
        };
        // Erlang keeps its cookie in the home folder.
        variables["HOME"] = folder.Path;
        return variables;
    }

    private Task Remember(string name, ServerProcess process) => File.WriteAllTextAsync(folder.At(name), $"{process.Id}");

    private async Task EndLeftBehind()
    {
        foreach (var name in (string[])["broker.pid", "epmd.pid"])
            if (File.Exists(folder.At(name)) && int.TryParse(await File.ReadAllTextAsync(folder.At(name)), out var pid))
                await ServerProcess.StopLeftBehind(pid, folder.Path, ServerSignal.Terminate, TimeSpan.FromSeconds(30));
    }

    private async Task End(ServerSignal signal)
    {
        if (broker is not null) await broker.Stop(signal, TimeSpan.FromSeconds(30));
        if (portMapper is not null) await portMapper.Stop(ServerSignal.Terminate, TimeSpan.FromSeconds(5));
        broker?.Dispose();
        portMapper?.Dispose();
        (broker, portMapper) = (null, null);
    }

    private static async Task<bool> Listens(int port, ServerProcess process, TimeSpan patience, CancellationToken cancellation)
    {
        for (var waited = Stopwatch.StartNew(); waited.Elapsed < patience && !process.HasExited; await Task.Delay(50, cancellation))
        {
            try
            {
                using var client = new TcpClient();
                await client.ConnectAsync(Host, port, cancellation);
                return true;
            }
            catch (SocketException) { /* Not yet. */ }
        }
        return false;
    }
}
