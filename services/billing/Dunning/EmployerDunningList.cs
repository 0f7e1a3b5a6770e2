using Npgsql;

namespace MedInsure.Billing.Dunning;

/// <summary>Which employers owe bills after their due day, the longest first, with what the delay costs until today, as CSV.</summary>
internal static class EmployerDunningList
{
    public const string Header = "payer_no,payer_name,uscc,kind,open_bills,oldest_month,days_late,owed,late_charge,waiting_money";

    public static async Task Write(NpgsqlDataSource database, string? insutype, DateOnly today, TextWriter output, CancellationToken cancellation)
    {
        await using var command = database.CreateCommand("""
            SELECT b.payer_no, coalesce(e.employer_name, b.payer_no), coalesce(e.uscc, ''), coalesce(e.kind, ''), count(*), min(b.month), $2 - min(b.due_on), sum(b.amount_fen)::bigint, sum(b.charge_a_day_fen * ($2 - b.due_on))::bigint,
                coalesce((SELECT sum(left_fen) FROM suspense_item s WHERE s.payer_no = b.payer_no AND s.payer_no <> '' AND s.left_fen > 0), 0)::bigint
            FROM bill b LEFT JOIN employer e ON e.employer_no = b.payer_no
            WHERE b.settlement_no IS NULL AND b.due_on < $2 AND b.kind = 'month' AND ($1 = '' OR b.insutype = $1)
            GROUP BY b.payer_no, e.employer_name, e.uscc, e.kind HAVING sum(b.amount_fen) > 0 ORDER BY min(b.due_on), b.payer_no
            """);
        command.Parameters.Add(new() { Value = insutype ?? "" });
        command.Parameters.Add(new() { Value = today });
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        await output.WriteAsync(Header + "\n");
        while (await reader.ReadAsync(cancellation))
        {
            string[] fields =
            [
                reader.GetString(0), reader.GetString(1), reader.GetString(2), reader.GetString(3), $"{reader.GetInt64(4)}", $"{reader.GetInt32(5)}", $"{reader.GetInt32(6)}", BillingJson.Yuan(reader.GetInt64(7)),
                BillingJson.Yuan(reader.GetInt64(8)), BillingJson.Yuan(reader.GetInt64(9)),
            ];
            await output.WriteAsync(string.Join(',', fields.Select(DunningList.Quoted)) + "\n");
        }
    }
}
