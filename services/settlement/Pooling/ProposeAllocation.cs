using MedInsure.Kernel;
using MedInsure.Settlement.Ledger;
using Npgsql;

namespace MedInsure.Settlement.Pooling;

/// <summary>The city's money on its way down to a county's expenditure account (下拨), by the month's plan or an approved application. One proposes, another sends it (<see cref="SendMove"/>).</summary>
internal static class ProposeAllocation
{
    private const int LinesMax = 50, TextMax = 100;

    internal sealed record Order(string? RequestNo, string? County, string? Reason, IReadOnlyList<Line>? Lines, string? PreparedBy);

    internal sealed record Line(string? Fund, decimal? Amount);

    /// <summary>In order: who, the request number, the county, reason, lines, the same request before, the county's sub-account less what is proposed already.</summary>
    public static async Task<Outcome<FundMove>> Execute(LedgerPlace city, IReadOnlyCollection<string> counties, Order order, ChinaCalendar calendar, CancellationToken cancellation)
    {
        if (TwoPeople.Name(order.PreparedBy, "prepared_by") is { } nobody) return nobody;
        if (!CountyDesk.IsRequestNumber(order.RequestNo)) return Refusals.RequestNumberInvalid;
        if (order.County is null || !counties.Contains(order.County)) return PoolRefusals.CountyUnknown;
        if (!CountyDesk.IsReason(order.Reason)) return PoolRefusals.ReasonMissing;
        if (order.Lines is null || Read(order.Lines) is not { } lines) return PoolRefusals.LinesInvalid;

        await using var connection = await city.Database.OpenConnectionAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        await LedgerHead.Lock(connection, transaction, cancellation);
        var outcome = await Begin(connection, transaction, city, order.RequestNo!, order.County, 0, order.Reason!.Trim(), lines, order.PreparedBy!.Trim(), calendar, cancellation);
        if (!outcome.IsRefused) await transaction.CommitAsync(cancellation);
        return outcome;
    }

    /// <summary>In the caller's transaction, which holds the head.</summary>
    public static async Task<Outcome<FundMove>> Begin(NpgsqlConnection connection, NpgsqlTransaction transaction, LedgerPlace city, string requestNo, string county, int year, string reason, IReadOnlyList<MoveLine> lines, string preparedBy, ChinaCalendar calendar, CancellationToken cancellation)
    {
        if (await FundMove.FindRequest(connection, transaction, requestNo, MoveEntries.Allocation, cancellation) is { } before)
            return before.County == county && before.Reason == reason && before.Lines.SequenceEqual(lines) ? before : Refusals.RequestKeyReused;
        var free = await Free(connection, transaction, cancellation);
        if (lines.Any(l => free.GetValueOrDefault((county, l.Fund)) < l.AmountFen)) return PoolRefusals.SubAccountShort;
        var move = new FundMove(await FundMove.NextNumber(connection, transaction, city.Tenant.Code, cancellation), MoveEntries.Allocation, county, true, requestNo, FundMove.Proposed, year, reason, lines, [preparedBy], "", null, null, null);
        await move.Keep(connection, transaction, calendar.UtcNow, cancellation);
        return move;
    }

    /// <summary>By county and fund, what the counties' sub-accounts hold that is not promised yet.</summary>
    public static async Task<Dictionary<(string County, string Fund), long>> Free(NpgsqlConnection connection, NpgsqlTransaction transaction, CancellationToken cancellation)
    {
        var free = (await AccountSums.Read(connection, transaction, [LedgerPurposes.SubAccount], cancellation)).ToDictionary(s => (s.Key.Counterparty, s.Key.Fund), s => -s.Value);
        foreach (var move in await FundMove.Read(connection, transaction, "WHERE own AND state = 'proposed'", cancellation))
            foreach (var line in move.Lines) free[(move.County, line.Fund)] = free.GetValueOrDefault((move.County, line.Fund)) - line.AmountFen;
        return free;
    }

    /// <summary>Null: they are not fit.</summary>
    public static List<MoveLine>? Read(IReadOnlyList<Line> given)
    {
        var lines = new List<MoveLine>();
        foreach (var line in given)
        {
            if (string.IsNullOrWhiteSpace(line.Fund) || line.Fund.Length > TextMax || line.Amount is not { } yuan || !Yuan.TryRead(yuan, out var fen) || fen <= Fen.Zero) return null;
            lines.Add(new MoveLine(line.Fund.Trim(), "", "", fen.Value));
        }
        return lines.Count is >= 1 and <= LinesMax && lines.DistinctBy(l => l.Fund).Count() == lines.Count ? lines : null;
    }
}
