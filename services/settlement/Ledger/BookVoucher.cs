using MedInsure.Kernel;
using Npgsql;

namespace MedInsure.Settlement.Ledger;

/// <summary>A voucher that two people give: money moved between the accounts of 收支两条线, an opening balance, a correction (which is a further voucher, never a change).</summary>
internal static class BookVoucher
{
    public const string Kind = "manual";

    private const int EntriesMax = 200, TextMax = 100;

    /// <param name="EffectiveOn">yyyy-MM-dd.</param>
    /// <param name="BookedOn">Null: today. An earlier day is possible until it is closed.</param>
    internal sealed record Order(string? RequestNo, string? EffectiveOn, string? BookedOn, string? Memo, IReadOnlyList<Line>? Entries, string? PreparedBy, string? Approver);

    /// <param name="Fund">Empty: of none.</param>
    /// <param name="Debit">Yuan; of debit and credit one is given.</param>
    internal sealed record Line(string? Purpose, string? Fund, string? Counterparty, decimal? Debit, decimal? Credit);

    /// <summary>In order: who, the request number, the memo, the days, the entries, their balance, the same request before, the day's closing.</summary>
    public static async Task<Outcome<VoucherRow>> Execute(LedgerPlace place, Order order, ChinaCalendar calendar, CancellationToken cancellation)
    {
        if (TwoPeople.Check(order.PreparedBy, "prepared_by", order.Approver) is { } unfit) return unfit;
        if (!CountyDesk.IsRequestNumber(order.RequestNo)) return Refusals.RequestNumberInvalid;
        if (!CountyDesk.IsReason(order.Memo)) return LedgerRefusals.MemoMissing;
        var today = calendar.Today;
        if (!CountyDesk.IsDay(order.EffectiveOn, out var effectiveOn)) return LedgerRefusals.DayInvalid.At("effective_on");
        var bookedOn = today;
        if (order.BookedOn is not null && !CountyDesk.IsDay(order.BookedOn, calendar, out bookedOn)) return LedgerRefusals.DayInvalid.At("booked_on");
        if (effectiveOn > bookedOn) return LedgerRefusals.EffectLater;
        var county = place.Tenant.Code;
        if (order.Entries is not { Count: >= 2 and <= EntriesMax } lines || lines.Select(l => Read(l, county)).ToList() is var entries && entries.Contains(null)) return LedgerRefusals.EntriesInvalid;
        if (entries.Sum(e => (decimal)e!.Value.AmountFen) != 0) return LedgerRefusals.Unbalanced;

        var voucher = new Voucher(Kind, order.RequestNo!, effectiveOn, 0, order.Memo!.Trim(), [order.PreparedBy!.Trim(), order.Approver!.Trim()], [.. entries.Select(e => e!.Value)]);
        await using var connection = await place.Database.OpenConnectionAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        var head = await LedgerHead.Lock(connection, transaction, cancellation);
        if (await VoucherRow.Find(connection, transaction, Kind, voucher.Number, cancellation) is { } before)
            return (before.Voucher.EffectiveOn, before.Voucher.Memo) == (voucher.EffectiveOn, voucher.Memo) && before.Voucher.Entries.SequenceEqual(voucher.Entries) ? before : Refusals.RequestKeyReused;
        if (order.BookedOn is null) bookedOn = head.OpenDay(bookedOn);
        if (bookedOn <= head.ClosedOn) return LedgerRefusals.DayClosed;
        head = await PostVouchers.Run(connection, transaction, county, head, [(voucher, bookedOn)], cancellation);
        await transaction.CommitAsync(cancellation);
        return new VoucherRow(head.VoucherNo, bookedOn, Convert.ToHexStringLower(head.Hash), voucher);
    }

    private static LedgerEntry? Read(Line line, string county)
    {
        if (!LedgerPurposes.All.Contains(line.Purpose) || !IsText(line.Fund) || !IsText(line.Counterparty) || line.Debit is null == line.Credit is null) return null;
        if (!Yuan.TryRead(line.Debit ?? line.Credit!.Value, out var fen) || fen <= Fen.Zero) return null;
        return new LedgerEntry(new LedgerAccount(line.Purpose!, line.Fund?.Trim() ?? "", county, line.Counterparty?.Trim() ?? ""), line.Debit is null ? -fen.Value : fen.Value);
    }

    private static bool IsText(string? text) => text is null || text.Length <= TextMax && !text.Any(char.IsControl);
}
