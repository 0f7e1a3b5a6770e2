using MedInsure.Settlement.Journal;
using MedInsure.Settlement.Tests.Corrections;
using MedInsure.Settlement.Tests.Runs;

namespace MedInsure.Settlement.Tests.YearEnd;

/// <summary>Yongding's secondary compensation as runs: who gets what, the second run of a year, and the books.</summary>
[Trait("Category", "Storage")]
[Collection(PostgresCollection.Name)]
public sealed class YearEndRunTests(SharedPostgres postgres) : IAsyncLifetime
{
    private SettlementNode node = null!;
    private RunDesk desk = null!;

    public async Task InitializeAsync()
    {
        node = await SettlementNode.Create(postgres.Server, "4308");
        desk = new RunDesk(node);
        foreach (var psnNo in (string[])["P1", "P2", "P3", "P4"]) await node.AddPerson(psnNo, "380");
    }

    public Task DisposeAsync() => node.DisposeAsync().AsTask();

    [Fact]
    public async Task StaysOfTheYear_GetWhatTheRuleSays_InPreviewBooksAndLedger()
    {
        await desk.Stay("P1", 2_000_000);
        await desk.Stay("P1", 6_000_000);
        await desk.Stay("P2", 1_999_999);
        await desk.Reversed(await desk.Stay("P3", 3_000_000));
        await node.Settled(await node.Visit("P4", 3_000_000, "11", "2", "380"));

        var run = await desk.Previewed();
        // P2 and P3 have too little, P4's visit is no stay.
        Assert.Equal((2, 2L, 1L, 0L, 700_000L, 700_000L, 0L), (run.PersonCount, run.Computed, run.Affected, run.BeforeFen, run.AfterFen, run.PreviewFen, run.BookedFen));
        var person = Assert.Single(await desk.Persons(run, "previewed"));
        Assert.Equal(("P1", 2, 0m, 7_000m, 7_000m, 7_000m), (person.PsnNo, person.Settlements, person.Before, person.After, person.Preview, person.ByFund["380100"]));
        Assert.Empty(await desk.Benefits("P1"));

        RunDesk.Value(await desk.Approve(run));
        await desk.Worked();
        await node.Projected();
        Assert.Equal(("booked", 700_000L), ((await desk.Now(run)).State, (await desk.Now(run)).BookedFen));
        Assert.Equal([300_000, 400_000], await desk.Benefits("P1"));
        Assert.Equal(700_000, await desk.Count("SELECT sum(amount_fen)::bigint FROM ledger_entry JOIN ledger_account USING (account_id) WHERE purpose = 'benefit_expense' AND fund = '380100' AND effective_on = '2026-12-31'"));
        Assert.Equal(-700_000, await desk.Count("SELECT sum(amount_fen)::bigint FROM ledger_entry JOIN ledger_account USING (account_id) WHERE purpose = 'person_payable'"));
        Assert.Empty((await VerifyJournal.Run(node.Database, node.Tenant, node.Policies, default)).Findings);
    }

    [Fact]
    public async Task SecondRun_GrantsWhatIsMissing_AndTakesBackWhatAReversedStayNoLongerCarries()
    {
        var first = await desk.Stay("P1", 2_500_000);
        await desk.Stay("P2", 2_500_000);
        await desk.Booked();
        // Nothing new: nobody gets anything twice.
        var again = await desk.Booked();
        Assert.Equal((0L, 600_000L, 0L, 0L), (again.Affected, again.BeforeFen, again.PreviewFen, again.BookedFen));

        await desk.Reversed(first);
        await desk.Stay("P1", 7_000_000);
        await desk.Stay("P3", 2_000_000);
        var run = await desk.Booked();
        Assert.Equal((2L, 600_000L, 1_000_000L, 400_000L, 400_000L), (run.Affected, run.BeforeFen, run.AfterFen, run.PreviewFen, run.BookedFen));
        Assert.Equal([300_000, -300_000, 400_000], (await desk.Benefits("P1")).Order().OrderBy(a => a == 300_000 ? 0 : a < 0 ? 1 : 2));
        Assert.Equal([300_000], await desk.Benefits("P2"));
        Assert.Equal([300_000], await desk.Benefits("P3"));
        Assert.Empty((await VerifyJournal.Run(node.Database, node.Tenant, node.Policies, default)).Findings);
    }

