using System.Globalization;
using MedInsure.Kernel;
using MedInsure.Settlement.Ledger;
using Npgsql;

namespace MedInsure.Settlement.Pooling;

/// <summary>A month's allocations to all counties, proposed from their last months' mean spending; as much as a county has at the city, what is short is said. Each is sent by a second person.</summary>
internal static class PlanAllocations
{
    /// <param name="Month">yyyyMM.</param>
    internal sealed record Order(int Month, string? PreparedBy);

    /// <param name="Move">Null: the county has nothing at the city.</param>
    internal sealed record Planned(string County, string Fund, long MeanFen, long ShortFen, FundMove? Move);

    /// <summary>In order: who, the month. A month again gives what was planned for it.</summary>
    public static async Task<Outcome<List<Planned>>> Execute(LedgerPlace city, IReadOnlyCollection<string> counties, Order order, ChinaCalendar calendar, CancellationToken cancellation)
    {
        if (TwoPeople.Name(order.PreparedBy, "prepared_by") is { } nobody) return nobody;
        if (order.Month is < 2000_01 or > 2100_12 || order.Month % 100 is < 1 or > 12) return PoolRefusals.YearInvalid.At("month");
        await using var connection = await city.Database.OpenConnectionAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        await LedgerHead.Lock(connection, transaction, cancellation);
        var flows = await FundFlows.Read(connection, city, "", cancellation);
        var free = await ProposeAllocation.Free(connection, transaction, cancellation);
        var planned = new List<Planned>();
        foreach (var county in counties.Order(StringComparer.Ordinal))
        {
            var number = string.Create(CultureInfo.InvariantCulture, $"plan-{order.Month}-{county}");
            var before = await FundMove.FindRequest(connection, transaction, number, MoveEntries.Allocation, cancellation);
            var means = Means(flows.Where(f => f.County == county), order.Month, PoolTerms.Of(city.Tenant.Code).PlanMonths);
            var lines = before?.Lines ?? [.. means.Select(m => new MoveLine(m.Fund, "", "", Math.Min(m.MeanFen, Math.Max(0, free.GetValueOrDefault((county, m.Fund)))))).Where(l => l.AmountFen > 0)];
            var move = before;
            if (before is null && lines.Count > 0) move = (await ProposeAllocation.Begin(connection, transaction, city, number, county, order.Month / 100, $"{order.Month}月度用款计划", lines, order.PreparedBy!.Trim(), calendar, cancellation)).Value;
            planned.AddRange(means.Select(m => new Planned(county, m.Fund, m.MeanFen, m.MeanFen - lines.Where(l => l.Fund == m.Fund).Sum(l => l.AmountFen), move)));
        }
        await transaction.CommitAsync(cancellation);
        return planned;
    }

    /// <summary>By pool, booked to the fund that its money lies in: 390100 for all that begins with 390. The mean of the months before, rounded up to the fen, so that it suffices.</summary>
    public static List<(string Fund, long MeanFen)> Means(IEnumerable<FundFlowSum> flows, int month, int months)
    {
        var first = new DateOnly(month / 100, month % 100, 1).AddMonths(-months);
        var from = first.Year * 100 + first.Month;
        return
        [
            .. flows.Where(f => f.Month >= from && f.Month < month).GroupBy(f => f.Pool, StringComparer.Ordinal).OrderBy(g => g.Key, StringComparer.Ordinal)
                .Select(g => (Fund: MainFund(g.Key), Spent: g.Sum(f => f.ExpenditureFen))).Where(g => g.Spent > 0).Select(g => (g.Fund, (g.Spent + months - 1) / months)),
        ];
    }

    public static string MainFund(string pool) => pool.Length == 3 ? pool + "100" : pool;

    public static object Shown(Planned p) => new { p.County, p.Fund, Mean = Yuan.Of(p.MeanFen), Short = Yuan.Of(p.ShortFen), Number = p.Move?.Number, p.Move?.State };
}
