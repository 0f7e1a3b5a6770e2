using System.Net;
using System.Text.Json;
using Grpc.Core;
using MedInsure.Enrollment.Tests.Persons;
using MedInsure.Hosting.Rpc;
using MedInsure.Protos.Enrollment.V1;
using Npgsql;

namespace MedInsure.Enrollment.Tests.Identity;

[Trait("Category", "Storage")]
[Collection("enrollment")]
public sealed class IdentifyPersonTests(EnrollmentFixture fixture) : IAsyncLifetime
{
    private const string By = "窗口甲", Why = "本人申请";
    private static int message;

    private EnrollmentHost host = null!;
    private PersonCsv person = null!, agent = null!;

    public async Task InitializeAsync()
    {
        host = await fixture.Start();
        (person, agent) = (PersonCsv.New(host.County), PersonCsv.New(host.County));
        await EnrollmentHost.Import(host.Persons(), PersonCsv.File(person, agent));
    }

    public async Task DisposeAsync() => await host.DisposeAsync();

    private async Task<string> Identify(string kind, string number, string cardSn = "", string certno = "", string name = "", string? messageId = null, EnrollmentHost? at = null)
    {
        var request = new IdentifyPersonRequest { MdtrtCertType = kind, MdtrtCertNo = number, CardSn = cardSn, Certno = certno, PsnName = name, Sender = "H1", MessageId = messageId ?? $"M{Interlocked.Increment(ref message)}" };
        try { return (await (at ?? host).Client.IdentifyPersonAsync(request, (at ?? host).Headers(host.County))).PsnNo; }
        catch (RpcException e) { return RefusalStatus.FromRpcException(e)!.Code; }
    }

    private async Task<string> Ask(string path, object body)
    {
        var (status, answer) = await host.Ask(path, body);
        return status == HttpStatusCode.OK ? "" : answer.GetProperty("code").GetString()!;
    }

    private Task<string> Register(string sn, string? psnNo = null, string? number = null, string by = By, string why = Why) =>
        Ask("cards", new { card_no = number ?? person.Certno, card_sn = sn, psn_no = psnNo ?? person.PsnNo, issued_on = "2026-01-05", by, why });

    private Task<string> Report(string sn, string state) => Ask("cards/state", new { card_no = person.Certno, card_sn = sn, state, by = By, why = "遗失" });

    private async Task<string> Issue(string? agentCertno = null)
    {
        var (status, answer) = await host.Ask("e-credentials", new { mdtrt_cert_type = "02", mdtrt_cert_no = person.Certno, agent_certno = agentCertno, by = By });
        return status == HttpStatusCode.OK ? answer.GetProperty("token").GetString()! : answer.GetProperty("code").GetString()!;
    }

    [Fact]
    public async Task ECredential_IsUsedOnce_AndTheSameMessageIsAnsweredAgain()
    {
        var token = await Issue();
        Assert.DoesNotContain(person.PsnNo, token, StringComparison.Ordinal);
        Assert.Equal("person.certificate_mismatch", await Identify("01", token, certno: agent.Certno));
        Assert.Equal("person.name_mismatch", await Identify("01", token, name: "某人"));
        Assert.Equal(person.PsnNo, await Identify("01", token, certno: person.Certno.ToLowerInvariant(), name: person.Name, messageId: "first"));
        Assert.Equal(person.PsnNo, await Identify("01", token, messageId: "first"));
        Assert.Equal("e_credential.used", await Identify("01", token, messageId: "second"));
        Assert.Equal("request.key_missing", await Identify("01", await Issue(), messageId: ""));
        Assert.Equal("e_credential.malformed", await Identify("01", "token"));
    }

