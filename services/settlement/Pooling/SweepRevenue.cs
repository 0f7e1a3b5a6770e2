using System.Globalization;
using MedInsure.Hosting.Tenancy;
using MedInsure.Kernel;
using MedInsure.Settlement.Journal;
using MedInsure.Settlement.Ledger;
using MedInsure.Settlement.Runs;

namespace MedInsure.Settlement.Pooling;

/// <summary>Where the city's terms name a day: the bank sends all that a county has received up to the city on it, by standing order. Once a month, booked without people; its arrival is confirmed as any other's.</summary>
internal static class SweepRevenue
{
    /// <returns>Null: it was swept this month, there is nothing, or the city's terms name no day that has come.</returns>
    public static async Task<FundMove?> Execute(LedgerPlace county, ChinaCalendar calendar, CancellationToken cancellation)
    {
        var today = calendar.Today;
        if (PoolTerms.Of(county.Tenant.CityCode).SweepDay is not { } day || today.Day < day) return null;
        await using var connection = await county.Database.OpenConnectionAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        var head = await LedgerHead.Lock(connection, transaction, cancellation);
        var number = string.Create(CultureInfo.InvariantCulture, $"sweep-{today:yyyyMM}");
        if (await FundMove.FindRequest(connection, transaction, number, MoveEntries.Remittance, cancellation) is not null) return null;
        var lines = ProposeRemittance.All(await ProposeRemittance.Free(connection, transaction, cancellation));
        if (lines.Count == 0) return null;
        var move = new FundMove(await FundMove.NextNumber(connection, transaction, county.Tenant.Code, cancellation), MoveEntries.Remittance, county.Tenant.Code, true, number, FundMove.Sent, 0, "按约归集", lines, [], $"{number}-{county.Tenant.Code}", today, null, null);
        move = await move.Book(connection, transaction, county.Tenant, head, today, FundMove.Sent, calendar, cancellation);
        await FundMove.Tell(connection, transaction, move.Number, move.Event, calendar.UtcNow, cancellation);
        await transaction.CommitAsync(cancellation);
        return move;
    }
}

/// <summary>Looks for the day, where the county's writer is.</summary>
internal sealed class FundSweepWorker(TenantJournals journals, TenantDatabases databases, TimeProvider time, ILogger<FundSweepWorker> log) : WriterWork(journals, databases, log, TimeSpan.FromMinutes(30))
{
    private readonly ChinaCalendar calendar = new(time);

    protected override async Task<bool> Round(TenantJournal journal, Npgsql.NpgsqlDataSource database, CancellationToken stop)
    {
        await SweepRevenue.Execute(new RunPlace(journal, database), calendar, stop);
        return false;
    }
}
