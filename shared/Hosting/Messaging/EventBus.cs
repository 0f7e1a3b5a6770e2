using MassTransit;
using MassTransit.Middleware;
using MedInsure.Events;
using MedInsure.Hosting.Tenancy;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using FabricExchange = MassTransit.Transports.Fabric.ExchangeType;

namespace MedInsure.Hosting.Messaging;

/// <summary>
/// The bus: RabbitMQ where Bus:RabbitMq:Host is configured (with Port, VirtualHost, User, Replicas; password Secrets:RabbitMq), else in memory.
/// One quorum queue per tenant and service, medinsure.&lt;tenant&gt;.&lt;service&gt;, with one active receiver at a time, bound to the direct exchange of
/// <see cref="EventBatch"/> by tenant and type. The order is the receiver's own care (<see cref="EventConsumer"/>): when receivers change, the broker
/// hands out later messages while earlier ones are still being handled.
/// </summary>
internal static class EventBus
{
    public static bool UsesRabbitMq(IConfiguration configuration) => !string.IsNullOrEmpty(configuration["Bus:RabbitMq:Host"]);

    public static void Add(IServiceCollection services, IConfiguration configuration) => services.AddMassTransit(bus =>
    {
        // Without the bus, commands are still answered and their events wait in the outbox: that is degraded, not down.
        bus.ConfigureHealthCheckOptions(o => { o.Name = "bus"; o.MinimalFailureStatus = HealthStatus.Degraded; });
        if (UsesRabbitMq(configuration)) bus.UsingRabbitMq((context, rabbit) => Configure(context, rabbit, configuration.GetSection("Bus:RabbitMq"), configuration["Secrets:RabbitMq"]));
        else bus.UsingInMemory(Configure);
    }).AddHostedService<BusEnd>();

    /// <summary>A queue of this process: what it is bound by, and who receives from it.</summary>
    private sealed record Queue(string Name, string[] Keys, EventConsumer Consumer);

    private static IEnumerable<Queue> Queues(IServiceProvider services, bool returns)
    {
        var (subscriptions, databases, directory) = (services.GetRequiredService<Subscriptions>(), services.GetRequiredService<TenantDatabases>(), services.GetRequiredService<TenantDirectory>());
        foreach (var handlers in subscriptions.Handlers.GroupBy(h => h.Service))
            foreach (var tenant in databases.TenantsOf(handlers.Key))
            {
                var types = handlers.SelectMany(h => Subscriptions.Sources(tenant, h.Origin, directory).Select(source => (Source: source, h.Type))).Distinct().ToLookup(t => t.Source, t => t.Type);
                string[] keys = [.. types.SelectMany(source => source.Select(type => EventBatch.RoutingKey(source.Key, type)))];
                yield return new Queue($"medinsure.{tenant.Code}.{handlers.Key}", keys, new EventConsumer(tenant, handlers.Key, types, returns, services));
            }
    }

    private static string[] ListenerKeys(IServiceProvider services) =>
        [.. services.GetRequiredService<Subscriptions>().Listeners.Select(l => l.Type).Distinct()
            .SelectMany(type => services.GetRequiredService<TenantDirectory>().All.Select(t => EventBatch.RoutingKey(t.Code, type)))];

    private static void Configure(IBusRegistrationContext services, IInMemoryBusFactoryConfigurator memory)
    {
        memory.Publish<EventBatch>(p => p.ExchangeType = FabricExchange.Direct);
        foreach (var queue in Queues(services, returns: false))
            memory.ReceiveEndpoint(queue.Name, e =>
            {
                e.ConfigureConsumeTopology = false;
                e.ConcurrentMessageLimit = 1;
                foreach (var key in queue.Keys) e.Bind<EventBatch>(FabricExchange.Direct, key);
                e.Instance(queue.Consumer);
            });
        if (ListenerKeys(services) is { Length: > 0 } heard)
            memory.ReceiveEndpoint("medinsure.listener", e =>
            {
                e.ConfigureConsumeTopology = false;
                e.ConcurrentMessageLimit = 1;
                foreach (var key in heard) e.Bind<EventBatch>(FabricExchange.Direct, key);
                e.Consumer(() => new EventListenerConsumer(services));
            });
    }

    private static void Configure(IBusRegistrationContext services, IRabbitMqBusFactoryConfigurator rabbit, IConfigurationSection settings, string? password)
    {
        rabbit.Host(settings["Host"], settings.GetValue<ushort>("Port", 5672), settings["VirtualHost"] ?? "/", host =>
        {
            host.Username(settings["User"] ?? "medinsure");
            host.Password(password ?? "");
        });
        rabbit.Publish<EventBatch>(p => p.ExchangeType = "direct");
        foreach (var queue in Queues(services, returns: true))
            rabbit.ReceiveEndpoint(queue.Name, e =>
            {
                e.ConfigureConsumeTopology = false;
                e.SetQuorumQueue(settings.GetValue<int?>("Replicas", null));
                e.SingleActiveConsumer = true;
                e.ConfigureError(error =>
                {
                    error.UseFilter(new ReturnToQueue());
                    error.UseFilter(new ErrorTransportFilter());
                });
                // More than one, so that a message can be waited for while a later one holds its place.
                e.PrefetchCount = 4;
                e.ConcurrentMessageLimit = 4;
                foreach (var key in queue.Keys) e.Bind<EventBatch>(b => { b.ExchangeType = "direct"; b.RoutingKey = key; });
                e.Instance(queue.Consumer);
            });
        if (ListenerKeys(services) is { Length: > 0 } heard)
            rabbit.ReceiveEndpoint(new TemporaryEndpointDefinition("medinsure.listener"), e =>
            {
                e.ConfigureConsumeTopology = false;
                e.ConcurrentMessageLimit = 1;
                foreach (var key in heard) e.Bind<EventBatch>(b => { b.ExchangeType = "direct"; b.RoutingKey = key; });
                e.Consumer(() => new EventListenerConsumer(services));
            });
    }

    /// <summary>A bus that is told to stop while it starts goes on starting, and would take messages for a process that is gone: its start is awaited first.</summary>
    private sealed class BusEnd(IBusControl bus) : IHostedService
    {
        public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public async Task StopAsync(CancellationToken cancellationToken)
        {
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            limit.CancelAfter(TimeSpan.FromSeconds(5));
            try { await bus.WaitForHealthStatus(BusHealthStatus.Healthy, limit.Token); }
            catch (OperationCanceledException) { /* The broker is away: there is nothing to be taken either. */ }
        }
    }
}
