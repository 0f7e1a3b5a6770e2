using MedInsure.Protos.ProviderRegistry.V1;
using Npgsql;

namespace MedInsure.ProviderRegistry.Tests.Catalog;

[Trait("Category", "Storage")]
[Collection("provider-registry")]
public sealed class ImportCatalogTests(RegistryFixture fixture) : IAsyncLifetime
{
    private RegistryHost host = null!;

    public async Task InitializeAsync() => host = await fixture.Start(cities: 2);
    public async Task DisposeAsync() => await host.DisposeAsync();

    private async Task<long> Version(string? city = null) => (await host.Client.GetVersionsAsync(new GetVersionsRequest(), host.Headers(city))).CatalogVersion;

    [Fact]
    public async Task File_IsPublishedInEveryCityAsOneVersion()
    {
        var result = await host.Catalog(CatalogCsv.File(new CatalogCsv("A"), new CatalogCsv("B")));
        Assert.Equal((2, 2, 4), (result.Rows, result.Accepted, result.Changed));
        foreach (var city in host.Cities)
        {
            Assert.Equal(1, await Version(city));
            Assert.Equal($$"""CatalogPublished {{city}} {"city":"{{city}}","version":1}""", await host.Events(city));
        }
    }

    [Fact]
    public async Task FileForOneCity_StaysThere()
    {
        var answer = await host.Post($"/import/catalog?city={host.Cities[1]}", CatalogCsv.File(new CatalogCsv("A")));
        Assert.Equal(1, answer.GetProperty("result").GetProperty("changed").GetInt32());
        Assert.Equal((0, 1), (await Version(), await Version(host.Cities[1])));
        var refused = await host.Post("/import/catalog?city=999900", CatalogCsv.File(new CatalogCsv("A")));
        Assert.Equal("import.city_not_served", refused.GetProperty("result").GetProperty("errors")[0].GetProperty("code").GetString());
    }

    [Fact]
    public async Task SameFileTwice_PublishesNothing()
    {
        var file = CatalogCsv.File(new CatalogCsv("A") { Ceiling3 = "12.345678", To = "2030-12-31", AgeMin = "1", Quantity = "0.5" }, new CatalogCsv("B") { Class = "01", FirstPay = "" });
        await host.Catalog(file);
        var again = await host.Catalog(file);
        Assert.Equal((2, 0), (again.Accepted, again.Changed));
        Assert.Equal(1, await Version());
        Assert.DoesNotContain("\n", await host.Events());
    }

    [Fact]
    public async Task ChangedRows_AreTheNextVersion()
    {
        await host.Catalog(CatalogCsv.File(new CatalogCsv("A"), new CatalogCsv("B")));
        // B unchanged, A amended, C new; and back again.
        Assert.Equal(4, (await host.Catalog(CatalogCsv.File(new CatalogCsv("A") { FirstPay = "0.2" }, new CatalogCsv("B"), new CatalogCsv("C")))).Changed);
        Assert.Equal(2, (await host.Catalog(CatalogCsv.File(new CatalogCsv("A")))).Changed);
        Assert.Equal(3, await Version());
        Assert.Equal(3, await host.Sql<long>("SELECT count(*) FROM catalog_item WHERE hilist_code = 'A'"));
    }

    [Fact]
    public async Task PublishedRows_CannotBeChangedByTheService()
    {
        await host.Catalog(CatalogCsv.File(new CatalogCsv("A")));
        foreach (var sql in (string[])["UPDATE catalog_item SET selfpay_bp = 0", "DELETE FROM catalog_item", "DELETE FROM publication"])
            Assert.Equal(PostgresErrorCodes.InsufficientPrivilege, (await Assert.ThrowsAsync<PostgresException>(() => host.Sql<object>(sql))).SqlState);
    }

    [Fact]
    public async Task TwoImportsAtOnce_PublishOneAfterTheOther()
    {
        var files = Enumerable.Range(0, 4).Select(i => CatalogCsv.File(Enumerable.Range(0, 200).Select(n => new CatalogCsv($"{n}") { Name = $"名{i % 2}" }))).ToArray();
        var results = await Task.WhenAll(files.Select(f => Task.Run(() => host.Catalog(f))));
        var versions = await Version();
        Assert.Equal(versions * 200 * 2, results.Sum(r => r.Changed));
        Assert.Equal(versions, await host.Sql<long>("SELECT count(*) FROM publication WHERE kind = 'catalog'"));
        Assert.Equal(versions, await host.Sql<long>("SELECT count(*) FROM outbox"));
    }

    [Fact]
    public async Task BadRow_KeepsTheFileOutOrItselfOnly()
    {
        var file = CatalogCsv.File(new CatalogCsv("A"), new CatalogCsv("B") { Class = "09" }, new CatalogCsv("A") { Name = "again" }, new CatalogCsv("A") { From = "2021-01-01" });
        var whole = await host.Catalog(file);
        Assert.Equal((0, 2, 0), (whole.Accepted, whole.Rejected, whole.Changed));
        Assert.Equal([(3, "import.unknown_code"), (4, "catalog.repeated_row")], whole.Errors.Select(e => (e.Line, e.Code)).Order());
        Assert.Equal((0, ""), (await Version(), await host.Events()));

        var part = await host.Catalog(file, partial: true);
        Assert.Equal((2, 2, 4), (part.Accepted, part.Rejected, part.Changed));
    }
}
