using MedInsure.Protos.Settlement.V1;
using MedInsure.Settlement.Claims;
using MedInsure.Settlement.Journal;

namespace MedInsure.Settlement.Tests.Claims;

[Trait("Category", "Storage")]
[Collection(PostgresCollection.Name)]
public sealed class ReverseSettlementTests(SharedPostgres postgres) : IAsyncLifetime
{
    private static readonly FaultOrder<ReverseSettlementRequest> Order = new(
        ("encounter.unknown", (w, r) => r.MdtrtId = w.Node.Tenant.Code + "M999999999999"),
        ("encounter.other_provider", (w, r) => r.MdtrtId = w.OfOtherProvider),
        ("encounter.other_person", (w, r) => r.MdtrtId = w.OfOtherPerson),
        ("encounter.cancelled", (w, r) => r.MdtrtId = w.Cancelled),
        ("settlement.unknown", (w, r) => r.SetlId = w.Node.Tenant.Code + "S999999999999"),
        ("settlement.unknown", (_, r) => r.SetlId = ""));

    private World world = null!;
    private SettlementNode node = null!;

    public async Task InitializeAsync() => node = (world = await postgres.World()).Node;
    public Task DisposeAsync() => Task.CompletedTask;

    public static TheoryData<string> Faults => Order.Rows;

    [Theory]
    [MemberData(nameof(Faults))]
    public async Task Fault_IsRefusedBeforeAllLaterOnes(string row)
    {
        await node.Projected();
        var settlement = (await node.Journal.ReadEncounter(world.SettledVisit, default))!.Settlements[0].RootId;
        await Order.Check(row, world, () => new ReverseSettlementRequest { Key = node.Key("2208"), FixmedinsCode = node.Hospital("3"), PsnNo = world.Psn, MdtrtId = world.SettledVisit, SetlId = settlement },
            r => node.Refused(ReverseSettlement.Command(r)));
    }

    [Theory]
    [InlineData("visit")]
    [InlineData("stay")]
    [InlineData("sale")]
    public async Task Reversal_NegatesEveryAmountAndGivesBackExactly(string what)
    {
        var psn = await world.Person("310", "1101", creditFen: 50_000);
        // Something that stands before it and something after it: the reversal gives back its own and no more.
        await node.Settled(await node.Visit(psn, 200_000, "21", insutype: "310", useAccount: true));
        var (sumsBefore, balanceBefore) = (await node.Sums(psn), await node.Balance(psn));
        var settled = await node.Settled(await Make(what, psn, 300_000));
        var between = await node.Settled(await node.Visit(psn, 150_000, "21", insutype: "310"));
        var shownBetween = await node.Shown(between.SetlId());
        var (sumsAfter, balanceAfter) = (await node.Sums(psn), await node.Balance(psn));

        var reversal = await node.Reversed(settled);

        var (a, b) = (settled.Claim().Amounts, reversal.Claim().Amounts);
        Assert.Equal(JournalDocuments.Negated(a, balanceAfter + a.AccountFen), b);
        Assert.Equal(settled.Claim().Share.Select(s => (s.FundPayType, -s.AmountFen)), reversal.Claim().Share.Select(s => (s.FundPayType, s.AmountFen)));
        Assert.Equal((settled.SetlId(), settled.SetlId(), false), (reversal.Record.ReversedClaim.OriginalSetlId, reversal.Record.ReversedClaim.RootSetlId, reversal.Record.ReversedClaim.Restores));
        Assert.NotEqual(settled.SetlId(), reversal.SetlId());
        var reply = SettlementRendering.Reply(reversal);
        Assert.Equal((settled.SetlId(), -300_000, reversal.SetlId()), (reply.ReversesSetlId, reply.TotalFen, reply.SetlId));

        var changes = settled.Claim().Change.ToDictionary(c => $"310 {c.Key}", c => c.Delta);
        foreach (var (key, value) in sumsAfter) Assert.Equal(value - changes.GetValueOrDefault(key), (await node.Sums(psn)).GetValueOrDefault(key));
        Assert.Equal(balanceAfter + a.AccountFen, await node.Balance(psn));
        Assert.Equal(shownBetween, await node.Shown(between.SetlId()));
        Assert.Equal(reversal.SetlId(), (await node.Shown(settled.SetlId())).ReversedBySetlId);

        await node.Reversed(between);
        Assert.Equal(sumsBefore, await node.Sums(psn));
        Assert.Equal(balanceBefore, await node.Balance(psn));
    }

