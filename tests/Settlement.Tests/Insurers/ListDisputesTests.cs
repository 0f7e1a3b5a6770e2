using Grpc.Core;
using MedInsure.Protos.Insurer.V1;

namespace MedInsure.Settlement.Tests.Insurers;

[Trait("Category", "Storage")]
[Collection(PostgresCollection.Name)]
public sealed class ListDisputesTests(SharedDesk shared) : IClassFixture<SharedDesk>
{
    private readonly InsurerDesk desk = shared.Desk;

    private async Task<ListDisputesReply> Listed(ListDisputesRequest request) => await desk.Client.ListDisputesAsync(request, desk.Headers);

    private async Task<string> ContractWith(int disputes)
    {
        var contract = desk.Contract();
        var claims = Enumerable.Range(0, disputes).Select(_ => desk.Settled(10_000)).ToArray();
        await desk.Tell(contract, claims);
        for (var i = 0; i < disputes; i++) await desk.Raised(desk.Disputing(contract, claims[i].SetlId, number: $"D{i + 1}"));
        return contract;
    }

    [Fact]
    public async Task Pages_GiveEveryDisputeOnceNewestFirst()
    {
        var contract = await ContractWith(7);
        var request = new ListDisputesRequest { ContractNo = contract, PageSize = 3 };
        var numbers = new List<string>();
        var pages = 0;
        do
        {
            var page = await Listed(request);
            numbers.AddRange(page.Dispute.Select(d => d.DisputeNo));
            request.PageToken = page.NextPageToken;
            // One more arrives while the list is read: it moves nothing.
            if (pages++ == 0) await desk.Raised(desk.Disputing(contract, await Another(contract), number: "late"));
        }
        while (request.PageToken.Length > 0);
        Assert.Equal(["D7", "D6", "D5", "D4", "D3", "D2", "D1"], numbers);
        Assert.Equal(3, pages);
        Assert.Equal("late", (await Listed(new ListDisputesRequest { ContractNo = contract })).Dispute[0].DisputeNo);
    }

    private async Task<string> Another(string contract)
    {
        var settled = desk.Settled(10_000);
        await desk.Tell(contract, settled);
        return settled.SetlId;
    }

    [Fact]
    public async Task Filters_AreStateAndClaim()
    {
        var contract = await ContractWith(4);
        await desk.Decide(contract, "D1", InsurerDesk.Upholding(1));
        await desk.Decide(contract, "D2", InsurerDesk.Rejecting());
        await desk.Client.WithdrawDisputeAsync(new WithdrawDisputeRequest { ContractNo = contract, DisputeNo = "D3" }, desk.Headers);
        foreach (var (state, number) in new[] { (DisputeState.Upheld, "D1"), (DisputeState.Rejected, "D2"), (DisputeState.Withdrawn, "D3"), (DisputeState.Open, "D4") })
        {
            var dispute = Assert.Single((await Listed(new ListDisputesRequest { ContractNo = contract, State = state })).Dispute);
            Assert.Equal((state, number), (dispute.State, dispute.DisputeNo));
            Assert.Equal(dispute, Assert.Single((await Listed(new ListDisputesRequest { ContractNo = contract, SetlId = dispute.SetlId })).Dispute));
        }
        Assert.Empty((await Listed(new ListDisputesRequest { ContractNo = contract, SetlId = "nowhere" })).Dispute);
        Assert.Empty((await Listed(new ListDisputesRequest { ContractNo = contract, State = (DisputeState)99 })).Dispute);
        Assert.Empty((await Listed(new ListDisputesRequest { ContractNo = desk.Contract() })).Dispute);
    }

    [Theory]
    [InlineData(-1, "")]
    [InlineData(501, "")]
    [InlineData(0, "x")]
    [InlineData(0, "-1")]
    public async Task PageThatIsNone_IsRefused(int size, string token) => Assert.Equal((StatusCode.InvalidArgument, "query.page_invalid"),
        await InsurerDesk.Refused(() => Listed(new ListDisputesRequest { ContractNo = desk.Contract(), PageSize = size, PageToken = token })));

    [Fact]
    public async Task AnotherInsurersContract_IsUnknown() => Assert.Equal((StatusCode.NotFound, "contract.unknown"),
        await InsurerDesk.Refused(async () => await desk.Client.ListDisputesAsync(new ListDisputesRequest { ContractNo = desk.Contract() }, desk.OtherHeaders)));
}
