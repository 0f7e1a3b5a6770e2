using MedInsure.Events;
using MedInsure.Protos.Settlement.V1;
using MedInsure.Settlement.Claims;
using MedInsure.Settlement.Journal;
using MedInsure.Settlement.Policies;
using MedInsure.Settlement.Queries;
using MedInsure.Settlement.Tests.Corrections;
using MedInsure.Settlement.Tests.Replays;

namespace MedInsure.Settlement.Tests.Families;

/// <summary>Bills that relatives' accounts pay of, in a county of its own; nobody finds anything wrong after each.</summary>
[Trait("Category", "Storage")]
[Collection(PostgresCollection.Name)]
public sealed class FamilySettlementTests(SharedPostgres postgres) : IAsyncLifetime
{
    private SettlementNode node = null!;

    public async Task InitializeAsync() => node = await SettlementNode.Create(postgres.Server, policies: PolicyLibrary.LoadEmbedded());

    public async Task DisposeAsync()
    {
        await node.Holds();
        await node.DisposeAsync();
    }

    /// <summary>A sale of an item out of catalog: all of it is the person's.</summary>
    private Task<Committed> Sale(string psn, long fen, string insutype = "390") => node.Settled(SaleOf(psn, fen, insutype));

    private SettleClaimRequest SaleOf(string psn, long fen, string insutype = "390")
    {
        var sale = node.Inline(psn, fen, "41", "pharmacy", insutype, "C1");
        sale.UseAccount = true;
        return sale;
    }

    [Fact]
    public async Task Bill_IsPaidByTheOwnAccountThenByRelativesInTheOrderOfTheirConsents()
    {
        await node.AddPerson("A", "310", "1101", 10_000);
        await node.AddPerson("B", "310", "1101", 20_000);
        await node.AddPerson("C", "310", "1101", 50_000);
        await node.Accepted(FamilyWorld.Consent("C", "A"));
        await node.Accepted(FamilyWorld.Consent("B", "A"));
        // A consent anew goes to the end.
        await node.Accepted(FamilyWorld.Consent("C", "A", 20250101));
        var request = SaleOf("A", 40_000, "310");
        var trial = (await node.Tried(request.Clone())).Claim();
        var settled = await node.Settled(request);
        var a = settled.Claim().Amounts;
        Assert.Equal((10_000, 30_000, 0, 0), (a.AccountFen, a.FamilyAccountFen, a.CashFen, a.AccountBalanceFen));
        Assert.Equal([("B", 20_000), ("C", 10_000)], settled.Claim().PaidBy());
        trial.SetlId = settled.SetlId();
        Assert.Equal(settled.Claim(), trial);
        Assert.Equal((0, 0, 40_000), (await node.Balance("A"), await node.Balance("B"), await node.Balance("C")));
        var shown = await node.Shown(settled.SetlId());
        Assert.Equal((10_000, 30_000, 0), (shown.AccountFen, shown.FamilyAccountFen, shown.CashFen));
        Assert.Equal(["310200", "310201"], shown.Share.Select(s => s.FundPayType));
        var booked = await node.Booked();
        Assert.Equal((10_000, 30_000, -30_000), (booked["personal_account 310200"], booked["personal_account 310201"], booked["provider_payable 310201"]));
        var sums = await SumSettlements.Query(node.Journal, node.Database, new SumSettlementsRequest { FixmedinsCode = node.Hospital("pharmacy") }, default);
        Assert.Equal((10_000, 30_000, 0), (sums.Value.AccountFen, sums.Value.FamilyAccountFen, sums.Value.CashFen));
        // The bill recomputes and says whose account paid.
        var statement = await GetStatement.Query(node.Journal, node.Database, new GetStatementRequest { SetlId = settled.SetlId() }, default);
        Assert.Equal([20_000, 10_000], statement.Value.Trace.Where(t => t.RuleId == "family_account").Select(t => t.ResultFen));
        await node.ReplayIsBooked("A");
    }

