using Npgsql;

namespace MedInsure.Billing.Bills;

/// <summary>How far the bills of a scheme's month are.</summary>
/// <param name="State">employers, then flexible, then done.</param>
/// <param name="Employers">Looked at so far; <paramref name="Bills"/> of them owe something.</param>
/// <param name="Flexible">Flexible workers looked at.</param>
internal sealed record BillRun(long RunNo, string Insutype, int Month, string StartedBy, string Reason, string StartedAt, string State, long Employers, long Bills, long Lines, string Amount, long Flexible, string? EndedAt)
{
    private const string Columns = "run_no, insutype, month, started_by, reason, started_at, state, employers, bills, lines, amount_fen, flexible, ended_at";

    public static Task<BillRun?> Find(NpgsqlDataSource database, long runNo, CancellationToken cancellation) => One(database, "run_no = $1", runNo, cancellation);

    public static Task<BillRun?> FindByKey(NpgsqlDataSource database, string requestKey, CancellationToken cancellation) => One(database, "request_key = $1", requestKey, cancellation);

    /// <summary>The newest first.</summary>
    public static async Task<List<BillRun>> List(NpgsqlDataSource database, string? insutype, int? month, CancellationToken cancellation)
    {
        await using var command = database.CreateCommand($"SELECT {Columns} FROM bill_run WHERE ($1 = '' OR insutype = $1) AND ($2 = 0 OR month = $2) ORDER BY run_no DESC LIMIT {Refusals.PageMax}");
        command.Parameters.Add(new() { Value = insutype ?? "" });
        command.Parameters.Add(new() { Value = month ?? 0 });
        return await Read(command, cancellation);
    }

    private static async Task<BillRun?> One(NpgsqlDataSource database, string where, object value, CancellationToken cancellation)
    {
        await using var command = database.CreateCommand($"SELECT {Columns} FROM bill_run WHERE {where}");
        command.Parameters.Add(new() { Value = value });
        return (await Read(command, cancellation)).SingleOrDefault();
    }

    private static async Task<List<BillRun>> Read(NpgsqlCommand command, CancellationToken cancellation)
    {
        var runs = new List<BillRun>();
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        while (await reader.ReadAsync(cancellation))
            runs.Add(new BillRun(reader.GetInt64(0), reader.GetString(1), reader.GetInt32(2), reader.GetString(3), reader.GetString(4), BillingJson.Time(reader.GetDateTime(5)), reader.GetString(6), reader.GetInt64(7),
                reader.GetInt64(8), reader.GetInt64(9), BillingJson.Yuan(reader.GetInt64(10)), reader.GetInt64(11), reader.IsDBNull(12) ? null : BillingJson.Time(reader.GetDateTime(12))));
        return runs;
    }
}
