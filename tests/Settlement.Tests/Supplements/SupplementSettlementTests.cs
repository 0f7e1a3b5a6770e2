using Google.Protobuf;
using Grpc.Core;
using MedInsure.Events;
using MedInsure.Protos.Settlement.V1;
using MedInsure.Settlement.Claims;
using MedInsure.Settlement.Journal;
using MedInsure.Settlement.Queries;
using MedInsure.Settlement.Statements;

namespace MedInsure.Settlement.Tests.Supplements;

/// <summary>
/// Bills of a person with a supplementary policy, in time, too late and taken back. A visit over 200.00 in Harbin: pooling pays 50 % = 100.00, the person is left 100.00;
/// the test's insurer pays half of that, 50.00.
/// </summary>
[Trait("Category", "Storage")]
[Collection(PostgresCollection.Name)]
public sealed class SupplementSettlementTests(SharedPostgres postgres) : IAsyncLifetime
{
    private SupplementWorld world = null!;
    private SettlementNode node = null!;

    public async Task InitializeAsync() => node = (world = await postgres.Supplements()).Node;
    public Task DisposeAsync() => Task.CompletedTask;

    [Fact]
    public async Task AnswerInTime_IsOnTheBillItsLedgerItsStatementAndItsEvent()
    {
        var psn = await world.Consented("POL1");
        var settled = await world.Settled(await node.Visit(psn, 20_000));
        var a = settled.Claim().Amounts;
        Assert.Equal((10_000, 5_000, 5_000, 15_000, 5_000, 5_000), (a.BasicFundFen, a.SupplementFen, a.OtherFundsFen, a.FundTotalFen, a.PersonShareFen, a.CashFen));
        var share = settled.Claim().Share.Single(s => s.FundPayType == "620100");
        Assert.Equal((5_000, 10_000, "哈尔滨市惠民补充医疗保险"), (share.AmountFen, share.InScopeFen, share.Name));
        Assert.Single(world.Insurer.Requests);
        Assert.Equal("", (await world.LateRow(settled)).State);

        var books = await Books(settled);
        Assert.Equal(
        [
            "benefit_expense 390100  10000", $"insurer_receivable 620100 {PolicyServer.Code} 5000", $"provider_payable 390100 {node.Hospital("3")} -10000", $"provider_payable 620100 {node.Hospital("3")} -5000",
        ], books);
        var statement = (await GetStatement.Query(node.Journal, node.Database, new GetStatementRequest { SetlId = settled.SetlId() }, default)).Value;
        var rule = statement.Trace.Single(r => r.RuleId == "supplementary_policy");
        Assert.Equal((5_000, "D000001"), (rule.ResultFen, rule.Input.Single(i => i.EnglishName == "insurer's decision").Value));
        Assert.Contains("HM230100-SUP", rule.Clause, StringComparison.Ordinal);
        Assert.Contains("\"oth_pay\": 50.00", System.Text.Encoding.UTF8.GetString(StatementJson.Render(node.Tenant, statement)), StringComparison.Ordinal);
        var page = StatementPage.Render(node.Tenant, statement);
        Assert.Contains("620100", page, StringComparison.Ordinal);
        Assert.Contains("按保单赔付", System.Net.WebUtility.HtmlDecode(page), StringComparison.Ordinal);
        var told = Assert.IsType<ClaimSettled>(Assert.Single(await world.Events(psn)));
        Assert.Equal(new ClaimSupplement("HM230100-SUP", "POL1", world.Insurer.Requests.Single().BillId, "D000001", 5_000, 0, false), told.Supplement);
        await world.Holds();
    }

    [Fact]
    public async Task OutOfCatalogCost_MayBeCovered()
    {
        var psn = await world.Consented();
        world.Insurer.Pays = r => r.PersonShareFen;
        var settled = await world.Settled(await node.Visit(psn, 20_000, item: "C1")); // wholly self-paid: no fund pays
        var a = settled.Claim().Amounts;
        Assert.Equal((20_000, 0, 20_000, 20_000, 0), (a.FullSelfPayFen, a.BasicFundFen, a.SupplementFen, a.FundTotalFen, a.PersonShareFen));
        await node.Reversed(settled);
        await node.Projected();
        await world.Holds();
    }

