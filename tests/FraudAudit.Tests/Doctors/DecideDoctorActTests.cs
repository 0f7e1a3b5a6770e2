using System.Net;
using System.Text.Json;
using MedInsure.FraudAudit.Doctors;
using MedInsure.Kernel;
using Microsoft.Extensions.DependencyInjection;

namespace MedInsure.FraudAudit.Tests.Doctors;

[Trait("Category", "Storage")]
[Collection("audit")]
public sealed class DecideDoctorActTests(AuditFixture fixture) : IAsyncLifetime
{
    private DoctorRegistry registry = null!;
    private AuditHost host = null!;
    private int key;

    public async Task InitializeAsync()
    {
        registry = await DoctorRegistry.Start();
        host = await fixture.Start(neighbours: registry.Address);
        await DoctorRegistry.Loaded(host);
    }

    public async Task DisposeAsync()
    {
        await host.DisposeAsync();
        await registry.DisposeAsync();
    }

    private Task<(HttpStatusCode Status, JsonElement Body)> Propose(string kind, string violation = "", string from = "2026-11-20", string? to = null, string doctor = "D1", long? of = null, string? request = null, string by = "Li") =>
        host.Post("/doctors/acts", new { request_key = request ?? $"k{++key}", kind, doctor_code = doctor, fixmedins_code = "H1", violation, from_on = from, to_on = to, of_act_no = of, evidence_kind = "finding", evidence_no = "7", reason = "核实", proposed_by = by });

    private Task<(HttpStatusCode Status, JsonElement Body)> Decide(long act, bool approved = true, string approver = "Wang", string? remark = null) => host.Post($"/doctors/acts/{act}/decision", new { approved, approver, remark });

    private async Task<long> Approved(string kind, string violation = "", string from = "2026-11-20", string doctor = "D1", long? of = null)
    {
        var act = (await Propose(kind, violation, from, doctor: doctor, of: of)).Body.GetProperty("act_no").GetInt64();
        Assert.Equal("approved", (await Decide(act)).Body.GetProperty("state").GetString());
        return act;
    }

    private Task<bool> Tell() => host.Services.GetRequiredService<DoctorEffectWorker>().Tell(host.County.Code, default);
    private Task<string> Acts(string where) => host.Sql<string>($"SELECT coalesce(string_agg(kind || ' ' || from_on || ' ' || coalesce(to_on::text, '-') || ' ' || state || ' ' || effect, ', ' ORDER BY act_no), '') FROM doctor_act WHERE {where}");
    private static string? CodeOf((HttpStatusCode, JsonElement Body) answer) => answer.Body.GetProperty("code").GetString();

    [Fact]
    public async Task Points_WarnSuspendToTheYearsEnd_AndProposeTheEnd()
    {
        await Approved("deduct", "splitting"); // 3
        Assert.Equal("", await Acts("of_act_no IS NOT NULL"));
        await Approved("deduct", "splitting"); // 6
        Assert.Equal("warn 2026-11-22 - approved ", await Acts("of_act_no IS NOT NULL"));
        await Approved("deduct", "splitting"); // 9
        Assert.Equal("suspend 2026-11-22 2026-12-31 approved pending", await Acts("kind = 'suspend'"));
        Assert.True(await Tell());
        Assert.Equal(["D1 Suspended 20261122 20261231"], registry.Told);
        Assert.False(await Tell());
        await Approved("deduct", "splitting"); // 12
        Assert.Equal("terminate 2026-11-22 - proposed ", await Acts("kind = 'terminate'"));
        Assert.False(await Tell());

        var row = (await host.Get("/doctors?points_min=9")).Body.GetProperty("doctors")[0];
        Assert.Equal(("D1", 12, 0, true, true, false), (row.GetProperty("doctor_code").GetString(), row.GetProperty("points").GetInt32(), row.GetProperty("left").GetInt32(), row.GetProperty("warned").GetBoolean(), row.GetProperty("suspended").GetBoolean(), row.GetProperty("terminated").GetBoolean()));
        Assert.Equal(0, (await host.Get("/doctors?year=2027")).Body.GetProperty("doctors").GetArrayLength());

        var end = await host.Sql<long>("SELECT act_no FROM doctor_act WHERE kind = 'terminate'");
        Assert.Equal("approval.same_person", CodeOf(await Decide(end, approver: "Li")));
        await Decide(end);
        await Tell();
        Assert.Equal("D1 Terminated 20261122 0", registry.Told.Last());
    }

