using MedInsure.Events;
using MedInsure.Hosting.Messaging;
using MedInsure.Hosting.Observability;
using MedInsure.Hosting.Rpc;
using MedInsure.Protos.ProviderRegistry.V1;
using MedInsure.Reference.Cache;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace MedInsure.Reference;

/// <summary>Registers <see cref="ReferenceData"/> with its loader, its listener and its part of /health/ready. Several modules of one process share it.</summary>
public static class ReferenceRegistration
{
    /// <param name="service">The service that asks, by its folder's name.</param>
    public static WebApplicationBuilder AddReferenceData(this WebApplicationBuilder builder, string service, ReferenceOptions? options = null)
    {
        if (builder.Services.Any(d => d.ServiceType == typeof(ReferenceData))) return builder;
        builder.Services.TryAddSingleton(options ?? new ReferenceOptions());
        builder.AddServiceClient<ProviderRegistry.ProviderRegistryClient>(ReferenceSource.Service);
        builder.Services.AddSingleton<ReferenceSource>();
        builder.Services.AddSingleton<ReferenceData>();
        if (builder.Configuration[ReferenceCache.AddressKey] is { Length: > 0 })
        {
            builder.Services.AddSingleton<ReferenceCache>();
            builder.Services.AddHealthChecks().AddCheck<RedisCheck>("redis", tags: [HealthEndpoints.Ready]);
        }
        builder.Services.AddSingleton<ReferenceListener>();
        builder.Services.AddHostedService<ReferenceDataLoader>();
        builder.Services.AddHealthChecks().AddCheck<ReferenceLoadedCheck>("reference data", tags: [HealthEndpoints.Ready]);
        builder.AddEventListener<CatalogPublished, ReferenceListener>(service);
        builder.AddEventListener<DiseasesPublished, ReferenceListener>(service);
        builder.AddEventListener<ProvidersChanged, ReferenceListener>(service);
        builder.AddEventListener<DoctorsChanged, ReferenceListener>(service);
        return builder;
    }
}

/// <summary>Wakes the loader of a city that published something.</summary>
internal sealed class ReferenceListener(ReferenceData data) : IEventListener<CatalogPublished>, IEventListener<DiseasesPublished>, IEventListener<ProvidersChanged>, IEventListener<DoctorsChanged>
{
    public Task Hear(string source, IReadOnlyList<CatalogPublished> events, CancellationToken cancellation) => Wake(source);
    public Task Hear(string source, IReadOnlyList<DiseasesPublished> events, CancellationToken cancellation) => Wake(source);
    public Task Hear(string source, IReadOnlyList<ProvidersChanged> events, CancellationToken cancellation) => Wake(source);
    public Task Hear(string source, IReadOnlyList<DoctorsChanged> events, CancellationToken cancellation) => Wake(source);

    private Task Wake(string city)
    {
        data.Announce(city);
        return Task.CompletedTask;
    }
}
