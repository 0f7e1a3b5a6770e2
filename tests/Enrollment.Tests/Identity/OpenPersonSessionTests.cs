using Grpc.Core;
using MedInsure.Enrollment.Tests.Persons;
using MedInsure.Hosting.Rpc;
using MedInsure.Protos.Enrollment.V1;

namespace MedInsure.Enrollment.Tests.Identity;

/// <summary>A person at the own desk: an e-credential opens one session, of that person.</summary>
[Trait("Category", "Authorization")]
[Collection("enrollment")]
public sealed class OpenPersonSessionTests(EnrollmentFixture fixture) : IAsyncLifetime
{
    private EnrollmentHost host = null!;
    private PersonCsv person = null!;

    public async Task InitializeAsync()
    {
        host = await fixture.Start();
        person = PersonCsv.New(host.County);
        await EnrollmentHost.Import(host.Persons(), PersonCsv.File(person));
    }

    public async Task DisposeAsync() => await host.DisposeAsync();

    private async Task<string> Credential() =>
        (await host.Ask("e-credentials", new { mdtrt_cert_type = "02", mdtrt_cert_no = person.Certno, by = "窗口甲" })).Body.GetProperty("token").GetString()!;

    private async Task<PersonSession> Open(string credential, string request = "R1") =>
        await host.Desk.OpenPersonSessionAsync(new OpenPersonSessionRequest { ECredential = credential, RequestNo = request }, host.Headers());

    private static async Task<string> Code(Func<Task> act) => RefusalStatus.FromRpcException(await Assert.ThrowsAsync<RpcException>(act))!.Code;

    [Fact]
    public async Task Credential_OpensOneSession()
    {
        var credential = await Credential();
        var session = await Open(credential);
        Assert.Equal((person.PsnNo, 43, (host.Clock.Now + TimeSpan.FromMinutes(15)).ToUnixTimeMilliseconds()), (session.PsnNo, session.Session.Length, session.ExpiresAtMs));
        Assert.Equal("e_credential.used", await Code(() => Open(credential, "R2")));
        // An answer that was lost is asked for again; each session has a token of its own, and none is kept.
        var again = await Open(credential);
        Assert.NotEqual(session.Session, again.Session);
        Assert.Equal(2, await host.Count("person_session"));
        Assert.Equal(0, await host.Sql<long>($"SELECT count(*) FROM person_session s WHERE strpos(s::text, '{session.Session}') > 0"));
    }

    [Fact]
    public async Task WhoProvesNothing_OpensNone()
    {
        Assert.Equal("e_credential.malformed", await Code(() => Open("650201")));
        Assert.Equal("identity.number_missing", await Code(() => Open("")));
        Assert.Equal("request.key_missing", await Code(() => Open("650201", "")));
        var credential = await Credential();
        Assert.Equal("e_credential.altered", await Code(() => Open(credential[..^1] + (credential[^1] == 'A' ? 'B' : 'A'))));
        host.Clock.Now += TimeSpan.FromMinutes(3);
        Assert.Equal("e_credential.expired", await Code(() => Open(credential)));
        Assert.Equal(0, await host.Count("person_session"));
        // Nor without the console's own token.
        Assert.Equal(StatusCode.Unauthenticated, (await Assert.ThrowsAsync<RpcException>(async () => await host.Desk.GetOwnPersonAsync(new GetOwnPersonRequest { Session = "x" }, CallTenant.For(host.County)))).StatusCode);
    }
}
