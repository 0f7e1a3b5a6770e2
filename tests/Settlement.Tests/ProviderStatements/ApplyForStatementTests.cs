using MedInsure.Protos.Settlement.V1;
using MedInsure.Settlement.Tests.Ledger;

namespace MedInsure.Settlement.Tests.ProviderStatements;

/// <summary>A provider claims a month: with the platform's figures or not at all, every settlement once.</summary>
[Trait("Category", "Storage")]
[Collection(PostgresCollection.Name)]
public sealed class ApplyForStatementTests(SharedPostgres postgres) : IAsyncLifetime
{
    private SettlementNode node = null!;
    private StatementDesk desk = null!;

    public async Task InitializeAsync() => desk = new StatementDesk(node = await SettlementNode.Create(postgres.Server));
    public Task DisposeAsync() => node.DisposeAsync().AsTask();

    [Fact]
    public async Task Month_IsClaimedWithOwnAndForeignPersons_EachSettlementOnce()
    {
        await desk.Bill(20_000);
        var taken = await desk.Bill(5_000);
        await node.Reversed(taken);
        await desk.Bill(100_000, "21");
        await desk.Foreign(30_001);
        desk.Ledger.SetDay(7, 1, 0);
        await desk.Bill(7_000); // of July
        var outpatient = await desk.Applied("11");
        Assert.Equal(("10", 3L, 1L, 20_000L, 20260601, 20260630), (outpatient.ClrStas, outpatient.RowCount, outpatient.PersonTimes, outpatient.TotalFen, outpatient.BeginOn, outpatient.EndOn));
        var inpatient = await desk.Applied("21");
        Assert.Equal((2L, 130_001L, $"{desk.County}C"), (inpatient.RowCount, inpatient.TotalFen, inpatient.ClrAppyEvtId[..7]));
        Assert.Equal(["11 3", "21 2"], await desk.Ledger.Rows("SELECT clr_type || ' ' || count(*) FROM statement_claim JOIN statement_application a ON a.number = application GROUP BY clr_type ORDER BY clr_type"));
        // What the ledger owes for it, fund by fund.
        Assert.Equal(["same"], await desk.Ledger.Rows("""
            SELECT CASE WHEN (SELECT sum(amount_fen) FROM statement_application_fund) = (SELECT sum(amount_fen) FROM provider_claim_fund WHERE settled_at < '2026-06-30T16:00:00Z') THEN 'same' ELSE 'differs' END
            """));
        // July's bill, and nothing of June any more.
        Assert.Equal("statement.period_not_over", (await desk.Apply(await desk.Books("11", 202607))).Refusal?.Code);
        Assert.Equal("statement.applied_before", (await desk.Apply(await desk.Books("11"))).Refusal?.Code);
        Assert.Equal("statement.nothing_to_apply", (await desk.Apply(await desk.Books("41"))).Refusal?.Code);
    }

    [Fact]
    public async Task WhatCameLate_IsTakenInByAnEarlierBeginning()
    {
        await desk.Foreign(10_000);
        desk.Ledger.SetDay(8, 1);
        await desk.Applied("21");
        await desk.Foreign(4_000, day: 25); // told after the application
        await desk.Foreign(6_000, day: 5, month: 7);
        var request = await desk.Books("21", 202607);
        Assert.Equal(6_000, request.TotalFen);
        (request.BeginOn, request.PersonTimes, request.TotalFen, request.FundTotalFen, request.CashFen) = (20260601, 2, 10_000, 5_000, 5_000);
        Assert.Equal(2, LedgerDesk.Value(await desk.Apply(request)).RowCount);
    }

    [Fact]
    public async Task SameRequestAgain_IsTheSameApplication()
    {
        await desk.Bill(20_000);
        desk.Ledger.SetDay(7, 1);
        var request = await desk.Books("11");
        var replies = (await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => desk.Apply(request)))).Select(LedgerDesk.Value).ToList();
        Assert.Single(replies.Distinct());
        request.TotalFen++;
        Assert.Equal("request.number_reused", (await desk.Apply(request)).Refusal?.Code);
    }

    [Fact]
    public async Task FigureThatDiffers_IsNamedWithBothFigures()
    {
        await desk.Bill(20_000, psnNo: await desk.Person("390", accountFen: 0));
        desk.Ledger.SetDay(7, 1);
        var right = await desk.Books("11");
        (Action<ApplyForStatementRequest> Change, string Field, string Theirs, string Ours)[] wrong =
        [
            (r => r.PersonTimes = 2, "psntime", "2", "1"), (r => r.TotalFen = 19_999, "medfee_sumamt", "199.99", "200.00"), (r => r.FundTotalFen += 1, "fund_appy_sum", "", ""), (r => r.CashFen = 0, "cash_payamt", "0.00", ""),
            (r => r.AccountFen = 1, "acct_pay", "0.01", "0.00"),
        ];
        foreach (var (change, field, theirs, ours) in wrong)
        {
            var request = right.Clone();
            request.RequestNo = desk.NewRequest();
            change(request);
            var refusal = (await desk.Apply(request)).Refusal;
            Assert.Equal(("statement.totals_differ", field), (refusal?.Code, refusal?.Field));
            Assert.Contains($"机构{theirs}", refusal!.Chinese, StringComparison.Ordinal);
            Assert.Contains($"中心{ours}", refusal.Chinese, StringComparison.Ordinal);
        }
        // Nothing stays of what was refused.
        Assert.Empty(await desk.Ledger.Rows("SELECT setl_id FROM statement_claim UNION ALL SELECT number::text FROM statement_application"));
        LedgerDesk.Value(await desk.Apply(right));
    }

    [Fact]
    public async Task Refusals_InTheirOrder()
    {
        var right = new ApplyForStatementRequest { FixmedinsCode = desk.Hospital, RequestNo = "1", ClrType = "11", Month = StatementDesk.June };
        (Action<ApplyForStatementRequest> Change, string Code)[] wrong =
        [
            (r => r.RequestNo = "", "request.number_invalid"), (r => r.FixmedinsCode = "", "provider.unknown"), (r => r.ClrType = "51", "statement.clearing_type_unknown"), (r => r.ClrWay = "1234567", "statement.clearing_way_invalid"),
            (r => r.Month = 202613, "statement.month_invalid"), (r => r.EndOn = 20260701, "statement.period_invalid"), (r => r.EndOn = 20260531, "statement.period_invalid"), (r => (r.BeginOn, r.EndOn) = (20260621, 20260620), "statement.period_invalid"),
            (r => r.BeginOn = 20260631, "statement.period_invalid"), (r => { }, "statement.period_not_over"), (r => r.EndOn = 20260629, "statement.nothing_to_apply"),
        ];
        foreach (var (change, code) in wrong)
        {
            var request = right.Clone();
            change(request);
            Assert.Equal(code, (await desk.Apply(request)).Refusal?.Code);
        }
    }
}
