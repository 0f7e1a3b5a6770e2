using MedInsure.Settlement.ProviderMoney;
using MedInsure.Settlement.ProviderStatements;
using MedInsure.Settlement.Tests.Ledger;

namespace MedInsure.Settlement.Tests.ProviderStatements;

/// <summary>Money to providers: the bank's file, what the bank answers, prepayments and deposits.</summary>
[Trait("Category", "Storage")]
[Collection(PostgresCollection.Name)]
public sealed class ProviderPaymentTests(SharedPostgres postgres) : IAsyncLifetime
{
    private SettlementNode node = null!;
    private StatementDesk desk = null!;
    private AgencyDesk agency = null!;

    public async Task InitializeAsync() => agency = new AgencyDesk(desk = new StatementDesk(node = await SettlementNode.Create(postgres.Server)));
    public Task DisposeAsync() => node.DisposeAsync().AsTask();

    /// <summary>10,000.00 of the pool.</summary>
    private async Task<string> Approved(int month = StatementDesk.June, long fen = 2_000_000)
    {
        await desk.Foreign(fen, month: month % 100);
        desk.Ledger.SetDay(month % 100 + 1, 5);
        await desk.Applied("21", month);
        var no = await agency.Accepted(month);
        await agency.Approved(no);
        return no;
    }

    private Task<string> State(string no) => agency.Shown(no).ContinueWith(s => s.Result.Row.State, TaskScheduler.Default);