    [Fact]
    public async Task Account_PaysWhatThePolicyLeaves()
    {
        var psn = await world.Person("310", "1101", creditFen: 100_000);
        await world.Consents(psn, "POLA");
        var settled = await world.Settled(await node.Visit(psn, 20_000, insutype: "310", useAccount: true));
        var a = settled.Claim().Amounts;
        Assert.Equal(a.TotalFen, a.FundTotalFen + a.AccountFen + a.CashFen);
        Assert.Equal((a.SupplementFen, a.PersonShareFen, 0), (a.TotalFen - a.FundTotalFen, a.AccountFen, a.CashFen)); // half each
        Assert.True(a.SupplementFen > 0);
    }

    [Theory]
    [InlineData("nobody")] // no consent
    [InlineData("later")] // consent for other days
    [InlineData("scheme")] // contract of another city
    [InlineData("withdrawn")]
    [InlineData("nothing_left")]
    public async Task BillThatIsNoneOfTheInsurers_IsNotShownToIt(string why)
    {
        var psn = await world.Person();
        if (why == "later") await world.Consents(psn, "P1", 20260602);
        if (why == "scheme") await world.Consents(psn, "P1", contract: "CX230100-CI-390");
        if (why is "withdrawn" or "nothing_left") await world.Consents(psn, why);
        if (why == "withdrawn")
        {
            await node.Projected();
            Assert.Equal(1, (await Settlement.Supplements.WithdrawInsuredConsent.Run(node.Journal, node.Database, new WithdrawInsuredConsentRequest { ContractNo = SupplementWorld.Contract, PolicyNo = why }, default)).Value.Ended);
        }
        var request = await node.Visit(psn, 20_000);
        if (why == "nothing_left")
        {
            await node.CancelledLines(request.MdtrtId, psn, "1");
            await node.Charged(request.MdtrtId, psn, "3", NodeActions.Fee("2", "A1", 0));
            request.TotalFen = 0;
        }
        var settled = await world.Settled(request);
        Assert.Null(settled.Claim().Facts.Supplement);
        Assert.Empty(world.Insurer.Requests);
        Assert.All(await world.Events(psn), e => Assert.Null(((ClaimSettled)e).Supplement));
    }

    [Fact]
    public async Task TrialSettlement_AsksNobodyAndShowsTheBillWithout()
    {
        var psn = await world.Consented();
        var tried = await node.Tried(await node.Visit(psn, 20_000));
        Assert.Equal((10_000, 0), (tried.Claim().Amounts.PersonShareFen, tried.Claim().Amounts.SupplementFen));
        Assert.Empty(world.Insurer.Requests);
    }

    [Fact]
    public async Task InterimBills_AreAskedOneByOne()
    {
        var psn = await world.Consented();
        var stay = await node.Opened(psn, "21", NodeActions.FirstOfJune);
        await node.Charged(stay, psn, "3", NodeActions.Fee("1", "A1", 300_000));
        var interim = node.Settling(stay, psn, 300_000);
        interim.Interim = true;
        await world.Settled(interim);
        await node.Charged(stay, psn, "3", NodeActions.Fee("2", "A1", 100_000));
        await node.Discharged(stay, psn, "3", NodeActions.TenthOfJune);
        await world.Settled(node.Settling(stay, psn, 100_000));
        Assert.Equal(2, world.Insurer.Decisions.Count);
        Assert.Equal([300_000, 100_000], world.Insurer.Requests.Select(r => r.TotalFen));
    }

    [Fact]
    public async Task SameMessageAgain_GetsTheSameBytesAndAsksNobody()
    {
        var psn = await world.Consented();
        var request = await node.Visit(psn, 20_000);
        var first = await world.Settled(request);
        world.Insurer.Pays = _ => 1;
        var again = await world.Settled(request);
        Assert.True(again.IsReplay);
        Assert.Equal(SettlementRendering.Reply(first).ToByteString(), SettlementRendering.Reply(again).ToByteString());
        await node.Restart();
        Assert.Equal(SettlementRendering.Reply(first).ToByteString(), SettlementRendering.Reply(await world.Settled(request)).ToByteString());
        Assert.Single(world.Insurer.Requests);
    }

