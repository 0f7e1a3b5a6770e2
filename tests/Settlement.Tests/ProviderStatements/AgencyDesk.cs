using MedInsure.Kernel;
using MedInsure.Settlement.Ledger;
using MedInsure.Settlement.ProviderMoney;
using MedInsure.Settlement.ProviderStatements;
using MedInsure.Settlement.Tests.Ledger;

namespace MedInsure.Settlement.Tests.ProviderStatements;

/// <summary>The agency's people at their desks: each act as one call.</summary>
internal sealed class AgencyDesk(StatementDesk desk)
{
    public const string Prepared = "吴经办", Released = "郑复核";

    private DateTimeOffset Now => desk.Node.Time.GetUtcNow();

    public Task<Outcome<AcceptApplications.Accepted>> Accept(int month = StatementDesk.June, string? provider = null) =>
        AcceptApplications.Execute(desk.Place, new(month, provider, StatementDesk.Receiver), desk.Calendar, default);

    public async Task<string> Accepted(int month = StatementDesk.June, string? provider = null) => LedgerDesk.Value(await Accept(month, provider ?? desk.Hospital)).Statements.Single().No(desk.County);

    public Task<Outcome<StatementRow>> Begin(string no, string by = StatementDesk.First) => BeginReview.Execute(desk.Place, no, new(by), Now, default);
    public Task<Outcome<StatementRow>> Review(string no, string by = StatementDesk.First) => ReviewStatement.Finish(desk.Place, no, new(by), Now, default);
    public Task<Outcome<StatementRow>> Confirm(string no, decimal payable, string by = StatementDesk.Second) => ReviewStatement.Confirm(desk.Place, no, new(by, payable), Now, default);
    public Task<Outcome<StatementRow>> Approve(string no, decimal payable, string by = StatementDesk.Approver) => ApproveStatement.Execute(desk.Place, no, new(by, payable), desk.Calendar, default);
    public Task<Outcome<StatementRow>> SendBack(string no, string by = StatementDesk.Approver, string reason = "金额需核对") => ReturnStatement.SendBack(desk.Place, no, new(by, reason), Now, default);
    public Task<Outcome<StatementRow>> Reject(string no, string by = StatementDesk.First, string reason = "资料不全") => ReturnStatement.Reject(desk.Place, no, new(by, reason), Now, default);

    public Task<Outcome<EnterDeduction.Row>> Deduct(string? no, decimal amount, string kind = "review", string? provider = null, string? request = null, string by = StatementDesk.First, params string[] settlements) =>
        EnterDeduction.Execute(desk.Place, new(request ?? desk.NewRequest(), no, provider, kind, amount, "挂床住院", "JC-2026-017", settlements, by), Now, default);

    /// <summary>From the acceptance to what the first review came to.</summary>
    public async Task<StatementRow> Reviewed(string no)
    {
        LedgerDesk.Value(await Begin(no));
        return LedgerDesk.Value(await Review(no));
    }

    public async Task<StatementRow> Approved(string no)
    {
        var payable = Yuan.Of((await Reviewed(no)).PayableFen!.Value);
        LedgerDesk.Value(await Confirm(no, payable));
        return LedgerDesk.Value(await Approve(no, payable));
    }

    public async Task<ProviderStatement> Shown(string no) => LedgerDesk.Value(await GetProviderStatement.Query(desk.Place, no, default));

    // ---- money

    public async Task Account(string? provider = null) =>
        LedgerDesk.Value(await RecordProviderAccount.Execute(desk.Place, new(desk.NewRequest(), provider ?? desk.Hospital, "测试医院, 财务科", "工商银行", "6222000011112222", Prepared, Released), Now, default));

    public async Task Rate(decimal rate, int from = 202601) => LedgerDesk.Value(await SetDepositRate.Execute(desk.Place, new(desk.NewRequest(), desk.Hospital, from, rate, Prepared, Released), Now, default));

    public Task<Outcome<IReadOnlyList<GrantPrepayment.Row>>> Prepay(decimal amount, decimal share = 1, int month = StatementDesk.June, int? last = null, string? request = null) =>
        GrantPrepayment.Execute(desk.Place, new(request ?? desk.NewRequest(), desk.Hospital, "390100", amount, month, last, share, "周转", Prepared, Released), Now, default);

    public Task<Outcome<ReturnDeposit.Row>> GiveBack(int score, int year = 2026, string? request = null) =>
        ReturnDeposit.Execute(desk.Place, new(request ?? desk.NewRequest(), desk.Hospital, year, score, Prepared, Released), desk.Calendar, default);

