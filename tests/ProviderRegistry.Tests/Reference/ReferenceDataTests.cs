using System.Net;
using MedInsure.Hosting;
using MedInsure.Hosting.Imports;
using MedInsure.Hosting.Rpc;
using MedInsure.Kernel;
using MedInsure.ProviderRegistry.Tests.Catalog;
using MedInsure.ProviderRegistry.Tests.Diseases;
using MedInsure.ProviderRegistry.Tests.Providers;
using MedInsure.Reference;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace MedInsure.ProviderRegistry.Tests.Reference;

/// <summary>A consumer's copy of what a real provider-registry publishes, over gRPC.</summary>
[Trait("Category", "Storage")]
[Collection("provider-registry")]
public sealed class ReferenceDataTests(RegistryFixture fixture)
{
    private static readonly DateOnly Day = new(2026, 6, 1);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <summary>A process that has no registry of its own.</summary>
    private async Task<IHost> Consumer(RegistryHost registry, ReferenceOptions options)
    {
        var builder = WebApplication.CreateBuilder();
        builder.Configuration.AddInMemoryCollection(RegistryHost.Settings(fixture.Server, registry.Cities).Where(s => !s.Key.StartsWith("Secrets:Database", StringComparison.Ordinal)));
        builder.Configuration.AddInMemoryCollection([new("Services:provider-registry:Address", registry.GrpcAddress)]);
        builder.AddPlatform("consumer");
        builder.AddReferenceData("consumer", options);
        builder.Logging.SetMinimumLevel(LogLevel.Error);
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        var app = builder.Build();
        app.MapPlatform();
        await app.StartAsync();
        return app;
    }

    private static async Task Eventually(Func<bool> holds)
    {
        using var patience = new CancellationTokenSource(Patience);
        while (!holds()) await Task.Delay(20, patience.Token);
    }

    [Fact]
    public async Task Start_LoadsEveryCityAndReadinessSaysSo()
    {
        await using var registry = await fixture.Start(cities: 2);
        await registry.Catalog(CatalogCsv.File(Enumerable.Range(0, 5_300).Select(i => new CatalogCsv($"C{i}"))));
        await registry.Diseases(ImportDiseasesTests.Header + "M1,高血压,chronic_outpatient,390,2020-01-01,,,\n");
        await registry.Providers(ProviderCsv.File(new ProviderCsv("H00000000001", registry.County)));

        using var consumer = await Consumer(registry, new ReferenceOptions());
        var data = consumer.Services.GetRequiredService<ReferenceData>();
        await Eventually(() => registry.Cities.All(c => data.Find(c) is not null));
        var city = data.For(registry.City);
        Assert.Equal((5_300, 1, 1), (city.ItemCodeCount, city.DiseaseCodeCount, city.ProviderCount));
        Assert.Equal((1, 1, 1), (city.CatalogVersion, city.DiseaseVersion, city.ProviderVersion));
        Assert.Equal(ProviderStanding.Active, city.FindProvider("H00000000001")!.StandingOn(Day));
        Assert.Equal((5_300, 0), (data.For(registry.Cities[1]).ItemCodeCount, data.For(registry.Cities[1]).ProviderCount));
        Assert.Throws<ReferenceNotLoadedException>(() => data.For("999900"));

        var ready = await consumer.Services.GetRequiredService<Microsoft.Extensions.Diagnostics.HealthChecks.HealthCheckService>().CheckHealthAsync();
        Assert.Equal(Microsoft.Extensions.Diagnostics.HealthChecks.HealthStatus.Healthy, ready.Entries["reference data"].Status);
    }

    [Fact]
    public async Task LostAnnouncement_IsMadeUpForByTheNextLook()
    {
        await using var registry = await fixture.Start();
        using var consumer = await Consumer(registry, new ReferenceOptions { PollEvery = TimeSpan.FromMilliseconds(50) });
        var data = consumer.Services.GetRequiredService<ReferenceData>();
        await Eventually(() => data.Find(registry.City) is not null);
        var old = data.For(registry.City);
        // The two processes have separate buses in memory: nothing is announced.
        await registry.Catalog(CatalogCsv.File(new CatalogCsv("A")));
        await Eventually(() => data.For(registry.City).CatalogVersion == 1);
        Assert.Equal((0, 1), (old.ItemCodeCount, data.For(registry.City).ItemCodeCount));
    }

