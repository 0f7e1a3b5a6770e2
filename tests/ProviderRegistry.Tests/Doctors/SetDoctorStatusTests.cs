using Grpc.Core;
using MedInsure.Hosting.Rpc;
using MedInsure.Protos.ProviderRegistry.V1;
using MedInsure.ProviderRegistry.Tests.Providers;

namespace MedInsure.ProviderRegistry.Tests.Doctors;

[Trait("Category", "Storage")]
[Collection("provider-registry")]
public sealed class SetDoctorStatusTests(RegistryFixture fixture) : IAsyncLifetime
{
    private RegistryHost host = null!;

    public async Task InitializeAsync()
    {
        host = await fixture.Start();
        await host.Providers(ProviderCsv.File(new ProviderCsv("H00000000001", host.County)));
        await host.Doctors(ImportDoctorsTests.Header + "D1,张三,H00000000001,,,A1,2026-01-01,\n");
    }

    public async Task DisposeAsync() => await host.DisposeAsync();

    private Task<Doctor> Set(AgreementStatus status, int from, int to = 0, string code = "D1", string reason = "记分") =>
        host.Client.SetDoctorStatusAsync(new SetDoctorStatusRequest { DoctorCode = code, Status = status, FromOn = from, ToOn = to, Reason = reason }, host.Headers()).ResponseAsync;

    [Fact]
    public async Task Decisions_AreKeptInOrder_TheSameAgainChangesNothing()
    {
        await Set(AgreementStatus.Suspended, 20261101, 20261231);
        var again = await Set(AgreementStatus.Suspended, 20261101, 20261231);
        Assert.Equal(2, again.Version);
        await Set(AgreementStatus.Active, 20261115);
        var ended = await Set(AgreementStatus.Terminated, 20261120);
        Assert.Equal([(AgreementStatus.Suspended, 20261101, 20261231), (AgreementStatus.Active, 20261115, 0), (AgreementStatus.Terminated, 20261120, 0)], ended.StatusChange.Select(c => (c.Status, c.FromOn, c.ToOn)));
        Assert.EndsWith($$"""DoctorsChanged {{host.City}} {"city":"{{host.City}}","version":4}""", await host.Events());
        await Refused("doctor.terminated", Set(AgreementStatus.Active, 20261201));
    }

    [Fact]
    public async Task WrongDecisions_AreRefused()
    {
        await Refused("doctor.unknown", Set(AgreementStatus.Suspended, 20261101, code: "D9"));
        await Refused("agreement.status_missing", Set(AgreementStatus.Unspecified, 20261101));
        await Refused("agreement.from_day_missing", Set(AgreementStatus.Suspended, 0));
        await Refused("day.invalid", Set(AgreementStatus.Suspended, 20260230));
        await Refused("doctor.ends_before_start", Set(AgreementStatus.Suspended, 20261101, 20261031));
        await Refused("doctor.only_suspension_ends", Set(AgreementStatus.Active, 20261101, 20261231));
        await Refused("agreement.reason_too_long", Set(AgreementStatus.Suspended, 20261101, reason: new string('x', 501)));
        await Set(AgreementStatus.Suspended, 20261101);
        await Refused("doctor.before_last_change", Set(AgreementStatus.Active, 20261031));
    }

    private static async Task Refused(string code, Task<Doctor> act) => Assert.Equal(code, RefusalStatus.FromRpcException(await Assert.ThrowsAsync<RpcException>(() => act))!.Code);
}