    [Fact]
    public async Task Reversal_GivesEachAccountBackAndItsUndoingTakesItAgain()
    {
        var (psn, payers) = await node.Family("R", 6_000, 9_000);
        var settled = await node.Settled(SaleOf(psn, 10_000));
        Assert.Equal([(payers[0], 6_000), (payers[1], 4_000)], settled.Claim().PaidBy());
        await node.Accepted(FamilyWorld.End(payers[0], psn)); // what was paid is given back all the same
        await node.Restart();
        var reversal = await node.Reversed(settled, "pharmacy");
        Assert.Equal([(payers[0], -6_000), (payers[1], -4_000)], reversal.Claim().PaidBy());
        Assert.Equal((6_000, 9_000), (await node.Balance(payers[0]), await node.Balance(payers[1])));
        await node.ReversedMessage(node.ReversingMessage(reversal));
        Assert.Equal((0, 5_000), (await node.Balance(payers[0]), await node.Balance(payers[1])));
        Assert.Equal((10_000, 0), ((await node.Effective(settled.SetlId())).FamilyAccountFen, (await node.Effective(settled.SetlId())).CashFen));
        await node.ReplayIsBooked(psn);
    }

    [Fact]
    public async Task Undoing_IsRefusedWhereARelativesAccountNoLongerHoldsIt()
    {
        var (psn, payers) = await node.Family("U", 6_000);
        var reversal = await node.Reversed(await node.Settled(SaleOf(psn, 5_000)), "pharmacy");
        Assert.Equal(2_000, (await Sale(payers[0], 2_000, "310")).Claim().Amounts.AccountFen);
        Assert.Equal("settlement.later_exists", await node.RefusedReversal(node.ReversingMessage(reversal)));
        Assert.Equal(4_000, await node.Balance(payers[0]));
    }

    [Theory]
    [InlineData(20260602, 0)] // begins after the policy date
    [InlineData(20260101, 20260531)] // ended before it
    public async Task ConsentForOtherDays_PaysNothing(int from, int to)
    {
        var name = $"D{from}";
        await node.AddPerson(name);
        await node.AddPerson(name + "P", "310", "1101", 5_000);
        await node.Accepted(FamilyWorld.Consent(name + "P", name, from, to));
        Assert.Null((await Sale(name, 1_000)).Claim().Family);
        await node.Accepted(FamilyWorld.Consent(name + "P", name, 20260601, 20260601));
        Assert.Equal([(name + "P", 1_000)], (await Sale(name, 1_000)).Claim().PaidBy());
    }

    [Fact]
    public async Task WithdrawnConsentOrEmptyAccount_PaysNothing()
    {
        var (psn, payers) = await node.Family("W", 5_000, 0);
        Assert.Equal([(payers[0], 1_000)], (await Sale(psn, 1_000)).Claim().PaidBy());
        await node.Accepted(FamilyWorld.End(payers[0], psn));
        var settled = await Sale(psn, 1_000);
        Assert.Null(settled.Claim().Facts.Family);
        Assert.Equal(1_000, settled.Claim().Amounts.CashFen);
        await node.Restart();
        Assert.Equal(1_000, (await Sale(psn, 1_000)).Claim().Amounts.CashFen);
    }

    [Fact]
    public async Task AccountOfTheDead_PaysForNobody()
    {
        var (psn, payers) = await node.Family("T", 5_000);
        var dead = await node.AddPerson(payers[0], "310", "1101", 5_000);
        (dead.Version, dead.DiedOn) = (2, 20260615);
        await node.AddPersons([dead]);
        node.Journal.Replace(dead);
        Assert.Equal(1_000, (await Sale(psn, 1_000)).Claim().Amounts.CashFen);
    }

    [Fact]
    public async Task EveryAccount_IsToldBillingByItsOwnEvent()
    {
        var (psn, payers) = await node.Family("V", 1_000, 9_000);
        var settled = await node.Settled(SaleOf(psn, 3_000));
        var reversal = await node.Reversed(settled, "pharmacy");
        Assert.Equal(
            [(payers[0], settled.SetlId(), psn, 1_000), (payers[1], settled.SetlId(), psn, 2_000), (payers[0], reversal.SetlId(), psn, -1_000), (payers[1], reversal.SetlId(), psn, -2_000)],
            (await node.Told<AccountDebited>()).Where(d => d.Cause == "mutual_aid" && d.BeneficiaryNo == psn).Select(d => (d.PsnNo, d.Reference, d.BeneficiaryNo, d.AmountFen)));
        var claim = Assert.Single(await node.Told<ClaimSettled>(), c => c.SetlId == settled.SetlId());
        Assert.Equal((3_000, 3_000, 0), (claim.PersonShareFen, claim.FamilyAccountFen, claim.CashFen));
    }

