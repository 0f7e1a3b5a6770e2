using MedInsure.Settlement.Ledger;
using MedInsure.Settlement.Runs;

namespace MedInsure.Settlement.Tests.Ledger;

/// <summary>The end of a day: settlements summed up, a trial balance, and nothing more on it.</summary>
[Trait("Category", "Storage")]
[Collection(PostgresCollection.Name)]
public sealed class CloseDayTests(SharedPostgres postgres) : IAsyncLifetime
{
    private SettlementNode node = null!;
    private LedgerDesk desk = null!;

    public async Task InitializeAsync() => desk = new LedgerDesk(node = await SettlementNode.Create(postgres.Server));
    public Task DisposeAsync() => node.DisposeAsync().AsTask();

    [Fact]
    public async Task Closing_SaysWhatCameAndWhatWasSettled_AndGoesOnFromIt()
    {
        await node.AddPerson("P1");
        await desk.Hear(LedgerDesk.Income(1, "personal", 28_000), LedgerDesk.Income(2, "central", 60_000, channel: "treasury", payer: "finance"));
        var first = (await node.Settled(await node.Visit("P1", 10_000))).Claim().Amounts.BasicFundFen;
        Assert.Equal("ledger.day_not_over", (await desk.Close("2026-06-30")).Refusal?.Code);
        desk.SetDay(7, 1);
        var second = (await node.Settled(await node.Visit("P1", 20_000))).Claim().Amounts.BasicFundFen; // belongs to the next day
        Assert.True(first > 0 && second > first);
        var hospital = node.Hospital("3");

        var close = await desk.Closed("2026-06-30");
        Assert.Equal(
        [
            $"benefit_expense/390100/: 0 +{first} -0 = {first}", "fiscal_account/390100/: 0 +60000 -0 = 60000", $"provider_payable/390100/{hospital}: 0 +0 -{first} = {-first}", "revenue_account/390100/counter: 0 +28000 -0 = 28000",
            "revenue_central/390100/finance: 0 +0 -60000 = -60000", "revenue_personal/390100/: 0 +0 -28000 = -28000",
        ], close.Balances.Select(LedgerDesk.Text));
        Assert.Equal((2L, 1L, node.Journal.CommittedSeq), (close.IncomeNo, close.SettlementNo, close.JournalSeq));

        desk.SetDay(7, 2);
        var next = await desk.Closed("2026-07-01");
        Assert.Contains($"benefit_expense/390100/: {first} +{second} -0 = {first + second}", next.Balances.Select(LedgerDesk.Text));
        Assert.Equal(0, next.Balances.Sum(b => b.ClosingFen));
        Assert.Equal(new DateOnly(2026, 6, 30), next.PreviousDay);
        Assert.Empty(await desk.Findings());
        Assert.Empty((await LedgerDesk.Verify(await desk.Export())).Findings);
    }

    [Fact]
    public async Task SettledAndReversedOnOneDay_IsTurnoverWithoutABalance_ByDayOfEffect()
    {
        await node.AddPerson("P1");
        var stay = await node.Settled(await node.Visit("P1", 3_000_000, "21")); // takes effect on the 10th
        await node.Reversed(stay);
        var visit = (await node.Settled(await node.Visit("P1", 10_000))).Claim().Amounts.BasicFundFen; // on the 1st
        desk.SetDay(7, 1);
        var close = await desk.Closed("2026-06-30");
        var fund = stay.Claim().Amounts.BasicFundFen;
        Assert.Contains($"benefit_expense/390100/: 0 +{fund + visit} -{fund} = {visit}", close.Balances.Select(LedgerDesk.Text));
        Assert.Equal(["1-3 2026-06-01 2026-06-01 2026-06-30", "1-3 2026-06-10 2026-06-10 2026-06-30"], await desk.Rows("SELECT number || ' ' || effective_on || ' ' || booked_on FROM voucher WHERE kind = 'settlement' ORDER BY 1"));
        Assert.Empty(await desk.Findings());
    }

