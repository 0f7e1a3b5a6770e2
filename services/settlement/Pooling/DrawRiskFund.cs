using MedInsure.Kernel;
using MedInsure.Settlement.Ledger;
using Npgsql;

namespace MedInsure.Settlement.Pooling;

/// <summary>A year's part of what the risk adjustment fund grants a county goes to the county's money at the city; under the year's cap, two people.</summary>
internal static class DrawRiskFund
{
    internal sealed record Order(string? PreparedBy, string? Approver);

    /// <summary>In order: who, the application, approved, this year's part drawn before, parts left, the cap.</summary>
    public static async Task<Outcome<FundMove>> Execute(LedgerPlace city, string number, Order order, ChinaCalendar calendar, CancellationToken cancellation)
    {
        if (TwoPeople.Check(order.PreparedBy, "prepared_by", order.Approver) is { } unfit) return unfit;
        await using var connection = await city.Database.OpenConnectionAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        await LedgerHead.Lock(connection, transaction, cancellation);
        if (await FundApplication.Find(connection, transaction, number, cancellation) is not { Kind: FundApplication.RiskFund } granted) return PoolRefusals.ApplicationUnknown;
        if (granted.State != FundApplication.Approved) return PoolRefusals.ApplicationNotApproved;
        var year = calendar.Today.Year;
        var drawn = await FundMove.Read(connection, transaction, "WHERE kind = 'risk_draw' AND request_no LIKE $1 ORDER BY number", cancellation, number + "-%");
        if (drawn.Find(m => m.Year == year) is { } before) return before;
        if (drawn.Count == granted.Years) return PoolRefusals.ApplicationDecided;
        if (PoolTerms.Of(city.Tenant.Code).RiskFund is not { } terms) return PoolRefusals.RiskFundNotStated;
        var fund = granted.Lines[0].Fund;
        var amount = RiskGrant.PartFen(granted.GrantedFen, granted.Years, drawn.Count);
        if (amount > await Room(connection, transaction, terms, fund, year, cancellation)) return PoolRefusals.AboveCap;
        var move = await BookShare.Run(connection, transaction, city, MoveEntries.RiskDraw, granted.County, $"{number}-{drawn.Count + 1}", year, granted.Reason, [new MoveLine(fund, "", "", amount)], [order.PreparedBy!.Trim(), order.Approver!.Trim()],
            calendar.Today, calendar, cancellation);
        await transaction.CommitAsync(cancellation);
        return move;
    }

    /// <summary>What may still be drawn in the year.</summary>
    public static async Task<long> Room(NpgsqlConnection connection, NpgsqlTransaction transaction, RiskFundTerms terms, string fund, int year, CancellationToken cancellation)
    {
        var drawn = (await FundMove.Read(connection, transaction, "WHERE kind = 'risk_draw' AND year = $1", cancellation, year)).SelectMany(m => m.Lines).Where(l => l.Fund == fund).Sum(l => l.AmountFen);
        return RiskGrant.RoomFen(terms, await PayIntoRiskFund.Held(connection, transaction, fund, cancellation), drawn);
    }
}
