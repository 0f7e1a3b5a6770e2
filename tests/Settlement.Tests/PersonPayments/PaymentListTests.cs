using System.Text;
using MedInsure.Settlement.PersonPayments;
using MedInsure.Settlement.Projections;
using MedInsure.Settlement.Tests.Runs;
using Npgsql;

namespace MedInsure.Settlement.Tests.PersonPayments;

/// <summary>Lists of payments to persons: three people, every amount on one standing list, nobody paid twice.</summary>
[Trait("Category", "Storage")]
[Collection(PostgresCollection.Name)]
public sealed class PaymentListTests(SharedPostgres postgres) : IAsyncLifetime
{
    private SettlementNode node = null!;
    private RunDesk desk = null!;
    private int lastBenefit;

    public async Task InitializeAsync()
    {
        node = await SettlementNode.Create(postgres.Server, "4308");
        desk = new RunDesk(node);
    }

    public Task DisposeAsync() => node.DisposeAsync().AsTask();

    /// <summary>Rows as the projection writes them, of whatever cause.</summary>
    private async Task Owed(params IEnumerable<(string PsnNo, long Fen)> amounts)
    {
        PersonBenefit[] rows = [.. amounts.Select(a => new PersonBenefit($"{node.Tenant.Code}S{Interlocked.Increment(ref lastBenefit):D12}", a.PsnNo, PersonBenefit.Correction, "380", 2026, "", "380100", "待遇更正", "政策调整", "", "", "",
            a.Fen, new DateOnly(2026, 12, 31), 1_780_000_000_000, 1))];
        await using var connection = await node.Database.OpenConnectionAsync();
        await using var batch = new NpgsqlBatch(connection);
        PersonBenefitRows.Write(batch, rows);
        await batch.ExecuteNonQueryAsync();
    }

    [Fact]
    public async Task List_NetsEachPerson_AndLeavesWhoOwesOpen()
    {
        await Owed(("P1", 300_000), ("P1", -50_000), ("P2", 10_000), ("P2", -10_000), ("P3", -7_000), ("P4", 1));
        var list = await desk.Prepared();
        Assert.Equal(("prepared", 2, 250_001L), (list.State, list.PersonCount, list.AmountFen));
        Assert.Equal([("P1", 2_500m, 2L), ("P4", 0.01m, 1L)], (await desk.On(list)).Select(r => (r.PsnNo, r.Amount, r.Benefits)));
        var open = await desk.Open();
        Assert.Equal((2L, 0m, 70m), (open.Total, open.Payable, open.OwedByPersons));
        Assert.Equal("payment_list.nothing_open", (await desk.Prepare()).Refusal?.Code);
        // More is owed to those: what they owed is taken off.
        await Owed(("P3", 10_000));
        Assert.Equal([("P3", 30m, 2L)], (await desk.On(await desk.Prepared())).Select(r => (r.PsnNo, r.Amount, r.Benefits)));
    }

    [Fact]
    public async Task ThreeDifferentPeople_PrepareApproveAndPay()
    {
        await Owed(("P1", 12_345));
        var list = await desk.Prepared();
        Assert.Equal("payment_list.not_approved", (await desk.Pay(list)).Refusal?.Code);
        Assert.Equal("payment_list.not_approved", (await ListPaymentPersons.Csv(desk.Place, list.Number, default)).Refusal?.Code);
        Assert.Equal("approval.same_person", (await desk.Approve(list, RunDesk.Starter)).Refusal?.Code);
        Assert.Equal("payment_list.amount_mismatch", (await ApprovePaymentList.Execute(desk.Place, list.Number, new ApprovePaymentList.Approval(RunDesk.Approver, 1m), node.Time.GetUtcNow(), default)).Refusal?.Code);
        Assert.Equal("approved", RunDesk.Value(await desk.Approve(list)).State);
        Assert.Equal("approved", RunDesk.Value(await desk.Approve(list)).State);
        Assert.Equal("payment_list.not_prepared", (await desk.Approve(list, "钱某")).Refusal?.Code);
        foreach (var one in (string[])[RunDesk.Starter, RunDesk.Approver]) Assert.Equal(("approval.same_person", "paid_by"), ((await desk.Pay(list, one)).Refusal?.Code, (await desk.Pay(list, one)).Refusal?.Field));
        Assert.Equal("payment_list.amount_mismatch", (await desk.Pay(list, amount: 123.46m)).Refusal?.Code);
        Assert.Equal("payment_list.paid_on_invalid", (await desk.Pay(list, paidOn: "2026-07-01")).Refusal?.Code);
        Assert.Equal("payment_list.reference_missing", (await desk.Pay(list, reference: " ")).Refusal?.Code);
        Assert.Equal("paid", RunDesk.Value(await desk.Pay(list)).State);
        Assert.Equal("paid", RunDesk.Value(await desk.Pay(list)).State); // the same message again
        Assert.Equal("payment_list.not_approved", (await desk.Pay(list, reference: "B-other")).Refusal?.Code);
        Assert.Equal("payment_list.paid", (await desk.Withdraw(list)).Refusal?.Code);

        await Owed(("P1", 5));
        var second = await desk.Prepared();
        RunDesk.Value(await desk.Approve(second));
        Assert.Equal("payment_list.reference_used", (await desk.Pay(second, reference: $"B{list.Number}")).Refusal?.Code);
        await Booked(1);
    }

