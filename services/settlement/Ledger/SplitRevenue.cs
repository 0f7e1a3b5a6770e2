using System.Globalization;
using MedInsure.Kernel;
using MedInsure.Settlement.Policies;
using MedInsure.Settlement.Runs;
using Npgsql;

namespace MedInsure.Settlement.Ledger;

/// <summary>
/// Divides a covered year's revenue of a scheme's pool as its pack states: first the risk adjustment fund and the critical illness premiums, then the rest to the outpatient and the
/// inpatient pool (Bijie 3 : 7, seed-facts.md section 2.1, 000_55dbde39a5535a1d.txt). Asked again when more has come, it books the difference to what was split before.
/// </summary>
internal static class SplitRevenue
{
    public const string Kind = "split";

    /// <param name="Year">The covered year.</param>
    /// <param name="Heads">For whom the premium is due.</param>
    internal sealed record Order(string? RequestNo, string? Insutype, int Year, long Heads, string? PreparedBy, string? Approver);

    private const long HeadsMax = 100_000_000;

    /// <summary>What a pack states; null: it does not divide.</summary>
    internal sealed record Terms(BasisPoints Risk, Fen PremiumPerHead, BasisPoints Outpatient)
    {
        public static Terms? Of(IReadOnlyList<StatedValue> stated)
        {
            if (Ratio("fund.outpatient") is not { } outpatient || Ratio("fund.inpatient") is not { } inpatient || outpatient.Value + inpatient.Value != BasisPoints.Whole) return null;
            return new Terms(Ratio("fund.risk_adjustment") ?? BasisPoints.Zero, stated.FirstOrDefault(s => s.Id == "premium.critical")?.Amount ?? Fen.Zero, outpatient);

            BasisPoints? Ratio(string id) => stated.FirstOrDefault(s => s.Id == id)?.Ratio;
        }

        /// <summary>The parts of a revenue; the inpatient pool bears the rounding. Null: the premiums are more than is left.</summary>
        public (string Pool, Fen Amount)[]? Divide(Fen revenue, long heads)
        {
            var risk = revenue.ShareHalfUp(Risk);
            var premium = new Fen(PremiumPerHead.Value * heads);
            var rest = revenue - risk - premium;
            if (rest < Fen.Zero) return null;
            var outpatient = rest.ShareHalfUp(Outpatient);
            return [("risk_adjustment", risk), ("critical_premium", premium), ("outpatient", outpatient), ("inpatient", rest - outpatient)];
        }
    }

    /// <summary>In order: who, the request number, scheme, year and heads, the same request before, the pack's terms, the premiums, something to split.</summary>
    public static async Task<Outcome<VoucherRow>> Execute(RunPlace place, Order order, ChinaCalendar calendar, CancellationToken cancellation)
    {
        if (TwoPeople.Check(order.PreparedBy, "prepared_by", order.Approver) is { } unfit) return unfit;
        if (!CountyDesk.IsRequestNumber(order.RequestNo)) return Refusals.RequestNumberInvalid;
        if (order.Year is < 2000 or > 2100) return LedgerRefusals.YearInvalid;
        if (order.Heads is < 0 or > HeadsMax) return LedgerRefusals.HeadsInvalid;
        var tenant = place.Journal.Tenant;
        var policies = await place.Journal.ReadPolicies(cancellation);
        var firstDay = new DateOnly(order.Year, 1, 1);
        var terms = order.Insutype is not null && tenant.Packs.TryGetValue(order.Insutype, out var pack) && policies.FindFor(pack, firstDay) is { } policy ? Terms.Of(policy.StatedOn(firstDay)) : null;

        await using var connection = await place.Database.OpenConnectionAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        var head = await LedgerHead.Lock(connection, transaction, cancellation);
        var memo = string.Create(CultureInfo.InvariantCulture, $"{order.Insutype} {order.Year}：{order.Heads}人");
        if (await VoucherRow.Find(connection, transaction, Kind, order.RequestNo!, cancellation) is { } before) return before.Voucher.Memo == memo ? before : Refusals.RequestKeyReused;
        if (terms is null) return LedgerRefusals.SplitNotStated;
        var fund = IncomeEntries.FundOf(order.Insutype!);
        var sums = await Sums(connection, transaction, fund, order.Year, cancellation);
        var revenue = new Fen(-sums.Where(s => LedgerPurposes.Sources.Any(source => s.Account.Purpose == LedgerPurposes.Revenue(source))).Sum(s => s.AmountFen));
        if (terms.Divide(revenue, order.Heads) is not { } parts) return LedgerRefusals.PremiumAboveRevenue;
        var entries = new List<LedgerEntry>();
        foreach (var (pool, amount) in parts)
        {
            var account = new LedgerAccount(LedgerPurposes.FundSplit, $"{fund}.{pool}", tenant.Code, "");
            var difference = -amount.Value - sums.Where(s => s.Account == account).Sum(s => s.AmountFen);
            if (difference != 0) entries.Add(new LedgerEntry(account, difference));
        }
        if (entries.Count == 0) return LedgerRefusals.NothingToSplit;
        // What was not divided before leaves the scheme's pool; between its parts alone nothing does.
        if (entries.Sum(e => e.AmountFen) is var taken and not 0) entries.Insert(0, new LedgerEntry(new LedgerAccount(LedgerPurposes.FundSplit, fund, tenant.Code, ""), -taken));

        var today = head.OpenDay(calendar.Today);
        var voucher = new Voucher(Kind, order.RequestNo!, today, order.Year, memo, [order.PreparedBy!.Trim(), order.Approver!.Trim()], entries);
        head = await PostVouchers.Run(connection, transaction, tenant.Code, head, [(voucher, today)], cancellation);
        await transaction.CommitAsync(cancellation);
        return new VoucherRow(head.VoucherNo, today, Convert.ToHexStringLower(head.Hash), voucher);
    }

    /// <summary>What the year's vouchers booked to accounts of the fund and its parts.</summary>
    private static async Task<List<LedgerEntry>> Sums(NpgsqlConnection connection, NpgsqlTransaction transaction, string fund, int year, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand("""
            SELECT a.purpose, a.fund, a.county, a.counterparty, sum(e.amount_fen)::bigint FROM voucher v JOIN voucher_entry e USING (voucher_no) JOIN ledger_account a USING (account_id)
            WHERE v.period = $1 AND (a.fund = $2 OR a.fund LIKE $2 || '.%') GROUP BY a.account_id
            """, connection, transaction)
        {
            CommandTimeout = 0, Parameters = { new NpgsqlParameter<int> { TypedValue = year }, new NpgsqlParameter<string> { TypedValue = fund } },
        };
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        var sums = new List<LedgerEntry>();
        while (await reader.ReadAsync(cancellation)) sums.Add(new LedgerEntry(new(reader.GetString(0), reader.GetString(1), reader.GetString(2), reader.GetString(3)), reader.GetInt64(4)));
        return sums;
    }
}
