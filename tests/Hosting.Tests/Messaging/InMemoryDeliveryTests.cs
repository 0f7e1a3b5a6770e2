using System.Collections.Concurrent;
using MedInsure.Hosting.Messaging;
using MedInsure.Hosting.Tenancy;
using Microsoft.Extensions.DependencyInjection;

namespace MedInsure.Hosting.Tests.Messaging;

[Trait("Category", "Messaging"), Collection(PostgresCollection.Name)]
public sealed class InMemoryDeliveryTests(PostgresFixture postgres)
{
    private const string Publisher = CounterProcess.Publisher, Consumer = CounterProcess.Consumer;

    private async Task<(Tenant Tenant, Dictionary<string, string?> Settings)> NewCounty()
    {
        var tenant = await postgres.Migrated(PostgresFixture.NewTenant(), Publisher, Consumer);
        return (tenant, postgres.Settings([tenant], Publisher, Consumer));
    }

    [Fact]
    public async Task Committed_events_arrive_and_rolled_back_ones_do_not()
    {
        var (tenant, settings) = await NewCounty();
        await using var process = await CounterProcess.Start(settings);
        var (from, to) = (process.Databases.For(tenant.Code, Publisher), process.Databases.For(tenant.Code, Consumer));
        await CounterProcess.Count(from, "a", commit: false);
        await CounterProcess.Count(from, "b");
        process.App.Services.GetRequiredService<OutboxBell>().Ring(tenant.Code, Publisher);
        await CounterProcess.Until(async () => await CounterProcess.Waiting(from) == 0, "the outbox is empty");
        Assert.Equal([(tenant.Code, "b", 1, 1)], await CounterProcess.Heard(to));
    }

    [Fact]
    public async Task Order_per_aggregate_holds_under_concurrent_writers()
    {
        var (tenant, settings) = await NewCounty();
        await using var process = await CounterProcess.Start(settings);
        var (from, to) = (process.Databases.For(tenant.Code, Publisher), process.Databases.For(tenant.Code, Consumer));
        await Task.WhenAll(Enumerable.Range(0, 8).Select(writer => Task.Run(async () =>
        {
            for (var i = 0; i < 100; i++) await CounterProcess.Count(from, $"aggregate {(writer + i) % 5}");
        })));
        await CounterProcess.Until(async () => await CounterProcess.Waiting(from) == 0, "the outbox is empty");
        CounterProcess.AssertExactlyOnceInOrder(await CounterProcess.Heard(to), Enumerable.Range(0, 5).ToDictionary(a => $"aggregate {a}", _ => 160));
    }

    [Fact]
    public async Task Many_events_travel_in_one_message()
    {
        var (tenant, settings) = await NewCounty();
        await using (var databases = postgres.Databases([tenant], Publisher))
        {
            await using var connection = await databases.For(tenant.Code, Publisher).OpenConnectionAsync();
            await Outbox.Add(connection, null, [.. Enumerable.Range(1, 4500).Select(n => OutboxEvent.Of("a", new CounterChanged("a", n), TimeProvider.System.GetUtcNow()))]);
        }
        await using var process = await CounterProcess.Start(settings);
        var to = process.Databases.For(tenant.Code, Consumer);
        await CounterProcess.Until(async () => (await CounterProcess.Heard(to)).Length == 4500, "all are heard");
        var heard = await CounterProcess.Heard(to);
        CounterProcess.AssertExactlyOnceInOrder(heard, new Dictionary<string, int> { ["a"] = 4500 });
        Assert.Equal([2000, 2000, 500], heard.Chunk(2000).Select(c => c[0].Together));
    }

    [Fact]
    public async Task Same_event_recorded_twice_takes_effect_once()
    {
        var (tenant, settings) = await NewCounty();
        await using var process = await CounterProcess.Start(settings);
        var (from, to) = (process.Databases.For(tenant.Code, Publisher), process.Databases.For(tenant.Code, Consumer));
        var one = OutboxEvent.Of(Guid.NewGuid(), "a", new CounterChanged("a", 1), TimeProvider.System.GetUtcNow());
        await using (var connection = await from.OpenConnectionAsync())
        {
            await Outbox.Add(connection, null, [one, one]);
            await CounterProcess.Until(async () => await CounterProcess.Waiting(from) == 0, "the first two are gone");
            await Outbox.Add(connection, null, [one]);
        }
        await CounterProcess.Until(async () => await CounterProcess.Waiting(from) == 0, "the third is gone");
        Assert.Single(await CounterProcess.Heard(to));
    }

