using System.Text.RegularExpressions;
using MedInsure.Protos.ProviderRegistry.V1;

namespace MedInsure.ProviderRegistry.Tests.Providers;

[Trait("Category", "Storage")]
[Collection("provider-registry")]
public sealed class ImportProvidersTests(RegistryFixture fixture) : IAsyncLifetime
{
    private RegistryHost host = null!;

    public async Task InitializeAsync() => host = await fixture.Start(cities: 2);
    public async Task DisposeAsync() => await host.DisposeAsync();

    private ProviderCsv Row(string code = "H00000000001", string? county = null) => new(code, county ?? host.County);
    private async Task<Provider> Get(string code, string? city = null) =>
        (await host.Client.QueryProvidersAsync(new QueryProvidersRequest { FixmedinsCode = code, PageNumber = 1, PageSize = 1 }, host.Headers(city))).Provider.Single();
    private async Task<long> Version(string? city = null) => (await host.Client.GetVersionsAsync(new GetVersionsRequest(), host.Headers(city))).ProviderVersion;

    [Fact]
    public async Task Providers_GoToTheCityOfTheirCounty()
    {
        var result = await host.Providers(ProviderCsv.File(Row(), Row("H00000000002", RegistryHost.CountyOf(host.Cities[1], 2))));
        Assert.Equal((2, 2), (result.Accepted, result.Changed));
        Assert.Equal((1, 1), (await Version(), await Version(host.Cities[1])));
        Assert.Equal($$"""ProvidersChanged {{host.City}} {"city":"{{host.City}}","version":1}""", await host.Events());
        Assert.Equal(new Provider
        {
            FixmedinsCode = "H00000000001", FixmedinsName = "道里区人民医院", FixmedinsType = "1", HospLv = "05", PolicyLevel = "2", County = host.County, Ownership = "public", Version = 1,
            Agreement = new Agreement { AgreementNo = "AG1", FromOn = 20250101, ToOn = 20261231, Status = AgreementStatus.Active, StatusFromOn = 20250101 },
        }, await Get("H00000000001"));
    }

    [Fact]
    public async Task FileForOneCity_RefusesProvidersOfAnother()
    {
        var file = ProviderCsv.File(Row(), Row("H00000000002", RegistryHost.CountyOf(host.Cities[1])));
        var answer = await host.Post($"/import/providers?city={host.City}&accept_partial=true", file);
        Assert.Equal((1, 1), (answer.GetProperty("result").GetProperty("accepted").GetInt32(), answer.GetProperty("result").GetProperty("rejected").GetInt32()));
        Assert.Equal(0, await Version(host.Cities[1]));
    }

    [Fact]
    public async Task SameFileTwice_ChangesNothing()
    {
        var file = ProviderCsv.File(Row(), Row("P00000000001") with { Name = "大药房", Type = "2", Level = "pharmacy", HospitalLevel = "", To = "", Ownership = "" });
        await host.Providers(file);
        var credentials = await host.Sql<string>("SELECT string_agg(paasid || token, ',' ORDER BY fixmedins_code) FROM credential");
        Assert.Equal(0, (await host.Providers(file)).Changed);
        Assert.Equal(1, await Version());

        // A change leaves the credentials as they are, and counts the changed provider only.
        Assert.Equal(1, (await host.Providers(file.Replace("人民医院", "第一医院"))).Changed);
        Assert.Equal((2, 1), ((await Get("H00000000001")).Version, (await Get("P00000000001")).Version));
        Assert.Equal(credentials, await host.Sql<string>("SELECT string_agg(paasid || token, ',' ORDER BY fixmedins_code) FROM credential"));
    }

    [Fact]
    public async Task EachNewProvider_GetsACredentialOfItsOwn()
    {
        await host.Providers(ProviderCsv.File(Enumerable.Range(0, 30).Select(i => Row($"H{i:D11}"))));
        Assert.Equal(30, await host.Sql<long>("SELECT count(DISTINCT token) FROM credential"));
        Assert.Equal(30, await host.Sql<long>("SELECT count(DISTINCT paasid) FROM credential"));
        Assert.Matches(new Regex("^[0-9a-f]{64}$"), await host.Sql<string>("SELECT min(token) FROM credential"));
    }

    [Fact]
    public async Task AnotherAgreement_StandsBesideTheEarlierOne()
    {
        await host.Providers(ProviderCsv.File(Row()));
        await host.Providers(ProviderCsv.File(Row() with { Agreement = "AG2", From = "2027-01-01", To = "" }));
        await host.Providers(ProviderCsv.File(Row() with { To = "2026-06-30" }));
        var provider = await Get("H00000000001");
        Assert.Equal(("AG2", 20270101, 0), (provider.Agreement.AgreementNo, provider.Agreement.FromOn, provider.Agreement.ToOn));
        Assert.Equal(("AG1", 20250101, 20260630), Assert.Single(provider.EarlierAgreement.Select(a => (a.AgreementNo, a.FromOn, a.ToOn))));
    }

    [Theory]
    [InlineData(false, "fixmedins_code", "provider.repeated_row")]
    [InlineData(true, "agreement_from", "agreement.from_day_taken")]
    public async Task RowThatContradicts_IsRefused(bool besideStored, string column, string code)
    {
        var stored = Row("H00000000009");
        if (besideStored) await host.Providers(ProviderCsv.File(stored));
        var before = await Version();
        var file = ProviderCsv.File(Row(), besideStored ? stored with { Agreement = "other" } : Row() with { Name = "again" });
        var result = await host.Providers(file);
        Assert.Equal((3, column, code), Assert.Single(result.Errors.Select(e => (e.Line, e.Column, e.Code))));
        Assert.Equal(before, await Version());
        Assert.Equal((1, before + 1), ((await host.Providers(file, partial: true)).Accepted, await Version()));
    }

    [Fact]
    public async Task TwoImportsAtOnce_CountOnWithoutAGap()
    {
        var results = await Task.WhenAll(Enumerable.Range(0, 4).Select(i => Task.Run(() => host.Providers(ProviderCsv.File(Row($"H{i:D11}"), Row("H00000000009"))))));
        Assert.Equal(5, results.Sum(r => r.Changed));
        Assert.Equal(4, await Version());
        Assert.Equal(4, await host.Sql<long>("SELECT count(*) FROM outbox"));
    }
}
