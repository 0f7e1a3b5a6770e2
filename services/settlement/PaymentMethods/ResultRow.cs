using MedInsure.Settlement.Projections;
using Npgsql;

namespace MedInsure.Settlement.PaymentMethods;

/// <summary>A month's result as it is stored.</summary>
internal sealed record ResultRow(string Provider, string Fund, string Method, long Claims, long SettledFen, long PayableFen, string Explanation)
{
    /// <summary>Takes the place of what was computed of the month before.</summary>
    public static async Task Store(NpgsqlConnection connection, NpgsqlTransaction transaction, string scope, int month, IReadOnlyList<ResultRow> rows, CancellationToken cancellation)
    {
        await using var batch = new NpgsqlBatch(connection, transaction)
        {
            BatchCommands =
            {
                new NpgsqlBatchCommand("INSERT INTO payment_month (scope, month) VALUES ($1, $2) ON CONFLICT DO NOTHING") { Parameters = { new() { Value = scope }, new() { Value = month } } },
                new NpgsqlBatchCommand("DELETE FROM payment_result WHERE scope = $1 AND month = $2") { Parameters = { new() { Value = scope }, new() { Value = month } } },
            },
        };
        if (rows.Count > 0)
            batch.BatchCommands.Add(new SetInsert().Text(rows, _ => scope).Int(rows, _ => month).Text(rows, r => r.Provider).Text(rows, r => r.Fund).Text(rows, r => r.Method).Bigint(rows, r => r.Claims)
                .Bigint(rows, r => r.SettledFen).Bigint(rows, r => r.PayableFen).Text(rows, r => r.Explanation)
                .Command("INSERT INTO payment_result (scope, month, fixmedins_code, fund, method, claims, settled_fen, payable_fen, explanation) SELECT * FROM {unnest}"));
        await batch.ExecuteNonQueryAsync(cancellation);
    }
}
