using MedInsure.Kernel;
using MedInsure.Settlement.Ledger;

namespace MedInsure.Settlement.Pooling;

/// <summary>
/// A county needs more money than it has at the city: two people of the city have the gap borne in the order that the city's terms state (<see cref="DeficitOrder"/>). The county's ledger follows as it hears of it;
/// what the county itself bears it owes the city until it pays (a remittance of kind deficit_payment).
/// </summary>
internal static class CoverDeficit
{
    /// <param name="Lines">What the county needs, by fund.</param>
    internal sealed record Order(string? RequestNo, string? County, int Year, string? Reason, IReadOnlyList<ProposeAllocation.Line>? Lines, string? PreparedBy, string? Approver);

    /// <summary>In order: who, the request number, the county, the year, reason, lines, the same request before, the terms, the year's budget, the gap.</summary>
    public static async Task<Outcome<List<FundMove>>> Execute(LedgerPlace city, IReadOnlyCollection<string> counties, Order order, ChinaCalendar calendar, CancellationToken cancellation)
    {
        if (TwoPeople.Check(order.PreparedBy, "prepared_by", order.Approver) is { } unfit) return unfit;
        if (!CountyDesk.IsRequestNumber(order.RequestNo)) return Refusals.RequestNumberInvalid;
        if (order.County is not { } county || !counties.Contains(county)) return PoolRefusals.CountyUnknown;
        if (order.Year is < 2000 or > 2100) return PoolRefusals.YearInvalid;
        if (!CountyDesk.IsReason(order.Reason)) return PoolRefusals.ReasonMissing;
        if (order.Lines is null || ProposeAllocation.Read(order.Lines) is not { } lines) return PoolRefusals.LinesInvalid;

        await using var connection = await city.Database.OpenConnectionAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        await LedgerHead.Lock(connection, transaction, cancellation);
        var before = await FundMove.Read(connection, transaction, "WHERE request_no = $1 AND kind IN ('surplus', 'deficit') ORDER BY number", cancellation, order.RequestNo!);
        if (before.Count > 0) return before.TrueForAll(m => m.County == county && m.Year == order.Year && m.Reason == order.Reason!.Trim()) ? before : Refusals.RequestKeyReused;
        if (PoolTerms.Of(city.Tenant.Code).Deficit is not { } terms) return PoolRefusals.OrderNotStated;
        if (await FundApplication.BudgetOf(connection, transaction, county, order.Year, cancellation) is not { } budget) return PoolRefusals.BudgetMissing;
        var flows = await FundFlows.Read(connection, city, county, cancellation);
        var free = await ProposeAllocation.Free(connection, transaction, cancellation);
        var surplus = (await AccountSums.Read(connection, transaction, [LedgerPurposes.AccumulatedSurplus], cancellation)).Where(s => s.Key.Counterparty == county).ToDictionary(s => s.Key.Fund, s => -s.Value);
        var borne = new List<(Bearer Bearer, MoveLine Line)>();
        foreach (var line in lines)
        {
            var gap = line.AmountFen - free.GetValueOrDefault((county, line.Fund));
            if (gap <= 0) continue;
            var pool = FundSides.PoolOf(line.Fund);
            var met = FundFlows.Revenue(flows, pool, order.Year) >= FundFlows.Budgeted(budget, pool, FundApplication.Revenue);
            borne.AddRange(DeficitOrder.Divide(terms, met, gap, surplus.GetValueOrDefault(line.Fund)).Select(s => (s.Bearer, line with { AmountFen = s.AmountFen })));
        }
        if (borne.Count == 0) return PoolRefusals.NoDeficit;
        var moves = new List<FundMove>();
        foreach (var (bearer, kind) in ((Bearer, string)[])[(Bearer.AccumulatedSurplus, MoveEntries.Surplus), (Bearer.County, MoveEntries.Deficit)])
            if (borne.Where(b => b.Bearer == bearer).Select(b => b.Line).ToList() is { Count: > 0 } shares)
                moves.Add(await BookShare.Run(connection, transaction, city, kind, county, order.RequestNo!, order.Year, order.Reason!.Trim(), shares, [order.PreparedBy!.Trim(), order.Approver!.Trim()], calendar.Today, calendar, cancellation));
        await transaction.CommitAsync(cancellation);
        return moves;
    }
}
