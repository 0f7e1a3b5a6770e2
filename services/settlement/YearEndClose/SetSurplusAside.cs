using MedInsure.Kernel;
using MedInsure.Settlement.Ledger;
using MedInsure.Settlement.Pooling;
using Npgsql;

namespace MedInsure.Settlement.YearEndClose;

/// <summary>
/// The city's year end, once every county has carried the year over: of each county's money at the city, what its ledger has put by becomes its accumulated surplus there, which Guichi's order of deficits takes first; what
/// it lost comes back. What was paid ahead for the next year stays current. Again later: the difference.
/// </summary>
internal static class SetSurplusAside
{
    /// <summary>In order: who, the year, the days of the city and of every county, that all have carried the year over.</summary>
    public static async Task<Outcome<List<FundMove>>> Execute(LedgerPlace city, IReadOnlyCollection<string> counties, int year, CarryOver.Order order, ChinaCalendar calendar, CancellationToken cancellation)
    {
        if (TwoPeople.Check(order.PreparedBy, "prepared_by", order.Approver) is { } unfit) return unfit;
        if (!CountyDesk.IsRequestNumber(order.RequestNo)) return Refusals.RequestNumberInvalid;
        if (year is < 2000 or > 2100) return YearEndRefusals.YearInvalid;
        var lastDay = new DateOnly(year, 12, 31);
        await using var connection = await city.Database.OpenConnectionAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        var head = await LedgerHead.Lock(connection, transaction, cancellation);
        var moves = await FundMove.Read(connection, transaction, "WHERE kind = 'year_end' AND request_no = ANY ($1) ORDER BY number", cancellation, (object)counties.Select(RequestNo).ToArray());
        if (moves.Count > 0) return moves.TrueForAll(m => m.Year == year) ? moves : Refusals.RequestKeyReused;
        if (head.ClosedOn is not { } closed || closed < lastDay) return YearEndRefusals.DaysOpen;
        var flows = await FundFlows.Read(connection, city, "", cancellation);
        foreach (var county in counties)
            if (!FundFlows.IsCarried(flows.Where(f => f.County == county), year)) return YearEndRefusals.CountyNotCarried with { English = $"{county} has not carried the year over yet" };

        var aside = (await AccountSums.Read(connection, transaction, [LedgerPurposes.AccumulatedSurplus], cancellation)).ToDictionary(s => (s.Key.Counterparty, s.Key.Fund), s => -s.Value);
        var free = await ProposeAllocation.Free(connection, transaction, cancellation);
        foreach (var county in counties.Order(StringComparer.Ordinal))
        {
            var lines = new List<MoveLine>();
            foreach (var pool in flows.Where(f => f.County == county && f.Purpose == LedgerPurposes.AccumulatedSurplus).GroupBy(f => f.Pool, StringComparer.Ordinal).OrderBy(g => g.Key, StringComparer.Ordinal))
            {
                var fund = PlanAllocations.MainFund(pool.Key);
                var more = Math.Max(0, -pool.Sum(f => f.NetFen)) - aside.GetValueOrDefault((county, fund));
                if (more > 0) more = Math.Min(more, Math.Max(0, free.GetValueOrDefault((county, fund))));
                if (more != 0) lines.Add(new MoveLine(fund, "", "", -more));
            }
            if (lines.Count == 0) continue;
            moves.Add(await BookShare.Run(connection, transaction, city, MoveEntries.YearEnd, county, RequestNo(county), year, $"{year}年末结余转入累计结余", lines, [order.PreparedBy!.Trim(), order.Approver!.Trim()], calendar.Today, calendar, cancellation));
        }
        if (moves.Count == 0) return YearEndRefusals.NothingToCarry;
        await transaction.CommitAsync(cancellation);
        return moves;

        string RequestNo(string county) => $"{order.RequestNo}-{county}";
    }
}
