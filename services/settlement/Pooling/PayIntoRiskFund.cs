using MedInsure.Kernel;
using MedInsure.Settlement.Ledger;
using Npgsql;

namespace MedInsure.Settlement.Pooling;

/// <summary>
/// What a county's split set aside for the risk adjustment fund (风险调节金) goes from the county's money at the city into it, as far as the fund's cap allows; the rest stays with the county.
/// City-managed, total-capped (Bj, seed-facts.md section 4, 000_55dbde39a5535a1d.txt).
/// </summary>
internal static class PayIntoRiskFund
{
    /// <param name="Fund">The pool that was split: 390100.</param>
    internal sealed record Order(string? RequestNo, string? County, string? Fund, int Year, string? PreparedBy, string? Approver);

    /// <summary>In order: who, the request number, the county, year, the same request before, the terms, what is set aside and not paid in, the cap (which needs the counties' budgets), the county's money.</summary>
    public static async Task<Outcome<FundMove>> Execute(LedgerPlace city, IReadOnlyCollection<string> counties, Order order, ChinaCalendar calendar, CancellationToken cancellation)
    {
        if (TwoPeople.Check(order.PreparedBy, "prepared_by", order.Approver) is { } unfit) return unfit;
        if (!CountyDesk.IsRequestNumber(order.RequestNo)) return Refusals.RequestNumberInvalid;
        if (order.County is not { } county || !counties.Contains(county)) return PoolRefusals.CountyUnknown;
        if (order.Year is < 2000 or > 2100) return PoolRefusals.YearInvalid;
        var fund = order.Fund ?? "";
        await using var connection = await city.Database.OpenConnectionAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        await LedgerHead.Lock(connection, transaction, cancellation);
        if (await FundMove.FindRequest(connection, transaction, order.RequestNo!, MoveEntries.RiskPayment, cancellation) is { } before) return before.County == county && before.Lines[0].Fund == fund ? before : Refusals.RequestKeyReused;
        if (PoolTerms.Of(city.Tenant.Code).RiskFund is not { } terms) return PoolRefusals.RiskFundNotStated;
        var part = MoveEntries.RiskPart(fund);
        var aside = -(await FundFlows.Read(connection, city, county, cancellation)).Where(f => !f.Carried && f.Purpose == LedgerPurposes.FundSplit && f.Fund == part).Sum(f => f.NetFen);
        var paid = -(await FundMove.Read(connection, transaction, "WHERE kind = 'risk_payment' AND county = $1", cancellation, county)).SelectMany(m => m.Lines).Where(l => l.Fund == fund).Sum(l => l.AmountFen);
        if (aside <= paid) return PoolRefusals.NothingToPayIn;
        if (await CapFen(connection, transaction, counties, fund, order.Year, terms, cancellation) is not { } cap) return PoolRefusals.BudgetMissing;
        var room = cap - await Held(connection, transaction, fund, cancellation);
        if (room <= 0) return PoolRefusals.RiskFundFull;
        var amount = Math.Min(aside - paid, room);
        if ((await ProposeAllocation.Free(connection, transaction, cancellation)).GetValueOrDefault((county, fund)) < amount) return PoolRefusals.SubAccountShort;
        var move = await BookShare.Run(connection, transaction, city, MoveEntries.RiskPayment, county, order.RequestNo!, order.Year, "提取风险调节金", [new MoveLine(fund, "", "", -amount)], [order.PreparedBy!.Trim(), order.Approver!.Trim()], calendar.Today,
            calendar, cancellation);
        await transaction.CommitAsync(cancellation);
        return move;
    }

    /// <summary>Of the pool's fund, in fen.</summary>
    public static async Task<long> Held(NpgsqlConnection connection, NpgsqlTransaction? transaction, string fund, CancellationToken cancellation) =>
        -(await AccountSums.Read(connection, transaction, [LedgerPurposes.RiskFund], cancellation)).Where(s => s.Key.Fund == fund).Sum(s => s.Value);

    /// <summary>Null: no county's budget of the year is approved.</summary>
    private static async Task<long?> CapFen(NpgsqlConnection connection, NpgsqlTransaction transaction, IReadOnlyCollection<string> counties, string fund, int year, RiskFundTerms terms, CancellationToken cancellation)
    {
        var budgets = (await FundApplication.Budgets(connection, transaction, "", year, cancellation)).FindAll(b => counties.Contains(b.County));
        return budgets.Count > 0 ? new Fen(budgets.Sum(b => FundFlows.Budgeted(b, FundSides.PoolOf(fund), FundApplication.Revenue))).ShareHalfUp(terms.TotalCap).Value : null;
    }
}
