using System.Net;
using Grpc.Core;
using MedInsure.Hosting.Rpc;
using MedInsure.Protos.FraudAudit.V1;

namespace MedInsure.FraudAudit.Tests.Checks;

[Trait("Category", "Interop")]
[Collection("audit")]
public sealed class RecordFeedbackTests(AuditFixture fixture) : IAsyncLifetime
{
    private CatalogServer catalog = null!;
    private AuditHost host = null!;

    public async Task InitializeAsync()
    {
        catalog = await CatalogServer.Start();
        host = await fixture.Start(neighbours: catalog.Address);
        await CatalogServer.Loaded(host);
    }

    public async Task DisposeAsync()
    {
        await host.DisposeAsync();
        await catalog.DisposeAsync();
    }

    [Fact]
    public async Task Answer_IsKeptOncePerMessage_TheNewestHolds_AllAreListed()
    {
        var (going, changed, unanswered) = (await Found(), await Found(), await Found());
        Assert.Equal(2, await Send("M1", (going, "1", "病情需要"), (changed, "2", "")));
        Assert.Equal(0, await Send("M1", (going, "1", "病情需要"), (changed, "2", "")));
        host.Clock.Now += TimeSpan.FromMinutes(1);
        Assert.Equal(1, await Send("M2", (going, "2", "改用其他药品")));

        var all = (await host.Get("/checks")).Body;
        Assert.Equal((3, 2, 0), (all.GetProperty("count").GetInt32(), all.GetProperty("answered").GetInt32(), all.GetProperty("gone_on").GetInt32()));
        var row = all.GetProperty("rows").EnumerateArray().Single(r => r.GetProperty("finding_no").GetString() == going);
        Assert.Equal(("2", "改用其他药品", "007", "18.00", "before", "order-1"), (row.GetProperty("choice").GetString(), row.GetProperty("reason").GetString(), row.GetProperty("operator").GetString(),
            row.GetProperty("in_scope").GetString(), row.GetProperty("stage").GetString(), row.GetProperty("lines")[0].GetString()));
        Assert.Equal(unanswered, (await host.Get("/checks?choice=none")).Body.GetProperty("rows")[0].GetProperty("finding_no").GetString());
        Assert.Equal(2, (await host.Get("/checks?choice=2&fixmedins_code=H1&doctor_code=D1&rule=MI10000101051000&mdtrt_id=M1&from=2026-11-22&to=2026-11-22")).Body.GetProperty("rows").GetArrayLength());
        Assert.Equal(0, (await host.Get("/checks?to=2026-11-21")).Body.GetProperty("count").GetInt32());
        Assert.Equal(1, (await host.Get("/checks?page=2&page_size=2")).Body.GetProperty("rows").GetArrayLength());
        Assert.Equal(3L, await host.Sql<long>("SELECT count(*) FROM check_feedback"));
    }

    [Theory]
    [InlineData("/checks?choice=3")]
    [InlineData("/checks?page_size=501")]
    [InlineData("/checks?from=20261101")]
    public async Task ListWithAWrongFilter_IsRefused(string path) => Assert.Equal(HttpStatusCode.BadRequest, (await host.Get(path)).Status);

    [Fact]
    public async Task Refusals_NameTheRow_AndNothingIsKept()
    {
        var finding = await Found();
        Assert.Equal("feedback.missing", (await Refused("M1")).Code);
        Assert.Equal(("feedback.choice_unknown", "warns[1].dspo_way"), await Refused("M1", (finding, "2", ""), (finding, "3", "")) is var a ? (a.Code, a.Field) : default);
        Assert.Equal("feedback.reason_missing", (await Refused("M1", (finding, "1", " "))).Code);
        Assert.Equal("feedback.reason_too_long", (await Refused("M1", (finding, "2", new string('x', 501)))).Code);
        Assert.Equal("request.key_missing", (await Refused("", (finding, "2", ""))).Code);
        Assert.Equal(("feedback.finding_unknown", "warns[1].warn_rslt_id"), await Refused("M1", (finding, "2", ""), ("nothing", "2", "")) is var b ? (b.Code, b.Field) : default);
        // Another provider's.
        Assert.Equal("feedback.finding_unknown", (await Refused("M1", await Found("H9") is var others ? (others, "2", "") : default)).Code);
        Assert.Equal(0L, await host.Sql<long>("SELECT count(*) FROM check_feedback"));
    }

    /// <summary>A check's finding, its number.</summary>
    private async Task<string> Found(string provider = "H1")
    {
        var claim = CheckClaimTests.Order("W1", 30m, provider: provider);
        if (provider != "H1") claim.PolicyLevel = "2";
        // An unknown provider's orders are not priced: this one says what is in scope.
        if (provider != "H1") (claim.Line[0].ChrgitmLv, claim.Line[0].InScopeFen) = ("02", 1_800);
        return Assert.Single((await host.Client.CheckClaimAsync(new CheckClaimRequest { Stage = CheckStage.Before, Claim = claim }, host.Headers())).Finding).FindingNo;
    }

    private async Task<int> Send(string message, params (string Finding, string Choice, string Reason)[] answers) => (await host.Client.RecordFeedbackAsync(Request(message, answers), host.Headers())).Recorded;

    private async Task<Kernel.Refusal> Refused(string message, params (string Finding, string Choice, string Reason)[] answers)
    {
        var e = await Assert.ThrowsAsync<RpcException>(async () => await host.Client.RecordFeedbackAsync(Request(message, answers), host.Headers()));
        return RefusalStatus.FromRpcException(e) ?? throw e;
    }

    private static RecordFeedbackRequest Request(string message, (string Finding, string Choice, string Reason)[] answers)
    {
        var request = new RecordFeedbackRequest { FixmedinsCode = "H1", MessageId = message, Operator = "007" };
        foreach (var (finding, choice, reason) in answers) request.Feedback.Add(new Feedback { FindingNo = finding, Choice = choice, Reason = reason });
        return request;
    }
}
