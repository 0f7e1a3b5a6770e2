using System.Net;
using System.Text.Json;
using MedInsure.Protos.Insurer.V1;

namespace MedInsure.Settlement.Tests.Insurers;

/// <summary>The agency's decisions over HTTP, and what the insurer hears of them.</summary>
[Trait("Category", "Storage")]
[Collection(PostgresCollection.Name)]
public sealed class DecideDisputeTests(SharedDesk shared) : IClassFixture<SharedDesk>
{
    private readonly InsurerDesk desk = shared.Desk;

    private async Task<(string Contract, string SetlId)> Disputed(long fen = 1_000)
    {
        var (contract, setlId) = await desk.Claim(10_000);
        await desk.Raised(desk.Disputing(contract, setlId, fen));
        return (contract, setlId);
    }

    private async Task<(HttpStatusCode, string?)> Refused(string contract, object decision, string number = "D1") => InsurerDesk.Refusal(await desk.Decide(contract, number, decision));

    [Fact]
    public async Task UpheldDispute_IsToldOnTheStreamWithItsAdjustment()
    {
        var (contract, setlId) = await Disputed();
        var (status, body) = await desk.Decide(contract, "D1", InsurerDesk.Upholding(7.5m));
        Assert.Equal((HttpStatusCode.OK, "upheld", 7.5m, "王复核", "李审批"),
            (status, body.GetProperty("state").GetString(), body.GetProperty("adjusted").GetDecimal(), body.GetProperty("reviewer").GetString(), body.GetProperty("approver").GetString()));
        Assert.Equal("7.50", body.GetProperty("adjusted").GetRawText());

        var feed = await desk.Feed(contract);
        var told = feed[1];
        Assert.Equal((2L, ClaimEventKind.DisputeDecided, setlId, "D1", -750L, 0L), (told.Cursor, told.Kind, told.SetlId, told.DisputeNo, told.InsurerFen, told.TotalFen));
        Assert.Equal((feed[0].County, feed[0].PolicyOn, feed[0].PersonKey, feed[0].ProviderCode), (told.County, told.PolicyOn, told.PersonKey, told.ProviderCode));
        var shown = Assert.Single((await desk.Client.ListDisputesAsync(new ListDisputesRequest { ContractNo = contract }, desk.Headers)).Dispute);
        Assert.Equal((DisputeState.Upheld, 750L, "同意", told.SettledAtMs), (shown.State, shown.AdjustedFen, shown.Outcome, shown.DecidedAtMs));
    }

    [Fact]
    public async Task RejectedDispute_IsToldWithoutAnAmount()
    {
        var (contract, _) = await Disputed();
        Assert.Equal(HttpStatusCode.OK, (await desk.Decide(contract, "D1", InsurerDesk.Rejecting())).Status);
        Assert.Equal((ClaimEventKind.DisputeDecided, "D1", 0L), ((await desk.Feed(contract))[1].Kind, (await desk.Feed(contract))[1].DisputeNo, (await desk.Feed(contract))[1].InsurerFen));
    }

    [Fact]
    public async Task SameDecisionAgain_IsTheSameAnswerAndToldOnce()
    {
        var (contract, _) = await Disputed();
        var first = await desk.Decide(contract, "D1", InsurerDesk.Upholding(5));
        desk.Clock.Now += TimeSpan.FromMinutes(5);
        var again = await desk.Decide(contract, "D1", InsurerDesk.Upholding(5));
        Assert.Equal((first.Status, first.Body.ToString()), (again.Status, again.Body.ToString()));
        Assert.Equal(2, (await desk.Feed(contract)).Count);
        foreach (var other in new[] { InsurerDesk.Upholding(5.01m), InsurerDesk.Rejecting(), InsurerDesk.Upholding(5, approver: "赵审批"), InsurerDesk.Upholding(5, text: "改判") })
            Assert.Equal((HttpStatusCode.UnprocessableEntity, "dispute.decided"), await Refused(contract, other));
    }

    [Fact]
    public async Task TwoOperatorsAtOnce_DecideOnce()
    {
        for (var round = 0; round < 5; round++)
        {
            var (contract, _) = await Disputed();
            var answers = await Task.WhenAll(Enumerable.Range(1, 6).Select(i => Task.Run(() => desk.Decide(contract, "D1", i % 2 == 0 ? InsurerDesk.Upholding(i) : InsurerDesk.Rejecting(text: $"第{i}次")))));
            var won = Assert.Single(answers, a => a.Status == HttpStatusCode.OK);
            Assert.All(answers.Where(a => a.Status != HttpStatusCode.OK), a => Assert.Equal((HttpStatusCode.UnprocessableEntity, "dispute.decided"), InsurerDesk.Refusal(a)));
            var feed = await desk.Feed(contract);
            Assert.Equal(2, feed.Count);
            Assert.Equal(-won.Body.GetProperty("adjusted").GetDecimal() * 100, feed[1].InsurerFen);
        }
    }

    [Fact]
    public async Task OnePersonAlone_MayNotDecide()
    {
        var (contract, _) = await Disputed();
        Assert.Equal((HttpStatusCode.UnprocessableEntity, "approval.same_person"), await Refused(contract, InsurerDesk.Upholding(5, "王复核", "王复核")));
        Assert.Equal((HttpStatusCode.UnprocessableEntity, "approval.same_person"), await Refused(contract, InsurerDesk.Upholding(5, "Wang", " wang ")));
        Assert.Equal((HttpStatusCode.BadRequest, "approval.person_missing"), await Refused(contract, InsurerDesk.Upholding(5, "", "李审批")));
        Assert.Equal((HttpStatusCode.BadRequest, "approval.person_missing"), await Refused(contract, InsurerDesk.Upholding(5, "王复核", " ")));
        Assert.Equal((HttpStatusCode.BadRequest, "approval.person_missing"), await Refused(contract, new { outcome = "rejected", text = "不同意", reviewer = "王复核" }));
        Assert.Single(await desk.Feed(contract));
    }

