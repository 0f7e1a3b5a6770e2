using MedInsure.Protos.ProviderRegistry.V1;

namespace MedInsure.ProviderRegistry.Tests.Diseases;

[Trait("Category", "Storage")]
[Collection("provider-registry")]
public sealed class ListDiseasesTests(RegistryFixture fixture) : IAsyncLifetime
{
    private RegistryHost host = null!;

    public async Task InitializeAsync() => host = await fixture.Start();
    public async Task DisposeAsync() => await host.DisposeAsync();

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(0)]
    public async Task Pages_GiveEachKeyOnce(int pageSize)
    {
        await host.Diseases(ImportDiseasesTests.Header + "B,乙,per_eye,390,2020-01-01,2029-12-31,800.50,眼\n" + string.Concat(Enumerable.Range(0, 6).Select(i => $"a{i},甲,chronic_outpatient,310,2020-01-01,,,\n")));
        await host.Diseases(ImportDiseasesTests.Header + "a3,丙,chronic_outpatient,310,2020-01-01,,,\na3,丁,chronic_outpatient,390,2020-01-01,,,\n");

        async Task<List<Disease>> All(long after)
        {
            var all = new List<Disease>();
            var request = new ListRowsRequest { AfterVersion = after, PageSize = pageSize };
            do
            {
                var page = await host.Client.ListDiseasesAsync(request, host.Headers());
                Assert.Equal(2, page.UpToVersion);
                all.AddRange(page.Disease);
                request.PageToken = page.NextPageToken;
            }
            while (request.PageToken.Length > 0);
            return all;
        }

        var rows = await All(0);
        Assert.Equal(["B乙", "a0甲", "a1甲", "a2甲", "a3丙", "a3丁", "a4甲", "a5甲"], rows.Select(d => d.Code + d.Name));
        Assert.Equal(new Disease { Code = "B", Name = "乙", Kind = "per_eye", Insutype = "390", FromOn = 20200101, ToOn = 20291231, AmountFen = 80050, Unit = "眼", Version = 1 }, rows[0]);
        Assert.Equal(["丙", "丁"], (await All(1)).Select(d => d.Name));
    }
}