    [Fact]
    public async Task TwoCopiesOfAMessageAtOnce_SettleOnce()
    {
        var psn = await world.Consented();
        var request = await node.Visit(psn, 20_000);
        var both = await Task.WhenAll(world.Settled(request), world.Settled(request));
        Assert.Equal(SettlementRendering.Reply(both[0]).ToByteString(), SettlementRendering.Reply(both[1]).ToByteString());
        Assert.Single(world.Insurer.Decisions);
        Assert.Single(await world.Events(psn));
    }

    [Fact]
    public async Task ProcessGoneBetweenAnswerAndCommit_TheMessageAgainSettlesWithTheSameDecision()
    {
        var psn = await world.Consented();
        var request = await node.Visit(psn, 20_000);
        // The caller gives up once the insurer has decided; nothing is committed.
        using var gone = new CancellationTokenSource();
        world.Insurer.After = async (_, _) => await gone.CancelAsync();
        await Assert.ThrowsAnyAsync<Exception>(() => world.Settle(request, cancellation: gone.Token));
        Assert.Empty(await world.Events(psn));
        world.Insurer.After = (_, _) => Task.CompletedTask;
        await node.Restart();
        var settled = await world.Settled(request);
        Assert.Equal(("D000001", 5_000), (settled.Claim().Facts.Supplement.DecisionNo, settled.Claim().Amounts.SupplementFen));
        Assert.Single(world.Insurer.Decisions);
        Assert.Single(await world.Events(psn));
    }

    [Fact]
    public async Task AnotherBillCameBetween_IsAskedOnceMoreWithTheNewNumbers()
    {
        var psn = await world.Consented();
        var (first, second) = (await node.Visit(psn, 30_000), await node.Visit(psn, 20_000)); // together over the 300.00 that pooling counts
        var asked = 0;
        world.Insurer.Before = async (r, _) =>
        {
            // While the first one waits for its answer, the other one settles.
            if (r.TotalFen == 30_000 && Interlocked.Increment(ref asked) == 1) await node.Settled(second);
        };
        var settled = await world.Settled(first);
        // 200.00 of the 300.00 are used: 100.00 count, 50.00 are paid, 250.00 left.
        Assert.Equal((5_000, 12_500, 12_500), (settled.Claim().Amounts.BasicFundFen, settled.Claim().Amounts.SupplementFen, settled.Claim().Amounts.PersonShareFen));
        Assert.Equal([15_000, 25_000], world.Insurer.Requests.Where(r => r.TotalFen == 30_000).Select(r => r.PersonShareFen));
        Assert.Equal(2, asked);
    }

    [Fact]
    public async Task BillThatChangesTwiceMeanwhile_SettlesWithoutAndIsCaughtUp()
    {
        var psn = await world.Consented();
        var first = await node.Visit(psn, 30_000);
        SettleClaimRequest[] others = [await node.Visit(psn, 10_000), await node.Visit(psn, 10_000)];
        var asked = 0;
        world.Insurer.Before = async (r, _) =>
        {
            if (r is { TotalFen: 30_000, Late: false }) await node.Settled(others[Interlocked.Increment(ref asked) - 1]);
        };
        var settled = await world.Settled(first);
        Assert.Equal((2, 0, ""), (asked, settled.Claim().Amounts.SupplementFen, settled.Claim().Facts.Supplement.DecisionNo));
        Assert.Equal("pending", (await world.LateRow(settled)).State);
        await world.Round();
        Assert.Equal(("answered", 12_500L), ((await world.LateRow(settled)).State, (await world.LateRow(settled)).Fen));
    }

