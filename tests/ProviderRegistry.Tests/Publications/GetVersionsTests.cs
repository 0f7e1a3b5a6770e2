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
        Assert.Equal((2, 1, 0), (await Versions()) is var two ? (two.CatalogVersion, two.DiseaseVersion, two.ProviderVersion) : default);
        await host.Providers(ProviderCsv.File(new ProviderCsv("H00000000001", host.County)));
        Assert.Equal((2, 1, 1), (await Versions()) is var three ? (three.CatalogVersion, three.DiseaseVersion, three.ProviderVersion) : default);
    }

    [Fact]
    public async Task Mark_StaysWithItsVersionAndIsNeverAnothers()
    {
        await using var host = await fixture.Start();
        async Task<Versions> Versions(GetVersionsRequest held) => await host.Client.GetVersionsAsync(held, host.Headers());
        var published = new List<string>();
        for (var version = 1; version <= 3; version++)
        {
            await host.Catalog(CatalogCsv.File(new CatalogCsv($"C{version}")));
            await host.Providers(ProviderCsv.File(new ProviderCsv($"H0000000000{version}", host.County)));
            var now = await Versions(new GetVersionsRequest());
            Assert.Equal(("", "", "", ""), (now.DiseaseMark, now.HeldCatalogMark, now.HeldDiseaseMark, now.HeldProviderMark));
            published.AddRange([now.CatalogMark, now.ProviderMark]);
        }
        Assert.Equal(6, published.Distinct().Count(mark => mark.Length == 36));

        var answer = await Versions(new GetVersionsRequest { HeldCatalogVersion = 2, HeldProviderVersion = 3, HeldDiseaseVersion = 1 });
        Assert.Equal((published[4], published[2]), (answer.CatalogMark, answer.HeldCatalogMark));
        Assert.Equal((published[5], published[5]), (answer.ProviderMark, answer.HeldProviderMark));
        Assert.Equal("", answer.HeldDiseaseMark);
    }
}
