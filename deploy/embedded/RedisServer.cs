using System.Diagnostics;
using System.Net.Sockets;
using System.Text;

namespace MedInsure.Embedded;

/// <summary>A Redis of this process alone: own folder, own port on 127.0.0.1, own random password. Keeps nothing over a restart: it is a cache.</summary>
public sealed class RedisServer : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly ServerFolder folder;
    private readonly string password;
    private ServerProcess? process;

    private RedisServer(ServerFolder folder) => (this.folder, password) = (folder, folder.Secret("password"));

    public const string Host = "127.0.0.1";
    public int Port { get; private set; }
    public int ProcessId => process?.Id ?? throw new EmbeddedServerException("Redis is not running");
    public string Password => password;
    /// <summary>In StackExchange.Redis's form.</summary>
    public string Configuration => $"{Host}:{Port},password={password},abortConnect=false";

    /// <param name="path">Null: a temporary folder, removed at the end.</param>
    /// <param name="port">0 = any free port.</param>
    public static async Task<RedisServer> Start(string? path = null, int port = 0, CancellationToken cancellation = default)
    {
        ServerBinary.Find("redis-server", "redis-server");
        var server = new RedisServer(ServerFolder.Take(path, "redis")) { Port = port };
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

    /// <summary>Starts again after <see cref="Stop"/> or <see cref="KillImmediate"/>, on the same port, empty.</summary>
    public async Task StartAgain(CancellationToken cancellation = default)
    {
        if (process is not null) throw new EmbeddedServerException("Redis is running");
        var pidFile = folder.At("redis.pid");
        if (File.Exists(pidFile) && int.TryParse(await File.ReadAllTextAsync(pidFile, cancellation), out var left)) await ServerProcess.StopLeftBehind(left, folder.Path, ServerSignal.Terminate, Patience);

        var chosen = Port != 0;
        for (var attempt = 1; ; attempt++)
        {
            if (!chosen) Port = ServerFolder.FreePort();
            // The password goes through a file: command lines are readable by everybody on the machine.
            var settings = folder.At("redis.conf");
            await File.WriteAllTextAsync(settings, $"""
                bind {Host}
                port {Port}
                requirepass {password}
                dir {folder.Path}
                pidfile {pidFile}
                save ""
                appendonly no
                daemonize no

                """, cancellation);
            File.SetUnixFileMode(settings, UnixFileMode.UserRead | UnixFileMode.UserWrite);
            process = ServerProcess.Start([ServerBinary.Find("redis-server", "redis-server"), settings], folder.Path, folder.Log, ServerSignal.Terminate, folder.IsTemporary ? folder.Path : null);
            await File.WriteAllTextAsync(pidFile, $"{process.Id}", cancellation);
            if (await Answers(cancellation)) return;
            await End(ServerSignal.Kill);
            if (chosen || attempt == 5) throw new EmbeddedServerException($"Redis did not start on port {Port}; its log {folder.Log} ends:\n{folder.LogTail()}");
        }
    }

    public Task Stop() => End(ServerSignal.Terminate);
    public Task KillImmediate() => End(ServerSignal.Kill);

    public async ValueTask DisposeAsync()
    {
        await Stop();
        folder.Dispose();
    }

    private async Task End(ServerSignal signal)
    {
        if (process is null) return;
        await process.Stop(signal, Patience);
        process.Dispose();
        process = null;
    }

    private async Task<bool> Answers(CancellationToken cancellation)
    {
        for (var waited = Stopwatch.StartNew(); waited.Elapsed < Patience && !process!.HasExited; await Task.Delay(25, cancellation))
        {
            try
            {
                using var client = new TcpClient();
                await client.ConnectAsync(Host, Port, cancellation);
                var stream = client.GetStream();
                await stream.WriteAsync(Encoding.ASCII.GetBytes($"AUTH {password}\r\n"), cancellation);
                var answer = new byte[5];
                // Another server on this port would not know the password.
                if (await stream.ReadAtLeastAsync(answer, 3, throwOnEndOfStream: false, cancellation) >= 3 && answer.AsSpan().StartsWith("+OK"u8)) return true;
            }
            catch (Exception e) when (e is SocketException or IOException) { /* Not listening yet. */ }
        }
        return false;
    }
}
