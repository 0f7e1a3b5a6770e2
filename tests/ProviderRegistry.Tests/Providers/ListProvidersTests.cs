using MedInsure.Protos.ProviderRegistry.V1;

namespace MedInsure.ProviderRegistry.Tests.Providers;

[Trait("Category", "Storage")]
[Collection("provider-registry")]
public sealed class ListProvidersTests(RegistryFixture fixture) : IAsyncLifetime
{
    private RegistryHost host = null!;

    public async Task InitializeAsync() => host = await fixture.Start();
    public async Task DisposeAsync() => await host.DisposeAsync();

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    [InlineData(0)]
    public async Task Pages_GiveEachProviderChangedSince(int pageSize)
    {
        await host.Providers(ProviderCsv.File(Enumerable.Range(0, 8).Select(i => new ProviderCsv($"{(i % 2 == 0 ? 'a' : 'B')}{i:D11}", host.County))));
        await host.Providers(ProviderCsv.File(new ProviderCsv("a00000000004", host.County) { Name = "changed" }));

        async Task<List<string>> All(long after)
        {
            var all = new List<string>();
            var request = new ListRowsRequest { AfterVersion = after, PageSize = pageSize };
            do
            {
                var page = await host.Client.ListProvidersAsync(request, host.Headers());
                Assert.Equal(2, page.UpToVersion);
                Assert.All(page.Provider, p => Assert.Equal("AG1", p.Agreement.AgreementNo));
                all.AddRange(page.Provider.Select(p => p.FixmedinsCode));
                request.PageToken = page.NextPageToken;
            }
            while (request.PageToken.Length > 0);
            return all;
        }

        var every = await All(0);
        Assert.Equal(8, every.Count);
        Assert.Equal(every.Order(StringComparer.Ordinal), every);
        Assert.Equal(["a00000000004"], await All(1));
        Assert.Empty(await All(2));
    }
}
