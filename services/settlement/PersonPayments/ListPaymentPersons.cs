using System.Text;
using MedInsure.Kernel;
using MedInsure.Settlement.Queries;
using MedInsure.Settlement.Runs;
using Npgsql;

namespace MedInsure.Settlement.PersonPayments;

/// <summary>Who is on a list, with the net amount; as JSON page by page, and whole as the bank's file.</summary>
internal static class ListPaymentPersons
{
    /// <param name="Account">Masked; null: none is known.</param>
    internal sealed record Row(string PsnNo, decimal Amount, long Benefits, string? Account = null);

    internal sealed record Page(long Total, IReadOnlyList<Row> Persons);

    // The account that the person's newest paper bill on the list names.
    private const string Persons = """
        SELECT p.psn_no, p.amount_fen, p.benefits, a.account_no, a.account_name, a.bank
        FROM (SELECT psn_no, sum(amount_fen)::bigint AS amount_fen, count(*) AS benefits FROM payment_list_benefit WHERE number = $1 GROUP BY psn_no) AS p
        LEFT JOIN LATERAL (SELECT m.account_no, m.account_name, m.bank FROM payment_list_benefit l JOIN person_benefit b USING (benefit_no) JOIN manual_claim m ON m.setl_id = b.setl_id
            WHERE l.number = $1 AND l.psn_no = p.psn_no AND b.kind = 'manual' ORDER BY m.number DESC LIMIT 1) AS a ON true
        ORDER BY p.psn_no
        """;

    public static async Task<Outcome<Page>> Query(RunPlace place, long number, int page, int size, CancellationToken cancellation)
    {
        var range = SettlementRows.Page(page, size);
        if (range.Refusal is { } badPage) return badPage;
        if (await PaymentList.Find(place, number, cancellation) is not { } list) return Refusals.PaymentListUnknown;
        return new Page(list.PersonCount, [.. (await Rows(place, $"{Persons} OFFSET {range.Value.Offset} LIMIT {range.Value.Size}", number, cancellation)).Select(r => r.Row)]);
    }

    /// <summary>UTF-8 with a byte order mark, so that spreadsheets read the Chinese; RFC 4180. Only what was approved leaves the house; the account is that of a paper bill, and empty where the person has none on the list.</summary>
    public static async Task<Outcome<byte[]>> Csv(RunPlace place, long number, CancellationToken cancellation)
    {
        if (await PaymentList.Find(place, number, cancellation) is not { } list) return Refusals.PaymentListUnknown;
        if (list.State is not ("approved" or "paid")) return Refusals.PaymentListNotApproved;
        var csv = new StringBuilder("清单编号,人员编号,金额（元）,笔数,开户银行,户名,账号\r\n");
        var listNo = PaymentList.NumberOf(place.Tenant.Code, number);
        foreach (var (row, account) in await Rows(place, Persons, number, cancellation))
            csv.Append(listNo).Append(',').Append(Field(row.PsnNo)).Append(',').Append(row.Amount).Append(',').Append(row.Benefits)
                .Append(',').Append(Field(account?.Bank ?? "")).Append(',').Append(Field(account?.Name ?? "")).Append(',').Append(account?.Number).Append("\r\n");
        return Encoding.UTF8.GetPreamble().Concat(Encoding.UTF8.GetBytes(csv.ToString())).ToArray();
    }

    private static string Field(string text) => text.AsSpan().IndexOfAny(",\"\r\n") < 0 ? text : $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";

    private static async Task<List<(Row Row, BankAccount? Account)>> Rows(RunPlace place, string sql, long number, CancellationToken cancellation)
    {
        var rows = new List<(Row, BankAccount?)>();
        await using var command = place.Database.CreateCommand(sql);
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = number });
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        while (await reader.ReadAsync(cancellation))
        {
            var account = reader.IsDBNull(3) ? null : new BankAccount(reader.GetString(3), reader.GetString(4), reader.GetString(5));
            rows.Add((new Row(reader.GetString(0), Yuan.Of(reader.GetInt64(1)), reader.GetInt64(2), account is null ? null : BankAccount.Masked(account.Number)), account));
        }
        return rows;
    }
}
