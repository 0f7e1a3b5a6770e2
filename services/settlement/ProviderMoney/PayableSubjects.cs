using Npgsql;

namespace MedInsure.Settlement.ProviderMoney;

/// <summary>What a payment may be of, and has no standing one: approved statements that come to something, prepayments whose month has come, deposits given back.</summary>
/// <param name="Kind">statement, prepayment, deposit.</param>
/// <param name="ActedBefore">Who may not pay it.</param>
/// <param name="AccountNo">Null: no account is known.</param>
internal sealed record PayableSubject(string Kind, long Subject, string FixmedinsCode, long AmountFen, string[] ActedBefore, string? AccountName, string? BankName, string? AccountNo)
{
    private const string Sql = """
        SELECT p.kind, p.subject, p.fixmedins_code, p.amount_fen, p.acted, a.account_name, a.bank_name, a.account_no FROM (
          SELECT 'statement' AS kind, number AS subject, fixmedins_code, payable_fen AS amount_fen, ARRAY[first_reviewer, second_reviewer, approver] AS acted FROM provider_statement WHERE state = 'approved' AND payable_fen > 0
          UNION ALL
          SELECT 'prepayment', number, fixmedins_code, amount_fen, ARRAY[prepared_by, approver] FROM provider_prepayment WHERE NOT paid AND month <= $1
          UNION ALL
          SELECT 'deposit', number, fixmedins_code, back_fen, ARRAY[prepared_by, approver] FROM deposit_return WHERE back_fen > 0) AS p
        LEFT JOIN LATERAL (SELECT account_name, bank_name, account_no FROM provider_account WHERE fixmedins_code = p.fixmedins_code ORDER BY number DESC LIMIT 1) AS a ON true
        WHERE NOT EXISTS (SELECT FROM provider_payment y WHERE y.kind = p.kind AND y.subject = p.subject AND y.state IN ('sent', 'paid')) ORDER BY p.kind, p.subject
        """;

    public string No(string county) => NumberOf(county, Kind, Subject);

    public static string NumberOf(string county, string kind, long subject) =>
        CountyNumber.Of(county, kind switch { "statement" => CountyNumber.Statement, "prepayment" => CountyNumber.Prepayment, _ => CountyNumber.DepositReturn }, subject);

    /// <param name="month">Prepayments up to this one.</param>
    public static async Task<List<PayableSubject>> Read(NpgsqlConnection connection, NpgsqlTransaction? transaction, int month, CancellationToken cancellation)
    {
        var subjects = new List<PayableSubject>();
        await using var command = new NpgsqlCommand(Sql, connection, transaction) { Parameters = { new() { Value = month } } };
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        while (await reader.ReadAsync(cancellation))
            subjects.Add(new PayableSubject(reader.GetString(0), reader.GetInt64(1), reader.GetString(2), reader.GetInt64(3), reader.GetFieldValue<string[]>(4), reader.IsDBNull(5) ? null : reader.GetString(5),
                reader.IsDBNull(6) ? null : reader.GetString(6), reader.IsDBNull(7) ? null : reader.GetString(7)));
        return subjects;
    }
}
