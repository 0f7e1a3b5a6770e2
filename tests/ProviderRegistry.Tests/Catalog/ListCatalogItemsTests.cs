using Grpc.Core;
using MedInsure.Protos.ProviderRegistry.V1;

namespace MedInsure.ProviderRegistry.Tests.Catalog;

[Trait("Category", "Storage")]
[Collection("provider-registry")]
public sealed class ListCatalogItemsTests(RegistryFixture fixture) : IAsyncLifetime
{
    private RegistryHost host = null!;

    public async Task InitializeAsync() => host = await fixture.Start();
    public async Task DisposeAsync() => await host.DisposeAsync();

    private async Task<List<CatalogItem>> All(long after, long upTo, int pageSize)
    {
        var all = new List<CatalogItem>();
        var request = new ListRowsRequest { AfterVersion = after, UpToVersion = upTo, PageSize = pageSize };
        do
        {
            var page = await host.Client.ListCatalogItemsAsync(request, host.Headers());
            Assert.True(page.Item.Count <= pageSize);
            all.AddRange(page.Item);
            request.PageToken = page.NextPageToken;
        }
        while (request.PageToken.Length > 0);
        return all;
    }

    [Fact]
    public async Task Row_ComesAsItWasImported()
    {
        await host.Catalog(CatalogCsv.File(new CatalogCsv("A")
        {
            Ceiling3 = "12.345678", Ceiling1 = "0.000001", MinLevel = "2", To = "2030-12-31", Pool = "1", Gender = "2", AgeMin = "0", AgeMax = "14", Quantity = "2.5", Days = "30",
        }));
        var item = Assert.Single(await All(0, 0, 10));
        Assert.Equal(new CatalogItem
        {
            HilistCode = "A", HilistName = "阿莫西林胶囊", ListType = "101", ChrgitmLv = "02", MedChrgitmType = "09", SelfpayBp = 1000, Ceiling3MicroYuan = 12_345_678, Ceiling1MicroYuan = 1,
            MinLevel = "2", FromOn = 20200101, ToOn = 20301231, OutpatientPool = true, GendLimit = "2", AgeMin = 0, AgeMax = 14, MaxQuantityPerDayE4 = 25_000, MaxDays = 30, Version = 1,
            UpdatedAtMs = host.Clock.Now.ToUnixTimeMilliseconds(),
        }, item);
        Assert.False(item.HasCeiling2MicroYuan || item.HasCeilingCommunityMicroYuan);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    [InlineData(7)]
    [InlineData(100)]
    public async Task Pages_GiveEachKeyOnceWithItsNewestRow(int pageSize)
    {
        await host.Catalog(CatalogCsv.File(Enumerable.Range(0, 7).SelectMany(i => (CatalogCsv[])[new($"{(i % 2 == 0 ? "a" : "B")}{i}"), new($"{(i % 2 == 0 ? "a" : "B")}{i}") { From = "2025-01-01" }])));
        await host.Catalog(CatalogCsv.File(new CatalogCsv("a0") { Name = "second" }, new CatalogCsv("new")));
        await host.Catalog(CatalogCsv.File(new CatalogCsv("a0") { Name = "third" }));

        var all = await All(0, 0, pageSize);
        Assert.Equal(15, all.Count);
        Assert.Equal(all.Select(i => (i.HilistCode, i.FromOn)).Distinct().OrderBy(k => k.HilistCode, StringComparer.Ordinal).ThenBy(k => k.FromOn), all.Select(i => (i.HilistCode, i.FromOn)));
        Assert.Equal("third", all.Single(i => i.HilistCode == "a0" && i.FromOn == 20200101).HilistName);

        Assert.Equal(["a0", "new"], (await All(1, 0, pageSize)).Select(i => i.HilistCode));
        Assert.Equal("second", (await All(0, 2, pageSize)).Single(i => i.HilistCode == "a0" && i.FromOn == 20200101).HilistName);
        Assert.Equal(14, (await All(0, 1, pageSize)).Count);
        Assert.Empty(await All(3, 0, pageSize));
    }

    [Theory]
    [InlineData(-1, 0, "")]
    [InlineData(0, 5001, "")]
    [InlineData(0, 0, "nonsense")]
    [InlineData(0, 0, "A\u001fsoon")]
    public async Task WrongPage_IsRefused(long after, int size, string token) =>
        Assert.Equal(StatusCode.InvalidArgument, (await Assert.ThrowsAsync<RpcException>(() => host.Client.ListCatalogItemsAsync(
            new ListRowsRequest { AfterVersion = after, PageSize = size, PageToken = token }, host.Headers()).ResponseAsync)).StatusCode);

    [Fact]
    public async Task County_HasNoCatalog() =>
        Assert.Equal(StatusCode.FailedPrecondition, (await Assert.ThrowsAsync<RpcException>(() => host.Client.ListCatalogItemsAsync(new ListRowsRequest(), host.Headers(host.County)).ResponseAsync)).StatusCode);
}