    public Task<Outcome<PaymentFileRow>> Pay(string by = StatementDesk.Payer, string? request = null, params string[] subjects) =>
        PreparePaymentFile.Execute(desk.Place, new(request ?? desk.NewRequest(), by, subjects.Length > 0 ? subjects : null), desk.Calendar, default);

    /// <summary>The payments of a file: number and amount.</summary>
    public async Task<List<(string No, string Amount)>> InFile(PaymentFileRow file)
    {
        var csv = System.Text.Encoding.UTF8.GetString(LedgerDesk.Value(await PaymentFileRow.Get(desk.Place, file.No(desk.County), default)).Csv);
        return [.. csv.TrimStart('\uFEFF').Split("\r\n", StringSplitOptions.RemoveEmptyEntries).Skip(1).Select(l => (l[..19], l.Split(',')[^2]))];
    }

    public Task<Outcome<RecordBankReturn.Result>> Return(params string[] lines) => RecordBankReturn.Execute(desk.Place, new(Released, string.Join('\n', [BankReturnText.Header, .. lines])), desk.Calendar, default);

    public async Task<RecordBankReturn.Result> Paid(PaymentFileRow file) =>
        LedgerDesk.Value(await Return([.. (await InFile(file)).Select(p => $"{p.No},{p.Amount},成功,{LedgerText.Day(desk.Calendar.Today)},BK{p.No},")]));

    public static string Refused(string no, string amount, string day, string reason = "账号错误") => $"{no},{amount},退回,{day},,{reason}";

    // ---- what must hold

    /// <summary>purpose fund: balance, of the accounts of providers and the expenditure account, without what is zero.</summary>
    public async Task<List<string>> Balances(string? provider = null) => [.. (await GetLedger.Query(desk.Place, default)).Value.Balances
        .Where(b => b.Account.Counterparty == (provider ?? desk.Hospital) || b.Account.Purpose == LedgerPurposes.ExpenditureAccount).Select(b => $"{b.Account.Purpose} {b.Account.Fund} {b.AmountFen}")];

    /// <summary>All that the nightly job checks but the link between counties: the desk writes foreign claims as rows, without the documents that another county sends.</summary>
    public async Task LedgerIsSound() => Assert.DoesNotContain(await desk.Ledger.Findings(), f => !f.StartsWith("off-county claim ", StringComparison.Ordinal) && !f.Contains(" mirrors ", StringComparison.Ordinal));

    /// <summary>Of every provider and fund: payable in the ledger = settled + method results - deductions - deposits - offsets + deposits given back - paid.</summary>
    public async Task PayableHolds()
    {
        await desk.Node.Projected();
        var county = desk.County;
        Assert.Empty(await desk.Ledger.Rows($"""
            WITH ledger AS (
              SELECT a.counterparty AS provider, a.fund, -sum(e.amount_fen) AS fen FROM (
                SELECT account_id, amount_fen FROM voucher_entry UNION ALL SELECT account_id, amount_fen FROM ledger_entry WHERE setl_no > (SELECT settlement_no FROM ledger_head)) e
              JOIN ledger_account a USING (account_id) WHERE a.purpose = 'provider_payable' AND a.county = '{county}' GROUP BY 1, 2),
            expected AS (SELECT provider, fund, sum(fen) AS fen FROM (
              SELECT fixmedins_code AS provider, fund, amount_fen AS fen FROM provider_claim_fund
              UNION ALL SELECT s.fixmedins_code, l.fund, l.amount_fen FROM provider_statement s JOIN statement_line l ON l.statement = s.number WHERE s.state IN ('approved', 'paid') AND l.kind NOT IN ('claim', 'brought_forward')
              UNION ALL SELECT d.fixmedins_code, f.fund, f.back_fen FROM deposit_return d JOIN deposit_return_fund f USING (number)
              UNION ALL SELECT y.fixmedins_code, f.fund, -f.amount_fen FROM provider_payment y JOIN provider_payment_fund f ON f.payment = y.number WHERE y.state = 'paid' AND y.kind <> 'prepayment') x GROUP BY 1, 2)
            SELECT provider || ' ' || fund || ': ledger ' || coalesce(l.fen, 0) || ', expected ' || coalesce(e.fen, 0) FROM ledger l FULL JOIN expected e USING (provider, fund) WHERE coalesce(l.fen, 0) <> coalesce(e.fen, 0)
            """));
    }
}