    [Fact]
    public async Task ReversedTwice_IsRefused_TheSameMessageIsAnsweredAgain()
    {
        var psn = await world.Person();
        var settled = await node.Settled(await node.Visit(psn, 10_000));
        var request = node.Reversing(settled);
        var reversal = await node.Accepted(ReverseSettlement.Command(request));
        var again = await node.Accepted(ReverseSettlement.Command(request.Clone()));
        Assert.True(again.IsReplay);
        Assert.Equal(SettlementRendering.Reply(reversal), SettlementRendering.Reply(again));
        Assert.Equal("settlement.already_reversed", await node.Refused(ReverseSettlement.Command(node.Reversing(settled))));
        // A reversal is itself no settlement to cancel.
        Assert.Equal("settlement.already_reversed", await node.Refused(ReverseSettlement.Command(node.Reversing(reversal))));
    }

    [Fact]
    public async Task ManyReversalsAtOnce_OneIsBooked()
    {
        var psn = await world.Person();
        var settled = await node.Settled(await node.Visit(psn, 10_000));
        var outcomes = await Task.WhenAll(Enumerable.Range(0, 12).Select(_ => Task.Run(() => node.Submit(ReverseSettlement.Command(node.Reversing(settled))))));
        Assert.Single(outcomes, o => !o.IsRefused);
        Assert.All(outcomes.Where(o => o.IsRefused), o => Assert.Equal("settlement.already_reversed", o.Refusal!.Code));
        Assert.Empty(await node.Sums(psn));
    }

    [Fact]
    public async Task InterimSettlements_AreCancelledLatestFirst()
    {
        var psn = await world.Person();
        var mdtrtId = await node.Opened(psn, "21", NodeActions.FirstOfJune);
        var settled = new List<Committed>();
        foreach (var number in new[] { "1", "2", "3" })
        {
            await node.Charged(mdtrtId, psn, "3", NodeActions.Fee(number, "A1", 100_000));
            var interim = node.Settling(mdtrtId, psn, 100_000);
            interim.Interim = true;
            settled.Add(await node.Settled(interim));
        }
        Assert.Equal("settlement.later_one_first", await node.Refused(ReverseSettlement.Command(node.Reversing(settled[0]))));
        Assert.Equal("settlement.later_one_first", await node.Refused(ReverseSettlement.Command(node.Reversing(settled[1]))));
        foreach (var one in Enumerable.Reverse(settled)) await node.Reversed(one);
        Assert.Empty(await node.Sums(psn));

        // The stay begins anew: its deductible and its number too.
        await node.Discharged(mdtrtId, psn, "3", NodeActions.TenthOfJune);
        var claim = (await node.Settled(node.Settling(mdtrtId, psn, 300_000))).Claim();
        Assert.Equal((72_000, 159_600, true, 1), (claim.Amounts.DeductibleFen, claim.Amounts.BasicFundFen, claim.Facts.FirstOfStay, claim.Facts.StayOrdinal));
    }

    [Fact]
    public async Task BatchesOfAVisit_AreCancelledInAnyOrder()
    {
        var psn = await world.Person();
        var mdtrtId = await node.Opened(psn, "11", NodeActions.FirstOfJune);
        var settled = new List<Committed>();
        foreach (var batch in new[] { "B1", "B2" })
        {
            await node.Charged(mdtrtId, psn, "3", NodeActions.Fee(batch, "A1", 1_000, batch: batch));
            settled.Add(await node.Settled(node.Settling(mdtrtId, psn, 1_000)));
        }
        await node.Reversed(settled[0]);
        await node.Reversed(settled[1]);
        Assert.Empty(await node.Sums(psn));
    }

