using MedInsure.ProviderRegistry.Tests.Catalog;
using MedInsure.ProviderRegistry.Tests.Diseases;
using MedInsure.ProviderRegistry.Tests.Providers;
using MedInsure.Protos.ProviderRegistry.V1;

namespace MedInsure.ProviderRegistry.Tests.Publications;

[Trait("Category", "Storage")]
[Collection("provider-registry")]
public sealed class GetVersionsTests(RegistryFixture fixture)
{
    [Fact]
    public async Task Versions_CountPerKindFromOne()
    {
        await using var host = await fixture.Start();
        async Task<Versions> Versions() => await host.Client.GetVersionsAsync(new GetVersionsRequest(), host.Headers());

        Assert.Equal(new Versions(), await Versions());
        await host.Catalog(CatalogCsv.File(new CatalogCsv("A")));
        await host.Catalog(CatalogCsv.File(new CatalogCsv("B")));
        await host.Diseases(ImportDiseasesTests.Header + "M1,高血压,chronic_outpatient,390,2020-01-01,,,\n");
        Assert.Equal(new Versions { CatalogVersion = 2, DiseaseVersion = 1 }, await Versions());
        await host.Providers(ProviderCsv.File(new ProviderCsv("H00000000001", host.County)));
        Assert.Equal(new Versions { CatalogVersion = 2, DiseaseVersion = 1, ProviderVersion = 1 }, await Versions());
    }
}
