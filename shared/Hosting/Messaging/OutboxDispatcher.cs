using System.Data;
using System.Diagnostics.Metrics;
using MassTransit;
using MedInsure.Events;
using MedInsure.Hosting.Messaging.Errors;
using MedInsure.Hosting.Tenancy;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;
using NpgsqlTypes;

namespace MedInsure.Hosting.Messaging;

/// <summary>
/// Sends a service's outbox, tenant by tenant: rows in the order of their numbers, consecutive ones of a type in one message, the rows deleted once
/// the broker has confirmed it. A crash in between sends them again. One process at a time sends for a tenant: it holds a session lock, which ends
/// with its connection.
/// </summary>
internal sealed class OutboxDispatcher : BackgroundService
{
    private const int EventsPerMessage = 2000;
    private const int BytesPerMessage = 2048 * 1024;
    private const int FailedMax = 10_000;
    private static readonly TimeSpan PublishPatience = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan PauseMin = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan PauseMax = TimeSpan.FromSeconds(15);

    private static readonly Meter Meter = new("MedInsure.Outbox");
    private static readonly Counter<long> Sent = Meter.CreateCounter<long>("medinsure.outbox.sent", "{event}", "Events that left the outbox");
    private static readonly Histogram<double> Age = Meter.CreateHistogram<double>("medinsure.outbox.age", "s", "Time from an event to its message", null,
        new() { HistogramBucketBoundaries = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1800] });

    private readonly string service;
    private readonly TenantDatabases databases;
    private readonly TenantDirectory directory;
    private readonly Subscriptions subscriptions;
    private readonly LocalDeliveries deliveries;
    private readonly FailedOutbox failures;
    private readonly OutboxBell bell;
    private readonly IBusControl bus;
    private readonly TimeProvider time;
    private readonly ILogger<OutboxDispatcher> logger;
    private readonly bool inMemory;
    private readonly TimeSpan poll;

    public OutboxDispatcher(
        string service, TenantDatabases databases, TenantDirectory directory, Subscriptions subscriptions, LocalDeliveries deliveries, FailedOutbox failures,
        OutboxBell bell, IBusControl bus, TimeProvider time, IConfiguration configuration, ILogger<OutboxDispatcher> logger)
    {
        (this.service, this.databases, this.directory, this.subscriptions, this.deliveries, this.failures, this.bell, this.bus, this.time, this.logger) =
            (service, databases, directory, subscriptions, deliveries, failures, bell, bus, time, logger);
        inMemory = !EventBus.UsesRabbitMq(configuration);
        poll = TimeSpan.FromMilliseconds(configuration.GetValue("Outbox:PollMilliseconds", 500));
    }

    private sealed record Row(long Seq, string Type, EventEnvelope Envelope);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken) =>
        await Task.WhenAll(databases.TenantsOf(service).Select(tenant => Task.Run(() => KeepSending(tenant, stoppingToken), stoppingToken)));

    private async Task KeepSending(Tenant tenant, CancellationToken cancellation)
    {
        for (var pause = PauseMin; !cancellation.IsCancellationRequested;)
        {
            var begun = time.GetTimestamp();
            try
            {
                // Before that a message would find no queue.
                await bus.WaitForHealthStatus(BusHealthStatus.Healthy, cancellation);
                await using var connection = await databases.For(tenant.Code, service).OpenConnectionAsync(cancellation);
                if (await TakeTurn(connection, cancellation))
                {
                    try { await Send(tenant, connection, cancellation); }
                    finally { await EndTurn(connection); }
                }
                pause = PauseMin;
            }
            catch (OperationCanceledException) when (cancellation.IsCancellationRequested) { return; }
            catch (Exception e)
            {
                logger.LogWarning(e, "Outbox of {Service} of {Tenant} interrupted; again in {Pause}", service, tenant.Code, pause);
                // Only failures in a row make it wait longer, not one after hours of work.
                pause = time.GetElapsedTime(begun) > PauseMax ? PauseMin : pause * 2 < PauseMax ? pause * 2 : PauseMax;
            }
            try { await Task.Delay(pause, cancellation); }
            catch (OperationCanceledException) { return; }
        }
    }

    private async Task<bool> TakeTurn(NpgsqlConnection connection, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand("SELECT pg_try_advisory_lock(hashtextextended('medinsure outbox ' || $1, 0))", connection) { Parameters = { new() { Value = service } } };
        return (bool)(await command.ExecuteScalarAsync(cancellation))!;
    }

    /// <summary>The connection goes back to its pool, where the session and its lock would live on.</summary>
    private static async Task EndTurn(NpgsqlConnection connection)
    {
        if (connection.State != ConnectionState.Open) return;
        try
        {
            await using var command = new NpgsqlCommand("SELECT pg_advisory_unlock_all()", connection) { CommandTimeout = 5 };
            await command.ExecuteNonQueryAsync(CancellationToken.None);
        }
        catch (Exception e) when (e is NpgsqlException or InvalidOperationException) { /* The session is gone, and the lock with it. */ }
    }

    private async Task Send(Tenant tenant, NpgsqlConnection connection, CancellationToken cancellation)
    {
        failures.Forget(tenant.Code, service);
        var numbers = await ReadNumbers(connection, cancellation);
        for (var stopped = false; ;)
        {
            // Of the in-memory bus only: rows that could not be handled stay, and are passed over until an operator or the next start sends them again.
            var failed = failures.Rows(tenant.Code, service);
            if (!stopped && failed.Length >= FailedMax) logger.LogCritical("Outbox of {Service} of {Tenant} stopped: {Count} events could not be handled", service, tenant.Code, failed.Length);
            stopped = failed.Length >= FailedMax;
            var rows = stopped ? [] : await Read(connection, failed, cancellation);
            if (rows.Count == 0)
            {
                await bell.Wait(tenant.Code, service, poll, cancellation);
                continue;
            }
            foreach (var run in Runs(rows))
            {
                var number = numbers.Values.DefaultIfEmpty().Max() + 1;
                var handled = await Publish(tenant, run, number, numbers, cancellation);
                await Delete(connection, handled ? run : [], run[0].Type, number, cancellation);
                numbers = new Dictionary<string, long>(numbers) { [run[0].Type] = number };
            }
        }
    }

    private static async Task<List<Row>> Read(NpgsqlConnection connection, long[] except, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand($"SELECT seq, type, id, aggregate, occurred_at, payload FROM outbox WHERE seq <> ALL($1) ORDER BY seq LIMIT {EventsPerMessage}", connection)
        {
            Parameters = { new NpgsqlParameter<long[]> { NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Bigint, TypedValue = except } },
        };
        var rows = new List<Row>();
        var bytes = 0L;
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        while (await reader.ReadAsync(cancellation))
        {
            var payload = reader.GetFieldValue<byte[]>(5);
            bytes += payload.Length;
            if (rows.Count > 0 && bytes > BytesPerMessage) break;
            var at = new DateTimeOffset(reader.GetDateTime(4), TimeSpan.Zero).ToUnixTimeMilliseconds();
            rows.Add(new Row(reader.GetInt64(0), reader.GetString(1), new EventEnvelope(reader.GetGuid(2), reader.GetString(3), at, payload)));
        }
        return rows;
    }

    /// <summary>Consecutive rows of one type: an aggregate's events of several types keep their order too.</summary>
    private static IEnumerable<List<Row>> Runs(List<Row> rows)
    {
        var run = new List<Row>();
        foreach (var row in rows)
        {
            if (run.Count > 0 && run[0].Type != row.Type) { yield return run; run = []; }
            run.Add(row);
        }
        yield return run;
    }

    private async Task<bool> Publish(Tenant tenant, List<Row> run, long number, Dictionary<string, long> before, CancellationToken cancellation)
    {
        var (type, now) = (run[0].Type, time.GetUtcNow().ToUnixTimeMilliseconds());
        var batch = new EventBatch(Guid.CreateVersion7(), tenant.Code, service, type, number, before, [.. run.Select(r => r.Envelope)]);
        Exception? failure = null;
        if (inMemory) failure = await deliveries.Follow(batch.Id, subscriptions.QueuesFor(tenant.Code, type, databases, directory), Publish, cancellation);
        else await Publish();
        Sent.Add(run.Count, new KeyValuePair<string, object?>("type", type));
        Age.Record(Math.Max(0, now - run[0].Envelope.OccurredAtMs) / 1000d, new KeyValuePair<string, object?>("type", type));
        if (failure is not null) failures.Add(batch, [.. run.Select(r => r.Seq)], ErrorText.Of(failure), time.GetUtcNow());
        return failure is null;

        async Task Publish()
        {
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            limit.CancelAfter(PublishPatience);
            await bus.Publish(batch, context => context.SetRoutingKey(EventBatch.RoutingKey(tenant.Code, type)), limit.Token);
        }
    }

    /// <summary>Together, so that a number stands for the same events until they have left.</summary>
    private static async Task Delete(NpgsqlConnection connection, List<Row> run, string type, long number, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand("""
            WITH sent AS (DELETE FROM outbox WHERE seq = ANY($1))
            INSERT INTO outbox_stream (type, number) VALUES ($2, $3) ON CONFLICT (type) DO UPDATE SET number = excluded.number
            """, connection)
        {
            Parameters = { new NpgsqlParameter<long[]> { NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Bigint, TypedValue = [.. run.Select(r => r.Seq)] }, new() { Value = type }, new() { Value = number } },
        };
        await command.ExecuteNonQueryAsync(cancellation);
    }

    private static async Task<Dictionary<string, long>> ReadNumbers(NpgsqlConnection connection, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand("SELECT type, number FROM outbox_stream", connection);
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        var numbers = new Dictionary<string, long>();
        while (await reader.ReadAsync(cancellation)) numbers[reader.GetString(0)] = reader.GetInt64(1);
        return numbers;
    }
}