    [Fact]
    public async Task CallerThatKnowsOfAPublication_WaitsForIt()
    {
        await using var registry = await fixture.Start();
        using var consumer = await Consumer(registry, new ReferenceOptions { PollEvery = TimeSpan.FromHours(1) });
        var data = consumer.Services.GetRequiredService<ReferenceData>();
        await Eventually(() => data.Find(registry.City) is not null);
        await registry.Catalog(CatalogCsv.File(new CatalogCsv("A")));
        await data.EnsureAtLeast(registry.City, catalogVersion: 1).WaitAsync(Patience);
        Assert.NotNull(data.For(registry.City).FindItem("A", Day).Row);

        // Not published yet: waits until it is.
        var later = data.EnsureAtLeast(registry.City, catalogVersion: 2, providerVersion: 1);
        await registry.Providers(ProviderCsv.File(new ProviderCsv("H00000000001", registry.County)));
        Assert.False(later.IsCompleted);
        await registry.Catalog(CatalogCsv.File(new CatalogCsv("B")));
        await later.WaitAsync(Patience);
        Assert.Equal((2, 1), (data.For(registry.City).ItemCodeCount, data.For(registry.City).ProviderCount));

        using var stop = new CancellationTokenSource(TimeSpan.FromMilliseconds(200));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => data.EnsureAtLeast(registry.City, catalogVersion: 99, cancellation: stop.Token));
    }

    [Fact]
    public async Task RegistryThatIsAway_IsAskedUntilItComes()
    {
        var registry = await fixture.Start();
        await registry.Catalog(CatalogCsv.File(new CatalogCsv("A")));
        var port = new Uri(registry.GrpcAddress).Port;
        await registry.DisposeAsync();

        using var consumer = await Consumer(registry, new ReferenceOptions { RetryFirst = TimeSpan.FromMilliseconds(20), RetryLast = TimeSpan.FromMilliseconds(100) });
        var data = consumer.Services.GetRequiredService<ReferenceData>();
        Assert.Null(data.Find(registry.City));
        var health = consumer.Services.GetRequiredService<Microsoft.Extensions.Diagnostics.HealthChecks.HealthCheckService>();
        Assert.Equal(Microsoft.Extensions.Diagnostics.HealthChecks.HealthStatus.Unhealthy, (await health.CheckHealthAsync()).Entries["reference data"].Status);

        await using var back = await RegistryHost.Start(fixture.Server, registry.Cities, grpcPort: port);
        await Eventually(() => data.Find(registry.City)?.CatalogVersion == 1);
    }

    [Fact]
    public async Task PublicationInTheSameProcess_ArrivesByTheBusAtOnce()
    {
        // As in the one-process platform: registry and consumer share the bus. The poll is out of reach.
        await using var registry = await fixture.Start(configure: builder =>
            builder.AddReferenceData("consumer", new ReferenceOptions { PollEvery = TimeSpan.FromHours(1), RetryFirst = TimeSpan.FromMilliseconds(20) }));
        var data = registry.Services.GetRequiredService<ReferenceData>();
        await Eventually(() => data.Find(registry.City) is not null);

        await registry.Catalog(CatalogCsv.File(new CatalogCsv("A")));
        await Eventually(() => data.For(registry.City).CatalogVersion == 1);
        await registry.Providers(ProviderCsv.File(new ProviderCsv("H00000000001", registry.County)));
        await Eventually(() => data.For(registry.City).ProviderVersion == 1);
        await registry.Diseases(ImportDiseasesTests.Header + "M1,高血压,chronic_outpatient,390,2020-01-01,,,\n");
        await Eventually(() => data.For(registry.City).DiseaseVersion == 1);
    }

    [Fact]
    public async Task RegistryCountingFromAnEarlierNumber_IsLoadedAfresh()
    {
        await using var registry = await fixture.Start();
        await registry.Catalog(CatalogCsv.File(new CatalogCsv("A")));
        await registry.Catalog(CatalogCsv.File(new CatalogCsv("B")));
        using var consumer = await Consumer(registry, new ReferenceOptions { PollEvery = TimeSpan.FromHours(1) });
        var data = consumer.Services.GetRequiredService<ReferenceData>();
        await Eventually(() => data.Find(registry.City)?.CatalogVersion == 2);

        // A backup of before the second publication was restored.
        await using (var restore = new Npgsql.NpgsqlConnection(fixture.Server.ConnectionString($"medinsure_{registry.City}")))
        {
            await restore.OpenAsync();
            await using var command = new Npgsql.NpgsqlCommand("DELETE FROM provider_registry.catalog_item WHERE version = 2; DELETE FROM provider_registry.publication WHERE version = 2", restore);
            await command.ExecuteNonQueryAsync();
        }
        await data.Refresh(registry.City);
        Assert.Equal((1, ItemAbsence.NotInCatalog), (data.For(registry.City).CatalogVersion, data.For(registry.City).FindItem("B", Day).Absence));
    }
}
