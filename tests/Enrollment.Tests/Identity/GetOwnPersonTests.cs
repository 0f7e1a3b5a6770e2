using Grpc.Core;
using MedInsure.Enrollment.Tests.Persons;
using MedInsure.Hosting.Rpc;
using MedInsure.Protos.Enrollment.V1;

namespace MedInsure.Enrollment.Tests.Identity;

/// <summary>What a session shows: the person whose it is, while it lasts.</summary>
[Trait("Category", "Authorization")]
[Collection("enrollment")]
public sealed class GetOwnPersonTests(EnrollmentFixture fixture) : IAsyncLifetime
{
    private EnrollmentHost host = null!;
    private PersonCsv person = null!;

    public async Task InitializeAsync()
    {
        host = await fixture.Start();
        person = PersonCsv.New(host.County) with { Categories = "low_income" };
        await EnrollmentHost.Import(host.Persons(), PersonCsv.File(person, PersonCsv.New(host.County)));
    }

    public async Task DisposeAsync() => await host.DisposeAsync();

    internal static async Task<string> Session(EnrollmentHost host, PersonCsv person)
    {
        var credential = (await host.Ask("e-credentials", new { mdtrt_cert_type = "02", mdtrt_cert_no = person.Certno, by = "窗口甲" })).Body.GetProperty("token").GetString()!;
        return (await host.Desk.OpenPersonSessionAsync(new OpenPersonSessionRequest { ECredential = credential, RequestNo = "R1" }, host.Headers())).Session;
    }

    internal static async Task<string> Look(EnrollmentHost host, string session)
    {
        try { return (await host.Desk.GetOwnPersonAsync(new GetOwnPersonRequest { Session = session }, host.Headers())).Person.PsnNo; }
        catch (RpcException e) { return RefusalStatus.FromRpcException(e)!.Code; }
    }

    [Fact]
    public async Task Session_ShowsItsPersonUntilItEnds()
    {
        var session = await Session(host, person);
        var own = await host.Desk.GetOwnPersonAsync(new GetOwnPersonRequest { Session = session }, host.Headers());
        Assert.Equal((person.PsnNo, person.PsnNo, "390", "low_income"), (own.Person.PsnNo, Assert.Single(own.PsnNo), Assert.Single(own.Person.Coverage).Insutype, Assert.Single(own.Person.Category).Name));
        host.Clock.Now += TimeSpan.FromMinutes(15) - TimeSpan.FromSeconds(1);
        Assert.Equal(person.PsnNo, await Look(host, session));
        host.Clock.Now += TimeSpan.FromSeconds(1);
        Assert.Equal("session.expired", await Look(host, session));
    }

    [Fact]
    public async Task AnythingElse_ShowsNobody()
    {
        var session = await Session(host, person);
        foreach (var other in (string[])["", "x", session + "A", session.ToUpperInvariant(), person.PsnNo]) Assert.Equal("session.unknown", await Look(host, other));
    }

    [Fact]
    public async Task RecordMergedMeanwhile_ShowsTheOneThatIsLeft()
    {
        var twin = person with { PsnNo = person.PsnNo + "t" };
        await EnrollmentHost.Import(host.Persons(), PersonCsv.File(twin));
        var session = await Session(host, person);
        var before = await Look(host, session);
        var merge = (await host.Ask("merges", new { request_key = "m1", retired_no = before, surviving_no = before == person.PsnNo ? twin.PsnNo : person.PsnNo, why = "同一人", proposer = "王经办" })).Body.GetProperty("merge_no").GetInt64();
        await host.Ask($"merges/{merge}/decision", new { approve = true, approver = "李审批" });
        var own = await host.Desk.GetOwnPersonAsync(new GetOwnPersonRequest { Session = session }, host.Headers());
        Assert.Equal([before == person.PsnNo ? twin.PsnNo : person.PsnNo, before], own.PsnNo);
        Assert.Equal(own.PsnNo[0], own.Person.PsnNo);
    }
}
