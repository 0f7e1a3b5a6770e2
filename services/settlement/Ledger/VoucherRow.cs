using Npgsql;

namespace MedInsure.Settlement.Ledger;

/// <summary>A voucher in its place.</summary>
internal sealed record VoucherRow(long No, DateOnly BookedOn, string Hash, Voucher Voucher)
{
    private const string Columns = "SELECT document, hash FROM voucher";

    public static async Task<VoucherRow?> Find(NpgsqlConnection connection, NpgsqlTransaction? transaction, string kind, string number, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand($"{Columns} WHERE kind = $1 AND number = $2", connection, transaction)
        {
            Parameters = { new NpgsqlParameter<string> { TypedValue = kind }, new NpgsqlParameter<string> { TypedValue = number } },
        };
        return (await Read(command, cancellation)).SingleOrDefault();
    }

    public static async Task<VoucherRow?> Find(NpgsqlDataSource database, long no, CancellationToken cancellation)
    {
        await using var command = database.CreateCommand($"{Columns} WHERE voucher_no = $1");
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = no });
        return (await Read(command, cancellation)).SingleOrDefault();
    }

    /// <summary>After a number, in order.</summary>
    /// <param name="kind">Empty: of all kinds.</param>
    public static async Task<List<VoucherRow>> List(NpgsqlDataSource database, string kind, DateOnly from, DateOnly to, long after, int size, CancellationToken cancellation)
    {
        await using var command = database.CreateCommand($"{Columns} WHERE booked_on BETWEEN $1 AND $2 AND ($3 = '' OR kind = $3) AND voucher_no > $4 ORDER BY voucher_no LIMIT $5");
        command.Parameters.Add(new NpgsqlParameter<DateOnly> { TypedValue = from });
        command.Parameters.Add(new NpgsqlParameter<DateOnly> { TypedValue = to });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = kind });
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = after });
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = size });
        return await Read(command, cancellation);
    }

    private static async Task<List<VoucherRow>> Read(NpgsqlCommand command, CancellationToken cancellation)
    {
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        var rows = new List<VoucherRow>();
        while (await reader.ReadAsync(cancellation))
        {
            var (voucher, no, bookedOn) = LedgerText.Read(reader.GetFieldValue<byte[]>(0));
            rows.Add(new VoucherRow(no, bookedOn, Convert.ToHexStringLower(reader.GetFieldValue<byte[]>(1)), voucher));
        }
        return rows;
    }
}