    [Fact]
    public async Task SameDayAgain_AnswersWhatWasClosed_AndADayBeforeIsNone()
    {
        await desk.Hear(LedgerDesk.Income(1, "personal", 28_000));
        desk.SetDay(7, 1);
        var answers = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => desk.Close("2026-06-30")));
        Assert.Equal(2, Assert.Single(answers.Select(a => LedgerDesk.Value(a).No).Distinct()));
        Assert.Equal("ledger.closing_unknown", (await desk.Close("2026-06-29")).Refusal?.Code);
        Assert.Equal("ledger.day_invalid", (await desk.Close("2026-06-31")).Refusal?.Code);
        Assert.Equal("approval.person_missing", (await desk.Close("2026-06-30", "")).Refusal?.Code);
        Assert.Equal(["2"], await desk.Rows("SELECT voucher_no::text FROM ledger_head"));
    }

    [Fact]
    public async Task MissingIncome_StopsTheClosingUntilItComes()
    {
        await desk.Hear(LedgerDesk.Income(1, "personal", 1), LedgerDesk.Income(3, "personal", 3));
        desk.SetDay(7, 1);
        var refused = (await desk.Close("2026-06-30")).Refusal!;
        Assert.Equal(("ledger.income_missing", true), (refused.Code, refused.English.StartsWith("Income 2 ", StringComparison.Ordinal)));
        Assert.Equal(2, LedgerDesk.Value(await GetLedger.Query(desk.Place, default)).MissingIncomeNo);
        await desk.Hear(LedgerDesk.Income(2, "personal", 2));
        // It came on the next day, and is booked on it.
        Assert.Equal(["revenue_account/390100/counter: 0 +4 -0 = 4", "revenue_personal/390100/: 0 +0 -4 = -4"], (await desk.Closed("2026-06-30")).Balances.Select(LedgerDesk.Text));
        desk.SetDay(7, 2);
        Assert.Equal(["revenue_account/390100/counter: 4 +2 -0 = 6", "revenue_personal/390100/: -4 +0 -2 = -6"], (await desk.Closed("2026-07-01")).Balances.Select(LedgerDesk.Text));
        Assert.Empty((await LedgerDesk.Verify(await desk.Export())).Findings);
    }

    [Fact]
    public async Task ClockThatGoesBack_BooksNothingIntoAClosedDay()
    {
        await node.AddPerson("P1");
        await desk.Hear(LedgerDesk.Income(1, "personal", 1));
        desk.SetDay(7, 1);
        await desk.Closed("2026-06-30");
        desk.SetDay(6, 30, 23);
        await desk.Hear(LedgerDesk.Income(2, "personal", 2));
        await node.Settled(await node.Visit("P1", 10_000)); // its own entries say the 30th
        Assert.Equal(["2026-07-01"], await desk.Rows("SELECT booked_on::text FROM voucher WHERE kind = 'income' AND number = '2'"));
        desk.SetDay(7, 2);
        Assert.Equal(1, (await desk.Closed("2026-07-01")).SettlementNo);
        Assert.Equal(["2026-07-01"], await desk.Rows("SELECT DISTINCT booked_on::text FROM voucher WHERE kind = 'settlement'"));
        Assert.Empty(await desk.Findings());
    }

    [Fact]
    public async Task TablesBuiltAgain_AreWhatWasSummedUp()
    {
        await node.AddPerson("P1");
        await node.Settled(await node.Visit("P1", 10_000));
        desk.SetDay(7, 1);
        await desk.Closed("2026-06-30");
        await node.Close();
        await desk.Tamper("""
            TRUNCATE request_key, encounter, encounter_record, claim, accumulator, account, filing, ledger_entry, consent, late_supplement, policy_version;
            UPDATE projection_checkpoint SET seq = 0, last_encounter_no = 0, last_settlement_no = 0, last_filing_no = 0
            """);
        await node.Open();
        await node.Projected();
        Assert.Empty(await desk.Findings());
        await node.Settled(await node.Visit("P1", 10_000));
        desk.SetDay(7, 2);
        Assert.Equal(2, (await desk.Closed("2026-07-01")).SettlementNo);
        Assert.Empty(await desk.Findings());
    }

    [Theory]
    [InlineData("UPDATE voucher SET document = convert_to(replace(convert_from(document, 'UTF8'), '28000', '28001'), 'UTF8') WHERE voucher_no = 1", "voucher 1: the chain of hashes is broken")]
    [InlineData("UPDATE voucher SET effective_on = effective_on - 1 WHERE voucher_no = 1", "voucher 1: its columns are not its document's")]
    [InlineData("UPDATE voucher_entry SET amount_fen = amount_fen + 1 WHERE voucher_no = 1 AND entry_no = 1", "voucher 1: its entries are not its document's")]
    [InlineData("DELETE FROM voucher_entry WHERE voucher_no = 1", "voucher 1: its entries are not its document's")]
    [InlineData("DELETE FROM voucher WHERE kind = 'close'", "the ledger's head is not its last voucher's")]
    [InlineData("UPDATE ledger_head SET closed_on = NULL", "the ledger's head is not its last voucher's")]
    [InlineData("UPDATE ledger_entry SET amount_fen = 2 * amount_fen WHERE setl_no = 1", "settlements 1 to 1 are booked otherwise than was summed up")]
    [InlineData("UPDATE ledger_entry SET effective_on = effective_on - 1 WHERE setl_no = 1", "settlements 1 to 1 have other days of effect")]
    public async Task ChangedBehindItsBack_IsFound(string sql, string finding)
    {
        await node.AddPerson("P1");
        await desk.Hear(LedgerDesk.Income(1, "personal", 28_000));
        await node.Settled(await node.Visit("P1", 10_000));
        desk.SetDay(7, 1);
        await desk.Closed("2026-06-30");
        Assert.Empty(await desk.Findings());
        await desk.Tamper(sql);
        Assert.Contains(await desk.Findings(), f => f.Contains(finding, StringComparison.Ordinal));
    }

    [Fact]
    public async Task UnbalancedSettlement_StopsTheClosing()
    {
        await node.AddPerson("P1");
        await node.Settled(await node.Visit("P1", 10_000));
        await node.Projected();
        await desk.Tamper("UPDATE ledger_entry SET amount_fen = amount_fen + 1 WHERE entry_no = 1");
        desk.SetDay(7, 1);
        Assert.Equal("ledger.settlements_unbalanced", (await desk.Close("2026-06-30")).Refusal?.Code);
        Assert.Empty(await desk.Rows("SELECT voucher_no::text FROM voucher"));
    }

    [Fact]
    public async Task LedgerNow_CountsEverySettlementOnce()
    {
        await node.AddPerson("P1");
        await node.Settled(await node.Visit("P1", 10_000));
        var before = LedgerDesk.Value(await GetLedger.Query(desk.Place, default)).Balances;
        desk.SetDay(7, 1);
        await desk.Closed("2026-06-30");
        Assert.Equal(2, before.Count);
        Assert.Equal(before, LedgerDesk.Value(await GetLedger.Query(desk.Place, default)).Balances);
    }
}
