using System.Globalization;
using MedInsure.Kernel;
using MedInsure.Settlement.Ledger;
using MedInsure.Settlement.Pooling;
using Npgsql;

namespace MedInsure.Settlement.YearEndClose;

/// <summary>
/// A county's year end (年终结转): revenue, expense, transfers and the split's parts of the year are emptied into what each fund has put by. Only when all days of the year are closed; what is booked later and takes effect
/// in the year, a further carry-over takes as the difference. Revenue paid ahead waits for the year it covers. Personal accounts are owed to persons and are not carried.
/// </summary>
internal static class CarryOver
{
    public const string Kind = "year_end";

    internal sealed record Order(string? RequestNo, string? PreparedBy, string? Approver);

    /// <summary>In order: that it is a county, who, the request number, the year, the same request before, the year's days, something to carry.</summary>
    public static async Task<Outcome<VoucherRow>> Execute(LedgerPlace place, int year, Order order, ChinaCalendar calendar, CancellationToken cancellation)
    {
        if (place.Tenant.IsCity) return YearEndRefusals.NotACounty;
        if (TwoPeople.Check(order.PreparedBy, "prepared_by", order.Approver) is { } unfit) return unfit;
        if (!CountyDesk.IsRequestNumber(order.RequestNo)) return Refusals.RequestNumberInvalid;
        if (year is < 2000 or > 2100) return YearEndRefusals.YearInvalid;
        var lastDay = new DateOnly(year, 12, 31);
        var number = string.Create(CultureInfo.InvariantCulture, $"carry {year} {order.RequestNo}");
        await using var connection = await place.Database.OpenConnectionAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        var head = await LedgerHead.Lock(connection, transaction, cancellation);
        if (await VoucherRow.Find(connection, transaction, Kind, number, cancellation) is { } before) return before;
        if (head.ClosedOn is not { } closed || closed < lastDay) return YearEndRefusals.DaysOpen;
        var entries = Entries(await Left(connection, transaction, year, cancellation), place.Tenant.Code);
        if (entries.Count == 0) return YearEndRefusals.NothingToCarry;
        var today = head.OpenDay(calendar.Today);
        var voucher = new Voucher(Kind, number, lastDay, year, $"{year}年终结转", [order.PreparedBy!.Trim(), order.Approver!.Trim()], entries);
        head = await PostVouchers.Run(connection, transaction, place.Tenant.Code, head, [(voucher, today)], cancellation);
        await transaction.CommitAsync(cancellation);
        return new VoucherRow(head.VoucherNo, today, Convert.ToHexStringLower(head.Hash), voucher);
    }

    /// <summary>Each account is emptied against what its fund has put by. Pure.</summary>
    public static List<LedgerEntry> Entries(IReadOnlyList<LedgerEntry> left, string county)
    {
        var entries = left.OrderBy(e => e.Account, LedgerText.AccountOrder).Select(e => e with { AmountFen = -e.AmountFen }).ToList();
        foreach (var fund in left.GroupBy(e => e.Account.Fund, StringComparer.Ordinal).OrderBy(g => g.Key, StringComparer.Ordinal))
            if (fund.Sum(e => e.AmountFen) is var result and not 0) entries.Add(new LedgerEntry(new LedgerAccount(LedgerPurposes.AccumulatedSurplus, fund.Key, county, ""), result));
        return entries;
    }

    /// <summary>What the year's entries, the carry-overs among them, leave on accounts of the result. Settlements that no voucher sums up yet wait for the next one.</summary>
    private static async Task<List<LedgerEntry>> Left(NpgsqlConnection connection, NpgsqlTransaction transaction, int year, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand($"""
            SELECT a.purpose, a.fund, a.county, a.counterparty, sum(e.amount_fen)::bigint FROM voucher v JOIN voucher_entry e USING (voucher_no) JOIN ledger_account a USING (account_id)
            WHERE {TellDayClosed.YearOf} = $1 GROUP BY a.account_id HAVING sum(e.amount_fen) <> 0
            """, connection, transaction) { CommandTimeout = 0, Parameters = { new NpgsqlParameter<int> { TypedValue = year } } };
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        var left = new List<LedgerEntry>();
        while (await reader.ReadAsync(cancellation))
        {
            var account = new LedgerAccount(reader.GetString(0), reader.GetString(1), reader.GetString(2), reader.GetString(3));
            if (FundSides.IsResult(account.Purpose)) left.Add(new LedgerEntry(account, reader.GetInt64(4)));
        }
        return left;
    }
}