    [Fact]
    public async Task ConcurrentBillsOfOnePerson_SettleAsOneAfterTheOther()
    {
        var psn = await world.Consented();
        var requests = new List<SettleClaimRequest>();
        for (var i = 0; i < 6; i++) requests.Add(await node.Visit(psn, 10_000));
        var settled = await Task.WhenAll(requests.Select(world.Settled));
        foreach (var (claim, seq) in settled.OrderBy(s => s.SetlId(), StringComparer.Ordinal).Select((s, i) => (s.Claim(), i)))
        {
            // Pooling counts 300.00 of the year: three bills get 50.00, the others nothing.
            var left = seq < 3 ? 5_000 : 10_000;
            Assert.Equal(seq < 3 ? 5_000 : 0, claim.Amounts.BasicFundFen);
            // In time for these very numbers, or without: never an answer to other numbers.
            Assert.Equal(claim.Facts.Supplement.DecisionNo.Length > 0 ? left / 2 : 0, claim.Amounts.SupplementFen);
        }
        await world.Round();
        Assert.Equal(3 * 2_500 + 3 * 5_000, await world.Borne(psn));
        await world.Holds();
    }

    [Fact]
    public async Task InsurerTooLate_BillSettlesWithoutAndIsCaughtUpWithTheSameDecision()
    {
        await using var hurried = await SupplementWorld.Create(postgres.Server, TimeSpan.FromMilliseconds(400));
        var release = new TaskCompletionSource();
        hurried.Insurer.After = (r, _) => r.Late ? Task.CompletedTask : release.Task; // it has decided, and keeps it to itself
        var psn = await hurried.Consented("POL9");
        var settled = await hurried.Settled(await hurried.Node.Visit(psn, 20_000));
        release.SetResult();
        Assert.Equal((0, 10_000, ""), (settled.Claim().Amounts.SupplementFen, settled.Claim().Amounts.PersonShareFen, settled.Claim().Facts.Supplement.DecisionNo));
        Assert.Equal("pending", (await hurried.LateRow(settled)).State);
        var statement = (await GetStatement.Query(hurried.Node.Journal, hurried.Node.Database, new GetStatementRequest { SetlId = settled.SetlId() }, default)).Value;
        Assert.Equal(0, statement.Trace.Single(r => r.RuleId == "supplementary_policy").ResultFen);

        Assert.Equal(1, await hurried.Round());
        var late = hurried.Insurer.Requests.Last();
        Assert.Equal((true, settled.SetlId(), hurried.Insurer.Requests.First().BillId), (late.Late, late.SetlId, late.BillId));
        Assert.Equal(("answered", "D000001", 5_000L), await hurried.LateRow(settled));
        Assert.Equal(0, await hurried.Round()); // never again
        var events = await hurried.Events(psn);
        Assert.Equal(new ClaimSupplement("HM230100-SUP", "POL9", late.BillId, null, 0, 0, true), ((ClaimSettled)events[0]).Supplement);
        Assert.Equal(new SupplementCaughtUp(settled.SetlId(), psn, hurried.Node.Tenant.Code, "HM230100-SUP", "POL9", late.BillId, "D000001", 5_000, hurried.Clock.Now.ToUnixTimeMilliseconds()), events[1]);
        Assert.Equal(2, events.Count);
        await hurried.Holds();
    }

    // ---- taken back, in each state

    [Fact]
    public async Task ReversalOfAPaidOne_TakesThePolicysPartBack_AndItsRestorationBringsIt()
    {
        var psn = await world.Consented();
        var settled = await world.Settled(await node.Visit(psn, 20_000));
        var reversal = await node.Reversed(settled);
        Assert.Equal((-5_000, -5_000), (reversal.Claim().Amounts.SupplementFen, reversal.Claim().Amounts.OtherFundsFen));
        Assert.Equal(0, await world.Borne(psn));
        await node.ReversedMessage(node.ReversingMessage(reversal));
        Assert.Equal(5_000, await world.Borne(psn));
        Assert.Equal([5_000, -5_000, 5_000], (await world.Events(psn)).Select(e => ((ClaimSettled)e).Supplement!.OnBillFen));
        Assert.All(await world.Events(psn), e => Assert.False(((ClaimSettled)e).Supplement!.Pending));
        await world.Holds();
    }

