using System.Diagnostics;
using Npgsql;

namespace MedInsure.Embedded;

/// <summary>How a private PostgreSQL is set up.</summary>
public sealed record PostgresOptions
{
    /// <summary>Its folder (data, socket, password, log). Null: a temporary one, removed at the end.</summary>
    public string? Folder { get; init; }
    /// <summary>On 127.0.0.1; 0 = any free port.</summary>
    public int Port { get; init; }
    /// <summary>True: a commit is on disk before it is answered. False: for tests that do not ask for it; several times faster.</summary>
    public bool Durable { get; init; } = true;
    public int ConnectionsMax { get; init; } = 300;
    public int SharedBuffersMiB { get; init; } = 128;
    /// <summary>More settings of postgresql.conf, over all others.</summary>
    public IReadOnlyDictionary<string, string> Settings { get; init; } = new Dictionary<string, string>();
}

/// <summary>A PostgreSQL server of this process alone: own folder, own port on 127.0.0.1, own random superuser password.</summary>
public sealed class PostgresServer : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly PostgresOptions options;
    private readonly ServerFolder folder;
    private readonly ServerUser user = ServerUser.Ordinary();
    private readonly string password;
    private ServerProcess? process;

    private PostgresServer(PostgresOptions options, ServerFolder folder) => (this.options, this.folder, password) = (options, folder, folder.Secret("superuser"));

    public const string Host = "127.0.0.1";
    public int Port { get; private set; }
    public int ProcessId => process?.Id ?? throw new EmbeddedServerException("PostgreSQL is not running");
    public string Folder => folder.Path;
    /// <summary>Where one of PostgreSQL's own programs lies: pg_dump, pg_restore.</summary>
    /// <exception cref="EmbeddedServerException">It is not installed.</exception>
    public static string Program(string name) => ServerBinary.FindPostgres(name);
    /// <summary>As the superuser, to the database postgres.</summary>
    public string AdminConnectionString => ConnectionString("postgres");
    private string Data => folder.At("data");

    /// <summary>As the superuser, to <paramref name="database"/>.</summary>
    public string ConnectionString(string database) =>
        new NpgsqlConnectionStringBuilder { Host = Host, Port = Port, Username = "postgres", Password = password, Database = database }.ConnectionString;

    /// <summary>The address alone, without user and database: what Tenants:&lt;code&gt;:Database holds.</summary>
    public string Address => new NpgsqlConnectionStringBuilder { Host = Host, Port = Port }.ConnectionString;

    /// <summary>Makes the data folder on the first start, ends a server that a killed process left on it, starts, and waits until it answers.</summary>
    /// <exception cref="EmbeddedServerException">A program is missing, the folder is in use, or the server does not come up; the message holds the end of its log.</exception>
    public static async Task<PostgresServer> Start(PostgresOptions? options = null, CancellationToken cancellation = default)
    {
        options ??= new PostgresOptions();
        ServerBinary.FindPostgres("postgres");
        var folder = ServerFolder.Take(options.Folder, "postgres");
        var server = new PostgresServer(options, folder);
        try
        {
            if (!Directory.Exists(server.Data)) await server.CreateData(cancellation);
            await server.Start(cancellation);
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>A throwaway server for tests: temporary folder, nothing flushed to disk.</summary>
    public static Task<PostgresServer> StartForTests(CancellationToken cancellation = default) => Start(new PostgresOptions { Durable = false }, cancellation);

    /// <summary>Ends the sessions, writes a checkpoint and stops.</summary>
    public Task Stop() => End(ServerSignal.Interrupt);

    /// <summary>Ends every server process at once without a checkpoint, as pg_ctl's immediate mode does: the next start recovers from the log.</summary>
    public Task KillImmediate() => End(ServerSignal.Quit);

    /// <summary>Starts again after <see cref="Stop"/> or <see cref="KillImmediate"/>, on the same port.</summary>
    public async Task StartAgain(CancellationToken cancellation = default)
    {
        if (process is not null) throw new EmbeddedServerException("PostgreSQL is running");
        await Start(cancellation);
    }

    public async ValueTask DisposeAsync()
    {
        await End(folder.IsTemporary ? ServerSignal.Quit : ServerSignal.Interrupt);
        folder.Dispose();
    }

    private async Task End(ServerSignal signal)
    {
        if (process is null) return;
        NpgsqlConnection.ClearAllPools();
        await process.Stop(signal, Patience);
        process.Dispose();
        process = null;
    }

    private async Task CreateData(CancellationToken cancellation)
    {
        // Into another folder first: an initdb that is cut off must not look like a data folder.
        var fresh = folder.At("data.new");
        if (Directory.Exists(fresh)) Directory.Delete(fresh, recursive: true);
        folder.GiveTo(user);
        List<string> command = [.. user.Prefix(folder.Path), ServerBinary.FindPostgres("initdb"), "-D", fresh, "-U", "postgres", "--pwfile", folder.At("superuser"),
            "--auth=scram-sha-256", "--encoding=UTF8", "--locale=C.UTF-8", "--no-instructions"];
        if (!options.Durable) command.Add("--no-sync");
        var start = new ProcessStartInfo(command[0], command.Skip(1)) { WorkingDirectory = folder.Path, RedirectStandardOutput = true, RedirectStandardError = true };
        using var initdb = Process.Start(start)!;
        var output = initdb.StandardOutput.ReadToEndAsync(cancellation);
        var error = initdb.StandardError.ReadToEndAsync(cancellation);
        await initdb.WaitForExitAsync(cancellation);
        if (initdb.ExitCode != 0) throw new EmbeddedServerException($"initdb failed in {fresh}:\n{await output}{await error}");
        Directory.Move(fresh, Data);
    }

    private async Task Start(CancellationToken cancellation)
    {
        await ClearLeftBehind();
        if (Port == 0) Port = options.Port;
        var chosen = Port != 0;
        for (var attempt = 1; ; attempt++)
        {
            // A free port may be taken by another between the look and the start: then another one.
            if (!chosen) Port = ServerFolder.FreePort();
            var socket = folder.At("socket");
            Directory.CreateDirectory(socket, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            folder.GiveTo(user);
            process = ServerProcess.Start(Command(socket), Data, folder.Log, ServerSignal.Interrupt, folder.IsTemporary ? folder.Path : null);
            if (await Answers(cancellation)) return;
            process.Dispose();
            process = null;
            if (chosen || attempt == 5) throw new EmbeddedServerException($"PostgreSQL did not start on port {Port}; its log {folder.Log} ends:\n{folder.LogTail()}");
        }
    }

    private List<string> Command(string socket)
    {
        var settings = new Dictionary<string, string>
        {
            ["listen_addresses"] = Host,
            // A socket's path is limited to 107 bytes by the kernel; without a socket the server is reached by TCP all the same.
            ["unix_socket_directories"] = socket.Length <= 80 ? socket : "",
            ["unix_socket_permissions"] = "0700",
            ["max_connections"] = $"{options.ConnectionsMax}",
            ["shared_buffers"] = $"{options.SharedBuffersMiB}MB",
            ["max_wal_size"] = "4GB",
            ["timezone"] = "UTC",
            ["log_timezone"] = "UTC",
            ["jit"] = "off",
            // Statements, parameters and DETAIL lines hold personal data: they stay out of the server's log.
            ["log_min_error_statement"] = "panic",
            ["log_error_verbosity"] = "terse",
            ["log_parameter_max_length_on_error"] = "0",
            ["fsync"] = options.Durable ? "on" : "off",
            ["synchronous_commit"] = options.Durable ? "on" : "off",
            ["full_page_writes"] = options.Durable ? "on" : "off",
        };
        foreach (var (name, value) in options.Settings) settings[name] = value;
        return [.. user.Prefix(folder.Path), ServerBinary.FindPostgres("postgres"), "-D", Data, "-p", $"{Port}", .. settings.SelectMany(s => (string[])["-c", $"{s.Key}={s.Value}"])];
    }

    /// <summary>A killed process leaves postmaster.pid, and perhaps the server itself, behind.</summary>
    private async Task ClearLeftBehind()
    {
        var file = Path.Combine(Data, "postmaster.pid");
        if (!File.Exists(file) || !int.TryParse(File.ReadLines(file).FirstOrDefault(), out var pid)) return;
        if (await ServerProcess.StopLeftBehind(pid, Data, ServerSignal.Interrupt, Patience)) return;
        // The number belongs to a stranger now; PostgreSQL would take that for itself and refuse. With nobody there it clears the file itself.
        if (ServerProcess.Exists(pid)) File.Delete(file);
    }

    private async Task<bool> Answers(CancellationToken cancellation)
    {
        var connect = new NpgsqlConnectionStringBuilder(AdminConnectionString) { Pooling = false, Timeout = 5 }.ConnectionString;
        for (var waited = Stopwatch.StartNew(); waited.Elapsed < Patience; await Task.Delay(25, cancellation))
        {
            if (process!.HasExited) return false;
            try
            {
                await using var connection = new NpgsqlConnection(connect);
                await connection.OpenAsync(cancellation);
                // The answer must be this server's: another may have taken the port first.
                await using var where = new NpgsqlCommand("SHOW data_directory", connection);
                if ((string?)await where.ExecuteScalarAsync(cancellation) == Data) return true;
            }
            catch (Exception e) when (e is NpgsqlException or TimeoutException) { /* Not listening yet, or recovering. */ }
        }
        return false;
    }
}
