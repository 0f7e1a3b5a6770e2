using Grpc.Core;
using MedInsure.Protos.ProviderRegistry.V1;

namespace MedInsure.ProviderRegistry.Tests.Catalog;

[Trait("Category", "Storage")]
[Collection("provider-registry")]
public sealed class QueryCatalogTests(RegistryFixture fixture) : IAsyncLifetime
{
    private RegistryHost host = null!;
    private long secondAt;

    public async Task InitializeAsync()
    {
        host = await fixture.Start();
        await host.Catalog(CatalogCsv.File(
            new CatalogCsv("A") { Name = "感冒颗粒", FirstPay = "0" }, new CatalogCsv("A") { Name = "感冒颗粒（新）", From = "2025-01-01", Ceiling1 = "3" },
            new CatalogCsv("B") { To = "2024-12-31", CeilingCommunity = "1" }, new CatalogCsv("C") { Class = "01", FirstPay = "0" }));
        host.Clock.Now = host.Clock.Now.AddDays(1);
        secondAt = host.Clock.Now.ToUnixTimeMilliseconds();
        await host.Catalog(CatalogCsv.File(new CatalogCsv("C") { Class = "03", FirstPay = "1" }));
    }

    public async Task DisposeAsync() => await host.DisposeAsync();

    private async Task<string> Query(QueryCatalogRequest request)
    {
        if (request.PageNumber == 0) request.PageNumber = 1;
        if (request.PageSize == 0) request.PageSize = 10;
        var reply = await host.Client.QueryCatalogAsync(request, host.Headers());
        return string.Join(' ', reply.Item.Select(i => $"{i.HilistCode}{i.FromOn / 10_000}{i.ChrgitmLv}")) + $" of {reply.Total}";
    }

    [Fact]
    public async Task Filters_GiveTheNewestRows()
    {
        Assert.Equal("A202002 A202502 B202002 C202003 of 4", await Query(new()));
        Assert.Equal("A202002 A202502 of 2", await Query(new() { HilistCode = "A" }));
        Assert.Equal("A202502 of 1", await Query(new() { NameContains = "（新）" }));
        Assert.Equal("A202502 C202003 of 2", await Query(new() { InForceOn = 20250601 }));
        Assert.Equal("A202002 B202002 C202003 of 3", await Query(new() { InForceOn = 20241231 }));
        Assert.Equal("C202003 of 1", await Query(new() { UpdatedFromMs = secondAt }));
        Assert.Equal("A202502 B202002 of 2", await Query(new() { WithCeilingOnly = true }));
        Assert.Equal("A202502 B202002 C202003 of 3", await Query(new() { WithFirstPayOnly = true }));
        Assert.Equal(" of 0", await Query(new() { HilistCode = "none" }));
    }

    [Fact]
    public async Task Pages_CountFromOneAndKnowTheTotal()
    {
        Assert.Equal("A202002 A202502 B202002 of 4", await Query(new() { PageSize = 3 }));
        Assert.Equal("C202003 of 4", await Query(new() { PageSize = 3, PageNumber = 2 }));
        Assert.Equal(" of 4", await Query(new() { PageSize = 3, PageNumber = 3 }));
    }

    [Theory]
    [InlineData(-1, 10, 0)]
    [InlineData(1, 1001, 0)]
    [InlineData(1, -1, 0)]
    [InlineData(1, 10, 20251301)]
    [InlineData(1, 10, 20250229)]
    public async Task WrongRequest_IsRefused(int page, int size, int day) => Assert.Equal(StatusCode.InvalidArgument,
        (await Assert.ThrowsAsync<RpcException>(() => Query(new() { PageNumber = page, PageSize = size, InForceOn = day }))).StatusCode);
}