    [Fact]
    public async Task BillsOfTwoRelativesAtOnce_NeverTakeMoreThanTheAccountHolds()
    {
        const int Each = 20;
        await node.AddPerson("P", "310", "1101", 50_000);
        foreach (var child in (string[])["K1", "K2"])
        {
            await node.AddPerson(child);
            await node.Accepted(FamilyWorld.Consent("P", child));
        }
        await node.Restart(); // nobody is in memory
        var bills = Enumerable.Range(0, Each).SelectMany(_ => (Task<Committed>[])[Sale("K1", 1_900), Sale("K2", 2_100), Sale("P", 1_000, "310")]).ToArray();
        var settled = await Task.WhenAll(bills);
        var (own, family) = (settled.Sum(s => s.Claim().Amounts.AccountFen), settled.Sum(s => s.Claim().Amounts.FamilyAccountFen));
        Assert.Equal((50_000, 0), (own + family, await node.Balance("P")));
        Assert.True(family > 0 && own > 0);
        await node.Restart();
        Assert.Equal(0, await node.Balance("P"));
    }

    [Fact]
    public async Task Correction_GivesCashFirstThenTheLastRelativesAccountItsMoneyBack()
    {
        var (psn, payers) = await node.Family("X", 50_000, 100_000);
        // A stay of 5,000.00 at level 3: (5,000 − 720) × 70 % = 2,996.00; 2,004.00 is left: 500 + 1,000 from accounts, 504.00 cash.
        var request = await node.Visit(psn, 500_000, "21", useAccount: true);
        var settled = await node.Settled(request);
        var a = settled.Claim().Amounts;
        Assert.Equal((299_600, 150_000, 50_400), (a.BasicFundFen, a.FamilyAccountFen, a.CashFen));
        node.PublishBetter(); // (5,000 − 500) × 80 % = 3,600.00: 604.00 more, of which 504.00 was cash
        var d = Assert.Single(await node.Corrected(psn));
        Assert.Equal((60_400, -10_000, -50_400), (d.Difference.Amounts.BasicFundFen, d.Difference.Amounts.FamilyAccountFen, d.Difference.Amounts.CashFen));
        Assert.Equal([(payers[1], -10_000)], d.Family.Payment.Select(p => (p.PsnNo, p.AmountFen)));
        Assert.Equal((0, 10_000), (await node.Balance(payers[0]), await node.Balance(payers[1])));
        Assert.Empty(await node.Corrected(psn));
        await node.Holds();
        // What reverses it gives back the rest, and no more.
        await node.UndoneReversal(settled, payers);
    }

    [Fact]
    public async Task SecondWriterAfterACrash_HasEveryAccountAsItWasAnswered()
    {
        var (psn, payers) = await node.Family("Z", 9_000);
        var settled = await Sale(psn, 4_000);
        await node.Restart();
        Assert.Equal(5_000, await node.Balance(payers[0]));
        Assert.Equal([(payers[0], 5_000)], (await Sale(psn, 6_000)).Claim().PaidBy());
        Assert.Equal(settled.Record, (await node.Submit(SettleClaim.Command(new SettleClaimRequest { Key = settled.Record.Key, PsnNo = psn }))).Value.Record);
    }
}

file static class Undoing
{
    public static async Task UndoneReversal(this SettlementNode node, Committed settled, string[] payers)
    {
        var reversal = await node.Reversed(settled);
        Assert.Equal([(payers[0], -50_000), (payers[1], -90_000)], reversal.Claim().PaidBy());
        Assert.Equal((50_000, 100_000), (await node.Balance(payers[0]), await node.Balance(payers[1])));
        await node.ReversedMessage(node.ReversingMessage(reversal));
        Assert.Equal((0, 10_000), (await node.Balance(payers[0]), await node.Balance(payers[1])));
    }
}
