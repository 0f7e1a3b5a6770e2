using Grpc.Core;
using MedInsure.Hosting.Rpc;
using MedInsure.Protos.Enrollment.V1;

namespace MedInsure.Enrollment.Tests.Persons;

[Trait("Category", "Storage")]
[Collection("enrollment")]
public sealed class FindPersonByCertificateTests(EnrollmentFixture fixture) : IAsyncLifetime
{
    private EnrollmentHost host = null!;
    private PersonCsv withX = null!, foreigner = null!;

    public async Task InitializeAsync()
    {
        host = await fixture.Start();
        withX = PersonCsv.New(host.County);
        while (!withX.Certno.EndsWith('X')) withX = PersonCsv.New(host.County);
        foreigner = PersonCsv.New(host.County) with { CertType = "08", Certno = "e1X" };
        await EnrollmentHost.Import(host.Persons(), PersonCsv.File(withX, foreigner));
    }

    public async Task DisposeAsync() => await host.DisposeAsync();

    private Task<Person> Find(string type, string certno, string name = "") =>
        host.Client.FindPersonByCertificateAsync(new FindPersonByCertificateRequest { PsnCertType = type, Certno = certno, PsnName = name }, host.Headers()).ResponseAsync;

    [Fact]
    public async Task Person_IsFoundByTypeAndNumber()
    {
        Assert.Equal(withX.PsnNo, (await Find("01", withX.Certno)).PsnNo);
        Assert.Equal(withX.PsnNo, (await Find("", withX.Certno.ToLowerInvariant(), "王小明")).PsnNo);
        Assert.Equal(foreigner.PsnNo, (await Find("08", "e1X")).PsnNo);
    }

    [Fact]
    public async Task PersonUnderTwoNumbers_IsTheOneChangedLast()
    {
        host.Clock.Now = host.Clock.Now.AddMinutes(1);
        await EnrollmentHost.Import(host.Persons(), PersonCsv.File(withX with { PsnNo = "0-second" }));
        Assert.Equal("0-second", (await Find("01", withX.Certno)).PsnNo);
        host.Clock.Now = host.Clock.Now.AddMinutes(1);
        await EnrollmentHost.Import(host.Persons(), PersonCsv.File(withX with { Household = "moved" }));
        Assert.Equal(withX.PsnNo, (await Find("01", withX.Certno)).PsnNo);
    }

    [Fact]
    public async Task WrongCertificate_IsRefused()
    {
        async Task Refused(Task<Person> call, StatusCode status, string code)
        {
            var refused = await Assert.ThrowsAsync<RpcException>(() => call);
            Assert.Equal((status, code), (refused.StatusCode, RefusalStatus.FromRpcException(refused)?.Code));
        }

        await Refused(Find("01", ""), StatusCode.InvalidArgument, "person.certificate_missing");
        await Refused(Find("01", PersonCsv.Identity(800_000)), StatusCode.NotFound, "person.unknown");
        await Refused(Find("02", withX.Certno), StatusCode.NotFound, "person.unknown");
        await Refused(Find("08", "E1X"), StatusCode.NotFound, "person.unknown");
        await Refused(Find("01", withX.Certno, "王大明"), StatusCode.InvalidArgument, "person.name_mismatch");
    }
}
