using System.Net.Security;
using System.Security.Authentication;
using MassTransit;
using MassTransit.Middleware;
using MedInsure.Events;
using MedInsure.Hosting.Messaging.Errors;
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
    /// <summary>
    /// Messages are given back to their queue as often as it takes (one that waits for its turn, one that an operator looks at). RabbitMQ 4 drops a
    /// message of a quorum queue at its 20th return unless the queue says otherwise; this is as good as never, and older releases take it too.
    /// </summary>
    private const int DeliveryLimit = 1_000_000_000;

    public static bool UsesRabbitMq(IConfiguration configuration) => !string.IsNullOrEmpty(configuration["Bus:RabbitMq:Host"]);

    public static void Add(IServiceCollection services, IConfiguration configuration) => services.AddMassTransit(bus =>
    {
        // The library tells its makers of queues and hosts unless it is told not to.
        bus.DisableUsageTelemetry();
        // Without the bus, commands are still answered and their events wait in the outbox: that is degraded, not down.
        bus.ConfigureHealthCheckOptions(o => { o.Name = "bus"; o.MinimalFailureStatus = HealthStatus.Degraded; });
        if (UsesRabbitMq(configuration)) bus.UsingRabbitMq((context, rabbit) => Configure(context, rabbit, BrokerAddress.Read(configuration), configuration.GetValue<int?>("Bus:RabbitMq:Replicas", null)));
        else bus.UsingInMemory(Configure);
        services.AddSingleton<FailedOutbox>();
        if (UsesRabbitMq(configuration)) services.AddSingleton<IMessageErrors, RabbitErrorQueues>();
        else services.AddSingleton<IMessageErrors>(s => s.GetRequiredService<FailedOutbox>());
        services.AddSingleton<ErrorGauge>().AddHostedService(s => s.GetRequiredService<ErrorGauge>());
    }).AddHostedService<BusEnd>();

    /// <summary>The queues that this process receives from, but for its own temporary one.</summary>
    public static IEnumerable<string> QueueNames(IServiceProvider services) => Queues(services, returns: true).Select(q => q.Name);

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

    private static void Configure(IBusRegistrationContext services, IRabbitMqBusFactoryConfigurator rabbit, BrokerAddress broker, int? replicas)
    {
        rabbit.Host(broker.Host, broker.Port, broker.VirtualHost, host =>
        {
            host.Username(broker.User);
            host.Password(broker.Password);
            if (broker.Tls) host.UseSsl(tls =>
            {
                tls.ServerName = broker.Host;
                // Which versions of TLS is the machine's policy, not ours.
                tls.Protocol = SslProtocols.None;
                // MassTransit would take a certificate that nobody vouches for.
                tls.EnforcePolicyErrors(SslPolicyErrors.RemoteCertificateChainErrors | SslPolicyErrors.RemoteCertificateNameMismatch | SslPolicyErrors.RemoteCertificateNotAvailable);
            });
        });
        // The error queues take their settings from the queue. Nobody receives from them: they are looked at, which a single active consumer would forbid.
        rabbit.SendTopology.ConfigureErrorSettings = rabbit.SendTopology.ConfigureDeadLetterSettings = queue => queue.SetQueueArgument("x-single-active-consumer", null);
        rabbit.Publish<EventBatch>(p => p.ExchangeType = "direct");
        foreach (var queue in Queues(services, returns: true))
            rabbit.ReceiveEndpoint(queue.Name, e =>
            {
                e.ConfigureConsumeTopology = false;
                e.SetQuorumQueue(replicas);
                e.SetQueueArgument("x-delivery-limit", DeliveryLimit);
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
