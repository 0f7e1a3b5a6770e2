using MedInsure.Events;
using MedInsure.Kernel;
using MedInsure.Settlement.Ledger;
using Npgsql;

namespace MedInsure.Settlement.Pooling;

/// <summary>
/// Two people of a county ask its city: for a month's money, for money of the risk adjustment fund, or for the consent to a year's budget, which the county drafts from execution, expansion and collection targets
/// and the city approves (Hb, seed-facts.md section 4, 000_55dbde39a5535a1d.txt).
/// </summary>
internal static class ApplyForFunds
{
    private const int LinesMax = 50, TextMax = 100;

    /// <param name="Month">1 to 12, of an allocation.</param>
    internal sealed record Order(string? RequestNo, string? Kind, int Year, int? Month, string? Reason, IReadOnlyList<Line>? Lines, string? PreparedBy, string? Approver);

    /// <param name="Side">Of a budget revenue or expenditure.</param>
    internal sealed record Line(string? Fund, string? Side, decimal? Amount);

    /// <summary>In order: that it is a county, who, the request number, kind, year and month, reason, lines, the same request before, of a budget what the fund holds.</summary>
    public static async Task<Outcome<FundApplication>> Execute(LedgerPlace place, Order order, ChinaCalendar calendar, CancellationToken cancellation)
    {
        if (place.Tenant.IsCity) return PoolRefusals.NotACounty;
        if (TwoPeople.Check(order.PreparedBy, "prepared_by", order.Approver) is { } unfit) return unfit;
        if (!CountyDesk.IsRequestNumber(order.RequestNo)) return Refusals.RequestNumberInvalid;
        if (!FundApplication.Kinds.Contains(order.Kind)) return PoolRefusals.KindUnknown;
        if (order.Year is < 2000 or > 2100 || (order.Kind == FundApplication.Allocation ? order.Month is null or < 1 or > 12 : order.Month is not null)) return PoolRefusals.YearInvalid;
        if (!CountyDesk.IsReason(order.Reason)) return PoolRefusals.ReasonMissing;
        if (Read(order) is not { } lines) return PoolRefusals.LinesInvalid;

        await using var connection = await place.Database.OpenConnectionAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        await LedgerHead.Lock(connection, transaction, cancellation);
        if ((await FundApplication.Read(connection, transaction, "WHERE request_no = $1", cancellation, order.RequestNo!)).SingleOrDefault() is { } before)
            return before.Kind == order.Kind && before.Year == order.Year && before.Reason == order.Reason!.Trim() && before.Lines.SequenceEqual(lines) ? before : Refusals.RequestKeyReused;
        if (order.Kind == FundApplication.Budget && FundSides.AboveFund(lines, FundSides.HeldBefore(order.Year, await FundFlows.Read(connection, place, "", cancellation)))) return PoolRefusals.BudgetAboveFund;
        var application = new FundApplication(await FundApplication.NextNumber(connection, transaction, place.Tenant.Code, cancellation), order.Kind!, place.Tenant.Code, order.RequestNo, FundApplication.Applied, order.Year, order.Month ?? 0,
            order.Reason!.Trim(), lines, [order.PreparedBy!.Trim(), order.Approver!.Trim()], [], "", 0, 1);
        await application.Keep(connection, transaction, calendar.UtcNow, cancellation);
        var e = new FundApplied(application.Number, application.Kind, application.Year, application.Month, application.Reason, application.People, [.. lines.Select(l => new FundAppliedLine(l.Fund, l.Line, l.AmountFen))]);
        await FundMove.Tell(connection, transaction, application.Number, e, calendar.UtcNow, cancellation);
        await transaction.CommitAsync(cancellation);
        return application;
    }

    private static List<ApplicationLine>? Read(Order order)
    {
        var isBudget = order.Kind == FundApplication.Budget;
        var lines = new List<ApplicationLine>();
        foreach (var line in order.Lines ?? [])
        {
            if (string.IsNullOrWhiteSpace(line.Fund) || line.Fund.Length > TextMax || (isBudget ? line.Side is not (FundApplication.Revenue or FundApplication.Expenditure) : !string.IsNullOrEmpty(line.Side))) return null;
            if (line.Amount is not { } yuan || !Yuan.TryRead(yuan, out var fen) || fen < Fen.Zero || fen == Fen.Zero && !isBudget) return null;
            lines.Add(new ApplicationLine(line.Fund.Trim(), line.Side ?? "", fen.Value));
        }
        return lines.Count is >= 1 and <= LinesMax && lines.DistinctBy(l => (l.Fund, l.Line)).Count() == lines.Count ? lines : null;
    }
}
