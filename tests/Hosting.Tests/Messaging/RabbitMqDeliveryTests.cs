using MassTransit;
using MedInsure.Embedded;
using MedInsure.Hosting.Messaging;
using MedInsure.Hosting.Tenancy;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;

namespace MedInsure.Hosting.Tests.Messaging;

public sealed class BrokerFixture : IAsyncLifetime
{
    public RabbitMqServer Broker { get; private set; } = null!;
    public async Task InitializeAsync() => Broker = await RabbitMqServer.Start();
    public async Task DisposeAsync() => await Broker.DisposeAsync();
}

[Trait("Category", "Messaging"), Collection(PostgresCollection.Name)]
public sealed class RabbitMqDeliveryTests(PostgresFixture postgres, BrokerFixture rabbit) : IClassFixture<BrokerFixture>
{
    private const string Publisher = CounterProcess.Publisher, Consumer = CounterProcess.Consumer;

    private async Task<(Tenant Tenant, Dictionary<string, string?> Settings)> NewCounty()
    {
        var tenant = await postgres.Migrated(PostgresFixture.NewTenant(), Publisher, Consumer);
        var settings = postgres.Settings([tenant], Publisher, Consumer);
        settings["Bus:RabbitMq:Host"] = RabbitMqServer.Host;
        settings["Bus:RabbitMq:Port"] = $"{rabbit.Broker.Port}";
        settings["Bus:RabbitMq:User"] = RabbitMqServer.User;
        settings["Secrets:RabbitMq"] = rabbit.Broker.Password;
        return (tenant, settings);
    }

    private async Task<uint> MessagesIn(string queue)
    {
        await using var connection = await new ConnectionFactory { Uri = new Uri(rabbit.Broker.Address) }.CreateConnectionAsync();
        await using var channel = await connection.CreateChannelAsync();
        try { return (await channel.QueueDeclarePassiveAsync(queue)).MessageCount; }
        catch (OperationInterruptedException) { return 0; }
    }

