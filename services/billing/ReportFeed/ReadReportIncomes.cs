using System.Data;
using MedInsure.Kernel;
using MedInsure.Protos.Billing.V1;
using Npgsql;

namespace MedInsure.Billing.ReportFeed;

/// <summary>A page of what the fund received, for reporting. Who posts holds the county's numbers until the commit: a later one is never seen before an earlier one.</summary>
internal static class ReadReportIncomes
{
    internal const int RowsMax = 5_000;

    public static readonly Refusal PageInvalid = new(RefusalKind.Invalid, "feed.page_invalid", $"起点不得为负，每页须为1至{RowsMax}条", $"the position is not negative and a page has 1 to {RowsMax} rows");

    public static async Task<Outcome<ReadReportIncomesReply>> Query(NpgsqlDataSource database, ReadReportIncomesRequest request, CancellationToken cancellation)
    {
        if (request.AfterIncomeNo < 0 || request.Max is < 1 or > RowsMax) return PageInvalid;
        await using var connection = await database.OpenConnectionAsync(cancellation);
        await using var snapshot = await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, cancellation);
        var reply = new ReadReportIncomesReply();
        await using (var end = new NpgsqlCommand("SELECT last_income_no FROM income_counter", connection)) reply.AtIncomeNo = (long)(await end.ExecuteScalarAsync(cancellation))!;
        await using var command = new NpgsqlCommand("""
            SELECT income_no, source, insutype, period, channel, amount_fen, account_fen, value_on, posted_at FROM income WHERE income_no > $1 ORDER BY income_no LIMIT $2
            """, connection) { Parameters = { new() { Value = request.AfterIncomeNo }, new() { Value = request.Max + 1 } } };
        await using var r = await command.ExecuteReaderAsync(cancellation);
        while (await r.ReadAsync(cancellation))
        {
            var postedAt = new DateTimeOffset(r.GetDateTime(8)).ToUnixTimeMilliseconds();
            if (reply.Income.Count == request.Max) reply.BehindSinceMs = postedAt;
            else
                reply.Income.Add(new ReportIncome
                {
                    IncomeNo = r.GetInt64(0), Source = r.GetString(1), Insutype = r.GetString(2), Period = r.GetInt32(3), Channel = r.GetString(4), AmountFen = r.GetInt64(5), AccountFen = r.GetInt64(6),
                    ValueOn = DayNumber.Of(r.GetFieldValue<DateOnly>(7)), PostedAtMs = postedAt,
                });
        }
        return reply;
    }
}