    [Fact]
    public async Task ReversalOfAPendingOne_ClosesIt_AndItsRestorationOpensItAgain()
    {
        var psn = await world.Consented();
        var settled = await world.SettledWithoutAnswer(await node.Visit(psn, 20_000));
        var reversal = await node.Reversed(settled);
        Assert.Equal("reversed", (await world.LateRow(settled)).State);
        Assert.Equal(0, await world.Round());
        await node.ReversedMessage(node.ReversingMessage(reversal));
        Assert.Equal("pending", (await world.LateRow(settled)).State);
        Assert.Equal([true, false, true], (await world.Events(psn)).Select(e => ((ClaimSettled)e).Supplement!.Pending));
        Assert.Equal(1, await world.Round());
        Assert.Equal(("answered", 5_000L), ((await world.LateRow(settled)).State, (await world.LateRow(settled)).Fen));
        Assert.Equal(5_000, await world.Borne(psn));
        await world.Holds();
    }

    [Fact]
    public async Task ReversalOfACaughtUpOne_TakesTheLatePartBack_AndItsRestorationBringsIt()
    {
        var psn = await world.Consented();
        var settled = await world.SettledWithoutAnswer(await node.Visit(psn, 20_000));
        await world.Round();
        await node.Restart(); // what memory knew of the answer comes from the tables
        var reversal = await node.Reversed(settled);
        Assert.Equal(0, await world.Borne(psn));
        Assert.Equal((0, -5_000, "D000001"), ((ClaimSettled)(await world.Events(psn))[^1]).Supplement is { } s ? (s.OnBillFen, s.LateFen, s.DecisionNo) : default);
        await node.ReversedMessage(node.ReversingMessage(reversal));
        Assert.Equal(5_000, await world.Borne(psn));
        Assert.Equal(0, await world.Round());
        await world.Holds();
    }

    [Fact]
    public async Task AnswerAfterTheReversal_BooksNothing()
    {
        var psn = await world.Consented();
        var settled = await world.SettledWithoutAnswer(await node.Visit(psn, 20_000));
        world.Insurer.After = async (r, _) =>
        {
            if (r.Late) await node.Reversed(settled); // while the insurer answers
        };
        Assert.Equal(1, await world.Round());
        Assert.Equal(("reversed", null, null), await world.LateRow(settled));
        Assert.Equal(0, await world.Borne(psn));
        Assert.Equal(2, (await world.Events(psn)).Count);
    }

    [Fact]
    public async Task LateAnswer_LeavesAnotherBillOfTheVisitRestorable()
    {
        var psn = await world.Consented();
        var visit = await node.Opened(psn, "11", NodeActions.FirstOfJune);
        await node.Charged(visit, psn, "3", NodeActions.Fee("1", "A1", 10_000));
        var first = await world.SettledWithoutAnswer(node.Settling(visit, psn, 10_000));
        await node.Charged(visit, psn, "3", NodeActions.Fee("2", "A1", 10_000));
        var reversal = await node.Reversed(await world.Settled(node.Settling(visit, psn, 10_000)));
        await world.Round();
        Assert.Equal("answered", (await world.LateRow(first)).State);
        await node.ReversedMessage(node.ReversingMessage(reversal));
    }

    private async Task<List<string>> Books(Committed settled)
    {
        await node.Projected();
        await using var command = node.Database.CreateCommand("SELECT purpose || ' ' || fund || ' ' || counterparty || ' ' || amount_fen FROM ledger_entry JOIN ledger_account USING (account_id) WHERE setl_no = $1 ORDER BY 1");
        command.Parameters.Add(new Npgsql.NpgsqlParameter<long> { TypedValue = TenantState.NumberOf(settled.SetlId()) });
        await using var reader = await command.ExecuteReaderAsync();
        var rows = new List<string>();
        while (await reader.ReadAsync()) rows.Add(reader.GetString(0));
        return rows;
    }
}
