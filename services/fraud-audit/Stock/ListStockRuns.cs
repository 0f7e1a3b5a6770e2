using System.Globalization;
using MedInsure.Kernel;
using Npgsql;

namespace MedInsure.FraudAudit.Stock;

internal static class ListStockRuns
{
    internal sealed record Page(List<RunStockRules.Run> Runs);

    /// <summary>The newest first.</summary>
    public static async Task<Outcome<Page>> Query(AuditRequest request, int? page, int? pageSize)
    {
        var (number, size) = (page ?? 1, pageSize ?? 100);
        if (!AuditTexts.IsPage(number, size)) return Refusals.PageInvalid;
        await using var connection = await request.Database.OpenConnectionAsync(request.Cancellation);
        return new Page(await Read(connection, "$1 = ''", "", (number - 1L) * size, size, request.Cancellation));
    }

    public static async Task<List<RunStockRules.Run>> Read(NpgsqlConnection connection, string where, string value, long offset, int limit, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand($"SELECT run_no, request_key, month, requested_by, reason, ran_at, providers, bills, found, appeared, gone FROM stock_run WHERE {where} ORDER BY run_no DESC OFFSET $2 LIMIT $3", connection)
        {
            Parameters = { new() { Value = value }, new() { Value = offset }, new() { Value = limit } },
        };
        await using var r = await command.ExecuteReaderAsync(cancellation);
        var runs = new List<RunStockRules.Run>();
        while (await r.ReadAsync(cancellation))
            runs.Add(new(r.GetInt64(0), r.GetString(1), r.GetFieldValue<DateOnly>(2).ToString("yyyy-MM", CultureInfo.InvariantCulture), r.GetString(3), r.GetString(4), AuditJson.Time(r.GetDateTime(5)), r.GetInt32(6), r.GetInt32(7), r.GetInt32(8), r.GetInt32(9), r.GetInt32(10)));
        return runs;
    }
}