    [Fact]
    public async Task CancelledAndSettledAgain_CountsOnce()
    {
        var psn = await world.Person();
        var request = await node.Visit(psn, 1_000_000, "21");
        var first = await node.Settled(request);
        await node.Reversed(first);
        var again = request.Clone();
        again.Key = node.Key();
        var second = await node.Settled(again);
        Assert.Equal(first.Claim().Amounts, second.Claim().Amounts);
        Assert.Equal(1, (await node.Sums(psn))["390 stays"]);
        Assert.Equal("settlement.already_reversed", await node.Refused(ReverseSettlement.Command(node.Reversing(first))));
        await node.Reversed(second);
        Assert.Empty(await node.Sums(psn));
    }

    [Fact]
    public async Task SettlementsBetween_KeepTheirAmounts_AndTheNextOneUsesWhatCameBack()
    {
        // Outpatient pooling of a resident: half of the first 300.00 a year.
        var psn = await world.Person();
        var first = await node.Settled(await node.Visit(psn, 20_000));
        var second = await node.Settled(await node.Visit(psn, 20_000));
        Assert.Equal((10_000, 5_000), (first.Claim().Amounts.BasicFundFen, second.Claim().Amounts.BasicFundFen));
        await node.Reversed(first);
        Assert.Equal(5_000, (await node.Shown(second.SetlId())).BasicFundFen);
        Assert.Equal(10_000, (await node.Settled(await node.Visit(psn, 20_000))).Claim().Amounts.BasicFundFen);
        Assert.Equal(0, (await node.Settled(await node.Visit(psn, 20_000))).Claim().Amounts.BasicFundFen);
    }

    [Fact]
    public async Task AfterARestart_ReversalGivesBackTheSame()
    {
        await using var county = await SettlementNode.Create(postgres.Server);
        await county.AddPerson("P1", "310", "1101", 50_000);
        var settled = await county.Settled(await county.Visit("P1", 300_000, "21", insutype: "310", useAccount: true));
        await county.Restart();
        await county.Reversed(settled);
        Assert.Empty(await county.Sums("P1"));
        Assert.Equal(50_000, await county.Balance("P1"));
        await county.Restart();
        Assert.Equal("settlement.already_reversed", await county.Refused(ReverseSettlement.Command(county.Reversing(settled))));
    }

    [Fact]
    public async Task SettlementOfAnotherVisitOfThePerson_IsUnknownHere()
    {
        var psn = await world.Person();
        var (one, other) = (await node.Settled(await node.Visit(psn, 10_000)), await node.Settled(await node.Visit(psn, 10_000)));
        var request = node.Reversing(one);
        request.SetlId = other.SetlId();
        Assert.Equal("settlement.unknown", await node.Refused(ReverseSettlement.Command(request)));
    }

    [Fact]
    public async Task SaleWithoutItsVisit_IsFoundByItsSettlement()
    {
        var psn = await world.Person();
        var settled = await node.Settled(node.Inline(psn, 10_000));
        var request = node.Reversing(settled);
        request.MdtrtId = "";
        Assert.Null(await ReverseSettlement.Complete(request, node.Journal, node.Database, default));
        Assert.Equal(settled.Record.MdtrtId, request.MdtrtId);
        await node.Accepted(ReverseSettlement.Command(request));
        var unknown = new ReverseSettlementRequest { SetlId = node.Tenant.Code + "S999999999999" };
        Assert.Equal("settlement.unknown", (await ReverseSettlement.Complete(unknown, node.Journal, node.Database, default))?.Code);
    }

    private async Task<SettleClaimRequest> Make(string what, string psn, long fen)
    {
        if (what != "sale") return await node.Visit(psn, fen, what == "stay" ? "21" : "11", insutype: "310", useAccount: true);
        var sale = node.Inline(psn, fen, medType: "41", insutype: "310");
        sale.UseAccount = true;
        return sale;
    }
}
