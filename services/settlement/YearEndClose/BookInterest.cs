using System.Globalization;
using MedInsure.Kernel;
using MedInsure.Settlement.Ledger;
using MedInsure.Settlement.Pooling;
using Npgsql;

namespace MedInsure.Settlement.YearEndClose;

/// <summary>
/// A quarter's interest on fund balances pays into the fund. At the city each county's money earns its own, by its balance of each day, and the county's ledger follows; the risk adjustment fund earns its own. At a county
/// what lies in its own accounts earns. Once a quarter, when its days are closed; two people.
/// </summary>
internal static class BookInterest
{
    private const string Kind = CarryOver.Kind;

    internal sealed record Order(int Year, int Quarter, string? PreparedBy, string? Approver);

    /// <param name="Own">Booked in this ledger alone; null: nothing.</param>
    internal sealed record Booked(VoucherRow? Own, List<FundMove> Counties);

    /// <summary>In order: who, year and quarter, the same quarter before, its days, that there is any.</summary>
    public static async Task<Outcome<Booked>> Execute(LedgerPlace place, Order order, ChinaCalendar calendar, CancellationToken cancellation)
    {
        if (TwoPeople.Check(order.PreparedBy, "prepared_by", order.Approver) is { } unfit) return unfit;
        if (order.Year is < 2000 or > 2100) return YearEndRefusals.YearInvalid;
        if (order.Quarter is < 1 or > 4) return YearEndRefusals.QuarterInvalid;
        var from = new DateOnly(order.Year, 3 * order.Quarter - 2, 1);
        var to = from.AddMonths(3).AddDays(-1);
        var number = string.Create(CultureInfo.InvariantCulture, $"interest {order.Year}Q{order.Quarter}");
        IReadOnlyList<string> people = [order.PreparedBy!.Trim(), order.Approver!.Trim()];
        await using var connection = await place.Database.OpenConnectionAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        var head = await LedgerHead.Lock(connection, transaction, cancellation);
        var counties = await FundMove.Read(connection, transaction, "WHERE own AND kind = 'interest' AND request_no LIKE $1 ORDER BY number", cancellation, number + " %");
        var own = await VoucherRow.Find(connection, transaction, Kind, number, cancellation);
        if (own is not null || counties.Count > 0) return new Booked(own, counties);
        if (head.ClosedOn is not { } closed || closed < to) return YearEndRefusals.DaysOpen;

        var rate = PoolTerms.Of(place.Tenant.CityCode).RateOn;
        string[] earning = place.Tenant.IsCity ? [LedgerPurposes.SubAccount, LedgerPurposes.AccumulatedSurplus, LedgerPurposes.RiskFund] : [LedgerPurposes.RevenueAccount, LedgerPurposes.FiscalAccount, LedgerPurposes.ExpenditureAccount];
        var moves = await Moves(connection, transaction, earning, to, cancellation);
        var entries = new List<LedgerEntry>();
        foreach (var account in moves.Where(m => m.Key.Fund.Length > 0 && (!place.Tenant.IsCity || m.Key.Purpose == LedgerPurposes.RiskFund)).GroupBy(m => place.Tenant.IsCity ? m.Key with { Counterparty = "" } : m.Key).OrderBy(g => g.Key, LedgerText.AccountOrder))
        {
            // The city owes what it holds: its balances are credits. The risk fund is one, whoever paid into it.
            var interest = InterestDays.Of([.. account.SelectMany(a => a.Value).Select(m => place.Tenant.IsCity ? (m.Day, -m.Fen) : m)], from, to, rate);
            if (interest == 0) continue;
            var (debit, credit) = place.Tenant.IsCity ? (account.Key with { Purpose = LedgerPurposes.FiscalAccount }, account.Key) : (account.Key, new LedgerAccount(LedgerPurposes.Revenue("interest"), account.Key.Fund, place.Tenant.Code, ""));
            SettlementEntries.Add(entries, new LedgerEntry(debit, interest));
            SettlementEntries.Add(entries, new LedgerEntry(credit, -interest));
        }
        if (entries.Count > 0)
        {
            var today = head.OpenDay(calendar.Today);
            var voucher = new Voucher(Kind, number, to, order.Year, $"{order.Year}年第{order.Quarter}季度利息", people, entries);
            head = await PostVouchers.Run(connection, transaction, place.Tenant.Code, head, [(voucher, today)], cancellation);
            own = new VoucherRow(head.VoucherNo, today, Convert.ToHexStringLower(head.Hash), voucher);
        }
        if (place.Tenant.IsCity)
            foreach (var county in moves.Where(m => m.Key.Purpose != LedgerPurposes.RiskFund && m.Key.Counterparty.Length > 0).GroupBy(m => m.Key.Counterparty, StringComparer.Ordinal).OrderBy(g => g.Key, StringComparer.Ordinal))
            {
                var lines = county.GroupBy(m => m.Key.Fund, StringComparer.Ordinal).OrderBy(g => g.Key, StringComparer.Ordinal)
                    .Select(g => new MoveLine(g.Key, "", "", InterestDays.Of([.. g.SelectMany(m => m.Value).Select(m => (m.Day, -m.Fen))], from, to, rate))).Where(l => l.AmountFen > 0).ToList();
                if (lines.Count > 0) counties.Add(await BookShare.Run(connection, transaction, place, MoveEntries.Interest, county.Key, $"{number} {county.Key}", order.Year, $"{order.Year}年第{order.Quarter}季度利息", lines, people, to, calendar, cancellation));
            }
        if (own is null && counties.Count == 0) return YearEndRefusals.NoInterest;
        await transaction.CommitAsync(cancellation);
        return new Booked(own, counties);
    }

    /// <summary>By account, what was booked to it on each day.</summary>
    private static async Task<Dictionary<LedgerAccount, List<(DateOnly Day, long Fen)>>> Moves(NpgsqlConnection connection, NpgsqlTransaction transaction, string[] purposes, DateOnly to, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand("""
            SELECT a.purpose, a.fund, a.county, a.counterparty, v.booked_on, sum(e.amount_fen)::bigint FROM voucher v JOIN voucher_entry e USING (voucher_no) JOIN ledger_account a USING (account_id)
            WHERE a.purpose = ANY ($1) AND v.booked_on <= $2 GROUP BY a.account_id, v.booked_on ORDER BY a.account_id, v.booked_on
            """, connection, transaction)
        {
            CommandTimeout = 0, Parameters = { new NpgsqlParameter<string[]> { TypedValue = purposes }, new NpgsqlParameter<DateOnly> { TypedValue = to } },
        };
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        var moves = new Dictionary<LedgerAccount, List<(DateOnly, long)>>();
        while (await reader.ReadAsync(cancellation))
        {
            var account = new LedgerAccount(reader.GetString(0), reader.GetString(1), reader.GetString(2), reader.GetString(3));
            if (!moves.TryGetValue(account, out var list)) moves.Add(account, list = []);
            list.Add((reader.GetFieldValue<DateOnly>(4), reader.GetInt64(5)));
        }
        return moves;
    }
}
