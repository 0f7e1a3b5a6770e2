using Grpc.Core;
using MedInsure.Protos.Insurer.V1;

namespace MedInsure.Settlement.Tests.Insurers;

[Trait("Category", "Storage")]
[Collection(PostgresCollection.Name)]
public sealed class WithdrawDisputeTests(SharedDesk shared) : IClassFixture<SharedDesk>
{
    private readonly InsurerDesk desk = shared.Desk;

    private async Task<Dispute> Withdrawn(string contract, string number = "D1") => await desk.Client.WithdrawDisputeAsync(new WithdrawDisputeRequest { ContractNo = contract, DisputeNo = number }, desk.Headers);

    [Fact]
    public async Task OpenDispute_EndsAndTheClaimMayBeDisputedAgain()
    {
        var (contract, setlId) = await desk.Claim();
        await desk.Raised(desk.Disputing(contract, setlId));
        var withdrawn = await Withdrawn(contract);
        Assert.Equal((DisputeState.Withdrawn, desk.Clock.Now.ToUnixTimeMilliseconds(), 0L, ""), (withdrawn.State, withdrawn.DecidedAtMs, withdrawn.AdjustedFen, withdrawn.Outcome));
        Assert.Single(await desk.Feed(contract));
        Assert.Equal(DisputeState.Open, (await desk.Raised(desk.Disputing(contract, setlId, number: "D2"))).State);
    }

    [Fact]
    public async Task WithdrawnOneAgain_IsAnsweredAsItIs()
    {
        var (contract, setlId) = await desk.Claim();
        await desk.Raised(desk.Disputing(contract, setlId));
        var first = await Withdrawn(contract);
        desk.Clock.Now += TimeSpan.FromMinutes(1);
        Assert.Equal(first, await Withdrawn(contract));
    }

    [Fact]
    public async Task DecidedOne_StaysDecided()
    {
        var (contract, setlId) = await desk.Claim();
        await desk.Raised(desk.Disputing(contract, setlId));
        await desk.Decide(contract, "D1", InsurerDesk.Rejecting());
        Assert.Equal((StatusCode.FailedPrecondition, "dispute.decided"), await InsurerDesk.Refused(() => Withdrawn(contract)));
    }

    [Theory]
    [InlineData("")]
    [InlineData("nowhere")]
    [InlineData("D\0")]
    public async Task UnknownOne_IsRefused(string number) => Assert.Equal((StatusCode.NotFound, "dispute.unknown"), await InsurerDesk.Refused(() => Withdrawn(desk.Contract(), number)));

    [Fact]
    public async Task AnotherInsurers_IsUnknown()
    {
        var (contract, setlId) = await desk.Claim();
        await desk.Raised(desk.Disputing(contract, setlId));
        Assert.Equal((StatusCode.NotFound, "contract.unknown"),
            await InsurerDesk.Refused(async () => await desk.Client.WithdrawDisputeAsync(new WithdrawDisputeRequest { ContractNo = contract, DisputeNo = "D1" }, desk.OtherHeaders)));
        Assert.Equal(DisputeState.Open, (await desk.Raised(desk.Disputing(contract, setlId))).State);
    }

    [Fact]
    public async Task WithdrawalAndDecisionAtOnce_OneOfThemHolds()
    {
        for (var round = 0; round < 5; round++)
        {
            var (contract, setlId) = await desk.Claim();
            await desk.Raised(desk.Disputing(contract, setlId));
            var withdrawing = Task.Run(() => Withdrawn(contract));
            var deciding = Task.Run(() => desk.Decide(contract, "D1", InsurerDesk.Upholding(5)));
            var decided = (await deciding).Status == System.Net.HttpStatusCode.OK;
            if (decided) Assert.Equal((StatusCode.FailedPrecondition, "dispute.decided"), await InsurerDesk.Refused(() => withdrawing));
            else Assert.Equal(DisputeState.Withdrawn, (await withdrawing).State);
            Assert.Equal(decided ? 2 : 1, (await desk.Feed(contract)).Count);
        }
    }
}
