using System.Net;
using System.Text.Json;
using MedInsure.FraudAudit.Doctors;
using MedInsure.Kernel;
using Microsoft.Extensions.DependencyInjection;

namespace MedInsure.FraudAudit.Tests.Doctors;

[Trait("Category", "Storage")]
[Collection("audit")]
public sealed class RetryDoctorEffectTests(AuditFixture fixture) : IAsyncLifetime
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

    private async Task<long> Told(string kind, Refusal? refusal = null)
    {
        var act = (await host.Post("/doctors/acts", new { request_key = $"k{++key}", kind, doctor_code = "D1", from_on = "2026-11-22", reason = "核实", proposed_by = "Li" })).Body.GetProperty("act_no").GetInt64();
        Assert.Equal(HttpStatusCode.OK, (await host.Post($"/doctors/acts/{act}/decision", new { approved = true, approver = "Wang" })).Status);
        if (refusal is not null) registry.Answers.Enqueue(refusal);
        await Tell();
        return act;
    }

    private Task<bool> Tell() => host.Services.GetRequiredService<DoctorEffectWorker>().Tell(host.County.Code, default);

    private async Task<string> Retry(long act, string request, bool giveUp = false, string reason = "已补录")
    {
        var (status, body) = await host.Post($"/doctors/acts/{act}/effect", new { request_key = request, by = "Zhao", reason, give_up = giveUp });
        return body.GetProperty(status == HttpStatusCode.OK ? "effect" : "code").GetString()!;
    }

    private async Task<JsonElement[]> Refused() => [.. (await host.Get("/doctors/acts?effect=refused")).Body.GetProperty("acts").EnumerateArray()];

    private static readonly Refusal Missing = new(RefusalKind.NotFound, "doctor.unknown", "没有该医师", "unknown");

    [Fact]
    public async Task RefusedEffect_StandsOnTheWorkList_AndIsToldOnceMore()
    {
        var act = await Told("suspend", Missing);
        Assert.Equal("doctor.unknown 没有该医师", Assert.Single(await Refused()).GetProperty("effect_note").GetString());
        Assert.Equal("pending", await Retry(act, "r1"));
        Assert.Equal("pending", await Retry(act, "r1"));
        Assert.True(await Tell());
        Assert.False(await Tell());
        Assert.Equal("done", await Retry(act, "r1")); // the same request: as it is now
        Assert.Equal(["D1 Suspended 20261122 0", "D1 Suspended 20261122 0"], registry.Told);
        Assert.Empty(await Refused());
        Assert.Equal("r1 f Zhao 已补录 doctor.unknown 没有该医师", await host.Sql<string>("SELECT string_agg(concat_ws(' ', request_key, gives_up::text::char, retried_by, reason, refusal), ', ') FROM doctor_effect_retry"));
    }

    [Fact]
    public async Task LaterActTold_LetsTheOldOneOnlyBeGivenUp()
    {
        var act = await Told("suspend", Missing);
        await Told("restore");
        Assert.Equal("doctor_act.overtaken", await Retry(act, "r1"));
        Assert.Equal("given_up", await Retry(act, "r2", giveUp: true));
        Assert.False(await Tell());
        Assert.Empty(await Refused());
        Assert.Equal("doctor_act.not_refused", await Retry(act, "r3"));
    }

    [Fact]
    public async Task WrongRequests_ChangeNothing()
    {
        var (act, done) = (await Told("suspend", Missing), await Told("terminate"));
        Assert.Equal("doctor_act.unknown", await Retry(999, "r1"));
        Assert.Equal("doctor_act.not_refused", await Retry(done, "r1"));
        Assert.Equal("request.reason_missing", await Retry(act, "r1", reason: " "));
        Assert.Equal("given_up", await Retry(act, "r1", giveUp: true));
        Assert.Equal("request.key_reused", await Retry(act, "r1"));
        Assert.Equal("request.key_reused", await Retry(done, "r1", giveUp: true));
        Assert.Equal(1L, await host.Sql<long>("SELECT count(*) FROM doctor_effect_retry"));
    }
}
