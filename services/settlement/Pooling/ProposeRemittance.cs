using MedInsure.Kernel;
using MedInsure.Settlement.Ledger;
using Npgsql;

namespace MedInsure.Settlement.Pooling;

/// <summary>
/// A county's money on its way to the city's special fiscal account (上解): contributions and subsidies, or what the county itself owes for a deficit. Bijie collects all of it at the city (seed-facts.md section 4,
/// 000_55dbde39a5535a1d.txt). One proposes, another sends it (<see cref="SendMove"/>).
/// </summary>
internal static class ProposeRemittance
{
    private const int LinesMax = 50, TextMax = 100;

    /// <param name="Kind">remittance (also when left out) or deficit_payment.</param>
    /// <param name="Lines">Null: all that the revenue account and the county's fiscal account hold.</param>
    internal sealed record Order(string? RequestNo, string? Kind, string? Reason, IReadOnlyList<Line>? Lines, string? PreparedBy);

    /// <param name="Account">revenue_account or fiscal_account; <paramref name="Counterparty"/> its channel.</param>
    internal sealed record Line(string? Fund, string? Account, string? Counterparty, decimal? Amount);

    private static readonly string[] Accounts = [LedgerPurposes.RevenueAccount, LedgerPurposes.FiscalAccount];

    /// <summary>In order: that it is a county, who, the request number, kind, reason, lines, the same request before, what the accounts hold less what is proposed already.</summary>
    public static async Task<Outcome<FundMove>> Execute(LedgerPlace place, Order order, ChinaCalendar calendar, CancellationToken cancellation)
    {
        if (place.Tenant.IsCity) return PoolRefusals.NotACounty;
        if (TwoPeople.Name(order.PreparedBy, "prepared_by") is { } nobody) return nobody;
        if (!CountyDesk.IsRequestNumber(order.RequestNo)) return Refusals.RequestNumberInvalid;
        var kind = order.Kind ?? MoveEntries.Remittance;
        if (kind is not (MoveEntries.Remittance or MoveEntries.DeficitPayment)) return PoolRefusals.KindUnknown;
        if (!CountyDesk.IsReason(order.Reason)) return PoolRefusals.ReasonMissing;
        List<MoveLine>? lines = null;
        if (order.Lines is not null && (lines = Read(order.Lines)) is null) return PoolRefusals.LinesInvalid;

        await using var connection = await place.Database.OpenConnectionAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        await LedgerHead.Lock(connection, transaction, cancellation);
        if (await FundMove.FindRequest(connection, transaction, order.RequestNo!, kind, cancellation) is { } before)
            return before.Reason == order.Reason!.Trim() && (lines is null || before.Lines.SequenceEqual(lines)) ? before : Refusals.RequestKeyReused;
        var free = await Free(connection, transaction, cancellation);
        lines ??= All(free);
        if (lines.Count == 0) return PoolRefusals.NothingToRemit;
        if (lines.Any(l => free.GetValueOrDefault(new(l.Account, l.Fund, place.Tenant.Code, l.Counterparty)) < l.AmountFen)) return PoolRefusals.AccountShort;
        var move = new FundMove(await FundMove.NextNumber(connection, transaction, place.Tenant.Code, cancellation), kind, place.Tenant.Code, true, order.RequestNo, FundMove.Proposed, 0, order.Reason!.Trim(), lines, [order.PreparedBy!.Trim()], "", null, null, null);
        await move.Keep(connection, transaction, calendar.UtcNow, cancellation);
        await transaction.CommitAsync(cancellation);
        return move;
    }

    /// <summary>All that may go up; money of no fund stays.</summary>
    public static List<MoveLine> All(Dictionary<LedgerAccount, long> free) =>
        [.. free.Where(f => f.Value > 0 && f.Key.Fund.Length > 0).OrderBy(f => f.Key, LedgerText.AccountOrder).Select(f => new MoveLine(f.Key.Fund, f.Key.Purpose, f.Key.Counterparty, f.Value)).Take(LinesMax)];

    /// <summary>What the accounts hold that nobody has proposed yet.</summary>
    public static async Task<Dictionary<LedgerAccount, long>> Free(NpgsqlConnection connection, NpgsqlTransaction transaction, CancellationToken cancellation)
    {
        var free = await AccountSums.Read(connection, transaction, Accounts, cancellation);
        foreach (var move in await FundMove.Read(connection, transaction, "WHERE own AND state = 'proposed'", cancellation))
            foreach (var line in move.Lines)
            {
                var account = new LedgerAccount(line.Account, line.Fund, move.County, line.Counterparty);
                free[account] = free.GetValueOrDefault(account) - line.AmountFen;
            }
        return free;
    }

    private static List<MoveLine>? Read(IReadOnlyList<Line> given)
    {
        var lines = new List<MoveLine>();
        foreach (var line in given)
        {
            if (string.IsNullOrWhiteSpace(line.Fund) || line.Fund.Length > TextMax || !Accounts.Contains(line.Account ?? LedgerPurposes.RevenueAccount) || line.Counterparty?.Length > TextMax) return null;
            if (line.Amount is not { } yuan || !Yuan.TryRead(yuan, out var fen) || fen <= Fen.Zero) return null;
            lines.Add(new MoveLine(line.Fund.Trim(), line.Account ?? LedgerPurposes.RevenueAccount, line.Counterparty?.Trim() ?? "", fen.Value));
        }
        return lines.Count is >= 1 and <= LinesMax && lines.DistinctBy(l => (l.Fund, l.Account, l.Counterparty)).Count() == lines.Count ? lines : null;
    }
}
