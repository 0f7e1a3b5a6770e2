using MedInsure.Protos.Settlement.V1;
using MedInsure.Settlement.Claims;

namespace MedInsure.Settlement.Tests.Claims;

[Trait("Category", "Storage")]
[Collection(PostgresCollection.Name)]
public sealed class PreSettleClaimTests(SharedPostgres postgres) : IAsyncLifetime
{
    private World world = null!;
    private SettlementNode node = null!;

    public async Task InitializeAsync() => node = (world = await postgres.World()).Node;
    public Task DisposeAsync() => Task.CompletedTask;

    [Theory]
    [InlineData("11")]
    [InlineData("21")]
    public async Task Trial_SaysWhatTheSettlementThenGives_AndChangesNothing(string medType)
    {
        var psn = await world.Person();
        var request = await node.Visit(psn, 3_000_000, medType);
        await node.Projected();
        var seq = node.Journal.CommittedSeq;
        var trials = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => Task.Run(() => node.Tried(request))));
        Assert.Equal(seq, node.Journal.CommittedSeq);
        Assert.Empty(await node.Sums(psn));

        var settled = await node.Settled(request);
        Assert.All(trials, t =>
        {
            Assert.Equal(("", 0L), (t.SetlId(), t.Seq));
            Assert.Equal((settled.Claim().Amounts, settled.Claim().Share, settled.Claim().Change, settled.Claim().Facts), (t.Claim().Amounts, t.Claim().Share, t.Claim().Change, t.Claim().Facts));
        });
    }

    [Fact]
    public async Task TrialOfASale_TakesNoNumbers()
    {
        var psn = await world.Person();
        var sale = node.Inline(psn, 10_000);
        sale.InlineEncounter.VisitNo = "V-TRIED-" + psn;
        var trial = await node.Tried(sale);
        Assert.Equal(("", ""), (trial.Record.MdtrtId, trial.SetlId()));
        var settled = await node.Settled(sale); // the same message, the same visit number
        Assert.False(settled.IsReplay);
        Assert.Equal(trial.Claim().Amounts, settled.Claim().Amounts);
        // The visit's number is taken now, which a trial does not mind: it may be the sale's own, tried again.
        await node.Tried(sale);
    }

    [Fact]
    public async Task TrialOfAnInterimSettlement_EqualsIt()
    {
        var psn = await world.Person();
        var mdtrtId = await node.Opened(psn, "21", NodeActions.FirstOfJune);
        await node.Charged(mdtrtId, psn, "3", NodeActions.Fee("1", "A1", 200_000));
        var request = node.Settling(mdtrtId, psn, 200_000);
        request.Interim = true;
        var trial = await node.Tried(request);
        Assert.Equal(trial.Claim().Amounts, (await node.Settled(request)).Claim().Amounts);
    }

    [Fact]
    public async Task WhatASettlementIsRefusedFor_ATrialIs()
    {
        var psn = await world.Person();
        var request = await node.Visit(psn, 10_000);
        request.TotalFen++;
        Assert.Equal("claim.total_mismatch", await node.Refused(PreSettleClaim.Command(request)));
        Assert.Equal("encounter.settled", await node.Refused(PreSettleClaim.Command(node.Settling(world.SettledStay, world.Psn, 10_000))));
        Assert.Equal("encounter.other_provider", await node.Refused(PreSettleClaim.Command(node.Settling(world.OfOtherProvider, world.Psn, 10_000))));
        Assert.Equal("person.unknown", await node.Refused(PreSettleClaim.Command(node.Inline("P-NOBODY", 100))));
        Assert.Equal("claim.nothing_to_settle", await node.Refused(PreSettleClaim.Command(new SettleClaimRequest
        {
            Key = node.Key("2206"), FixmedinsCode = node.Hospital("3"), MdtrtId = world.EmptyVisit, PsnNo = world.Psn, Insutype = "390",
        })));
    }
}
