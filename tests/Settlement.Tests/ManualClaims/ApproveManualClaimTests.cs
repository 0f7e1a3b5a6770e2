using System.Text;
using System.Text.Json;
using MedInsure.Protos.Settlement.V1;
using MedInsure.Settlement.Claims;
using MedInsure.Settlement.Encounters;
using MedInsure.Settlement.Journal;
using MedInsure.Settlement.ManualClaims;
using MedInsure.Settlement.PersonPayments;
using MedInsure.Settlement.Policies;
using MedInsure.Settlement.Queries;
using MedInsure.Settlement.Statements;
using MedInsure.Settlement.Tests.Corrections;
using MedInsure.Settlement.Tests.Runs;
using Npgsql;

namespace MedInsure.Settlement.Tests.ManualClaims;

/// <summary>A paper bill from its entry to the bank, and what the journal, the ledger and the hospital see of it.</summary>
[Trait("Category", "Storage")]
[Collection(PostgresCollection.Name)]
public sealed class ApproveManualClaimTests(SharedPostgres postgres) : IAsyncLifetime
{
    private SettlementNode node = null!;
    private ManualDesk desk = null!;

    public async Task InitializeAsync()
    {
        node = await SettlementNode.Create(postgres.Server, policies: PolicyLibrary.LoadEmbedded());
        desk = new ManualDesk(node);
        await node.AddPerson("P1");
        await node.AddPerson("P2");
    }

    public Task DisposeAsync() => node.DisposeAsync().AsTask();

    [Fact]
    public async Task WholeLife_PaysTheFundsPartToThePersonsAccount()
    {
        var claim = await desk.Entered(desk.Bill("P1", 100_000, reason: "03"));
        Assert.DoesNotContain("62220200", JsonSerializer.Serialize(claim.Shown(node.Tenant.Code), CountyDesk.Json), StringComparison.Ordinal);
        Assert.DoesNotContain("62220200", claim.ToString(), StringComparison.Ordinal);
        RunDesk.Value(await desk.Review1(claim));
        RunDesk.Value(await desk.Review2(claim));
        // 100,000.00 - 720.00 at 70 % = 69,496.00; burden 30,504.00, over 14,000.00: 10,000 at 50 % and 6,504 at 51 % = 8,317.04.
        var preview = await desk.Preview(claim);
        Assert.Equal((6_949_600L, 831_704L, 7_781_304L, ""), (preview.BasicFundFen, preview.CriticalIllnessFen, preview.FundTotalFen, preview.SetlId));
        var settled = RunDesk.Value(await desk.Approve(claim));
        Assert.Equal((ManualClaim.Settled, 7_781_304L), (settled.State, settled.FundTotalFen));
        await node.Projected();
        Assert.Equal("benefit_expense 390100 6949600, benefit_expense 390200 831704, person_payable 390100 -6949600, person_payable 390200 -831704", await Entries(settled.SetlId));

        var shown = await node.Shown(settled.SetlId);
        Assert.Equal((ManualClaim.NumberOf(node.Tenant.Code, claim.Number), "03", claim.Bill.Invoices[0].Number, 7_781_304L, "测试医院3", "3"), (shown.ManualClaimNo, shown.ManualReason, shown.InvoiceNo, shown.FundTotalFen, shown.FixmedinsName, shown.PolicyLevel));
        var statement = RunDesk.Value(await GetStatement.Query(node.Journal, node.Database, new GetStatementRequest { SetlId = settled.SetlId }, default));
        var page = System.Net.WebUtility.HtmlDecode(StatementPage.Render(node.Tenant, statement));
        foreach (var text in (string[])["中心手工", "异地就医", "基金应付个人", "77813.04", shown.ManualClaimNo]) Assert.Contains(text, page, StringComparison.Ordinal);
        Assert.DoesNotContain("个人应付现金", page, StringComparison.Ordinal);
        using var json = JsonDocument.Parse(StatementJson.Render(node.Tenant, statement));
        Assert.Equal(("1", "1", "03"), (json.RootElement.GetProperty("setl_type").GetString(), json.RootElement.GetProperty("pay_loc").GetString(), json.RootElement.GetProperty("manl_reim_rea").GetString()));

        var list = await desk.Payments.Prepared();
        Assert.Equal((1, 7_781_304L), (list.PersonCount, list.AmountFen));
        RunDesk.Value(await desk.Payments.Approve(list));
        Assert.Equal("***************2333", (await desk.Payments.On(list))[0].Account);
        var csv = Encoding.UTF8.GetString(RunDesk.Value(await ListPaymentPersons.Csv(desk.Place, list.Number, default)));
        Assert.Contains("P1,77813.04,2,工商银行哈尔滨分行,王测试,6222020011112222333\r\n", csv, StringComparison.Ordinal);
        // Money goes by hands that had nothing to do with the bill.
        foreach (var person in (string[])[ManualDesk.Clerk, ManualDesk.First, ManualDesk.Second, ManualDesk.Approver]) Assert.Equal(("approval.same_person", "paid_by"), ((await desk.Payments.Pay(list, person)).Refusal?.Code, (await desk.Payments.Pay(list, person)).Refusal?.Field));
        RunDesk.Value(await desk.Payments.Pay(list));
        Assert.Equal("expenditure_account 390100 -6949600, expenditure_account 390200 -831704, person_payable 390100 6949600, person_payable 390200 831704",
            await desk.Text("SELECT string_agg(purpose || ' ' || fund || ' ' || voucher_entry.amount_fen, ', ' ORDER BY purpose, fund) FROM voucher JOIN voucher_entry USING (voucher_no) JOIN ledger_account USING (account_id) WHERE kind = 'payment'"));
        await node.Holds();
    }

