using MedInsure.ProviderRegistry.Tests.Catalog;
using MedInsure.ProviderRegistry.Tests.Diseases;
using MedInsure.ProviderRegistry.Tests.Providers;
using MedInsure.Reference;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace MedInsure.ProviderRegistry.Tests.Reference;

/// <summary>A consumer's copy of what a real provider-registry publishes, over gRPC.</summary>
[Trait("Category", "Storage")]
[Collection("provider-registry")]
public sealed class ReferenceDataTests(RegistryFixture fixture)
{
    private static readonly DateOnly Day = new(2026, 6, 1);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private Task<ReferenceConsumer> Consumer(RegistryHost registry, ReferenceOptions options) => ReferenceConsumer.Start(fixture.Server, registry, options);

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

        await using var consumer = await Consumer(registry, new ReferenceOptions());
        var data = consumer.Data;
        await Eventually(() => registry.Cities.All(c => data.Find(c) is not null));
        var city = data.For(registry.City);
        Assert.Equal((5_300, 1, 1), (city.ItemCodeCount, city.DiseaseCodeCount, city.ProviderCount));
        Assert.Equal((1, 1, 1), (city.CatalogVersion, city.DiseaseVersion, city.ProviderVersion));
        Assert.Equal(ProviderStanding.Active, city.FindProvider("H00000000001")!.StandingOn(Day));
        Assert.Equal((5_300, 0), (data.For(registry.Cities[1]).ItemCodeCount, data.For(registry.Cities[1]).ProviderCount));
        Assert.Throws<ReferenceNotLoadedException>(() => data.For("999900"));

        Assert.Equal(HealthStatus.Healthy, await consumer.Health("reference data"));
    }

    [Fact]
    public async Task LostAnnouncement_IsMadeUpForByTheNextLook()
    {
        await using var registry = await fixture.Start();
        await using var consumer = await Consumer(registry, new ReferenceOptions { PollEvery = TimeSpan.FromMilliseconds(50) });
        var data = consumer.Data;
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
        await using var consumer = await Consumer(registry, new ReferenceOptions { PollEvery = TimeSpan.FromHours(1) });
        var data = consumer.Data;
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

        await using var consumer = await Consumer(registry, new ReferenceOptions { RetryFirst = TimeSpan.FromMilliseconds(20), RetryLast = TimeSpan.FromMilliseconds(100) });
        var data = consumer.Data;
        Assert.Null(data.Find(registry.City));
        Assert.Equal(HealthStatus.Unhealthy, await consumer.Health("reference data"));

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
        await using var consumer = await Consumer(registry, new ReferenceOptions { PollEvery = TimeSpan.FromHours(1) });
        var data = consumer.Data;
        await Eventually(() => data.Find(registry.City)?.CatalogVersion == 2);

        // A backup of before the second publication was restored.
        await registry.LoseVersion("catalog_item", 2);
        await data.Refresh(registry.City);
        Assert.Equal((1, ItemAbsence.NotInCatalog), (data.For(registry.City).CatalogVersion, data.For(registry.City).FindItem("B", Day).Absence));

        // The registry counts on: its second version is another one, and so is its third.
        await registry.Catalog(CatalogCsv.File(new CatalogCsv("C")));
        await data.Refresh(registry.City);
        Assert.Equal((2, true), (data.For(registry.City).CatalogVersion, data.For(registry.City).FindItem("C", Day).Row is not null));
    }

    [Fact]
    public async Task RegistryThatCountedPastWhatIsHeldAfterARestore_IsLoadedAfresh()
    {
        await using var registry = await fixture.Start();
        await registry.Catalog(CatalogCsv.File(new CatalogCsv("A")));
        await registry.Catalog(CatalogCsv.File(new CatalogCsv("B")));
        await using var consumer = await Consumer(registry, new ReferenceOptions { PollEvery = TimeSpan.FromHours(1) });
        await consumer.Loaded(registry.City, catalogVersion: 2);

        await registry.LoseVersion("catalog_item", 2);
        await registry.Catalog(CatalogCsv.File(new CatalogCsv("C")));
        await registry.Catalog(CatalogCsv.File(new CatalogCsv("D")));
        await consumer.Data.Refresh(registry.City);
        // The consumer never saw a smaller number than it held.
        var now = consumer.Data.For(registry.City);
        Assert.Equal((3, ItemAbsence.NotInCatalog), (now.CatalogVersion, now.FindItem("B", Day).Absence));
        Assert.Equal([true, true, true], ((string[])["A", "C", "D"]).Select(code => now.FindItem(code, Day).Row is not null));
    }
}
