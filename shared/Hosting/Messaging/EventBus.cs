using MassTransit;
using MedInsure.Events;
using MedInsure.Hosting.Tenancy;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using FabricExchange = MassTransit.Transports.Fabric.ExchangeType;

namespace MedInsure.Hosting.Messaging;

/// <summary>
/// The bus: RabbitMQ where Bus:RabbitMq:Host is configured (with Port, VirtualHost, User, Replicas; password Secrets:RabbitMq), else in memory.
/// One quorum queue per tenant and service, medinsure.&lt;tenant&gt;.&lt;service&gt;, with one active receiver so that the order holds over replicas,
/// bound to the direct exchange of <see cref="EventBatch"/> by tenant and type.
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
    });

    public static string Queue(Tenant tenant, string service) => $"medinsure.{tenant.Code}.{service}";

    /// <summary>Each queue of this process and the routing keys it is bound by.</summary>
    private static IEnumerable<(Tenant Tenant, string Service, string[] Keys)> Queues(IServiceProvider services)
    {
        var (subscriptions, databases, directory) = (services.GetRequiredService<Subscriptions>(), services.GetRequiredService<TenantDatabases>(), services.GetRequiredService<TenantDirectory>());
        foreach (var handlers in subscriptions.Handlers.GroupBy(h => h.Service))
            foreach (var tenant in databases.TenantsOf(handlers.Key))
                yield return (tenant, handlers.Key, [.. handlers.SelectMany(h => Subscriptions.Sources(tenant, h.Origin, directory).Select(source => EventBatch.RoutingKey(source, h.Type))).Distinct()]);
    }

    private static string[] ListenerKeys(IServiceProvider services) =>
        [.. services.GetRequiredService<Subscriptions>().Listeners.Select(l => l.Type).Distinct()
            .SelectMany(type => services.GetRequiredService<TenantDirectory>().All.Select(t => EventBatch.RoutingKey(t.Code, type)))];

    private static void Configure(IBusRegistrationContext services, IInMemoryBusFactoryConfigurator memory)
    {
        memory.Publish<EventBatch>(p => p.ExchangeType = FabricExchange.Direct);
        foreach (var (tenant, service, keys) in Queues(services))
            memory.ReceiveEndpoint(Queue(tenant, service), e =>
            {
                e.ConfigureConsumeTopology = false;
                e.ConcurrentMessageLimit = 1;
                foreach (var key in keys) e.Bind<EventBatch>(FabricExchange.Direct, key);
                e.Consumer(() => new EventConsumer(tenant, service, services));
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
        foreach (var (tenant, service, keys) in Queues(services))
            rabbit.ReceiveEndpoint(Queue(tenant, service), e =>
            {
                e.ConfigureConsumeTopology = false;
                e.SetQuorumQueue(settings.GetValue<int?>("Replicas", null));
                e.SingleActiveConsumer = true;
                e.PrefetchCount = 4;
                e.ConcurrentMessageLimit = 1;
                foreach (var key in keys) e.Bind<EventBatch>(b => { b.ExchangeType = "direct"; b.RoutingKey = key; });
                e.Consumer(() => new EventConsumer(tenant, service, services));
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
}