    /// <summary>25,000.00 at level 2: deductible 300.00, 75 % of the rest, 6,475.00 borne: the rule's 3,000.00 whole. With 100 % only the deductible is borne, and no more can be granted.</summary>
    [Fact]
    public async Task CorrectedStay_BearsLess_SoTheNextRunTakesBackWhatExceedsThat()
    {
        await desk.Stay("P1", 2_500_000);
        await desk.Booked();
        await node.Adopt("yongding/ncms", "2026.9", 2026_01_01, 1, ("{when: {level: \"2\"}, ratio: 75 %", "{when: {level: \"2\"}, ratio: 100 %"));
        Assert.Equal(-617_500, Assert.Single(await node.Corrected("P1")).Difference.Amounts.PersonShareFen);
        var run = await desk.Booked();
        Assert.Equal((1L, 300_000L, 30_000L, -270_000L), (run.Affected, run.BeforeFen, run.AfterFen, run.BookedFen));
        // The correction's cash, and the two grants.
        Assert.Equal(617_500 + 30_000, await desk.Count("SELECT sum(amount_fen)::bigint FROM person_benefit WHERE psn_no = 'P1'"));
        Assert.Empty((await VerifyJournal.Run(node.Database, node.Tenant, node.Policies, default)).Findings);
    }

    [Fact]
    public async Task SettledBetweenPreviewAndBooking_IsBookedAsItStandsThen()
    {
        var stay = await desk.Stay("P1", 2_500_000);
        await desk.Stay("P2", 2_500_000);
        var run = await desk.Previewed();
        await desk.Reversed(stay);
        await desk.Stay("P2", 2_500_000);
        RunDesk.Value(await desk.Approve(run));
        await desk.Worked();
        await node.Projected();
        run = await desk.Now(run);
        Assert.Equal((600_000L, 600_000L, "booked"), (run.PreviewFen, run.BookedFen, run.State));
        Assert.Empty(await desk.Benefits("P1"));
        Assert.Equal([300_000, 300_000], await desk.Benefits("P2"));
    }

    [Theory]
    [InlineData("390", 2026, "secondary", "policy.none_in_force")]
    [InlineData("380", 2027, "secondary", "year_end.year_invalid")]
    [InlineData("380", 1999, "secondary", "year_end.year_invalid")]
    [InlineData("380", 2010, "secondary", "policy.none_in_force")]
    [InlineData("380", 2026, "tertiary", "year_end.rule_unknown")]
    public async Task TermsThatFitNoRule_AreRefused(string insutype, int year, string rule, string code) =>
        Assert.Equal(code, (await desk.Start(RunDesk.Order(RunDesk.Terms(year, insutype, rule)))).Refusal?.Code);

    /// <summary>Whoever changes a benefit, its booking or the journal behind the service's back is found out.</summary>
    [Theory]
    [InlineData("UPDATE person_benefit SET amount_fen = amount_fen + 1", "is otherwise in the table")]
    [InlineData("UPDATE person_benefit SET psn_no = 'P2'", "is otherwise in the table")]
    [InlineData("DELETE FROM person_benefit", "is otherwise in the table")]
    [InlineData("INSERT INTO person_benefit SELECT '430801S000000000999', psn_no, kind, insutype, year, rule_id, fund_pay_type, name, cause, setl_id, mdtrt_id, run_no, amount_fen, effective_on, booked_at, seq FROM person_benefit", "2 benefits in the table, 1 in the journal")]
    [InlineData("UPDATE ledger_entry SET amount_fen = 2 * amount_fen WHERE setl_no = 2", "is booked otherwise in the ledger")]
    [InlineData("DELETE FROM ledger_entry WHERE setl_no = 2", "is booked otherwise in the ledger")]
    public async Task ChangedBehindItsBack_IsFound(string sql, string finding)
    {
        await desk.Stay("P1", 2_500_000);
        await desk.Booked();
        Assert.True(await node.Tamper(sql) > 0);
        Assert.Contains((await VerifyJournal.Run(node.Database, node.Tenant, node.Policies, default)).Findings, f => f.Contains(finding, StringComparison.Ordinal));
    }
}
