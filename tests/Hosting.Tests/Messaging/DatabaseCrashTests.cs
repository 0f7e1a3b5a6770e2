using MedInsure.Embedded;
using MedInsure.Hosting.Tenancy;
using Microsoft.Extensions.Configuration;
using Npgsql;

namespace MedInsure.Hosting.Tests.Messaging;

/// <summary>On a server of its own, flushed to disk as in production.</summary>
[Trait("Category", "Crash")]
public sealed class DatabaseCrashTests : IAsyncLifetime
{
    private const string Publisher = CounterProcess.Publisher, Consumer = CounterProcess.Consumer;

    private PostgresServer server = null!;

    public async Task InitializeAsync() => server = await PostgresServer.Start(new PostgresOptions { Durable = true });
    public async Task DisposeAsync() => await server.DisposeAsync();

    [Fact]
    public async Task Database_killed_under_writers_and_dispatcher_loses_no_event_and_doubles_none()
    {
        var tenant = new Tenant("999001", "测试县", "999000", new Dictionary<string, string>());
        var settings = new Dictionary<string, string?> { [$"Tenants:{tenant.Code}:City"] = tenant.CityCode, [$"Tenants:{tenant.Code}:Database"] = server.Address };
        foreach (var service in (string[])[Publisher, Consumer])
        {
            settings[$"Secrets:Database:{tenant.Code}:{service}"] = "secret";
            await TenantProvisioning.Provision(server.AdminConnectionString, tenant, service, "secret");
            await MigrationRunner.Apply(server.AdminConnectionString, tenant, service, typeof(DatabaseCrashTests).Assembly);
        }
        await using var process = await CounterProcess.Start(settings);
        var from = process.Databases.For(tenant.Code, Publisher);

        // Each writer counts only what was acknowledged; after an error the row says whether the commit had gone through.
        using var enough = new CancellationTokenSource();
        var acknowledged = new int[4];
        var writers = Enumerable.Range(0, 4).Select(writer => Task.Run(async () =>
        {
            while (!enough.IsCancellationRequested)
            {
                try { await CounterProcess.Count(from, $"aggregate {writer}"); Interlocked.Increment(ref acknowledged[writer]); }
                catch (NpgsqlException) { await Task.Delay(20); }
            }
        })).ToArray();
        var all = Task.WhenAll(writers);
        for (var crash = 1; crash <= 3; crash++)
        {
            var goal = acknowledged.Sum() + 100;
            await CounterProcess.Until(() => Task.FromResult(acknowledged.Sum() >= goal || all.IsCompleted), $"writers work before crash {crash}");
            await server.KillImmediate();
            await server.StartAgain();
        }
        await enough.CancelAsync();
        await all;

        await CounterProcess.Until(async () => await Settled(() => CounterProcess.Waiting(from)) == 0, "the outbox is empty");
        var heard = await CounterProcess.Heard(process.Databases.For(tenant.Code, Consumer));
        var committed = new Dictionary<string, int>();
        await using (var read = from.CreateCommand("SELECT aggregate, number FROM counter"))
        await using (var reader = await read.ExecuteReaderAsync())
            while (await reader.ReadAsync()) committed[reader.GetString(0)] = reader.GetInt32(1);
        CounterProcess.AssertExactlyOnceInOrder(heard, committed);
        for (var writer = 0; writer < acknowledged.Length; writer++)
            // A commit whose acknowledgement the crash swallowed may stand as well: at most one per crash.
            Assert.InRange(committed[$"aggregate {writer}"] - acknowledged[writer], 0, 3);
    }

    private static async Task<long> Settled(Func<Task<long>> count)
    {
        try { return await count(); }
        catch (NpgsqlException) { return -1; }
    }
}
