using System.Collections.Concurrent;
using MedInsure.Hosting.Jobs;
using MedInsure.Hosting.Rpc;
using MedInsure.Kernel;
using MedInsure.Protos.Settlement.V1;
using Npgsql;

namespace MedInsure.Reporting.Positions;

/// <summary>Asks settlement how the pools stood at each month's end that is over: the last two again and again, since their days may still be closed, earlier ones once.</summary>
internal sealed class KeepPositions(ReportedCities cities, ReportFund.ReportFundClient settlement, ChinaCalendar calendar, ILogger<KeepPositions> log) : TenantWork(log, TimeSpan.FromMinutes(10))
{
    private const int MonthsBack = 24, MayChange = 2;
    private readonly ConcurrentDictionary<string, DateOnly> filled = new(StringComparer.Ordinal);

    protected override IEnumerable<string> Tenants => cities.All.Keys;

    protected override async Task<bool> Round(string tenant, CancellationToken stop)
    {
        var first = new DateOnly(calendar.Today.Year, calendar.Today.Month, 1);
        var kept = await Kept(tenant, stop);
        for (var back = 1; back <= MonthsBack; back++)
        {
            var month = first.AddMonths(-back) is var day ? day.Year * 100 + day.Month : 0;
            if (back > MayChange && kept.Contains(month)) continue;
            var reply = await settlement.ReadFundPositionAsync(new ReadFundPositionRequest { Month = month }, CallTenant.For(tenant), cancellationToken: stop);
            if (reply.Standing.Count == 0) break;
            await Keep(tenant, reply, stop);
        }
        filled[tenant] = first;
        return false;
    }

    /// <summary>Whether all months before this one were asked for since it began.</summary>
    public bool HasMonthsBefore(string city, DateOnly month) => filled.TryGetValue(city, out var until) && until >= month;

    private async Task<HashSet<int>> Kept(string city, CancellationToken cancellation)
    {
        await using var command = cities.Database(city).CreateCommand("SELECT DISTINCT month FROM fund_position");
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        var months = new HashSet<int>();
        while (await reader.ReadAsync(cancellation)) months.Add(reader.GetInt32(0));
        return months;
    }

    private async Task Keep(string city, ReadFundPositionReply reply, CancellationToken cancellation)
    {
        await using var connection = await cities.Database(city).OpenConnectionAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        await using var batch = new NpgsqlBatch(connection, transaction);
        batch.BatchCommands.Add(new NpgsqlBatchCommand("SELECT pg_advisory_xact_lock(hashtextextended('fund_position', 0))"));
        batch.BatchCommands.Add(new NpgsqlBatchCommand("DELETE FROM fund_position WHERE month = $1") { Parameters = { new() { Value = reply.Month } } });
        foreach (var s in reply.Standing)
        {
            var insert = new NpgsqlBatchCommand("INSERT INTO fund_position VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)");
            foreach (var value in (object[])[s.County, s.Pool, reply.Month, s.Level, s.RevenueFen, s.ExpenditureFen, s.YearRevenueFen, s.YearExpenditureFen, s.HeldFen, s.MeanFen, s.ForecastRevenueFen, s.ForecastExpenditureFen, s.ForecastHeldFen,
                s.BudgetRevenueFen, s.BudgetExpenditureFen, calendar.UtcNow])
                insert.Parameters.Add(new NpgsqlParameter { Value = value });
            batch.BatchCommands.Add(insert);
        }
        await batch.ExecuteNonQueryAsync(cancellation);
        await transaction.CommitAsync(cancellation);
    }
}
