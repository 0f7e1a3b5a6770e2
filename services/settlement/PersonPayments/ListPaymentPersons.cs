using System.Text;
using MedInsure.Kernel;
using MedInsure.Settlement.Queries;
using MedInsure.Settlement.Runs;
using Npgsql;

namespace MedInsure.Settlement.PersonPayments;

/// <summary>Who is on a list, with the net amount; as JSON page by page, and whole as the bank's file.</summary>
internal static class ListPaymentPersons
{
    internal sealed record Row(string PsnNo, decimal Amount, long Benefits);

    internal sealed record Page(long Total, IReadOnlyList<Row> Persons);

    private const string Persons = "SELECT psn_no, sum(amount_fen)::bigint, count(*) FROM payment_list_benefit WHERE number = $1 GROUP BY psn_no ORDER BY psn_no";

    public static async Task<Outcome<Page>> Query(RunPlace place, long number, int page, int size, CancellationToken cancellation)
    {
        var range = SettlementRows.Page(page, size);
        if (range.Refusal is { } badPage) return badPage;
        if (await PaymentList.Find(place, number, cancellation) is not { } list) return Refusals.PaymentListUnknown;
        return new Page(list.PersonCount, await Rows(place, $"{Persons} OFFSET {range.Value.Offset} LIMIT {range.Value.Size}", number, cancellation));
    }

    /// <summary>UTF-8 with a byte order mark, so that spreadsheets read the Chinese; RFC 4180. Only what was approved leaves the house; name and account come from enrollment later.</summary>
    public static async Task<Outcome<byte[]>> Csv(RunPlace place, long number, CancellationToken cancellation)
    {
        if (await PaymentList.Find(place, number, cancellation) is not { } list) return Refusals.PaymentListUnknown;
        if (list.State is not ("approved" or "paid")) return Refusals.PaymentListNotApproved;
        var csv = new StringBuilder("清单编号,人员编号,金额（元）,笔数\r\n");
        var listNo = PaymentList.NumberOf(place.Tenant.Code, number);
        foreach (var row in await Rows(place, Persons, number, cancellation)) csv.Append(listNo).Append(',').Append(Field(row.PsnNo)).Append(',').Append(row.Amount).Append(',').Append(row.Benefits).Append("\r\n");
        return Encoding.UTF8.GetPreamble().Concat(Encoding.UTF8.GetBytes(csv.ToString())).ToArray();
    }

    private static string Field(string text) => text.AsSpan().IndexOfAny(",\"\r\n") < 0 ? text : $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";

    private static async Task<List<Row>> Rows(RunPlace place, string sql, long number, CancellationToken cancellation)
    {
        var rows = new List<Row>();
        await using var command = place.Database.CreateCommand(sql);
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = number });
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        while (await reader.ReadAsync(cancellation)) rows.Add(new Row(reader.GetString(0), Yuan.Of(reader.GetInt64(1)), reader.GetInt64(2)));
        return rows;
    }
}