    [Fact]
    public async Task File_IsTheSameAgain_AndPaysOnce()
    {
        var no = await Approved();
        Assert.Equal("provider_payment.nothing_payable", (await agency.Pay()).Refusal?.Code); // no account
        Assert.Equal("provider_payment.account_missing", (await agency.Pay(subjects: no)).Refusal?.Code);
        await agency.Account();
        foreach (var acted in (string[])[StatementDesk.First, StatementDesk.Second, StatementDesk.Approver])
        {
            Assert.Equal(("approval.same_person", "prepared_by"), ((await agency.Pay(acted, subjects: no)).Refusal?.Code, (await agency.Pay(acted, subjects: no)).Refusal?.Field));
            Assert.Equal("provider_payment.nothing_payable", (await agency.Pay(acted)).Refusal?.Code);
        }
        var files = (await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => agency.Pay(request: "F1")))).Select(LedgerDesk.Value).Distinct().ToList();
        var file = Assert.Single(files);
        Assert.Equal("request.number_reused", (await agency.Pay("别人", "F1")).Refusal?.Code);
        Assert.Equal("provider_payment.not_payable", (await agency.Pay(subjects: no)).Refusal?.Code);
        Assert.Equal("provider_payment.nothing_payable", (await agency.Pay()).Refusal?.Code);
        var (shown, csv) = LedgerDesk.Value(await PaymentFileRow.Get(desk.Place, file.No(desk.County), default));
        var payment = $"{desk.County}Y000000000001";
        Assert.Equal($"\uFEFF{PaymentFileRow.Header}\r\n{payment},{desk.Hospital},\"测试医院, 财务科\",工商银行,6222000011112222,10000.00,医保结算款{no}\r\n", System.Text.Encoding.UTF8.GetString(csv));
        Assert.Equal(Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(csv)), shown.Sha256);
        // A later account is not that of what is on its way.
        await agency.Account();
        Assert.Equal(csv, LedgerDesk.Value(await PaymentFileRow.Get(desk.Place, file.No(desk.County), default)).Csv);
        await desk.Ledger.Tamper("UPDATE provider_payment SET account_no = '6222'");
        Assert.Equal("provider_payment.file_changed", (await PaymentFileRow.Get(desk.Place, file.No(desk.County), default)).Refusal?.Code);
        Assert.Equal("provider_payment.file_unknown", (await PaymentFileRow.Get(desk.Place, "x", default)).Refusal?.Code);
    }

    [Fact]
    public async Task BanksAnswers_AreTakenOnce_AndWhatFitsNothingWaits()
    {
        var no = await Approved();
        await agency.Account();
        var file = LedgerDesk.Value(await agency.Pay());
        var (payment, amount) = Assert.Single(await agency.InFile(file));
        var wrong = LedgerDesk.Value(await agency.Return($"{desk.County}Y000000000099,1.00,成功,2026-07-05,B1,", $"{payment},9999.99,成功,2026-07-05,B2,", "nonsense", $"{payment},{amount},成功,2026-07-06,B3,", "x,1.00,退回,2026-07-05,,无此户"));
        Assert.Equal((5, 0, 0, 5), (wrong.Lines, wrong.Paid, wrong.Returned, wrong.Open)); // the fourth is of tomorrow
        Assert.Equal(["unknown_payment", "amount_differs", "malformed", "malformed", "unknown_payment"], LedgerDesk.Value(await ReturnLines.Open(desk.Place, 0, 0, default)).Select(l => l.Outcome));
        var resolved = LedgerDesk.Value(await ReturnLines.Resolve(desk.Place, 1, 3, new("周财务", "银行误发，已退"), node.Time.GetUtcNow(), default));
        Assert.Equal("周财务", resolved.ResolvedBy);
        Assert.Equal("provider_payment.line_unknown", (await ReturnLines.Resolve(desk.Place, 1, 3, new("周财务", "x"), node.Time.GetUtcNow(), default)).Refusal?.Code);
        Assert.Equal(4, LedgerDesk.Value(await ReturnLines.Open(desk.Place, 0, 0, default)).Count);
        Assert.Equal("approved", await State(no));
        await agency.PayableHolds();

        // Returned: payable again, by another payment; nothing was booked.
        var line = AgencyDesk.Refused(payment, amount, "2026-07-05");
        var returned = LedgerDesk.Value(await agency.Return(line));
        Assert.Equal((1, 0), (returned.Returned, returned.Open));
        Assert.Equal(returned, LedgerDesk.Value(await agency.Return(line))); // the file again
        Assert.Equal(1, LedgerDesk.Value(await agency.Return(line, "")).Same); // the same in another file
        var second = LedgerDesk.Value(await agency.Pay());
        var (again, _) = Assert.Single(await agency.InFile(second));
        Assert.NotEqual(payment, again);
        Assert.Equal(1, LedgerDesk.Value(await agency.Return($"{payment},{amount},成功,2026-07-05,B9,")).Open); // returned and paid: contradicts
        var paid = await agency.Paid(second);
        Assert.Equal((1, 0), (paid.Paid, paid.Open));
        Assert.Equal("paid", await State(no));
        Assert.Equal(StatementDesk.Payer, (await agency.Shown(no)).Row.Payer);
        Assert.Equal("60", (await desk.Shown($"{desk.County}C000000000001")).ClrStas);
        Assert.Equal("provider_payment.not_payable", (await agency.Pay(subjects: no)).Refusal?.Code);
        Assert.Equal(["expenditure_account 390100 -1000000"], await agency.Balances());
        await agency.PayableHolds();

        // It comes back after it was paid: the reverse is booked, and it is payable once more.
        Assert.Equal(1, LedgerDesk.Value(await agency.Return(AgencyDesk.Refused(again, amount, "2026-07-05", "账户冻结"))).Returned);
        Assert.Equal(["provider_payable 390100 -1000000"], await agency.Balances());
        Assert.Equal("approved", await State(no));
        var third = LedgerDesk.Value(await agency.Pay());
        await agency.Paid(third);
        Assert.Equal(1, (await agency.Paid(third)).Paid); // the same file's answer
        await agency.PayableHolds();
        Assert.Equal(["accepted", "review_begun", "first_reviewed", "second_reviewed", "approved", "payment_sent", "payment_returned", "payment_sent", "paid", "payment_returned", "payment_sent", "paid"], (await agency.Shown(no)).Acts.Select(a => a.Name));
        foreach (var content in (string?[])[null, "", "x", BankReturnText.Header]) Assert.Equal("provider_payment.return_invalid", (await RecordBankReturn.Execute(desk.Place, new("x", content), desk.Calendar, default)).Refusal?.Code);
        await agency.LedgerIsSound();
    }

    [Fact]
    public async Task Prepayments_ArePaid_AndGivenBackByLaterStatements()
    {
        await agency.Account();
        // 6,000.00 ahead for June and July each, half of the amount by each statement.
        var granted = LedgerDesk.Value(await agency.Prepay(6_000m, 0.5m, last: 202607, request: "P1"));
        Assert.Equal(["2026-06", "2026-07"], granted.Select(p => p.Month));
        Assert.Equal(granted, LedgerDesk.Value(await agency.Prepay(6_000m, 0.5m, last: 202607, request: "P1")));
        Assert.Equal("request.number_reused", (await agency.Prepay(6_001m, 0.5m, last: 202607, request: "P1")).Refusal?.Code);
        Assert.Equal("approval.same_person", (await agency.Pay(AgencyDesk.Released, subjects: granted[0].PrepaymentNo)).Refusal?.Code);
        Assert.Equal("provider_payment.not_payable", (await agency.Pay(subjects: granted[1].PrepaymentNo)).Refusal?.Code); // July has not come
        var file = LedgerDesk.Value(await agency.Pay());
        await agency.Paid(file);
        Assert.Equal(["expenditure_account 390100 -600000", "provider_prepayment 390100 600000"], await agency.Balances());
        // June: 10,000.00 less 3,000.00; July: 4,000.00 less 3,000.00 of the first; the second is not paid yet.
        Assert.Equal(700_000, (await agency.Shown(await Approved())).Row.PayableFen);
        var july = (await agency.Shown(await Approved(202607, 800_000))).Row;
        Assert.Equal(100_000, july.PayableFen);
        Assert.Equal([0m, 0m], (await GrantPrepayment.Read(desk.Place, new Settlement.Queries.RowFilter(), "", default)).Select(p => p.Open));
        // A prepayment that statements have given back is not returned by the bank without a person's look.
        var (payment, amount) = (await agency.InFile(file))[0];
        Assert.Equal(1, LedgerDesk.Value(await agency.Return(AgencyDesk.Refused(payment, amount, "2026-07-05"))).Open);
        await agency.PayableHolds();
        await agency.Paid(LedgerDesk.Value(await agency.Pay()));
        await agency.PayableHolds();
    }

    [Fact]
    public async Task Deposits_AreGivenBackByScore_WhenTheYearIsOver()
    {
        await agency.Account();
        await agency.Rate(3m);
        await agency.Rate(1m, 202607);
        // June 10,000.00 × 3 % = 300.00; July 5,000.00 × 1 % = 50.00.
        Assert.Equal(970_000, (await agency.Shown(await Approved())).Row.PayableFen);
        Assert.Equal(495_000, (await agency.Shown(await Approved(202607, 1_000_000))).Row.PayableFen);
        Assert.Equal("provider_payment.year_not_over", (await agency.GiveBack(90)).Refusal?.Code);
        ((SetTime)node.Time).Now = SettlementNode.Start.AddYears(1);
        // 350.00 × 93 %: 325.50 back, 24.50 kept.
        var back = LedgerDesk.Value(await agency.GiveBack(93, request: "D1"));
        Assert.Equal((325.50m, 24.50m), (back.Back, back.Kept));
        Assert.Equal(back, LedgerDesk.Value(await agency.GiveBack(93, request: "D1")));
        Assert.Equal("request.number_reused", (await agency.GiveBack(94, request: "D1")).Refusal?.Code);
        Assert.Equal("provider_payment.nothing_held", (await agency.GiveBack(93)).Refusal?.Code);
        Assert.Equal("provider_payment.score_invalid", (await agency.GiveBack(101)).Refusal?.Code);
        await agency.PayableHolds();
        var file = LedgerDesk.Value(await agency.Pay());
        Assert.Equal(["325.50", "4950.00", "9700.00"], (await agency.InFile(file)).Select(p => p.Amount).Order(StringComparer.Ordinal));
        await agency.Paid(file);
        Assert.Equal(["deduction_income 390100 -2450", "expenditure_account 390100 -1497550"], await agency.Balances());
        await agency.PayableHolds();
        await agency.LedgerIsSound();
    }

    [Fact]
    public async Task Refusals_OfWhatTwoPeopleGive()
    {
        var now = node.Time.GetUtcNow();
        (SetDepositRate.Order Order, string Code)[] rates =
        [
            (new("1", "H", 202601, 3.01m, "a", "b"), "provider_payment.rate_invalid"), (new("1", "H", 202601, 0.99m, "a", "b"), "provider_payment.rate_invalid"), (new("1", "H", 202601, 1.005m, "a", "b"), "provider_payment.rate_invalid"),
            (new("1", "H", 202600, 2, "a", "b"), "provider_payment.month_invalid"), (new("1", "", 202601, 2, "a", "b"), "provider.unknown"), (new("", "H", 202601, 2, "a", "b"), "request.number_invalid"), (new("1", "H", 202601, 2, "a", "A "), "approval.same_person"),
        ];
        foreach (var (order, code) in rates) Assert.Equal(code, (await SetDepositRate.Execute(desk.Place, order, now, default)).Refusal?.Code);
        (GrantPrepayment.Order Order, string Code)[] prepayments =
        [
            (new("1", "H", "39", 1, 202601, null, 1, "r", "a", "b"), "provider_payment.fund_invalid"), (new("1", "H", "390100", 0, 202601, null, 1, "r", "a", "b"), "provider_payment.amount_invalid"),
            (new("1", "H", "390100", 1, 202613, null, 1, "r", "a", "b"), "provider_payment.month_invalid"), (new("1", "H", "390100", 1, 202602, 202601, 1, "r", "a", "b"), "provider_payment.month_invalid"),
            (new("1", "H", "390100", 1, 202601, 202801, 1, "r", "a", "b"), "provider_payment.month_invalid"), (new("1", "H", "390100", 1, 202601, null, 0, "r", "a", "b"), "provider_payment.offset_invalid"),
            (new("1", "H", "390100", 1, 202601, null, 1.1m, "r", "a", "b"), "provider_payment.offset_invalid"), (new("1", "H", "390100", 1, 202601, null, 1, "", "a", "b"), "provider_payment.reason_missing"),
            (new("1", "H", "390100", 1, 202601, null, 1, "r", "a", "a"), "approval.same_person"),
        ];
        foreach (var (order, code) in prepayments) Assert.Equal(code, (await GrantPrepayment.Execute(desk.Place, order, now, default)).Refusal?.Code);
        (RecordProviderAccount.Order Order, string Code)[] accounts =
        [
            (new("1", "H", "", "b", "6222", "a", "b"), "provider_payment.account_invalid"), (new("1", "H", "n", "b\n", "6222", "a", "b"), "provider_payment.account_invalid"), (new("1", "H", "n", "b", "=1+1", "a", "b"), "provider_payment.account_invalid"),
            (new("1", "H", "n", "b", "6222", "a", "a"), "approval.same_person"),
        ];
        foreach (var (order, code) in accounts) Assert.Equal(code, (await RecordProviderAccount.Execute(desk.Place, order, now, default)).Refusal?.Code);
    }
}
