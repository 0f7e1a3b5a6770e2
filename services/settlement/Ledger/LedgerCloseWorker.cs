using MedInsure.Hosting.Jobs;
using MedInsure.Hosting.Tenancy;
using MedInsure.Kernel;
using MedInsure.Settlement.Journal;
using MedInsure.Settlement.Runs;
using Npgsql;

namespace MedInsure.Settlement.Ledger;

/// <summary>Closes yesterday once the night has passed in which its last messages come, if anything was booked on it. What stops it is in the log and in GET /ledger/{county}.</summary>
internal sealed partial class LedgerCloseWorker(TenantJournals journals, TenantDatabases databases, TimeProvider time, ILogger<LedgerCloseWorker> log) : TenantWork(log, TimeSpan.FromMinutes(5))
{
    /// <summary>Assumed: by then every channel's day has come in.</summary>
    private static readonly TimeOnly From = new(2, 0);

    private readonly ChinaCalendar calendar = new(time);

    protected override IEnumerable<string> Tenants => databases.TenantsOf(SettlementModule.Service).Select(t => t.Code);

    /// <summary>Of a county where its writer is. A city has none: whichever replica comes first closes its day, the others find it closed.</summary>
    protected override async Task<bool> Round(string tenant, CancellationToken stop)
    {
        var database = databases.For(tenant, SettlementModule.Service);
        LedgerPlace place;
        if (databases.TenantsOf(SettlementModule.Service).First(t => t.Code == tenant) is { IsCity: true } city) place = new LedgerPlace(city, database);
        else if (journals.Find(tenant) is { HoldsLease: true } journal) place = new RunPlace(journal, database);
        else return false;
        if (TimeOnly.FromDateTime(ChinaCalendar.ToLocal(calendar.UtcNow).DateTime) < From || await Open(database, calendar.Today.AddDays(-1), stop) is false) return false;
        var day = LedgerText.Day(calendar.Today.AddDays(-1));
        var closed = await CloseDay.Execute(place, new CloseDay.Order(day, "日结"), calendar, stop);
        if (closed.Refusal is { } refusal) NotClosed(tenant, day, refusal.Code, refusal.English);
        return false;
    }

    private static async Task<bool> Open(NpgsqlDataSource database, DateOnly day, CancellationToken stop)
    {
        await using var command = database.CreateCommand("""
            SELECT (closed_on IS NULL OR closed_on < $1)
              AND (EXISTS (SELECT FROM voucher WHERE booked_on <= $1 AND (closed_on IS NULL OR booked_on > closed_on)) OR (SELECT booked_on <= $1 FROM ledger_entry WHERE setl_no > settlement_no ORDER BY setl_no LIMIT 1)) IS TRUE
            FROM ledger_head
            """);
        command.Parameters.Add(new NpgsqlParameter<DateOnly> { TypedValue = day });
        return await command.ExecuteScalarAsync(stop) is true;
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "tenant {Tenant}: the ledger of {Day} is not closed: {Code} {Reason}")]
    private partial void NotClosed(string tenant, string day, string code, string reason);
}
