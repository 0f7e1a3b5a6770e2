using MedInsure.Hosting.Jobs;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;

namespace MedInsure.Hosting.Messaging;

/// <summary>What a module says of its events while it registers.</summary>
public static class MessagingRegistration
{
    /// <summary>Sends the outbox of this service for every tenant whose database this process serves for it.</summary>
    public static WebApplicationBuilder AddOutbox(this WebApplicationBuilder builder, string service)
    {
        builder.AddPlatform(service);
        builder.Services.AddSingleton<IHostedService>(s => ActivatorUtilities.CreateInstance<OutboxDispatcher>(s, service));
        builder.Services.AddSingleton<IHostedService>(s => ActivatorUtilities.CreateInstance<OutboxGauge>(s, service));
        return builder;
    }

    /// <summary>Handles events of one type in the databases of this service, once each. The handler is made per message from its scope.</summary>
    public static WebApplicationBuilder AddEventHandler<TEvent, THandler>(this WebApplicationBuilder builder, string service, EventOrigin origin = EventOrigin.OwnAndCity)
        where THandler : class, IEventHandler<TEvent>
    {
        builder.AddPlatform(service);
        if (Of(builder).Handlers.TrueForAll(handler => handler.Service != service)) builder.AddJob(service, InboxCleaner.Job, InboxCleaner.Clean);
        builder.Services.TryAddScoped<THandler>();
        Of(builder).Handlers.Add(Subscription.Of<TEvent, THandler>(service, origin));
        return builder;
    }

    /// <summary>Hears of events of one type in every process, for what it holds in memory. A listener that is not registered as a singleton is made per message.</summary>
    public static WebApplicationBuilder AddEventListener<TEvent, TListener>(this WebApplicationBuilder builder, string service) where TListener : class, IEventListener<TEvent>
    {
        builder.AddPlatform(service);
        builder.Services.TryAddScoped<TListener>();
        Of(builder).Listeners.Add(ListenerSubscription.Of<TEvent, TListener>());
        return builder;
    }

    private static Subscriptions Of(WebApplicationBuilder builder) =>
        (Subscriptions)builder.Services.Single(d => d.ServiceType == typeof(Subscriptions)).ImplementationInstance!;
}
