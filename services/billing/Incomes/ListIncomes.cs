using MedInsure.Kernel;
using Npgsql;

namespace MedInsure.Billing.Incomes;

/// <summary>Incomes in the order of their numbers.</summary>
internal static class ListIncomes
{
    internal sealed record Income(long IncomeNo, long PostingNo, string Source, string Insutype, int Period, string Amount, string Account, string ValueDate, string Channel, string Payer, string Reference, string PostedAt);

    internal sealed record Page(List<Income> Incomes, long? NextAfter);

    public static async Task<Outcome<Page>> Query(NpgsqlDataSource database, string? source, DateOnly? day, long? after, int? pageSize, CancellationToken cancellation)
    {
        if (pageSize is < 1 or > Refusals.PageMax) return Refusals.PageSizeInvalid;
        var size = pageSize ?? 100;
        await using var command = database.CreateCommand("""
            SELECT income_no, posting_no, source, insutype, period, amount_fen, account_fen, value_on, channel, payer, reference, posted_at FROM income
            WHERE income_no > $1 AND ($2 = '' OR source = $2) AND ($3::date IS NULL OR value_on = $3) ORDER BY income_no LIMIT $4
            """);
        command.Parameters.Add(new() { Value = after ?? 0 });
        command.Parameters.Add(new() { Value = source ?? "" });
        command.Parameters.Add(new() { Value = (object?)day ?? DBNull.Value });
        command.Parameters.Add(new() { Value = size });
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        var rows = new List<Income>();
        while (await reader.ReadAsync(cancellation))
            rows.Add(new Income(reader.GetInt64(0), reader.GetInt64(1), reader.GetString(2), reader.GetString(3), reader.GetInt32(4), BillingJson.Yuan(reader.GetInt64(5)), BillingJson.Yuan(reader.GetInt64(6)),
                BillingJson.Day(reader.GetFieldValue<DateOnly>(7)), reader.GetString(8), reader.GetString(9), reader.GetString(10), BillingJson.Time(reader.GetDateTime(11))));
        return new Page(rows, rows.Count == size ? rows[^1].IncomeNo : null);
    }
}