    [Fact]
    public async Task FourPeople_AreFour()
    {
        var claim = await desk.Entered(desk.Bill("P1", 1_000));
        Assert.Equal("approval.person_missing", (await desk.Review1(claim, " ")).Refusal?.Code);
        Assert.Equal("manual.unknown", (await ReviewManualClaim.First(desk.Place, claim.Number + 1, new("某"), node.Time.GetUtcNow(), default)).Refusal?.Code);
        Assert.Equal("manual.not_in_state", (await desk.Review2(claim)).Refusal?.Code);
        Assert.Equal("manual.not_in_state", (await desk.Approve(claim)).Refusal?.Code);
        Assert.Equal("approval.same_person", (await desk.Review1(claim, ManualDesk.Clerk)).Refusal?.Code);
        Assert.Equal(ManualClaim.FirstReviewed, RunDesk.Value(await desk.Review1(claim)).State);
        Assert.Equal(ManualClaim.FirstReviewed, RunDesk.Value(await desk.Review1(claim)).State); // the same message again
        Assert.Equal("manual.not_in_state", (await desk.Review1(claim, "别人")).Refusal?.Code);
        foreach (var one in (string[])[ManualDesk.Clerk, $" {ManualDesk.First} "]) Assert.Equal("approval.same_person", (await desk.Review2(claim, one)).Refusal?.Code);
        RunDesk.Value(await desk.Review2(claim));
        foreach (var one in (string[])[ManualDesk.Clerk, ManualDesk.First, ManualDesk.Second]) Assert.Equal("approval.same_person", (await desk.Approve(claim, one)).Refusal?.Code);
        foreach (var amount in (decimal[])[0, 195.99m, 196.01m, 196.001m]) Assert.Equal("manual.amount_changed", (await desk.Approve(claim, amount: amount)).Refusal?.Code);
        var approved = RunDesk.Value(await desk.Approve(claim, amount: 196));
        Assert.Equal(approved, RunDesk.Value(await desk.Approve(claim, amount: 196)) with { Bill = approved.Bill });
        Assert.Equal("manual.amount_changed", (await desk.Approve(claim, amount: 197)).Refusal?.Code);
        Assert.Equal("manual.not_in_state", (await desk.Approve(claim, "别人", 196)).Refusal?.Code);
        Assert.Equal("manual.not_in_state", (await desk.Reject(claim)).Refusal?.Code);
    }