    [Fact]
    public async Task TwoReplicasAtOnce_OneMessageWins()
    {
        await using var other = await EnrollmentHost.Start(fixture.Server, fixture.Settlement.Address, [host.County], null);
        for (var round = 0; round < 10; round++)
        {
            var token = await Issue();
            var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => Identify("01", token, at: i % 2 == 0 ? host : other)));
            Assert.Equal(person.PsnNo, Assert.Single(answers, a => a != "e_credential.used"));
        }
        Assert.Equal(10, await host.Sql<long>("SELECT count(*) FROM e_credential_end WHERE kind = 'used'"));
    }

    [Fact]
    public async Task ECredential_ExpiredAlteredForeignRevokedOrSignedWithAnotherKey_IsRefused()
    {
        var token = await Issue();
        Assert.Equal("e_credential.altered", await Identify("01", token[..20] + (token[20] == 'A' ? 'B' : 'A') + token[21..]));
        Assert.Equal("e_credential.foreign", await Identify("01", "110101" + token[6..]));
        host.Clock.Now += TimeSpan.FromSeconds(120);
        Assert.Equal("e_credential.expired", await Identify("01", token));

        token = await Issue();
        Assert.Equal("", await Ask("e-credentials/revocation", new { psn_no = person.PsnNo, by = By, why = "手机被盗" }));
        Assert.Equal("e_credential.revoked", await Identify("01", token));

        // Rotation: what the old key signed holds while it is the other one.
        token = await Issue();
        (host.Configuration["Secrets:ECredentialOther"], host.Configuration["Secrets:ECredential"]) = (host.Configuration["Secrets:ECredential"], "the-next-key-of-this-test");
        Assert.Equal(person.PsnNo, await Identify("01", token));
        token = await Issue();
        host.Configuration["Secrets:ECredentialOther"] = null;
        Assert.Equal(person.PsnNo, await Identify("01", token));
        host.Configuration["Secrets:ECredential"] = null;
        Assert.Equal("e_credential.not_available", await Issue());
    }

    [Fact]
    public async Task Card_IsKnownByNumberAndSerial_AndRefusedOnceLostOrReplaced()
    {
        // Not registered yet: the number is the holder's id number.
        Assert.Equal(person.PsnNo, await Identify("03", person.Certno, "any"));
        Assert.Equal("person.unknown", await Identify("03", "659001198001019999", "any"));

        Assert.Equal("", await Register("SN1"));
        Assert.Equal("", await Register("SN1"));
        Assert.Equal("card.taken", await Register("SN1", agent.PsnNo));
        Assert.Equal(person.PsnNo, await Identify("03", person.Certno, "SN1", certno: person.Certno));
        Assert.Equal("card.serial_unknown", await Identify("03", person.Certno, "SN2"));
        Assert.Equal("person.certificate_mismatch", await Identify("03", person.Certno, "SN1", certno: agent.Certno));

        Assert.Equal("", await Report("SN1", "lost"));
        Assert.Equal("card.lost", await Identify("03", person.Certno, "SN1"));
        Assert.Equal("", await Report("SN1", "active"));
        Assert.Equal(person.PsnNo, await Identify("03", person.Certno, "SN1"));
        Assert.Equal("", await Report("SN1", "lost"));

        Assert.Equal("", await Register("SN2"));
        Assert.Equal("card.replaced", await Identify("03", person.Certno, "SN1"));
        Assert.Equal(person.PsnNo, await Identify("03", person.Certno, "SN2"));
        Assert.Equal("card.state_final", await Report("SN1", "active"));
        Assert.Equal("card.state_final", await Register("SN1"));
        Assert.Equal("card.unknown", await Report("SN9", "lost"));

        var (_, steps) = await host.Ask($"cards/{person.PsnNo}");
        Assert.Equal(["SN1 active", "SN1 lost", "SN1 active", "SN1 lost", "SN1 replaced", "SN2 active"], steps.EnumerateArray().Select(s => $"{s.GetProperty("card_sn").GetString()} {s.GetProperty("to_state").GetString()}"));
        Assert.All(steps.EnumerateArray(), s => Assert.Equal(By, s.GetProperty("by").GetString()));
    }

    [Fact]
    public async Task NumberOfACardThatIsNotTheRegisteredOne_IsRefused()
    {
        Assert.Equal("", await Register("SN1", number: "A12345678"));
        Assert.Equal(person.PsnNo, await Identify("03", "a12345678", "SN1"));
        // A lost card is not gone round with the id number in its place.
        Assert.Equal("card.not_registered", await Identify("03", person.Certno, "SN1"));
    }

    [Fact]
    public async Task CardAndECredentialOfARetiredNumber_LeadToTheSurvivingPerson()
    {
        Assert.Equal("", await Register("SN1", number: "A12345678"));
        var token = await Issue();
        var surviving = person with { PsnNo = person.PsnNo + "s" };
        await EnrollmentHost.Import(host.Persons(), PersonCsv.File(surviving));
        var (_, merge) = await host.Ask("merges", new { request_key = "m1", retired_no = person.PsnNo, surviving_no = surviving.PsnNo, why = "同一人", proposer = "窗口甲" });
        var (status, decided) = await host.Ask($"merges/{merge.GetProperty("merge_no").GetInt64()}/decision", new { approve = true, approver = "窗口乙" });
        Assert.True(status == HttpStatusCode.OK, decided.ToString());
        Assert.Equal(surviving.PsnNo, await Identify("03", "A12345678", "SN1"));
        Assert.Equal(surviving.PsnNo, await Identify("01", token));
        // The surviving person has a card, under the old number: the id number in a card's place is none.
        Assert.Equal("card.not_registered", await Identify("03", person.Certno, "any"));
    }

    [Fact]
    public async Task TwoCardsRegisteredAtOnce_LeaveOneActive()
    {
        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => Register($"SN{i}")));
        Assert.All(answers, a => Assert.Equal("", a));
        Assert.Equal(1, await host.Sql<long>("SELECT count(*) FROM card WHERE state = 'active'"));
        Assert.Equal(7, await host.Sql<long>("SELECT count(*) FROM card WHERE state = 'replaced'"));
    }

    [Fact]
    public async Task Agent_GetsAnECredentialWithinTheAuthoritysPeriod_UntilItIsRevoked()
    {
        Assert.Equal("agent.not_authorised", await Issue(agent.Certno));
        object Authority(string from, string to, string certno) => new { psn_no = person.PsnNo, agent_cert_type = "01", agent_certno = certno, agent_name = agent.Name, from_on = from, to_on = to, evidence = "委托书第3号", by = By };
        Assert.Equal("agent.period_invalid", await Ask("agents", Authority("2026-11-22", "2026-11-21", agent.Certno)));
        Assert.Equal("agent.is_person", await Ask("agents", Authority("2026-11-01", "2026-11-30", person.Certno)));
        var (_, recorded) = await host.Ask("agents", Authority("2026-11-01", "2026-11-30", agent.Certno));
        Assert.Equal(person.PsnNo, await Identify("01", await Issue(agent.Certno)));

        host.Clock.Today = new DateOnly(2026, 12, 1);
        Assert.Equal("agent.not_authorised", await Issue(agent.Certno));
        host.Clock.Today = new DateOnly(2026, 11, 30);
        Assert.Equal(50, (await Issue(agent.Certno)).Length);
        Assert.Equal("", await Ask($"agents/{recorded.GetProperty("authority_no").GetInt64()}/revocation", new { by = By, why = "撤销委托" }));
        Assert.Equal("agent.not_authorised", await Issue(agent.Certno));
        Assert.Equal("agent.unknown", await Ask("agents/999/revocation", new { by = By, why = "撤销委托" }));
        var (_, all) = await host.Ask($"agents/{person.PsnNo}");
        Assert.Equal("撤销委托", Assert.Single(all.EnumerateArray()).GetProperty("revoked_why").GetString());
    }

    [Fact]
    public async Task WhoActsAndWhy_AreNeeded()
    {
        Assert.Equal("approval.person_missing", await Register("SN1", by: " "));
        Assert.Equal("reason.missing", await Register("SN1", why: ""));
        Assert.Equal("field.invalid", await Register("S\u0001"));
        Assert.Equal("person.unknown", await Register("SN1", psnNo: "nobody"));
        Assert.Equal("identity.check_needed", await Ask("e-credentials", new { mdtrt_cert_type = "01", mdtrt_cert_no = "x", by = By }));
        Assert.Equal("approval.person_missing", await Ask("e-credentials", new { mdtrt_cert_type = "02", mdtrt_cert_no = person.Certno }));
        Assert.Equal(0, await host.Count("card"));
    }

    [Theory]
    [InlineData("UPDATE card_step SET why = ''")]
    [InlineData("DELETE FROM card")]
    [InlineData("UPDATE card SET psn_no = psn_no")]
    [InlineData("UPDATE agent_authority SET to_on = to_on")]
    [InlineData("DELETE FROM agent_authority")]
    [InlineData("UPDATE e_credential SET expires_at = expires_at")]
    [InlineData("DELETE FROM e_credential_end")]
    public async Task WhatWasWritten_TheServicesRoleCannotTakeBack(string sql) =>
        Assert.Equal(PostgresErrorCodes.InsufficientPrivilege, (await Assert.ThrowsAsync<PostgresException>(() => host.Sql<object>(sql))).SqlState);
}
