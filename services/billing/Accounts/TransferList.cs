using MedInsure.Kernel;
using Npgsql;

namespace MedInsure.Billing.Accounts;

/// <summary>Who went to another area, and what became of the account: the work list of pay-outs to there.</summary>
internal static class TransferList
{
    internal sealed record Row(long TransferNo, string PsnNo, string OtherArea, string TransferredOn, long? PayoutNo, string? State);

    internal sealed record Page(List<Row> Transfers, long? NextAfter);

    /// <param name="open">Those alone that no pay-out has taken up.</param>
    public static async Task<Outcome<Page>> Read(NpgsqlDataSource database, bool open, long? after, int? pageSize, CancellationToken cancellation)
    {
        if (pageSize is < 1 or > Refusals.PageMax) return Refusals.PageSizeInvalid;
        var size = pageSize ?? 100;
        await using var command = database.CreateCommand("""
            SELECT t.transfer_no, t.psn_no, t.other_area, t.transferred_on, p.payout_no, p.state FROM account_transfer t LEFT JOIN account_payout p ON p.transfer_no = t.transfer_no AND p.state <> 'rejected'
            WHERE t.transfer_no > $1 AND (NOT $2 OR p.payout_no IS NULL) ORDER BY t.transfer_no LIMIT $3
            """);
        foreach (var value in (object[])[after ?? 0, open, size]) command.Parameters.Add(new() { Value = value });
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        var rows = new List<Row>();
        while (await reader.ReadAsync(cancellation))
            rows.Add(new Row(reader.GetInt64(0), reader.GetString(1), reader.GetString(2), BillingJson.Day(reader.GetFieldValue<DateOnly>(3)), reader.IsDBNull(4) ? null : reader.GetInt64(4), reader.IsDBNull(5) ? null : reader.GetString(5)));
        return new Page(rows, rows.Count == size ? rows[^1].TransferNo : null);
    }
}
