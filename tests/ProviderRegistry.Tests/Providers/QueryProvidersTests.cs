using Grpc.Core;
using MedInsure.Protos.ProviderRegistry.V1;

namespace MedInsure.ProviderRegistry.Tests.Providers;

[Trait("Category", "Storage")]
[Collection("provider-registry")]
public sealed class QueryProvidersTests(RegistryFixture fixture) : IAsyncLifetime
{
    private RegistryHost host = null!;

    public async Task InitializeAsync()
    {
        host = await fixture.Start();
        await host.Providers(ProviderCsv.File(
            new ProviderCsv("H00000000001", host.County), new ProviderCsv("H00000000002", host.County) { Name = "南岗区人民医院" },
            new ProviderCsv("P00000000001", host.County) { Name = "人民大药房", Type = "2", Level = "pharmacy", HospitalLevel = "" }));
    }

    public async Task DisposeAsync() => await host.DisposeAsync();

    [Theory]
    [InlineData("", "", "", 1, 10, "H00000000001 H00000000002 P00000000001", 3)]
    [InlineData("1", "", "", 1, 10, "H00000000001 H00000000002", 2)]
    [InlineData("", "人民", "", 2, 2, "P00000000001", 3)]
    [InlineData("1", "南岗", "", 1, 10, "H00000000002", 1)]
    [InlineData("1", "", "P00000000001", 1, 10, "", 0)]
    [InlineData("", "%", "", 1, 10, "", 0)]
    public async Task Filters_GiveAPageAndTheTotal(string type, string name, string code, int page, int size, string codes, int total)
    {
        var reply = await host.Client.QueryProvidersAsync(new QueryProvidersRequest { FixmedinsType = type, NameContains = name, FixmedinsCode = code, PageNumber = page, PageSize = size }, host.Headers());
        Assert.Equal((codes, total), (string.Join(' ', reply.Provider.Select(p => p.FixmedinsCode)), reply.Total));
    }

    [Theory]
    [InlineData(0, 10)]
    [InlineData(1, 0)]
    [InlineData(1, 1001)]
    public async Task WrongPage_IsRefused(int page, int size) => Assert.Equal(StatusCode.InvalidArgument,
        (await Assert.ThrowsAsync<RpcException>(() => host.Client.QueryProvidersAsync(new QueryProvidersRequest { PageNumber = page, PageSize = size }, host.Headers()).ResponseAsync)).StatusCode);
}