    [Fact]
    public async Task Events_pass_through_a_quorum_queue_in_order()
    {
        var (tenant, settings) = await NewCounty();
        await using var process = await CounterProcess.Start(settings);
        var (from, to) = (process.Databases.For(tenant.Code, Publisher), process.Databases.For(tenant.Code, Consumer));
        await Task.WhenAll(Enumerable.Range(0, 4).Select(async writer =>
        {
            for (var i = 0; i < 50; i++) await CounterProcess.Count(from, $"aggregate {(writer + i) % 5}");
        }));
        await CounterProcess.Until(async () => (await CounterProcess.Heard(to)).Length == 200, "all are heard");
        CounterProcess.AssertExactlyOnceInOrder(await CounterProcess.Heard(to), Enumerable.Range(0, 5).ToDictionary(a => $"aggregate {a}", _ => 40));
        Assert.Equal(0, await CounterProcess.Waiting(from));

        // The broker names the kind of an existing queue when it is declared as another one.
        await using var connection = await new ConnectionFactory { Uri = new Uri(rabbit.Broker.Address) }.CreateConnectionAsync();
        await using var channel = await connection.CreateChannelAsync();
        var refused = await Assert.ThrowsAsync<OperationInterruptedException>(() => channel.QueueDeclareAsync($"medinsure.{tenant.Code}.{Consumer}", durable: true, exclusive: false, autoDelete: false, new Dictionary<string, object?> { ["x-queue-type"] = "classic", ["x-single-active-consumer"] = true }));
        Assert.Contains("quorum", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Broker_that_restarts_loses_nothing()
    {
        var (tenant, settings) = await NewCounty();
        await using var process = await CounterProcess.Start(settings);
        var (from, to) = (process.Databases.For(tenant.Code, Publisher), process.Databases.For(tenant.Code, Consumer));
        var count = 0;
        async Task CountUp(int times)
        {
            for (var i = 0; i < times; i++, count++) await CounterProcess.Count(from, "a");
        }

        await CountUp(20);
        await CounterProcess.Until(async () => (await CounterProcess.Heard(to)).Length == count, "the first are heard");
        // In order first: a single broker that is killed within seconds of a quorum queue's first declaration has not yet written down that it exists.
        await rabbit.Broker.Stop();
        await CountUp(20);
        await rabbit.Broker.StartAgain();
        await CounterProcess.Until(async () => (await CounterProcess.Heard(to)).Length > 20, "the next are heard");
        await CountUp(20);
        await rabbit.Broker.KillImmediate();
        await CountUp(20);
        await rabbit.Broker.StartAgain();
        await CountUp(20);

        await CounterProcess.Until(async () => (await CounterProcess.Heard(to)).Length >= count && await CounterProcess.Waiting(from) == 0, "all are heard");
        CounterProcess.AssertExactlyOnceInOrder(await CounterProcess.Heard(to), new Dictionary<string, int> { ["a"] = count });
    }

    [Fact]
    public async Task Consumer_that_starts_later_finds_what_waited_in_its_queue()
    {
        var (tenant, settings) = await NewCounty();
        // Once, so that the queue exists.
        await using (var first = await CounterProcess.Start(settings))
        {
            await CounterProcess.Count(first.Databases.For(tenant.Code, Publisher), "a");
            await CounterProcess.Until(async () => (await CounterProcess.Heard(first.Databases.For(tenant.Code, Consumer))).Length == 1, "the first is heard");
        }
        var publisherOnly = settings.Where(s => s.Key != $"Secrets:Database:{tenant.Code}:{Consumer}").ToDictionary();
        await using (var publisher = await CounterProcess.Start(publisherOnly))
        {
            for (var i = 0; i < 5; i++) await CounterProcess.Count(publisher.Databases.For(tenant.Code, Publisher), "a");
            await CounterProcess.Until(async () => await CounterProcess.Waiting(publisher.Databases.For(tenant.Code, Publisher)) == 0, "the outbox is empty");
        }
        await using var consumer = await CounterProcess.Start(settings);
        var to = consumer.Databases.For(tenant.Code, Consumer);
        await CounterProcess.Until(async () => (await CounterProcess.Heard(to)).Length == 6, "all are heard");
        CounterProcess.AssertExactlyOnceInOrder(await CounterProcess.Heard(to), new Dictionary<string, int> { ["a"] = 6 });
    }

    [Fact]
    public async Task Crash_between_publish_and_delete_sends_again_and_the_consumer_drops_the_repeat()
    {
        var (tenant, settings) = await NewCounty();
        await using var databases = postgres.Databases([tenant], Publisher, Consumer);
        var (from, to) = (databases.For(tenant.Code, Publisher), databases.For(tenant.Code, Consumer));
        for (var i = 0; i < 3; i++) await CounterProcess.Count(from, "a");

        // A lock on the rows lets the message out and keeps the dispatcher from deleting them: the moment of the crash.
        await using var blocker = await from.OpenConnectionAsync();
        await using (var transaction = await blocker.BeginTransactionAsync())
        {
            await using (var hold = new NpgsqlCommand("SELECT seq FROM outbox FOR UPDATE", blocker, transaction)) await hold.ExecuteNonQueryAsync();
            var process = await CounterProcess.Start(settings);
            await CounterProcess.Until(async () => (await CounterProcess.Heard(to)).Length == 3, "the events took effect");
            // The server ends the dispatcher's session as a killed process's connection ends.
            await CounterProcess.Until(() => postgres.AsAdmin<bool>(tenant, "SELECT EXISTS (SELECT FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND query LIKE '%DELETE FROM outbox%' AND wait_event_type = 'Lock')"), "the dispatcher waits to delete");
            await postgres.AsAdmin<long>(tenant, "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND query LIKE '%DELETE FROM outbox%'");
            await process.DisposeAsync();
        }
        Assert.Equal(3, await CounterProcess.Waiting(from));

        await using var again = await CounterProcess.Start(settings);
        await CounterProcess.Until(async () => await CounterProcess.Waiting(from) == 0, "the outbox is empty");
        await CounterProcess.Until(async () => await MessagesIn($"medinsure.{tenant.Code}.{Consumer}") == 0, "the queue is empty");
        await CounterProcess.Count(from, "a");
        await CounterProcess.Until(async () => (await CounterProcess.Heard(to)).Length >= 4, "a later event is heard");
        CounterProcess.AssertExactlyOnceInOrder(await CounterProcess.Heard(to), new Dictionary<string, int> { ["a"] = 4 });
    }

    [Fact]
    public async Task Message_that_cannot_be_handled_goes_to_the_error_queue()
    {
        var (tenant, settings) = await NewCounty();
        static Task Refuse(IReadOnlyList<CounterChanged> events, CancellationToken _) => events.Any(e => e.Aggregate == "bad") ? throw new InvalidDataException("cannot read this") : Task.CompletedTask;
        await using var process = await CounterProcess.Start(settings, new HandlerScript { Before = Refuse });
        var (from, to) = (process.Databases.For(tenant.Code, Publisher), process.Databases.For(tenant.Code, Consumer));
        foreach (var aggregate in (string[])["bad", "a"]) await CounterProcess.Count(from, aggregate);
        await CounterProcess.Until(async () => await MessagesIn($"medinsure.{tenant.Code}.{Consumer}_error") == 1, "the error queue holds the message");
        await CounterProcess.Until(async () => (await CounterProcess.Heard(to)).Length == 1, "the good one is heard");
        Assert.Equal(0, await CounterProcess.Waiting(from));
    }

    [Fact]
    public async Task Two_processes_of_one_tenant_take_turns_and_keep_the_order()
    {
        var (tenant, settings) = await NewCounty();
        var processes = new List<CounterProcess> { await CounterProcess.Start(settings), await CounterProcess.Start(settings) };
        await using var databases = postgres.Databases([tenant], Publisher, Consumer);
        var (from, to) = (databases.For(tenant.Code, Publisher), databases.For(tenant.Code, Consumer));
        for (var i = 0; i < 60; i++)
        {
            await CounterProcess.Count(from, "a");
            // Whichever is at work, the other goes on.
            if (i == 30) { await processes[0].DisposeAsync(); processes.RemoveAt(0); }
        }
        await CounterProcess.Until(async () => (await CounterProcess.Heard(to)).Length >= 60 && await CounterProcess.Waiting(from) == 0, "all are heard");
        CounterProcess.AssertExactlyOnceInOrder(await CounterProcess.Heard(to), new Dictionary<string, int> { ["a"] = 60 });
        await processes[0].DisposeAsync();
    }

    [Fact]
    public async Task Message_under_way_in_a_stopping_process_is_waited_for_by_the_next()
    {
        var (tenant, settings) = await NewCounty();
        var (reached, leave) = (new TaskCompletionSource(), new TaskCompletionSource());
        var first = await CounterProcess.Start(settings, new HandlerScript { Before = async (_, _) => { reached.TrySetResult(); await leave.Task; } });
        await using var databases = postgres.Databases([tenant], Publisher, Consumer);
        var (from, to) = (databases.For(tenant.Code, Publisher), databases.For(tenant.Code, Consumer));
        await CounterProcess.Count(from, "a");
        await reached.Task.WaitAsync(TimeSpan.FromSeconds(30));

        await using var second = await CounterProcess.Start(settings);
        var stopping = first.DisposeAsync().AsTask();
        for (var i = 0; i < 10; i++) await CounterProcess.Count(from, "a");
        // The second process has taken over both ends: it sends the later events and gets them, while the first still has the earliest.
        await CounterProcess.Until(async () => await CounterProcess.Waiting(from) == 0, "the later events are sent");
        Assert.Empty(await CounterProcess.Heard(to));
        leave.SetResult();
        await stopping;
        await CounterProcess.Until(async () => (await CounterProcess.Heard(to)).Length >= 11, "all are heard");
        CounterProcess.AssertExactlyOnceInOrder(await CounterProcess.Heard(to), new Dictionary<string, int> { ["a"] = 11 });
        Assert.Equal(0u, await MessagesIn($"medinsure.{tenant.Code}.{Consumer}_error"));
    }

    [Fact]
    public async Task Message_given_back_by_a_dying_process_is_handled_before_the_later_ones_that_fill_the_next()
    {
        var (tenant, settings) = await NewCounty();
        var (reached, die) = (new TaskCompletionSource(), new TaskCompletionSource());
        // As when the services of the process are gone under the handler.
        var first = await CounterProcess.Start(settings, new HandlerScript { Before = async (_, _) => { reached.TrySetResult(); await die.Task; throw new ObjectDisposedException("process"); } });
        await using var databases = postgres.Databases([tenant], Publisher, Consumer);
        var (from, to) = (databases.For(tenant.Code, Publisher), databases.For(tenant.Code, Consumer));
        await CounterProcess.Count(from, "a");
        await reached.Task.WaitAsync(TimeSpan.FromSeconds(30));

        await using var second = await CounterProcess.Start(settings);
        var stopping = first.DisposeAsync().AsTask();
        // More messages than a receiver has places: the earliest gets in only when one of them is given back.
        for (var i = 0; i < 6; i++)
        {
            await CounterProcess.Count(from, "a");
            await CounterProcess.Until(async () => await CounterProcess.Waiting(from) == 0, "the event is sent");
        }
        die.SetResult();
        await stopping;
        await CounterProcess.Until(async () => (await CounterProcess.Heard(to)).Length >= 7, "all are heard");
        CounterProcess.AssertExactlyOnceInOrder(await CounterProcess.Heard(to), new Dictionary<string, int> { ["a"] = 7 });
        Assert.Equal(0u, await MessagesIn($"medinsure.{tenant.Code}.{Consumer}_error"));
    }

    [Fact]
    public async Task Process_cut_off_in_the_middle_of_a_message_leaves_it_to_the_next()
    {
        var (tenant, settings) = await NewCounty();
        var reached = new TaskCompletionSource();
        var first = await CounterProcess.Start(settings, new HandlerScript { Before = async (_, stop) => { reached.TrySetResult(); await Task.Delay(Timeout.Infinite, stop); } });
        await using var databases = postgres.Databases([tenant], Publisher, Consumer);
        var (from, to) = (databases.For(tenant.Code, Publisher), databases.For(tenant.Code, Consumer));
        for (var i = 0; i < 3; i++) await CounterProcess.Count(from, "a");
        await reached.Task.WaitAsync(TimeSpan.FromSeconds(30));
        using var hurry = new CancellationTokenSource(TimeSpan.FromMilliseconds(500));
        await first.App.StopAsync(hurry.Token);
        await first.App.DisposeAsync();

        await using var second = await CounterProcess.Start(settings);
        await CounterProcess.Until(async () => (await CounterProcess.Heard(to)).Length >= 3, "all are heard");
        CounterProcess.AssertExactlyOnceInOrder(await CounterProcess.Heard(to), new Dictionary<string, int> { ["a"] = 3 });
        Assert.Equal(0u, await MessagesIn($"medinsure.{tenant.Code}.{Consumer}_error"));
    }

    [Fact]
    public async Task Messages_that_were_lost_are_given_up_after_a_while()
    {
        var (tenant, settings) = await NewCounty();
        await using var databases = postgres.Databases([tenant], Publisher, Consumer);
        var (from, to) = (databases.For(tenant.Code, Publisher), databases.For(tenant.Code, Consumer));
        // The publisher has sent 57 messages of the type before this consumer had a queue.
        await using (var old = from.CreateCommand("INSERT INTO outbox_stream VALUES ('CounterChanged', 57)")) await old.ExecuteNonQueryAsync();
        await using var process = await CounterProcess.Start(settings);
        for (var i = 0; i < 3; i++) await CounterProcess.Count(from, "a");
        await CounterProcess.Until(async () => (await CounterProcess.Heard(to)).Length >= 3, "all are heard");
        CounterProcess.AssertExactlyOnceInOrder(await CounterProcess.Heard(to), new Dictionary<string, int> { ["a"] = 3 });
    }

    private sealed record OfALaterRelease(string Aggregate);

    private sealed class LaterHandler : IEventHandler<OfALaterRelease>
    {
        public async Task Handle(EventContext context, IReadOnlyList<OfALaterRelease> events, CancellationToken cancellation)
        {
            foreach (var e in events)
            {
                await using var command = new NpgsqlCommand("INSERT INTO heard (source, aggregate, number, together) VALUES ($1, $2, 1, 1)", context.Connection, context.Transaction) { Parameters = { new() { Value = context.Source }, new() { Value = e.Aggregate } } };
                await command.ExecuteNonQueryAsync(cancellation);
            }
        }
    }

    /// <summary>A clock that runs ahead of the machine's by as much as it is told.</summary>
    private sealed class AheadTime : TimeProvider
    {
        private long ticks;
        public void Advance(TimeSpan by) => Interlocked.Add(ref ticks, (long)(by.TotalSeconds * TimestampFrequency));
        public override long GetTimestamp() => base.GetTimestamp() + Interlocked.Read(ref ticks);
    }

    private static Task<CounterProcess> Newer(Dictionary<string, string?> settings) =>
        CounterProcess.Start(settings, more: builder => builder.AddEventHandler<OfALaterRelease, LaterHandler>(Consumer));

    private static async Task RecordLater(NpgsqlDataSource enrollment, string aggregate)
    {
        await using var connection = await enrollment.OpenConnectionAsync();
        await Outbox.Add(connection, null, [OutboxEvent.Of(aggregate, new OfALaterRelease(aggregate), TimeProvider.System.GetUtcNow())]);
    }

    [Fact]
    public async Task Event_type_that_only_the_newer_of_two_releases_knows_waits_for_it()
    {
        var (tenant, settings) = await NewCounty();
        var older = await CounterProcess.Start(settings);
        await using var databases = postgres.Databases([tenant], Publisher, Consumer);
        var (from, to) = (databases.For(tenant.Code, Publisher), databases.For(tenant.Code, Consumer));
        await CounterProcess.Count(from, "a");
        await CounterProcess.Until(async () => (await CounterProcess.Heard(to)).Length == 1, "the older one receives");
        // The newer one binds the queue, while the older one is still the active receiver.
        await using var newer = await Newer(settings);
        await newer.App.Services.GetRequiredService<IBusControl>().WaitForHealthStatus(BusHealthStatus.Healthy, TimeSpan.FromMinutes(1));
        await RecordLater(from, "later");
        await CounterProcess.Count(from, "a");
        await CounterProcess.Until(async () => await CounterProcess.Waiting(from) == 0 && (await CounterProcess.Heard(to)).Length == 2, "the known type is handled");
        await older.DisposeAsync();
        await CounterProcess.Until(async () => (await CounterProcess.Heard(to)).Length == 3, "the newer one has handled the rest");
        Assert.Equal(["a", "a", "later"], (await CounterProcess.Heard(to)).Select(h => h.Aggregate));
        Assert.Equal(0u, await MessagesIn($"medinsure.{tenant.Code}.{Consumer}_error"));
    }

    [Fact]
    public async Task Event_type_that_nobody_knows_after_a_roll_back_goes_to_the_error_queue()
    {
        var (tenant, settings) = await NewCounty();
        await using var databases = postgres.Databases([tenant], Publisher, Consumer);
        var (from, to) = (databases.For(tenant.Code, Publisher), databases.For(tenant.Code, Consumer));
        await using (var newer = await Newer(settings))
        {
            await CounterProcess.Count(from, "a");
            await CounterProcess.Until(async () => (await CounterProcess.Heard(to)).Length == 1, "the queue is bound");
        }
        var clock = new AheadTime();
        await using var older = await CounterProcess.Start(settings, more: builder => builder.Services.AddSingleton<TimeProvider>(clock));
        await RecordLater(from, "later");
        await CounterProcess.Count(from, "a");
        await CounterProcess.Until(async () => (await CounterProcess.Heard(to)).Length == 2, "the known type is handled");
        Assert.Equal(0u, await MessagesIn($"medinsure.{tenant.Code}.{Consumer}_error"));
        await CounterProcess.Until(async () =>
        {
            clock.Advance(EventConsumer.UnknownPatience);
            return await MessagesIn($"medinsure.{tenant.Code}.{Consumer}_error") == 1;
        }, "the unknown type is in the error queue");
        await CounterProcess.Count(from, "a");
        await CounterProcess.Until(async () => (await CounterProcess.Heard(to)).Length == 3, "the receiver goes on");
    }
}
