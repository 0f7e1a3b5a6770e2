using Grpc.Core;
using MedInsure.Protos.Insurer.V1;

namespace MedInsure.Settlement.Tests.Insurers;

[Trait("Category", "Storage")]
[Collection(PostgresCollection.Name)]
public sealed class RaiseDisputeTests(SharedDesk shared) : IClassFixture<SharedDesk>
{
    private readonly InsurerDesk desk = shared.Desk;

    private Task<(StatusCode, string?)> Refused(RaiseDisputeRequest request) => InsurerDesk.Refused(() => desk.Raised(request));

    [Fact]
    public async Task Dispute_IsStoredOpenAndHoldsWhatWasSaid()
    {
        var (contract, setlId) = await desk.Claim(10_000);
        var raised = await desk.Raised(desk.Disputing(contract, setlId, 10_000));
        Assert.Equal(new Dispute
        {
            ContractNo = contract, DisputeNo = "D1", SetlId = setlId, ReasonCode = "calculation", Text = "起付线计算有误", DisputedFen = 10_000, State = DisputeState.Open, RaisedAtMs = desk.Clock.Now.ToUnixTimeMilliseconds(),
        }, raised);
        Assert.Equal([raised], (await desk.Client.ListDisputesAsync(new ListDisputesRequest { ContractNo = contract }, desk.Headers)).Dispute);
        // It changes no amount yet: the stream is silent.
        Assert.Single(await desk.Feed(contract));
    }

    [Fact]
    public async Task SameNumberAndContent_IsTheStoredDispute()
    {
        var (contract, setlId) = await desk.Claim();
        var request = desk.Disputing(contract, setlId);
        var first = await desk.Raised(request);
        Assert.Equal(first, await desk.Raised(request));
        // Whatever became of it, and of the claim.
        await desk.Decide(contract, "D1", InsurerDesk.Upholding(5));
        await desk.Tell(contract, desk.Reversal(desk.Settled(10_000, setlId: setlId)));
        Assert.Equal(DisputeState.Upheld, (await desk.Raised(request)).State);
        Assert.Single((await desk.Client.ListDisputesAsync(new ListDisputesRequest { ContractNo = contract }, desk.Headers)).Dispute);
    }

    [Fact]
    public async Task SameNumberWithOtherContent_IsRefused()
    {
        var (contract, setlId) = await desk.Claim();
        await desk.Raised(desk.Disputing(contract, setlId));
        foreach (Action<RaiseDisputeRequest> change in (Action<RaiseDisputeRequest>[])[r => r.SetlId = "other", r => r.ReasonCode = "other", r => r.Text += "。", r => r.DisputedFen++, r => (r.Text, r.ReasonCode) = ("", "")])
        {
            var request = desk.Disputing(contract, setlId);
            change(request);
            Assert.Equal((StatusCode.AlreadyExists, "dispute.number_reused"), await Refused(request));
        }
    }

    [Fact]
    public async Task NumbersBelongToTheirContract()
    {
        var ((contract, setlId), (other, otherSetlId)) = (await desk.Claim(), await desk.Claim());
        await desk.Raised(desk.Disputing(contract, setlId));
        Assert.Equal(otherSetlId, (await desk.Raised(desk.Disputing(other, otherSetlId))).SetlId);
        Assert.Equal((StatusCode.NotFound, "claim.unknown"), await Refused(desk.Disputing(other, setlId, number: "D2")));
    }

    [Theory]
    [InlineData("")]
    [InlineData("12345678901234567890123456789012345678901")] // 41 characters
    [InlineData("D\0")]
    public async Task NumberThatIsNone_IsRefused(string number) =>
        Assert.Equal((StatusCode.InvalidArgument, "dispute.number_invalid"), await Refused(desk.Disputing(desk.Contract(), "nowhere", number: number)));

    [Fact]
    public async Task Refusals_ComeInOrder()
    {
        var (contract, setlId) = await desk.Claim(10_000);
        var request = desk.Disputing(contract, "nowhere", 10_001);
        request.ReasonCode = "because";
        Assert.Equal((StatusCode.InvalidArgument, "dispute.reason_missing"), await Refused(request));
        (request.ReasonCode, request.Text) = ("other", " ");
        Assert.Equal((StatusCode.InvalidArgument, "dispute.reason_missing"), await Refused(request));
        request.Text = new string('字', 2_001);
        Assert.Equal((StatusCode.InvalidArgument, "dispute.reason_missing"), await Refused(request));
        request.Text = new string('字', 2_000);
        Assert.Equal((StatusCode.NotFound, "claim.unknown"), await Refused(request));
        request.SetlId = "";
        Assert.Equal((StatusCode.NotFound, "claim.unknown"), await Refused(request));
        request.SetlId = setlId;
        Assert.Equal((StatusCode.InvalidArgument, "dispute.amount_invalid"), await Refused(request));
        request.DisputedFen = 0;
        Assert.Equal((StatusCode.InvalidArgument, "dispute.amount_invalid"), await Refused(request));
        request.DisputedFen = 10_000;
        await desk.Raised(request);
        request.DisputeNo = "D2";
        Assert.Equal((StatusCode.FailedPrecondition, "dispute.already_open"), await Refused(request));
        Assert.Equal((StatusCode.NotFound, "contract.unknown"), await InsurerDesk.Refused(async () => await desk.Client.RaiseDisputeAsync(request, desk.OtherHeaders)));
    }

