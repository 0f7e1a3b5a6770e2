using MedInsure.Kernel;
using MedInsure.Settlement.Journal;
using MedInsure.Settlement.Pooling;
using Npgsql;

namespace MedInsure.Settlement.Ledger;

/// <summary>
/// The end of a day, and of all before it that are not closed: settlements booked to it are summed up into vouchers, then the trial balance, with the journal's head, is the day's last one.
/// One transaction; the same day again answers what was closed. A settlement of the day that comes behind (a clock that went back) is summed up with the next day.
/// </summary>
internal static class CloseDay
{
    public const string Kind = "close";

    /// <param name="Day">yyyy-MM-dd.</param>
    internal sealed record Order(string? Day, string? ClosedBy);

    /// <summary>In order: who, the day, the same closing before, all settlements in the tables, no income missing, everything balanced.</summary>
    public static async Task<Outcome<VoucherRow>> Execute(LedgerPlace place, Order order, ChinaCalendar calendar, CancellationToken cancellation)
    {
        if (TwoPeople.Name(order.ClosedBy, "closed_by") is { } nobody) return nobody;
        if (!CountyDesk.IsDay(order.Day, out var day)) return LedgerRefusals.DayInvalid;
        if (day >= calendar.Today) return LedgerRefusals.DayNotOver;
        if (await place.TablesCurrent(cancellation) is { } lag) return lag;
        await using var connection = await place.Database.OpenConnectionAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        var head = await LedgerHead.Lock(connection, transaction, cancellation);
        if (await VoucherRow.Find(connection, transaction, Kind, LedgerText.Day(day), cancellation) is { } closed) return closed;
        if (day <= head.ClosedOn) return LedgerRefusals.ClosingUnknown;

        // The journal's head first: the tables read after it hold at least that.
        var (journal, projected) = (await JournalStore.ReadHead(connection, cancellation), await Projections.Projector.ReadCheckpoint(connection, cancellation));
        if (projected.Seq < journal.Seq) return Refusals.ProjectionLags;
        var (incomeNo, missingNo) = await Incomes(connection, transaction, cancellation);
        if (missingNo is { } missing) return LedgerRefusals.IncomeMissing with { English = $"Income {missing} is not booked: its message has not come, or waits in the error queue" };
        var to = await LastSettlement(connection, transaction, head.SettlementNo, day, projected.LastSettlementNo, cancellation);
        var sums = await SettledSums.Read(connection, head.SettlementNo, to, cancellation);
        if (sums.Exists(s => s.Entries.Sum(e => e.AmountFen) != 0)) return LedgerRefusals.SettlementsUnbalanced;
        head = await PostVouchers.Run(connection, transaction, place.Tenant.Code, head, [.. sums.Select(s => (new Voucher(SettledSums.Kind, s.Number, s.EffectiveOn <= day ? s.EffectiveOn : day, 0, "", [], s.Entries) { Settled = s.Settled }, day))], cancellation);

        var close = new DayClose(day, head.ClosedOn, journal.Seq, Convert.ToHexStringLower(journal.Hash), incomeNo, to, await Balances(connection, transaction, head, day, cancellation));
        var voucher = new Voucher(Kind, LedgerText.Day(day), day, 0, "", [order.ClosedBy!.Trim()], []) { Close = close };
        head = await PostVouchers.Run(connection, transaction, place.Tenant.Code, head, [(voucher, day)], cancellation);
        await using (var update = new NpgsqlCommand("UPDATE ledger_head SET closed_on = $1, settlement_no = $2", connection, transaction)
        {
            Parameters = { new NpgsqlParameter<DateOnly> { TypedValue = day }, new NpgsqlParameter<long> { TypedValue = to } },
        })
            await update.ExecuteNonQueryAsync(cancellation);
        var row = new VoucherRow(head.VoucherNo, day, Convert.ToHexStringLower(head.Hash), voucher);
        if (!place.Tenant.IsCity) await TellDayClosed.Run(connection, transaction, place.Tenant.Code, row, calendar.UtcNow, cancellation);
        await transaction.CommitAsync(cancellation);
        return row;
    }

    /// <summary>How many are booked, and the first number that is not though a later one is; null: none.</summary>
    public static async Task<(long Booked, long? MissingNo)> Incomes(NpgsqlConnection connection, NpgsqlTransaction? transaction, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand("""
            SELECT count(*), CASE WHEN count(*) <> coalesce(max(number::bigint), 0) THEN (SELECT min(n) FROM generate_series(1, max(number::bigint)) AS n WHERE NOT EXISTS (SELECT FROM voucher v WHERE v.kind = 'income' AND v.number = n::text)) END
            FROM voucher WHERE kind = 'income'
            """, connection, transaction);
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        await reader.ReadAsync(cancellation);
        return (reader.GetInt64(0), reader.IsDBNull(1) ? null : reader.GetInt64(1));
    }

    /// <summary>The last settlement before the first one that is booked to a later day: numbers are given in the journal's order.</summary>
    private static async Task<long> LastSettlement(NpgsqlConnection connection, NpgsqlTransaction transaction, long after, DateOnly day, long last, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand("SELECT setl_no - 1 FROM ledger_entry WHERE setl_no > $1 AND booked_on > $2 ORDER BY setl_no LIMIT 1", connection, transaction)
        {
            Parameters = { new NpgsqlParameter<long> { TypedValue = after }, new NpgsqlParameter<DateOnly> { TypedValue = day } },
        };
        return await command.ExecuteScalarAsync(cancellation) as long? ?? last;
    }

    /// <summary>From the balances of the closing before, so that a close reads what was booked since then only.</summary>
    private static async Task<List<AccountBalance>> Balances(NpgsqlConnection connection, NpgsqlTransaction transaction, LedgerHead head, DateOnly day, CancellationToken cancellation)
    {
        var before = head.ClosedOn is { } closed ? (await VoucherRow.Find(connection, transaction, Kind, LedgerText.Day(closed), cancellation))!.Voucher.Close!.Balances : [];
        var balance = new TrialBalance(before);
        await using var command = new NpgsqlCommand("""
            SELECT a.purpose, a.fund, a.county, a.counterparty, sum(e.amount_fen)::bigint
            FROM voucher v JOIN voucher_entry e USING (voucher_no) JOIN ledger_account a USING (account_id) WHERE v.booked_on > $1 AND v.booked_on <= $2 GROUP BY a.account_id, e.amount_fen > 0
            """, connection, transaction)
        {
            CommandTimeout = 0, Parameters = { new NpgsqlParameter<DateOnly> { TypedValue = head.ClosedOn ?? DateOnly.MinValue }, new NpgsqlParameter<DateOnly> { TypedValue = day } },
        };
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        while (await reader.ReadAsync(cancellation)) balance.Book(day, [new LedgerEntry(new(reader.GetString(0), reader.GetString(1), reader.GetString(2), reader.GetString(3)), reader.GetInt64(4))]);
        return balance.Close(day);
    }
}