    [Fact]
    public async Task Events_reach_their_own_tenant_and_a_citys_events_its_counties()
    {
        var city = PostgresFixture.NewTenant("100000");
        city = await postgres.Migrated(city with { CityCode = city.Code }, Publisher);
        var (one, two, elsewhere) = (PostgresFixture.NewTenant(city.Code), PostgresFixture.NewTenant(city.Code), PostgresFixture.NewTenant());
        foreach (var county in (Tenant[])[one, two, elsewhere]) await postgres.Migrated(county, Publisher, Consumer);
        var settings = postgres.Settings([one, two, elsewhere], Publisher, Consumer);
        foreach (var (key, value) in postgres.Settings([city], Publisher)) settings[key] = value;

        await using var process = await CounterProcess.Start(settings);
        foreach (var tenant in (Tenant[])[city, one, elsewhere]) await CounterProcess.Count(process.Databases.For(tenant.Code, Publisher), tenant.Code);
        foreach (var tenant in (Tenant[])[city, one, elsewhere]) await CounterProcess.Until(async () => await CounterProcess.Waiting(process.Databases.For(tenant.Code, Publisher)) == 0, $"the outbox of {tenant.Code} is empty");

        async Task<string[]> SourcesAt(Tenant tenant) => [.. (await CounterProcess.Heard(process.Databases.For(tenant.Code, Consumer))).Select(h => h.Source).Order()];
        Assert.Equal(((string[])[city.Code, one.Code]).Order(), await SourcesAt(one));
        Assert.Equal([city.Code], await SourcesAt(two));
        Assert.Equal([elsewhere.Code], await SourcesAt(elsewhere));
    }

    [Fact]
    public async Task What_was_on_its_way_when_the_process_ended_is_sent_again_at_the_next_start()
    {
        var (tenant, settings) = await NewCounty();
        var reached = new TaskCompletionSource();
        // The first process takes the message off its queue and never comes to an end with it.
        await using (var first = await CounterProcess.Start(settings, new HandlerScript { Before = async (_, stop) => { reached.TrySetResult(); await Task.Delay(Timeout.Infinite, stop); } }))
        {
            for (var i = 0; i < 3; i++) await CounterProcess.Count(first.Databases.For(tenant.Code, Publisher), "a");
            await reached.Task.WaitAsync(TimeSpan.FromSeconds(30));
            using var hurry = new CancellationTokenSource(TimeSpan.FromMilliseconds(100));
            await first.App.StopAsync(hurry.Token);
        }
        await using var second = await CounterProcess.Start(settings);
        await CounterProcess.Until(async () => await CounterProcess.Waiting(second.Databases.For(tenant.Code, Publisher)) == 0, "the outbox is empty");
        CounterProcess.AssertExactlyOnceInOrder(await CounterProcess.Heard(second.Databases.For(tenant.Code, Consumer)), new Dictionary<string, int> { ["a"] = 3 });
    }

    [Fact]
    public async Task Event_that_cannot_be_handled_holds_up_no_other_and_waits_for_the_next_start()
    {
        var (tenant, settings) = await NewCounty();
        await using (var databases = postgres.Databases([tenant], Publisher))
            foreach (var aggregate in (string[])["a", "bad", "b"]) await CounterProcess.Count(databases.For(tenant.Code, Publisher), aggregate);
        static Task Refuse(IReadOnlyList<CounterChanged> events, CancellationToken _) => events.Any(e => e.Aggregate == "bad") ? throw new InvalidDataException("cannot read this") : Task.CompletedTask;
        await using (var first = await CounterProcess.Start(settings, new HandlerScript { Before = Refuse }))
        {
            var to = first.Databases.For(tenant.Code, Consumer);
            await CounterProcess.Until(async () => (await CounterProcess.Heard(to)).Length == 2, "the good ones are heard");
            await CounterProcess.Count(first.Databases.For(tenant.Code, Publisher), "later");
            await CounterProcess.Until(async () => (await CounterProcess.Heard(to)).Length == 3, "the later one is heard");
            Assert.Equal(["a", "b", "later"], (await CounterProcess.Heard(to)).Select(h => h.Aggregate));
            Assert.Equal(3, await CounterProcess.Waiting(first.Databases.For(tenant.Code, Publisher)));
        }
        await using var second = await CounterProcess.Start(settings);
        await CounterProcess.Until(async () => await CounterProcess.Waiting(second.Databases.For(tenant.Code, Publisher)) == 0, "the outbox is empty");
        Assert.Equal(["a", "b", "later", "bad"], (await CounterProcess.Heard(second.Databases.For(tenant.Code, Consumer))).Select(h => h.Aggregate));
    }

    private sealed class Listener(ConcurrentQueue<(string Source, int Number)> heard) : IEventListener<CounterChanged>
    {
        public Task Hear(string source, IReadOnlyList<CounterChanged> events, CancellationToken cancellation)
        {
            foreach (var e in events) heard.Enqueue((source, e.Number));
            return Task.CompletedTask;
        }
    }

    [Fact]
    public async Task Listener_hears_of_every_tenant()
    {
        var ((one, settings), (two, others)) = (await NewCounty(), await NewCounty());
        foreach (var (key, value) in others) settings[key] = value;
        var heard = new ConcurrentQueue<(string, int)>();
        await using var process = await CounterProcess.Start(settings, more: builder =>
        {
            builder.Services.AddSingleton(heard);
            builder.AddEventListener<CounterChanged, Listener>(Consumer);
        });
        foreach (var tenant in (Tenant[])[one, two]) await CounterProcess.Count(process.Databases.For(tenant.Code, Publisher), "a");
        await CounterProcess.Until(() => Task.FromResult(heard.Count >= 2), "both are heard");
        Assert.Equal(((string, int)[])[(one.Code, 1), (two.Code, 1)], heard.Order());
    }
}
