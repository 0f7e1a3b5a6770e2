using System.Diagnostics;
using System.Globalization;
using MedInsure.Embedded;
using Npgsql;

namespace MedInsure.Hosting.Tests.Embedded;

[Trait("Category", "Crash")]
public sealed class PostgresServerTests : IDisposable
{
    private readonly string folder = Path.Combine(Path.GetTempPath(), $"medinsure-test-{Guid.NewGuid():N}");

    public void Dispose() => Directory.Delete(folder, recursive: true);

    private Task<PostgresServer> Start() => PostgresServer.Start(new PostgresOptions { Folder = folder, Durable = false });

    private static async Task<long> Count(PostgresServer server)
    {
        await using var source = NpgsqlDataSource.Create(server.AdminConnectionString);
        await using var command = source.CreateCommand("SELECT count(*) FROM kept");
        return (long)(await command.ExecuteScalarAsync())!;
    }

    private static async Task Keep(PostgresServer server)
    {
        await using var source = NpgsqlDataSource.Create(server.AdminConnectionString);
        await using var command = source.CreateCommand("CREATE TABLE kept AS SELECT generate_series(1, 10)");
        await command.ExecuteNonQueryAsync();
    }

    [Fact]
    public async Task Restart_on_the_same_folder_keeps_the_data_and_the_password()
    {
        string first;
        await using (var server = await Start()) { await Keep(server); first = server.AdminConnectionString; }
        await using var again = await Start();
        Assert.Equal(10, await Count(again));
        Assert.Equal(new NpgsqlConnectionStringBuilder(first).Password, new NpgsqlConnectionStringBuilder(again.AdminConnectionString).Password);
    }

    [Fact]
    public async Task Folder_in_use_is_refused_and_the_running_server_is_left_alone()
    {
        await using var server = await Start();
        await Keep(server);
        Assert.Contains("in use", (await Assert.ThrowsAsync<EmbeddedServerException>(Start)).Message, StringComparison.Ordinal);
        Assert.Equal(10, await Count(server));
    }

    [Fact]
    public async Task Stale_pid_file_of_a_stranger_does_not_hinder_the_start()
    {
        await using (var server = await Start()) await Keep(server);
        // As after a reboot: the number in the file now belongs to another living process.
        await File.WriteAllTextAsync(Path.Combine(folder, "data", "postmaster.pid"), $"{Environment.ProcessId}\n{folder}/data\n1\n5432\n\n127.0.0.1\n");
        await using var again = await Start();
        Assert.Equal(10, await Count(again));
    }

    [Fact]
    public async Task Cut_off_initdb_is_begun_anew()
    {
        Directory.CreateDirectory(Path.Combine(folder, "data.new", "base"));
        await using var server = await Start();
        await Keep(server);
        Assert.Equal(10, await Count(server));
    }

    [Fact]
    public async Task Server_left_behind_by_a_killed_process_is_ended_and_its_data_taken_over()
    {
        int left;
        await using (var server = await Start()) { await Keep(server); left = server.ProcessId; }
        // A second server on the same data, in nobody's care, as one that outlived its platform and its guardian.
        var data = Path.Combine(folder, "data");
        var postgres = Directory.GetDirectories("/usr/lib/postgresql").Order().Last() + "/bin/postgres";
        string[] words = Environment.IsPrivilegedProcess ? ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups", postgres] : [postgres];
        using var orphan = Process.Start(new ProcessStartInfo(words[0], [.. words.Skip(1), "-D", data, "-c", "port=54399", "-c", "listen_addresses=", "-c", $"unix_socket_directories={folder}/socket"]) { WorkingDirectory = data, RedirectStandardError = true })!;
        var pidFile = Path.Combine(data, "postmaster.pid");
        await Messaging.CounterProcess.Until(() => Task.FromResult(File.Exists(pidFile) && File.ReadLines(pidFile).Count() >= 8 && File.ReadAllText(pidFile).Contains("ready", StringComparison.Ordinal)), "the orphan is ready");
        Assert.Equal(orphan.Id, int.Parse(File.ReadLines(pidFile).First(), CultureInfo.InvariantCulture));
        Assert.NotEqual(left, orphan.Id);

        await using var again = await Start();
        Assert.Equal(10, await Count(again));
        await orphan.WaitForExitAsync(new CancellationTokenSource(TimeSpan.FromSeconds(10)).Token);
    }
}
