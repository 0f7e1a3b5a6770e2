using Grpc.Core;
using MedInsure.Protos.Insurer.V1;

namespace MedInsure.Settlement.Tests.Insurers;

[Trait("Category", "Storage")]
[Collection(PostgresCollection.Name)]
public sealed class AnswerReconciliationTests(SharedDesk shared) : IClassFixture<SharedDesk>
{
    private readonly InsurerDesk desk = shared.Desk;

    private async Task<string> Closed()
    {
        var (contract, _) = await desk.Claim();
        desk.Today = new DateOnly(2027, 1, 5);
        await desk.HeadsFixed(contract);
        await desk.Post($"/insurers/{contract}/reconciliations/2026/closing", InsurerDesk.TwoPeople);
        return contract;
    }

    private async Task<Reconciliation> Answered(string contract, bool agree, string text = "", int version = 1, int year = 2026, Metadata? headers = null) =>
        await desk.Client.AnswerReconciliationAsync(new AnswerReconciliationRequest { ContractNo = contract, Year = year, Version = version, Agree = agree, Text = text }, headers ?? desk.Headers);

    private Task<(StatusCode, string?)> Refused(string contract, bool agree, string text = "", int version = 1, int year = 2026, Metadata? headers = null) => InsurerDesk.Refused(() => Answered(contract, agree, text, version, year, headers));

    private async Task<Reconciliation> Shown(string contract) => await desk.Client.GetReconciliationAsync(new GetReconciliationRequest { ContractNo = contract, Year = 2026 }, desk.Headers);

    [Fact]
    public async Task Agreement_IsTheLastWord()
    {
        var contract = await Closed();
        var agreed = await Answered(contract, agree: true);
        Assert.Equal((ReconciliationState.Agreed, ""), (agreed.State, agreed.AnswerText));
        Assert.Equal(agreed, await Shown(contract));
        Assert.Equal(agreed, await Answered(contract, agree: true));
        Assert.Equal((StatusCode.FailedPrecondition, "reconciliation.agreed"), await Refused(contract, agree: false, "人数有误"));
    }

    [Fact]
    public async Task Objection_CanBeChangedAndGivenUp()
    {
        var contract = await Closed();
        var objected = await Answered(contract, agree: false, "人数有误");
        Assert.Equal((ReconciliationState.Objected, "人数有误"), (objected.State, objected.AnswerText));
        Assert.Equal(objected, await Answered(contract, agree: false, "人数有误"));
        Assert.Equal("金额有误", (await Answered(contract, agree: false, "金额有误")).AnswerText);
        Assert.Equal("金额有误", (await Shown(contract)).AnswerText);
        Assert.Equal((ReconciliationState.Agreed, ""), ((await Answered(contract, agree: true)).State, (await Shown(contract)).AnswerText));
    }

    [Fact]
    public async Task OtherVersionThanTheOneThatCounts_IsRefused()
    {
        var contract = await Closed();
        foreach (var version in new[] { 0, 2, -1 }) Assert.Equal((StatusCode.FailedPrecondition, "reconciliation.other_version"), await Refused(contract, agree: true, version: version));
        await Answered(contract, agree: false, "人数有误");
        await desk.Post($"/insurers/{contract}/reconciliations/2026/closing", InsurerDesk.TwoPeople);
        Assert.Equal((StatusCode.FailedPrecondition, "reconciliation.other_version"), await Refused(contract, agree: true));
        Assert.Equal(ReconciliationState.Agreed, (await Answered(contract, agree: true, version: 2)).State);
    }

    [Fact]
    public async Task ClaimThatSettlesLate_NeedsAnotherAnswer()
    {
        var contract = await Closed();
        await Answered(contract, agree: true);
        await desk.Tell(contract, desk.Settled(5_000, 20261230));
        // Agreed is what was agreed; the agency closes again, and the insurer is asked anew.
        Assert.Equal((ReconciliationState.Agreed, 10_000L), ((await Shown(contract)).State, (await Shown(contract)).ClaimsFen));
        await desk.Post($"/insurers/{contract}/reconciliations/2026/closing", InsurerDesk.TwoPeople);
        Assert.Equal((ReconciliationState.Closed, 2, 15_000L), ((await Shown(contract)).State, (await Shown(contract)).Version, (await Shown(contract)).ClaimsFen));
        Assert.Equal(ReconciliationState.Objected, (await Answered(contract, agree: false, "已清算", version: 2)).State);
    }

    [Fact]
    public async Task Refusals_ComeInOrder()
    {
        var contract = desk.Contract();
        Assert.Equal((StatusCode.InvalidArgument, "contract.year_outside"), await Refused(contract, agree: false, year: 2025));
        foreach (var text in new[] { "", "  ", new string('字', 2_001), "a\0" }) Assert.Equal((StatusCode.InvalidArgument, "reconciliation.text_missing"), await Refused(contract, agree: false, text));
        Assert.Equal((StatusCode.FailedPrecondition, "reconciliation.open"), await Refused(contract, agree: true, version: 9));
        Assert.Equal((StatusCode.FailedPrecondition, "contract.without_premium"), await Refused(InsurerDesk.Supplement, agree: true));
        Assert.Equal((StatusCode.NotFound, "contract.unknown"), await Refused(contract, agree: true, headers: desk.OtherHeaders));
    }

    [Fact]
    public async Task AgreementAndObjectionAtOnce_AgreementWins()
    {
        var contract = await Closed();
        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(async i =>
        {
            try { return (await Answered(contract, i % 2 == 0, i % 2 == 0 ? "" : $"理由{i}")).State.ToString(); }
            catch (RpcException e) { return Hosting.Rpc.RefusalStatus.FromRpcException(e)?.Code ?? e.Status.ToString(); }
        }));
        Assert.Equal(4, answers.Count(a => a == nameof(ReconciliationState.Agreed)));
        Assert.All(answers, a => Assert.Contains(a, new[] { nameof(ReconciliationState.Agreed), nameof(ReconciliationState.Objected), "reconciliation.agreed" }));
        Assert.Equal(ReconciliationState.Agreed, (await Shown(contract)).State);
    }
}
