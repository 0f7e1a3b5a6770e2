using System.Net;
using MedInsure.Embedded;

namespace MedInsure.Billing.Tests.Payments;

/// <summary>The database, flushed as in production, is killed while channels tell of money; they tell again until they are answered.</summary>
[Trait("Category", "Crash")]
public sealed class PaymentCrashTests : IAsyncLifetime
{
    private const int Persons = 120, Callers = 6, Crashes = 3;
    private PostgresServer server = null!;

    public async Task InitializeAsync() => server = await PostgresServer.Start(new PostgresOptions { Durable = true });
    public async Task DisposeAsync() => await server.DisposeAsync();

    [Fact]
    public async Task KilledUnderCallbacks_EveryYuanIsBookedOnceAndToldOnce()
    {
        await using var host = await BillingHost.Start(server, "659990", new Dictionary<string, string> { ["390"] = "guichi/resident", ["310"] = "harbin/employee" }, workers: false);
        string[] persons = [.. Enumerable.Range(0, Persons).Select(i => $"P{i:D3}")];
        await host.Hear([.. persons.Select(p => TestPerson.New(p))]);
        await host.Assess(2027);
        var orders = new Dictionary<string, long>();
        foreach (var p in persons)
            orders[p] = (await host.Post("/online-orders", new { request_key = $"o{p}", channel = "unionpay", insutype = "390", year = 2027, payer = "李四", persons = new[] { new { psn_no = p, amount = "280.00" } } })).Body.GetProperty("order_no").GetInt64();

        var answered = 0;
        var callers = Enumerable.Range(0, Callers).Select(caller => Task.Run(async () =>
        {
            foreach (var p in persons.Where((_, i) => i % Callers == caller))
            {
                // A channel gives up after a minute at the earliest.
                for (var waited = System.Diagnostics.Stopwatch.StartNew(); ; await Task.Delay(20))
                {
                    var (status, body) = await host.Callback(new { transaction_no = $"t{p}", order_no = orders[p], amount = "280.00", paid_on = "2026-11-21" });
                    if (status == HttpStatusCode.OK) { Assert.Equal("280.00", body.GetProperty("allocated").GetString()); break; }
                    Assert.True(status is HttpStatusCode.ServiceUnavailable && waited.Elapsed < TimeSpan.FromMinutes(1), body.GetRawText());
                }
                Interlocked.Increment(ref answered);
            }
        })).ToArray();
        for (var crash = 1; crash <= Crashes; crash++)
        {
            while (Volatile.Read(ref answered) < crash * Persons / (Crashes + 1) && !callers.All(c => c.IsCompleted)) await Task.Delay(1); // the load decides when
            await server.KillImmediate();
            await server.StartAgain();
        }
        await Task.WhenAll(callers);
        Assert.Equal((long)Persons, await host.Sql<long>("SELECT count(*) FROM payment"));
        Assert.Equal(Persons * 280_00L, await host.Sql<long>("SELECT sum(allocated_fen)::bigint FROM payment"));
        Assert.Equal((long)Persons, await host.Sql<long>("SELECT count(*) FROM assessment WHERE paid_fen = due_fen"));
        Assert.Equal((long)Persons, await host.Sql<long>("SELECT count(DISTINCT receipt_no) FROM receipt"));
        await host.MoneyAddsUp();
    }
}
