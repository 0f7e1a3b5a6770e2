using Grpc.Core;
using MedInsure.Hosting.Rpc;
using MedInsure.Protos.Enrollment.V1;

namespace MedInsure.Enrollment.Tests.Persons;

[Trait("Category", "Storage")]
[Collection("enrollment")]
public sealed class GetPersonTests(EnrollmentFixture fixture) : IAsyncLifetime
{
    private EnrollmentHost host = null!;

    public async Task InitializeAsync() => host = await fixture.Start(counties: 2);
    public async Task DisposeAsync() => await host.DisposeAsync();

    private Task<Person> Get(string psnNo, Metadata headers) => host.Client.GetPersonAsync(new GetPersonRequest { PsnNo = psnNo }, headers).ResponseAsync;

    [Fact]
    public async Task Person_ComesWhole()
    {
        var row = PersonCsv.New(host.County) with { Categories = "severely_disabled;low_income", Insutype = "310", PsnType = "1201", Balance = "1.01", To = "2029-12-31" };
        await EnrollmentHost.Import(host.Persons(), PersonCsv.File(row));
        var person = await Get(row.PsnNo, host.Headers());
        Assert.Equal(["low_income", "severely_disabled"], person.Category.Select(c => c.Name));
        Assert.Equal(new Coverage { Insutype = "310", PsnType = "1201", FromOn = 20200101, ToOn = 20291231, AccountCreditFen = 101 }, Assert.Single(person.Coverage));
    }

    [Theory]
    [InlineData("nobody", StatusCode.NotFound, "person.unknown")]
    [InlineData("", StatusCode.InvalidArgument, "person.number_missing")]
    public async Task WrongNumber_IsRefused(string psnNo, StatusCode status, string code)
    {
        var refused = await Assert.ThrowsAsync<RpcException>(() => Get(psnNo, host.Headers()));
        Assert.Equal((status, code), (refused.StatusCode, RefusalStatus.FromRpcException(refused)?.Code));
    }

    [Fact]
    public async Task PersonOfAnotherCounty_IsUnknown()
    {
        var row = PersonCsv.New(host.Counties[1]);
        await EnrollmentHost.Import(host.Persons(), PersonCsv.File(row));
        Assert.Equal(StatusCode.NotFound, (await Assert.ThrowsAsync<RpcException>(() => Get(row.PsnNo, host.Headers()))).StatusCode);
    }

    [Theory]
    [InlineData(EnrollmentHost.City)]
    [InlineData(EnrollmentHost.OtherCounty)]
    public async Task TenantWithoutPersonsHere_IsRefused(string tenant)
    {
        var refused = await Assert.ThrowsAsync<RpcException>(() => Get("x", host.Headers(tenant)));
        Assert.Equal((StatusCode.FailedPrecondition, "tenant.county_not_served"), (refused.StatusCode, RefusalStatus.FromRpcException(refused)?.Code));
    }

    [Fact]
    public async Task CallWithoutTenantOrToken_IsRefused()
    {
        Assert.Equal(StatusCode.Unauthenticated, (await Assert.ThrowsAsync<RpcException>(() => Get("x", CallTenant.For(host.County)))).StatusCode);
        var noTenant = host.Headers();
        noTenant.Remove(noTenant.Get(CallTenant.Key)!);
        Assert.Equal(StatusCode.InvalidArgument, (await Assert.ThrowsAsync<RpcException>(() => Get("x", noTenant))).StatusCode);
    }
}