    [Fact]
    public async Task YearsCountApart_AndPointsOfAYearThatIsOverSuspendNobody()
    {
        await Approved("deduct", "unqualified", "2025-12-31");
        await Approved("deduct", "unqualified", "2026-01-01");
        Assert.Equal("", await Acts("kind = 'suspend'"));
        await Approved("deduct", "unqualified", "2025-12-30");
        Assert.Equal("", await Acts("kind = 'suspend'"));
        Assert.Equal(12, (await host.Get("/doctors?year=2025&doctor_code=D1")).Body.GetProperty("doctors")[0].GetProperty("points").GetInt32());
    }

    [Fact]
    public async Task PointsGivenBackOnce_CountNoMore_AndARestorationIsTold()
    {
        var taken = await Approved("deduct", "fraud"); // 12 at once: warned, suspended, end proposed
        await Approved("return", of: taken);
        Assert.Equal(0, (await host.Get("/doctors?doctor_code=D1")).Body.GetProperty("doctors")[0].GetProperty("points").GetInt32());
        Assert.Equal("doctor_act.not_returnable", CodeOf(await Propose("return", of: taken)));
        Assert.Equal("doctor_act.not_returnable", CodeOf(await Propose("return", of: taken, doctor: "D2")));
        await Approved("restore", from: "2026-11-22");
        while (await Tell()) { }
        Assert.Equal(["D1 Suspended 20261122 20261231", "D1 Active 20261122 0"], registry.Told);
    }

    [Fact]
    public async Task RegistryAway_IsToldAgainInOrder_WhatItRefusesStaysListed()
    {
        await Approved("suspend", from: "2026-11-22");
        await Approved("restore", from: "2026-11-22");
        registry.Answers.Enqueue(new Refusal(RefusalKind.Exhausted, "registry.busy", "稍后", "later"));
        Assert.False(await Tell());
        Assert.Equal("suspend 2026-11-22 - approved pending, restore 2026-11-22 - approved pending", await Acts("true"));
        while (await Tell()) { }
        Assert.Equal(["D1 Suspended 20261122 0", "D1 Suspended 20261122 0", "D1 Active 20261122 0"], registry.Told);

        await Approved("terminate", from: "2026-11-22");
        registry.Answers.Enqueue(new Refusal(RefusalKind.Precondition, "doctor.terminated", "已终止", "ended"));
        await Tell();
        var row = (await host.Get("/doctors/acts?effect=refused&kind=terminate&state=approved&doctor_code=D1")).Body.GetProperty("acts")[0];
        Assert.StartsWith("doctor.terminated", row.GetProperty("effect_note").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task SameRequestOrDecisionAgain_IsTheSame_WrongOnesAreRefused()
    {
        var act = (await Propose("deduct", "splitting", request: "same")).Body;
        Assert.Equal(act.ToString(), (await Propose("deduct", "splitting", request: "same")).Body.ToString());
        Assert.Equal("request.key_reused", CodeOf(await Propose("deduct", "fraud", request: "same")));
        var number = act.GetProperty("act_no").GetInt64();
        Assert.Equal("approval.same_person", CodeOf(await Decide(number, approver: " li")));
        Assert.Equal("request.reason_missing", CodeOf(await Decide(number, approved: false)));
        await Decide(number, approved: false, remark: "证据不足");
        Assert.Equal("rejected", (await Decide(number, approved: false, remark: "证据不足")).Body.GetProperty("state").GetString());
        Assert.Equal("doctor_act.already_decided", CodeOf(await Decide(number)));
        Assert.Equal("doctor_act.unknown", CodeOf(await Decide(999)));

        Assert.Equal("doctor_act.kind_unknown", CodeOf(await Propose("praise")));
        Assert.Equal("doctor_act.doctor_unknown", CodeOf(await Propose("deduct", "splitting", doctor: "D9")));
        Assert.Equal("doctor_act.violation_unknown", CodeOf(await Propose("deduct", "other")));
        Assert.Equal("doctor_act.day_in_future", CodeOf(await Propose("deduct", "splitting", "2026-11-23")));
        Assert.Equal("doctor_act.end_invalid", CodeOf(await Propose("suspend", from: "2026-11-22", to: "2026-11-21")));
        Assert.Equal("doctor_act.end_invalid", CodeOf(await Propose("terminate", from: "2026-11-22", to: "2026-12-21")));
        Assert.Equal("approval.person_missing", CodeOf(await Propose("suspend", from: "2026-11-22", by: "")));
        Assert.Equal("doctor_act.state_unknown", CodeOf(await host.Get("/doctors/acts?state=x")));
        Assert.Equal("doctor_act.year_invalid", CodeOf(await host.Get("/doctors?year=1")));
        Assert.Equal(1L, await host.Sql<long>("SELECT count(*) FROM doctor_act"));
    }
}