    [Fact]
    public async Task PaidList_TakesWhatWasOwedOutOfTheLedger()
    {
        await Owed(("P1", 300), ("P1", -100), ("P2", 5));
        var list = await desk.Prepared();
        RunDesk.Value(await desk.Approve(list));
        // While the tables are built again nothing can be said of its funds.
        await node.Tamper("CREATE TABLE kept AS SELECT * FROM person_benefit; TRUNCATE person_benefit");
        Assert.Equal("settlement.projection_lags", (await desk.Pay(list)).Refusal?.Code);
        await node.Tamper("INSERT INTO person_benefit SELECT * FROM kept");
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => desk.Pay(list)));
        await Booked(1);
        await using var command = node.Database.CreateCommand("SELECT string_agg(purpose || ' ' || fund || ' ' || amount_fen, ', ' ORDER BY entry_no) FROM voucher_entry JOIN ledger_account USING (account_id)");
        Assert.Equal("person_payable 380100 205, expenditure_account 380100 -205", await command.ExecuteScalarAsync());
    }

    private async Task Booked(long payments)
    {
        await using var command = node.Database.CreateCommand("SELECT count(*) FROM voucher WHERE kind = 'payment'");
        Assert.Equal(payments, await command.ExecuteScalarAsync());
    }

    [Fact]
    public async Task BanksFile_HasAMarkAndAPersonPerLine()
    {
        await Owed(("230102000000000002", 100), ("230102000000000001", 300_000), ("230102000000000001", 5));
        var list = await desk.Prepared();
        RunDesk.Value(await desk.Approve(list));
        var csv = RunDesk.Value(await ListPaymentPersons.Csv(desk.Place, list.Number, default));
        Assert.Equal([0xEF, 0xBB, 0xBF], csv[..3]);
        var no = PaymentList.NumberOf(node.Tenant.Code, list.Number);
        Assert.Equal($"清单编号,人员编号,金额（元）,笔数,开户银行,户名,账号\r\n{no},230102000000000001,3000.05,2,,,\r\n{no},230102000000000002,1.00,1,,,\r\n", Encoding.UTF8.GetString(csv[3..]));
    }

    [Fact]
    public async Task WithdrawnList_GivesItsAmountsBack()
    {
        await Owed(("P1", 100), ("P2", 200));
        var list = await desk.Prepared();
        RunDesk.Value(await desk.Approve(list));
        Assert.Equal("withdrawn", RunDesk.Value(await desk.Withdraw(list)).State);
        Assert.Equal("withdrawn", RunDesk.Value(await desk.Withdraw(list)).State);
        Assert.Equal("payment_list.not_approved", (await desk.Pay(list)).Refusal?.Code);
        Assert.Equal("payment_list.not_prepared", (await desk.Approve(list, "钱某")).Refusal?.Code);
        Assert.Equal(3m, (await desk.Open()).Payable);
        Assert.Equal(300, (await desk.Prepared()).AmountFen);
        Assert.Equal(2, (await desk.On(list)).Count); // what it was stays to be seen
    }

    [Fact]
    public async Task ListsMadeAtOnce_ShareNothing_AndOneRequestIsOneList()
    {
        await Owed(Enumerable.Range(0, 300).Select(i => ($"P{i:D3}", 100L + i)));
        var made = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => Task.Run(() => desk.Prepare($"AT-ONCE-{i % 4}"))));
        var lists = made.Where(m => m.Refusal is null).Select(m => m.Value).ToList();
        Assert.All(made.Where(m => m.Refusal is not null), m => Assert.Equal("payment_list.nothing_open", m.Refusal!.Code));
        Assert.Single(lists.Select(l => l.Number).Distinct());
        Assert.Equal(Enumerable.Range(0, 300).Sum(i => 100L + i), lists[0].AmountFen);
        Assert.Equal(0, await desk.Count("SELECT count(*) FROM (SELECT benefit_no FROM payment_list_benefit WHERE NOT withdrawn GROUP BY benefit_no HAVING count(*) > 1) AS twice"));
        Assert.Equal("request.number_reused", (await PreparePaymentList.Execute(desk.Place, new PreparePaymentList.Order(lists[0].RequestNo, "钱某"), node.Time.GetUtcNow(), default)).Refusal?.Code);
    }

    /// <summary>Whatever code does, the tables hold: an amount is on one standing list, a list has three people, nothing disappears.</summary>
    [Theory]
    [InlineData("INSERT INTO payment_list_benefit SELECT number, 'X', psn_no, amount_fen FROM payment_list_benefit; INSERT INTO payment_list_benefit SELECT number + 1, 'X', psn_no, amount_fen FROM payment_list_benefit WHERE benefit_no = 'X'", "23505")]
    [InlineData("UPDATE payment_list SET state = 'approved', approved_by = prepared_by, approved_at = now()", "23514")]
    [InlineData("UPDATE payment_list SET state = 'paid', approved_by = 'b', approved_at = now(), paid_by = 'b', paid_at = now(), paid_on = now(), bank_reference = 'r'", "23514")]
    [InlineData("DELETE FROM payment_list_benefit", "42501")]
    [InlineData("DELETE FROM payment_list", "42501")]
    [InlineData("UPDATE person_benefit SET amount_fen = 1", "42501")]
    [InlineData("DELETE FROM person_benefit", "42501")]
    [InlineData("DELETE FROM benefit_run", "42501")]
    public async Task WhatMustNotBe_TheTablesRefuse(string sql, string state)
    {
        await Owed(("P1", 100));
        await desk.Prepared();
        await using var command = node.Database.CreateCommand(sql);
        Assert.Equal(state, (await Assert.ThrowsAsync<PostgresException>(() => command.ExecuteNonQueryAsync())).SqlState);
    }
}
