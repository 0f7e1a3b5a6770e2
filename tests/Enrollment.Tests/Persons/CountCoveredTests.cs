using Grpc.Core;
using MedInsure.Hosting.Rpc;
using MedInsure.Protos.Enrollment.V1;

namespace MedInsure.Enrollment.Tests.Persons;

[Trait("Category", "Storage")]
[Collection("enrollment")]
public sealed class CountCoveredTests(EnrollmentFixture fixture) : IAsyncLifetime
{
    private EnrollmentHost host = null!;

    public async Task InitializeAsync() => host = await fixture.Start(counties: 2);
    public async Task DisposeAsync() => await host.DisposeAsync();

    private async Task<long> Count(int on, string insutype, string? county = null) =>
        (await host.Client.CountCoveredAsync(new CountCoveredRequest { On = on, Insutype = insutype }, host.Headers(county))).Persons;

    [Fact]
    public async Task Persons_AreThoseCoveredOnTheDay()
    {
        var until = PersonCsv.New(host.County) with { From = "2026-01-01", To = "2026-01-31" };
        var from = PersonCsv.New(host.County) with { From = "2026-02-01" };
        var both = PersonCsv.New(host.County) with { From = "2020-01-01" };
        var worker = PersonCsv.New(host.County) with { Insutype = "310", PsnType = "1101", From = "2026-01-31" };
        await EnrollmentHost.Import(host.Persons(), PersonCsv.File(until, until with { From = "2024-01-01", To = "2024-12-31" }, from, both, both with { Insutype = "310", PsnType = "1101" }, worker));
        await EnrollmentHost.Import(host.Persons(), PersonCsv.File(PersonCsv.New(host.Counties[1])));

        // Both ends are covered; two periods are one person; two schemes are one person where any scheme counts.
        Assert.Equal((2, 2, 1), (await Count(20260131, "390"), await Count(20260201, "390"), await Count(20251231, "390")));
        Assert.Equal((2, 3, 3), (await Count(20260131, "310"), await Count(20260131, ""), await Count(20270131, "")));
        Assert.Equal((0, 0, 1), (await Count(20191231, ""), await Count(20260131, "510"), await Count(20260131, "390", host.Counties[1])));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(20260229)]
    [InlineData(-20260101)]
    public async Task NoDay_IsRefused(int on)
    {
        var refused = await Assert.ThrowsAsync<RpcException>(() => Count(on, "390"));
        Assert.Equal((StatusCode.InvalidArgument, "query.day_invalid"), (refused.StatusCode, RefusalStatus.FromRpcException(refused)?.Code));
    }

    [Fact]
    public async Task CountyOfAnotherRelease_IsRefused() =>
        Assert.Equal("tenant.county_not_served", RefusalStatus.FromRpcException(await Assert.ThrowsAsync<RpcException>(() => Count(20260131, "390", EnrollmentHost.OtherCounty)))?.Code);
}
