using System.Data;
using MedInsure.Kernel;
using MedInsure.Protos.Settlement.V1;
using Npgsql;

namespace MedInsure.Settlement.ReportFeed;

/// <summary>A page of the ledger's vouchers for reporting. Who adds one holds the ledger's head until the commit: a later number is never seen before an earlier one.</summary>
internal static class ReadReportVouchers
{
    private const int VouchersMax = 2_000;

    /// <summary>A page stays below gRPC's default of 4 MiB; of one voucher all entries come.</summary>
    private const int EntriesMax = 20_000;

    public static readonly Refusal PageInvalid = new(RefusalKind.Invalid, "feed.page_invalid", $"起点不得为负，每页须为1至{VouchersMax}张凭证", $"the position is not negative and a page has 1 to {VouchersMax} vouchers");

    public static async Task<Outcome<ReadReportVouchersReply>> Query(NpgsqlDataSource database, ReadReportVouchersRequest request, CancellationToken cancellation)
    {
        if (request.AfterVoucherNo < 0 || request.Max is < 1 or > VouchersMax) return PageInvalid;
        await using var connection = await database.OpenConnectionAsync(cancellation);
        await using var snapshot = await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, cancellation);
        var reply = new ReadReportVouchersReply();
        await using (var end = new NpgsqlCommand("SELECT voucher_no FROM ledger_head", connection)) reply.AtVoucherNo = (long)(await end.ExecuteScalarAsync(cancellation))!;
        await using (var command = new NpgsqlCommand("""
            SELECT v.voucher_no, v.kind, v.number, v.effective_on, v.booked_on, v.period, e.entry_no, a.purpose, a.fund, a.county, a.counterparty, e.amount_fen
            FROM (SELECT * FROM voucher WHERE voucher_no > $1 ORDER BY voucher_no LIMIT $2) v LEFT JOIN voucher_entry e USING (voucher_no) LEFT JOIN ledger_account a USING (account_id)
            ORDER BY v.voucher_no, e.entry_no
            """, connection) { Parameters = { new NpgsqlParameter<long> { TypedValue = request.AfterVoucherNo }, new NpgsqlParameter<int> { TypedValue = request.Max } } })
        {
            var entries = 0;
            await using var r = await command.ExecuteReaderAsync(cancellation);
            while (await r.ReadAsync(cancellation))
            {
                var last = reply.Voucher.Count > 0 ? reply.Voucher[^1] : null;
                if (last?.VoucherNo != r.GetInt64(0))
                {
                    if (entries >= EntriesMax) break;
                    reply.Voucher.Add(last = new ReportVoucher
                    {
                        VoucherNo = r.GetInt64(0), Kind = r.GetString(1), Number = r.GetString(2), EffectiveOn = DayNumber.Of(r.GetFieldValue<DateOnly>(3)), BookedOn = DayNumber.Of(r.GetFieldValue<DateOnly>(4)), Period = r.GetInt32(5),
                    });
                }
                if (r.IsDBNull(6)) continue;
                entries++;
                last!.Entry.Add(new ReportEntry { EntryNo = r.GetInt32(6), Purpose = r.GetString(7), Fund = r.GetString(8), County = r.GetString(9), Counterparty = r.GetString(10), AmountFen = r.GetInt64(11) });
            }
        }
        var read = reply.Voucher.Count > 0 ? reply.Voucher[^1].VoucherNo : request.AfterVoucherNo;
        await using var next = new NpgsqlCommand("SELECT booked_on FROM voucher WHERE voucher_no > $1 ORDER BY voucher_no LIMIT 1", connection) { Parameters = { new NpgsqlParameter<long> { TypedValue = read } } };
        if (await next.ExecuteScalarAsync(cancellation) is DateOnly on) reply.BehindSinceMs = ChinaCalendar.StartOf(on).ToUnixTimeMilliseconds();
        return reply;
    }
}