    /// <summary>Whatever code does, the table holds: nobody acts twice, nothing is settled unreviewed, nothing disappears.</summary>
    [Theory]
    [InlineData("UPDATE manual_claim SET state = 'first_reviewed', first_reviewed_by = entered_by", "23514")]
    [InlineData("UPDATE manual_claim SET state = 'second_reviewed', first_reviewed_by = 'b', second_reviewed_by = 'b'", "23514")]
    [InlineData("UPDATE manual_claim SET state = 'settled', setl_id = 'x', first_reviewed_by = 'b', second_reviewed_by = 'c', approved_by = 'c', fund_total_fen = 1", "23514")]
    [InlineData("UPDATE manual_claim SET state = 'settled'", "23514")]
    [InlineData("UPDATE manual_claim SET state = 'rejected'", "23514")]
    [InlineData("DELETE FROM manual_claim", "42501")]
    [InlineData("DELETE FROM manual_claim_invoice", "42501")]
    [InlineData("UPDATE manual_claim_attachment SET sha256 = name", "42501")]
    [InlineData("INSERT INTO manual_claim_invoice SELECT number + 0, provider_key, 'x' FROM manual_claim_invoice; INSERT INTO manual_claim_invoice SELECT number, provider_key, 'x' FROM manual_claim_invoice", "23505")]
    public async Task WhatMustNotBe_TheTablesRefuse(string sql, string state)
    {
        await desk.Entered(desk.Bill("P1", 1_000));
        await using var command = node.Database.CreateCommand(sql);
        Assert.Equal(state, (await Assert.ThrowsAsync<PostgresException>(() => command.ExecuteNonQueryAsync())).SqlState);
    }

    [Fact]
    public async Task ManyApprovalsAtOnce_SettleOnce()
    {
        var claim = await desk.Reviewed(desk.Bill("P1", 1_000));
        var answers = await Task.WhenAll(Enumerable.Range(0, 6).Select(i => Task.Run(() => ApproveManualClaim.Execute(desk.Place, claim.Number, new(i % 2 == 0 ? ManualDesk.Approver : "另一人", 196), node.Time.GetUtcNow(), default))));
        Assert.Single(answers.Where(a => !a.IsRefused).Select(a => a.Value.SetlId).Distinct());
        Assert.All(answers.Where(a => a.IsRefused), a => Assert.Equal("manual.not_in_state", a.Refusal!.Code));
        await node.Projected();
        Assert.Equal("1", await desk.Text("SELECT count(*)::text FROM claim"));
    }

    [Fact]
    public async Task WhatTheJournalSettledBeforeACrash_IsFoundAgain()
    {
        var claim = await desk.Reviewed(desk.Bill("P1", 1_000));
        await node.Tamper("UPDATE manual_claim SET state = 'approved', approved_by = '" + ManualDesk.Approver + "', approved_at = now(), fund_total_fen = 19600");
        var settled = await node.Accepted(PaperClaim.Settle(node.Tenant.Code, ManualClaim.NumberOf(node.Tenant.Code, claim.Number), claim.Bill, 19_600));
        await node.Restart();
        Assert.Equal(settled.SetlId(), RunDesk.Value(await ApproveManualClaim.Execute(desk.Place, claim.Number, new(ManualDesk.Approver, 196), node.Time.GetUtcNow(), default)).SetlId);
        await node.Projected();
        Assert.Equal("1", await desk.Text("SELECT count(*)::text FROM claim"));
    }

    [Fact]
    public async Task AccumulatorsThatChangedSinceTheReview_ChangeTheAmount()
    {
        var claim = await desk.Reviewed(desk.Bill("P1", 100_000));
        var before = (await desk.Preview(claim)).FundTotalFen;
        await node.Settled(await node.Visit("P1", 50_000_00, "21", "2"));
        Assert.Equal("manual.amount_changed", (await desk.Approve(claim, amount: Yuan.Of(before))).Refusal?.Code);
        Assert.Equal(ManualClaim.SecondReviewed, (await ManualClaim.Find(desk.Place, claim.Number, default))!.State);
        Assert.NotEqual(before, RunDesk.Value(await desk.Approve(claim)).FundTotalFen);
        await node.Holds();
    }

    [Fact]
    public async Task Hospitals_NeitherSeeNorTouchIt()
    {
        var settled = await desk.Settled(desk.Bill("P1", 1_000));
        await node.Settled(node.Inline("P2", 5_000));
        var mdtrtId = (await node.Shown(settled.SetlId)).MdtrtId;
        Assert.Equal("encounter.other_provider", await node.Refused(ReverseSettlement.Command(new ReverseSettlementRequest { Key = node.Key("2305"), FixmedinsCode = node.Hospital("3"), MdtrtId = mdtrtId, PsnNo = "P1", SetlId = settled.SetlId })));
        Assert.Equal("encounter.other_provider", await node.Refused(AddFeeLines.Command(node.Fees(mdtrtId, "P1", "3", NodeActions.Fee("9", "A1", 100)))));
        var sums = RunDesk.Value(await SumSettlements.Query(node.Journal, node.Database, new SumSettlementsRequest { FixmedinsCode = node.Hospital("3") }, default));
        Assert.Equal((1, 5_000L), (sums.RowCount, sums.TotalFen));
        Assert.Equal("1 1", await desk.Text("SELECT (SELECT count(*) FROM provider_claim) || ' ' || (SELECT count(DISTINCT setl_id) FROM provider_claim_fund)"));
    }

