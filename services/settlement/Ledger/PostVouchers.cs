using MedInsure.Settlement.Projections;
using Npgsql;

namespace MedInsure.Settlement.Ledger;

/// <summary>The end of a county's ledger.</summary>
/// <param name="ClosedOn">Nothing is booked on this day or before it.</param>
internal sealed record LedgerHead(long VoucherNo, byte[] Hash, long SettlementNo, DateOnly? ClosedOn)
{
    private const string Columns = "SELECT voucher_no, hash, settlement_no, closed_on FROM ledger_head";

    public string HashText => Convert.ToHexStringLower(Hash);

    /// <summary>Held until the transaction ends.</summary>
    public static async Task<LedgerHead> Lock(NpgsqlConnection connection, NpgsqlTransaction transaction, CancellationToken cancellation) =>
        await Read(new NpgsqlCommand($"{Columns} FOR UPDATE", connection, transaction), cancellation) ?? throw new InvalidOperationException("ledger_head holds no row");

    /// <summary>Whatever it is a moment later. Null: somebody took the table's only row.</summary>
    public static Task<LedgerHead?> Find(NpgsqlConnection connection, CancellationToken cancellation) => Read(new NpgsqlCommand(Columns, connection), cancellation);

    private static async Task<LedgerHead?> Read(NpgsqlCommand command, CancellationToken cancellation)
    {
        await using var _ = command;
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        return !await reader.ReadAsync(cancellation) ? null : new LedgerHead(reader.GetInt64(0), reader.GetFieldValue<byte[]>(1), reader.GetInt64(2), reader.IsDBNull(3) ? null : reader.GetFieldValue<DateOnly>(3));
    }

    /// <summary>The day, or the first one after it that is not closed (a clock may be behind).</summary>
    public DateOnly OpenDay(DateOnly day) => ClosedOn is { } closed && day <= closed ? closed.AddDays(1) : day;
}

/// <summary>
/// Adds vouchers to the ledger's end in the caller's transaction, which holds the head: each with the hash of the one before it. Whoever brings an unbalanced one, or one for a day that is
/// closed, has not checked what people give: that is an error of the program.
/// </summary>
internal static class PostVouchers
{
    /// <returns>The new head, which the caller takes for its next ones.</returns>
    public static async Task<LedgerHead> Run(NpgsqlConnection connection, NpgsqlTransaction transaction, string county, LedgerHead head, IReadOnlyList<(Voucher Voucher, DateOnly BookedOn)> vouchers, CancellationToken cancellation)
    {
        if (vouchers.Count == 0) return head;
        foreach (var (voucher, bookedOn) in vouchers)
        {
            if (voucher.Entries.Sum(e => e.AmountFen) != 0) throw new InvalidOperationException($"{voucher.Kind} {voucher.Number} does not balance");
            if (bookedOn <= head.ClosedOn) throw new InvalidOperationException($"{voucher.Kind} {voucher.Number} is for {bookedOn:yyyy-MM-dd}, which is closed");
        }
        var accounts = new LedgerAccounts();
        await accounts.Ensure(connection, transaction, vouchers.SelectMany(v => v.Voucher.Entries).Select(e => e.Account), cancellation);

        var rows = new List<(long No, Voucher Voucher, DateOnly BookedOn, byte[] Document, byte[] Hash)>(vouchers.Count);
        var (no, hash) = (head.VoucherNo, head.VoucherNo == 0 ? LedgerText.Start(county) : head.Hash);
        foreach (var (voucher, bookedOn) in vouchers)
        {
            var document = LedgerText.Document(voucher, ++no, bookedOn);
            hash = LedgerText.Hash(hash, document);
            rows.Add((no, voucher, bookedOn, document, hash));
        }
        var entries = rows.SelectMany(r => r.Voucher.Entries.Select((e, i) => (r.No, EntryNo: i + 1, Entry: e))).ToList();
        await using var batch = new NpgsqlBatch(connection, transaction);
        batch.BatchCommands.Add(new SetInsert()
            .Bigint(rows, r => r.No).Text(rows, r => r.Voucher.Kind).Text(rows, r => r.Voucher.Number).Date(rows, r => r.Voucher.EffectiveOn).Date(rows, r => r.BookedOn).Int(rows, r => r.Voucher.Period).Bigint(rows, r => r.Voucher.AmountFen)
            .Bytes(rows, r => r.Document).Bytes(rows, r => r.Hash).Command("INSERT INTO voucher (voucher_no, kind, number, effective_on, booked_on, period, amount_fen, document, hash) SELECT * FROM {unnest}"));
        if (entries.Count > 0)
            batch.BatchCommands.Add(new SetInsert().Bigint(entries, e => e.No).Int(entries, e => e.EntryNo).Int(entries, e => accounts[e.Entry.Account]).Bigint(entries, e => e.Entry.AmountFen)
                .Command("INSERT INTO voucher_entry (voucher_no, entry_no, account_id, amount_fen) SELECT * FROM {unnest}"));
        batch.BatchCommands.Add(new("UPDATE ledger_head SET voucher_no = $1, hash = $2") { Parameters = { new NpgsqlParameter<long> { TypedValue = no }, new NpgsqlParameter<byte[]> { TypedValue = hash } } });
        await batch.ExecuteNonQueryAsync(cancellation);
        return head with { VoucherNo = no, Hash = hash };
    }
}