    [Fact]
    public async Task ReversedClaimAndReversal_CannotBeDisputed()
    {
        var contract = desk.Contract();
        var settled = desk.Settled(10_000);
        var reversal = desk.Reversal(settled);
        await desk.Tell(contract, settled, reversal);
        Assert.Equal((StatusCode.FailedPrecondition, "dispute.claim_reversed"), await Refused(desk.Disputing(contract, settled.SetlId)));
        Assert.Equal((StatusCode.FailedPrecondition, "dispute.claim_reversed"), await Refused(desk.Disputing(contract, reversal.SetlId)));
        // The cancellation was cancelled: what stands now can be disputed, by its own number.
        var restored = desk.Reversal(reversal);
        await desk.Tell(contract, restored);
        Assert.Equal((StatusCode.FailedPrecondition, "dispute.claim_reversed"), await Refused(desk.Disputing(contract, settled.SetlId)));
        Assert.Equal(restored.SetlId, (await desk.Raised(desk.Disputing(contract, restored.SetlId, 10_000))).SetlId);
    }

    [Fact]
    public async Task WhatWasUpheldBefore_IsNotBorneAnyMore()
    {
        var (contract, setlId) = await desk.Claim(10_000);
        await desk.Raised(desk.Disputing(contract, setlId, 6_000));
        await desk.Decide(contract, "D1", InsurerDesk.Upholding(60));
        Assert.Equal((StatusCode.InvalidArgument, "dispute.amount_invalid"), await Refused(desk.Disputing(contract, setlId, 4_001, "D2")));
        Assert.Equal(DisputeState.Open, (await desk.Raised(desk.Disputing(contract, setlId, 4_000, "D2"))).State);
    }

    [Fact]
    public async Task CaughtUpClaim_IsBorneWithWhatWasCaughtUp()
    {
        var (contract, pending) = (desk.Contract(), desk.Settled(0));
        await desk.Tell(contract, pending);
        Assert.Equal((StatusCode.InvalidArgument, "dispute.amount_invalid"), await Refused(desk.Disputing(contract, pending.SetlId, 1)));
        var caughtUp = pending.Clone();
        (caughtUp.Kind, caughtUp.InsurerFen) = (ClaimEventKind.CaughtUp, 700);
        await desk.Tell(contract, caughtUp);
        Assert.Equal((StatusCode.InvalidArgument, "dispute.amount_invalid"), await Refused(desk.Disputing(contract, pending.SetlId, 701)));
        Assert.Equal(700, (await desk.Raised(desk.Disputing(contract, pending.SetlId, 700))).DisputedFen);
    }

    [Fact]
    public async Task ManyAtOnce_OneIsOpen()
    {
        var (contract, setlId) = await desk.Claim();
        var outcomes = await Task.WhenAll(Enumerable.Range(1, 8).Select(async i =>
        {
            try { return (await desk.Raised(desk.Disputing(contract, setlId, number: $"D{i}"))).State.ToString(); }
            catch (RpcException e) { return Hosting.Rpc.RefusalStatus.FromRpcException(e)?.Code ?? e.Status.ToString(); }
        }));
        Assert.Equal(1, outcomes.Count(o => o == nameof(DisputeState.Open)));
        Assert.Equal(7, outcomes.Count(o => o == "dispute.already_open"));
    }

    [Fact]
    public async Task AgreedYear_TakesNoMoreDisputes()
    {
        var (contract, setlId) = await desk.Claim();
        desk.Today = new DateOnly(2027, 1, 10);
        await desk.HeadsFixed(contract);
        await desk.Post($"/insurers/{contract}/reconciliations/2026/closing", InsurerDesk.TwoPeople);
        // Closed only: the insurer may still object to a claim.
        await desk.Raised(desk.Disputing(contract, setlId));
        await desk.Client.WithdrawDisputeAsync(new WithdrawDisputeRequest { ContractNo = contract, DisputeNo = "D1" }, desk.Headers);
        await desk.Client.AnswerReconciliationAsync(new AnswerReconciliationRequest { ContractNo = contract, Year = 2026, Version = 1, Agree = true }, desk.Headers);
        Assert.Equal((StatusCode.FailedPrecondition, "dispute.too_late"), await Refused(desk.Disputing(contract, setlId, number: "D2")));
        // Another year of the contract is open.
        var next = desk.Settled(500, 20270105);
        await desk.Tell(contract, next);
        Assert.Equal(DisputeState.Open, (await desk.Raised(desk.Disputing(contract, next.SetlId, 500, "D3"))).State);
    }
}