    [Fact]
    public async Task SumsByCategory_AreDividedAsTheReviewersSay()
    {
        var bill = desk.Bill("P1", 1_500) with
        {
            Lines = null, Sums = [new("09", "西药费", 1_000, 100, 50.01m, 99.99m, false), new("01", "床位费", 500, null, null, null, true)],
        };
        var settled = await desk.Settled(bill);
        var shown = await node.Shown(settled.SetlId);
        Assert.Equal((150_000L, 10_000L, 5_001L, 9_999L, 125_000L), (shown.TotalFen, shown.FullSelfPayFen, shown.OverLimitFen, shown.FirstPayFen, shown.InScopeFen));
        Assert.Equal((125_000 - 72_000) * 7 / 10, shown.BasicFundFen);
        Assert.Equal(["1f", "1i", "1o", "1s", "2i"], RunDesk.Value(await GetStatement.Query(node.Journal, node.Database, new GetStatementRequest { SetlId = settled.SetlId }, default)).Line.Select(l => l.FeedetlSn).Order(StringComparer.Ordinal));
        await node.Holds();
    }

    [Fact]
    public async Task Corrections_TablesBuiltAgain_AndTheClosing_TakeItAlong()
    {
        var settled = await desk.Settled(desk.Bill("P1", 20_000));
        await desk.Settled(desk.Bill("P2", 30_000, provider: ManualDesk.Beijing(), reason: "03"));
        node.PublishBetter();
        // 19,500.00 at 80 % instead of 19,280.00 at 70 %.
        Assert.Equal(1_560_000 - 1_349_600, Assert.Single(await node.Corrected("P1")).Difference.Amounts.BasicFundFen);
        Assert.Equal(1_560_000, (await node.Effective(settled.SetlId)).BasicFundFen);
        var reversed = RunDesk.Value(await desk.Reverse(settled));
        Assert.Equal(ManualClaim.Reversed, reversed.State);
        await node.Projected();
        var before = await Fingerprint();
        await node.Close();
        await node.Tamper("""
            TRUNCATE request_key, encounter, encounter_record, claim, claim_correction, accumulator, account, filing, ledger_entry, consent, late_supplement, person_benefit;
            UPDATE projection_checkpoint SET seq = 0, last_encounter_no = 0, last_settlement_no = 0, last_filing_no = 0;
            """);
        await node.Open();
        Assert.Equal(before, await Fingerprint());
        await node.Holds();
        Assert.Equal(0L, (await node.Booked()).Values.Sum());
    }

    [Theory]
    [InlineData("UPDATE person_benefit SET amount_fen = amount_fen + 1 WHERE kind = 'manual'", "is otherwise in person_benefit")]
    [InlineData("DELETE FROM person_benefit WHERE fund_pay_type = '390200'", "is otherwise in person_benefit")]
    [InlineData("INSERT INTO person_benefit SELECT setl_id || '.x', psn_no, kind, insutype, year, rule_id, 'x', name, cause, setl_id, mdtrt_id, run_no, 1, effective_on, booked_at, seq FROM person_benefit LIMIT 1", "amounts of paper bills")]
    public async Task Tampering_IsFound(string sql, string finding)
    {
        await desk.Settled(desk.Bill("P1", 100_000));
        await node.Tamper(sql);
        Assert.Contains((await VerifyJournal.Run(node.Database, node.Tenant, node.Policies, default)).Findings, f => f.Contains(finding, StringComparison.Ordinal));
    }

    private Task<string?> Entries(string setlId) =>
        desk.Text($"SELECT string_agg(purpose || ' ' || fund || ' ' || amount_fen, ', ' ORDER BY purpose, fund) FROM ledger_entry JOIN ledger_account USING (account_id) WHERE setl_no = {TenantState.NumberOf(setlId)}");

    private async Task<string> Fingerprint() => string.Join('\n', await Task.WhenAll(new[] { "request_key", "encounter", "claim", "claim_correction", "accumulator", "account", "ledger_entry", "person_benefit" }.Select(table =>
        desk.Text($"SELECT '{table} ' || count(*) || ' ' || coalesce(md5(string_agg(t::text, '|' ORDER BY t::text)), '') FROM {table} t"))));
}
