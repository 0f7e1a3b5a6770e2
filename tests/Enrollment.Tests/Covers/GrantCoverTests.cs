using System.Net;
using System.Text.Json;
using MedInsure.Enrollment.Tests.Persons;
using MedInsure.Protos.Enrollment.V1;

namespace MedInsure.Enrollment.Tests.Covers;

/// <summary>Retired veterans and others whose cover the agency gives: by two people, with evidence.</summary>
[Trait("Category", "Storage")]
[Collection("enrollment")]
public sealed class GrantCoverTests(EnrollmentFixture fixture) : IAsyncLifetime
{
    private EnrollmentHost host = null!;
    private string veteran = "";

    public async Task InitializeAsync()
    {
        host = await fixture.Start();
        veteran = await Known(PersonCsv.New(host.County) with { Brdy = "1980-05-06", To = "2025-12-31" });
    }

    public async Task DisposeAsync() => await host.DisposeAsync();

    private async Task<string> Known(PersonCsv person)
    {
        Assert.Equal(1, (await EnrollmentHost.Import(host.Persons(), PersonCsv.File(person))).Changed);
        return person.PsnNo;
    }

    private Task<(HttpStatusCode Status, JsonElement Body)> Propose(string key = "g", string kind = "grant", string? psnNo = null, string insutype = "340", string psnType = "1300", string? from = "2026-12-01", string? to = null, string evidence = "离休证", string why = "离休干部待遇") =>
        host.Ask("cover-grants", new { request_key = key, kind, psn_no = psnNo ?? veteran, insutype, psn_type = psnType, from_on = from, to_on = to, evidence, why, proposer = "王经办" });

    private Task<(HttpStatusCode Status, JsonElement Body)> Decide(JsonElement grant, bool approve = true, string approver = "李审批") => host.Ask($"cover-grants/{grant.GetProperty("grant_no").GetInt64()}/decision", new { approve, approver });

    private async Task<string> Cover() => string.Join(' ', (await host.Client.GetPersonAsync(new GetPersonRequest { PsnNo = veteran }, host.Headers())).Coverage.Where(c => c.Insutype == "340").Select(c => $"{c.PsnType}:{c.FromOn}-{c.ToOn}"));

    [Fact]
    public async Task GrantedByTwo_AndEndedByTwo()
    {
        var (status, grant) = await Propose();
        Assert.True(status == HttpStatusCode.OK, grant.GetRawText());
        Assert.Equal("", await Cover());
        Assert.Equal("approval.same_person", (await Decide(grant, approver: " 王经办")).Body.GetProperty("code").GetString());
        Assert.Equal("approved", (await Decide(grant)).Body.GetProperty("state").GetString());
        Assert.Equal("1300:20261201-0", await Cover());
        Assert.Equal((2L, 0), ((await host.Events()).Last().Version, (await host.Events()).Last().Coverage.Single(c => c.Insutype == "340").ToOn));
        // The same again changes nothing; the other decision is refused.
        await Decide(grant);
        Assert.Equal("grant.decided", (await Decide(grant, approve: false)).Body.GetProperty("code").GetString());
        Assert.Equal(2L, (await host.Events()).Last().Version);

        var end = (await Propose("e", "end", from: "2027-07-01")).Body;
        await Decide(end);
        Assert.Equal("1300:20261201-20270630", await Cover());
        Assert.Equal(2, (await host.Ask($"cover-grants?psn_no={veteran}")).Body.GetProperty("grants").GetArrayLength());
    }

    [Fact]
    public async Task Rejected_GivesNothing()
    {
        var grant = (await Propose()).Body;
        Assert.Equal("rejected", (await Decide(grant, approve: false)).Body.GetProperty("state").GetString());
        Assert.Equal("", await Cover());
    }

    [Fact]
    public async Task WhatIsNotGiven_IsRefused()
    {
        var (employee, dead) = (await Known(PersonCsv.New(host.County) with { Insutype = "310", PsnType = "1101" }), await Known(PersonCsv.New(host.County) with { To = "2025-12-31" }));
        await host.Ask("deaths", new { request_key = "d", psn_no = dead, died_on = "2026-11-01", evidence = "死亡证明", by = "王经办" });
        await Refused("request.key_missing", Propose(""));
        await Refused("grant.kind_unknown", Propose("1", "give"));
        await Refused("grant.scheme_needs_contributions", Propose("2", insutype: "390"));
        await Refused("grant.days_invalid", Propose("3", from: null));
        await Refused("grant.days_invalid", Propose("4", to: "2026-11-30"));
        await Refused("grant.days_invalid", Propose("5", from: "1980-05-05"));
        await Refused("field.invalid", Propose("6", evidence: ""));
        await Refused("reason.missing", Propose("7", why: " "));
        await Refused("enrol.type_invalid", Propose("8", psnType: "99"));
        await Refused("person.unknown", Propose("9", psnNo: "nobody"));
        await Refused("cover.person_dead", Propose("10", psnNo: dead));
        await Refused("cover.other_scheme", Propose("11", psnNo: employee));
        await Refused("grant.nothing_to_end", Propose("12", "end"));
        var waiting = (await Propose("13")).Body;
        await Refused("grant.waits_already", Propose("14"));
        await Refused("request.key_reused", Propose("13", from: "2026-12-02"));
        await Decide(waiting);
        await Refused("enrol.covered_already", Propose("15"));
        await Refused("grant.unknown", host.Ask("cover-grants/999/decision", new { approve = true, approver = "李" }));

        static async Task Refused(string code, Task<(HttpStatusCode Status, JsonElement Body)> asked) => Assert.Equal(code, (await asked).Body.GetProperty("code").GetString());
    }
}