    [Fact]
    public async Task Refusals_ComeInOrder()
    {
        var (contract, _) = await Disputed(1_000);
        Assert.Equal((HttpStatusCode.BadRequest, "dispute.outcome_invalid"), await Refused(contract, new { outcome = "maybe", text = "", reviewer = "王复核", approver = "李审批" }));
        Assert.Equal((HttpStatusCode.BadRequest, "dispute.reason_missing"), await Refused(contract, new { outcome = "upheld", adjusted = 0, text = " ", reviewer = "王复核", approver = "李审批" }));
        foreach (var adjusted in new[] { 0m, -1m, 1.001m, 10.01m, 1_000_000_000_000_000_000_000m })
            Assert.Equal((HttpStatusCode.BadRequest, "dispute.amount_invalid"), await Refused(contract, InsurerDesk.Upholding(adjusted)));
        Assert.Equal((HttpStatusCode.BadRequest, "dispute.amount_invalid"), await Refused(contract, new { outcome = "rejected", adjusted = 1, text = "不同意", reviewer = "王复核", approver = "李审批" }));
        Assert.Equal((HttpStatusCode.NotFound, "dispute.unknown"), await Refused(contract, InsurerDesk.Upholding(5), "D2"));
        Assert.Equal((HttpStatusCode.NotFound, "contract.unknown"), await Refused("NOWHERE", InsurerDesk.Upholding(5)));
        Assert.Equal(HttpStatusCode.OK, (await desk.Decide(contract, "D1", InsurerDesk.Upholding(10))).Status);
    }

    [Fact]
    public async Task WithdrawnDispute_IsNotDecided()
    {
        var (contract, _) = await Disputed();
        await desk.Client.WithdrawDisputeAsync(new WithdrawDisputeRequest { ContractNo = contract, DisputeNo = "D1" }, desk.Headers);
        Assert.Equal((HttpStatusCode.UnprocessableEntity, "dispute.withdrawn"), await Refused(contract, InsurerDesk.Upholding(5)));
    }

    [Fact]
    public async Task DisputeOfAClaimTakenBackMeanwhile_CanOnlyBeRejected()
    {
        var contract = desk.Contract();
        var settled = desk.Settled(10_000);
        await desk.Tell(contract, settled);
        await desk.Raised(desk.Disputing(contract, settled.SetlId));
        var reversal = desk.Reversal(settled);
        await desk.Tell(contract, reversal);
        Assert.Equal((HttpStatusCode.UnprocessableEntity, "dispute.claim_reversed"), await Refused(contract, InsurerDesk.Upholding(5)));
        Assert.Equal(HttpStatusCode.OK, (await desk.Decide(contract, "D1", InsurerDesk.Rejecting(text: "结算已撤销"))).Status);
        Assert.Equal([10_000L, -10_000, 0], (await desk.Feed(contract)).Select(e => e.InsurerFen));
    }

    [Theory]
    [InlineData("not json", "application/json")]
    [InlineData("[1]", "application/json")]
    [InlineData("null", "application/json")]
    [InlineData("""{"outcome": "upheld", "adjusted": "many"}""", "application/json")]
    [InlineData("""{"outcome": "upheld"}""", "text/plain")]
    [InlineData("", "application/json")]
    public async Task BodyThatIsNone_IsRefused(string body, string type)
    {
        var (contract, _) = await Disputed();
        Assert.Equal((HttpStatusCode.BadRequest, "request.body_malformed"), InsurerDesk.Refusal(await desk.PostText($"/insurers/{contract}/disputes/D1/decision", body, type)));
    }

    [Fact]
    public async Task AgencysList_SaysWhatIsOpenAndIsForOperatorsOnly()
    {
        var (contract, setlId) = await Disputed();
        var (status, body) = await desk.Get($"/insurers/{contract}/disputes?state=open");
        var dispute = Assert.Single(body.GetProperty("disputes").EnumerateArray().ToArray());
        Assert.Equal((HttpStatusCode.OK, setlId, "10.00", "open"), (status, dispute.GetProperty("setl_id").GetString(), dispute.GetProperty("disputed").GetRawText(), dispute.GetProperty("state").GetString()));
        Assert.Equal(JsonValueKind.Undefined, dispute.TryGetProperty("decided_at", out var decided) ? decided.ValueKind : JsonValueKind.Undefined);
        Assert.Empty((await desk.Get($"/insurers/{contract}/disputes?state=upheld")).Body.GetProperty("disputes").EnumerateArray());
        Assert.Equal((HttpStatusCode.BadRequest, "dispute.state_unknown"), InsurerDesk.Refusal(await desk.Get($"/insurers/{contract}/disputes?state=whatever")));
        Assert.Equal((HttpStatusCode.BadRequest, "query.page_invalid"), InsurerDesk.Refusal(await desk.Get($"/insurers/{contract}/disputes?page_token=x")));
        foreach (var path in new[] { "disputes", "premiums/2026", "reconciliations/2026" })
            Assert.Equal((HttpStatusCode.Unauthorized, "auth.not_authenticated"), InsurerDesk.Refusal(await desk.Get($"/insurers/{contract}/{path}", "wrong")));
    }
}
