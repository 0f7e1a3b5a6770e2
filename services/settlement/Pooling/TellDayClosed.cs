using MedInsure.Events;
using MedInsure.Kernel;
using MedInsure.Settlement.Ledger;
using Npgsql;

namespace MedInsure.Settlement.Pooling;

/// <summary>With a county's closing, in its transaction: the city hears what was booked since the one before.</summary>
internal static class TellDayClosed
{
    /// <summary>Year and whether it is the carry-over itself, of an entry of voucher v to account a: revenue belongs to the year it covers, if that is a later one than that in which it came.</summary>
    public const string YearOf = """
        CASE WHEN a.purpose LIKE 'revenue\_%' AND a.purpose <> 'revenue_account' THEN greatest(extract(year FROM v.effective_on)::int, CASE WHEN v.period > 9999 THEN v.period / 100 ELSE v.period END) ELSE extract(year FROM v.effective_on)::int END
        """;

    public const string IsCarried = "v.kind = 'year_end' AND v.number LIKE 'carry %'";

    public static async Task Run(NpgsqlConnection connection, NpgsqlTransaction transaction, string county, VoucherRow closed, DateTimeOffset now, CancellationToken cancellation)
    {
        var close = closed.Voucher.Close!;
        // Since what was told last, which is the closing before, unless that was closed by a release that told nothing.
        DateOnly? told;
        await using (var command = new NpgsqlCommand("SELECT max(day) FROM county_day WHERE county = $1", connection, transaction) { Parameters = { new() { Value = county } } }) told = await command.ExecuteScalarAsync(cancellation) as DateOnly?;
        var flows = new List<FundFlow>();
        await using (var command = new NpgsqlCommand($"""
            SELECT a.purpose, a.fund, CASE WHEN a.purpose = 'city_pool' THEN a.counterparty ELSE '' END, {YearOf}, {IsCarried}, coalesce(sum(e.amount_fen) FILTER (WHERE e.amount_fen > 0), 0)::bigint, coalesce(-sum(e.amount_fen) FILTER (WHERE e.amount_fen < 0), 0)::bigint
            FROM voucher v JOIN voucher_entry e USING (voucher_no) JOIN ledger_account a USING (account_id) WHERE v.booked_on > $1 AND v.booked_on <= $2 GROUP BY 1, 2, 3, 4, 5 ORDER BY 1, 2, 3, 4, 5
            """, connection, transaction)
        {
            CommandTimeout = 0, Parameters = { new NpgsqlParameter<DateOnly> { TypedValue = told ?? DateOnly.MinValue }, new NpgsqlParameter<DateOnly> { TypedValue = close.Day } },
        })
        await using (var reader = await command.ExecuteReaderAsync(cancellation))
            while (await reader.ReadAsync(cancellation)) flows.Add(new FundFlow(reader.GetString(0), reader.GetString(1), reader.GetString(2), reader.GetInt32(3), reader.GetBoolean(4), reader.GetInt64(5), reader.GetInt64(6)));
        var e = new FundDayClosed(DayNumber.Of(close.Day), told is { } previous ? DayNumber.Of(previous) : 0, closed.No, closed.Hash, flows);
        await using (var command = new NpgsqlCommand("INSERT INTO county_day (county, day, voucher_no, head_hash) VALUES ($1, $2, $3, $4)", connection, transaction)
        {
            Parameters = { new() { Value = county }, new() { Value = close.Day }, new() { Value = closed.No }, new() { Value = closed.Hash } },
        })
            await command.ExecuteNonQueryAsync(cancellation);
        // By its hash: a restored ledger that closes the day otherwise tells of another fact.
        await Hosting.Messaging.Outbox.Add(connection, transaction, [Hosting.Messaging.OutboxEvent.Of(FundEventId.Of<FundDayClosed>(closed.Hash), "ledger", e, now)], cancellation);
    }
}
