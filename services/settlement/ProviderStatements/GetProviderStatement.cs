using MedInsure.Kernel;
using MedInsure.Settlement.Queries;
using MedInsure.Settlement.Runs;
using Npgsql;

namespace MedInsure.Settlement.ProviderStatements;

/// <summary>A statement as it is printed: totals of settlements by kind of clearing and scheme, by fund, every line that changes them, what is payable and where to. All from sums kept with it.</summary>
internal sealed record ProviderStatement(
    StatementRow Row, IReadOnlyList<ProviderStatement.SchemeTotal> Schemes, IReadOnlyList<StatementLine> Lines, IReadOnlyList<EnterDeduction.Row> Deductions, IReadOnlyList<ProviderActs.Act> Acts, ProviderStatement.BankAccount? Account,
    IReadOnlyList<ProviderStatement.Payment> Payments)
{
    /// <summary>Money in fen.</summary>
    internal sealed record SchemeTotal(string ClrType, string Insutype, long Rows, long PersonTimes, long TotalFen, long FullSelfPayFen, long InScopeFen, long FundTotalFen, long HospitalShareFen, long AccountFen, long FamilyAccountFen, long CashFen);

    internal sealed record BankAccount(string Name, string Bank, string No);

    internal sealed record Payment(string PaymentNo, string State, long AmountFen, string? PaidOn, string Reference, string Reason);
}

internal static class GetProviderStatement
{
    private const string Schemes = """
        SELECT a.clr_type, s.insutype, sum(s.row_count)::bigint, sum(s.person_times)::bigint, sum(s.total_fen)::bigint, sum(s.full_self_pay_fen)::bigint, sum(s.in_scope_fen)::bigint, sum(s.fund_total_fen)::bigint,
          sum(s.hospital_share_fen)::bigint, sum(s.account_fen)::bigint, sum(s.family_account_fen)::bigint, sum(s.cash_fen)::bigint
        FROM statement_application a JOIN statement_application_scheme s ON s.application = a.number WHERE a.statement_no = $1 GROUP BY a.clr_type, s.insutype ORDER BY a.clr_type, s.insutype
        """;

    // What was paid keeps the account that it was paid to.
    private const string Account = """
        SELECT account_name, bank_name, account_no FROM (
          SELECT account_name, bank_name, account_no, 0 AS n, number FROM provider_payment WHERE kind = 'statement' AND subject = $1 AND state IN ('sent', 'paid')
          UNION ALL SELECT account_name, bank_name, account_no, 1, number FROM provider_account WHERE fixmedins_code = $2) AS a ORDER BY n, number DESC LIMIT 1
        """;

    private const string Payments = "SELECT number, state, amount_fen, paid_on, bank_reference, reason FROM provider_payment WHERE kind = 'statement' AND subject = $1 ORDER BY number";

    public static async Task<Outcome<ProviderStatement>> Query(RunPlace place, string statementNo, CancellationToken cancellation)
    {
        var county = place.Tenant.Code;
        if (CountyNumber.Parse(county, CountyNumber.Statement, statementNo) is not { } number) return StatementRefusals.StatementUnknown;
        await using var connection = await place.Database.OpenConnectionAsync(cancellation);
        // One moment: a review in between would print lines of one and totals of another.
        await using var snapshot = await connection.BeginTransactionAsync(System.Data.IsolationLevel.RepeatableRead, cancellation);
        if (await StatementRow.Find(connection, snapshot, number, cancellation) is not { } row) return StatementRefusals.StatementUnknown;
        var schemes = await Rows(Schemes, r => new ProviderStatement.SchemeTotal(r.GetString(0), r.GetString(1), r.GetInt64(2), r.GetInt64(3), r.GetInt64(4), r.GetInt64(5), r.GetInt64(6), r.GetInt64(7), r.GetInt64(8), r.GetInt64(9),
            r.GetInt64(10), r.GetInt64(11)), number);
        var lines = await ComputeStatement.Kept(connection, snapshot, number, cancellation);
        var deductions = await EnterDeduction.Read(connection, snapshot, county, new RowFilter().Add("statement = ", number), cancellation);
        var account = (await Rows(Account, r => new ProviderStatement.BankAccount(r.GetString(0), r.GetString(1), r.GetString(2)), number, row.FixmedinsCode)).SingleOrDefault();
        var payments = await Rows(Payments, r => new ProviderStatement.Payment(CountyNumber.Of(county, CountyNumber.Payment, r.GetInt64(0)), r.GetString(1), r.GetInt64(2),
            r.IsDBNull(3) ? null : Ledger.LedgerText.Day(r.GetFieldValue<DateOnly>(3)), r.GetString(4), r.GetString(5)), number);
        return new ProviderStatement(row, schemes, lines, deductions, await ProviderActs.Of(connection, snapshot, statementNo, cancellation), account, payments);

        async Task<List<T>> Rows<T>(string sql, Func<NpgsqlDataReader, T> read, params object[] values)
        {
            await using var command = new NpgsqlCommand(sql, connection, snapshot);
            foreach (var value in values) command.Parameters.Add(new NpgsqlParameter { Value = value });
            await using var reader = await command.ExecuteReaderAsync(cancellation);
            var rows = new List<T>();
            while (await reader.ReadAsync(cancellation)) rows.Add(read(reader));
            return rows;
        }
    }

    public static object Shown(string county, ProviderStatement s) => new
    {
        Statement = s.Row.Shown(county),
        Totals = s.Schemes.Select(t => new
        {
            t.ClrType, t.Insutype, t.Rows, t.PersonTimes, Total = Yuan.Of(t.TotalFen), FullSelfPay = Yuan.Of(t.FullSelfPayFen), InScope = Yuan.Of(t.InScopeFen), FundTotal = Yuan.Of(t.FundTotalFen), HospitalShare = Yuan.Of(t.HospitalShareFen),
            Account = Yuan.Of(t.AccountFen), FamilyAccount = Yuan.Of(t.FamilyAccountFen), Cash = Yuan.Of(t.CashFen),
        }),
        Funds = ComputeStatement.ByFund(s.Lines).Select(f => new { f.Fund, Payable = Yuan.Of(f.AmountFen) }),
        Lines = s.Lines.Select(l => new { l.Kind, DetType = l.DetType.Length > 0 ? l.DetType : null, l.Fund, Amount = Yuan.Of(l.AmountFen), Reference = l.Reference.Length > 0 ? l.Reference : null, l.Explanation }),
        s.Deductions,
        Payable = Yuan.Of(s.Lines.Sum(l => l.AmountFen)),
        Account = s.Account is { } a ? new { AccountName = a.Name, BankName = a.Bank, AccountNo = a.No } : null,
        Payments = s.Payments.Select(p => new { p.PaymentNo, p.State, Amount = Yuan.Of(p.AmountFen), p.PaidOn, p.Reference, p.Reason }),
        History = s.Acts.Select(ProviderActs.Shown),
    };
}
