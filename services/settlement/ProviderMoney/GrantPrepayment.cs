using MedInsure.Kernel;
using MedInsure.Settlement.ProviderStatements;
using MedInsure.Settlement.Queries;
using MedInsure.Settlement.Runs;
using Npgsql;

namespace MedInsure.Settlement.ProviderMoney;

/// <summary>
/// Money ahead of claims (预付; Bj 000_55dbde39a5535a1d.txt, Gc 004_afb7baf3ebb51254.txt), granted by two people and paid by a third: once, or every month of a span. Later statements give it back:
/// all that they leave, or a share of the amount each.
/// </summary>
internal static class GrantPrepayment
{
    private const int MonthsMax = 24;

    /// <param name="Amount">Yuan; of each month where there are several.</param>
    /// <param name="LastMonth">Null: the first month alone.</param>
    /// <param name="OffsetShare">Of the amount, by each statement; 1: all that a statement leaves.</param>
    internal sealed record Order(string? RequestNo, string? FixmedinsCode, string? Fund, decimal? Amount, int FirstMonth, int? LastMonth, decimal? OffsetShare, string? Reason, string? PreparedBy, string? Approver);

    /// <param name="Open">Yuan that no statement has given back; 0 while it is not paid.</param>
    internal sealed record Row(string PrepaymentNo, string RequestNo, string FixmedinsCode, string Fund, string Month, decimal Amount, decimal OffsetShare, string Reason, string PreparedBy, string Approver, bool Paid, decimal Open);

    /// <summary>In order: who, the request number, provider, fund, amount, months, share, reason; the same request before.</summary>
    public static async Task<Outcome<IReadOnlyList<Row>>> Execute(RunPlace place, Order order, DateTimeOffset now, CancellationToken cancellation)
    {
        if (TwoPeople.Check(order.PreparedBy, "prepared_by", order.Approver) is { } unfit) return unfit;
        if (!CountyDesk.IsRequestNumber(order.RequestNo)) return Refusals.RequestNumberInvalid;
        if (string.IsNullOrEmpty(order.FixmedinsCode)) return Refusals.ProviderUnknown;
        if (order.Fund is not { Length: 6 } fund || !fund.All(char.IsAsciiDigit)) return ProviderMoneyRefusals.FundInvalid;
        if (order.Amount is not { } yuan || !Yuan.TryRead(yuan, out var amount) || amount <= Fen.Zero) return ProviderMoneyRefusals.AmountInvalid;
        if (!ClaimMonth.IsMonth(order.FirstMonth) || order.LastMonth is { } last && (!ClaimMonth.IsMonth(last) || last < order.FirstMonth)) return ProviderMoneyRefusals.MonthInvalid.At("first_month");
        int[] months = [.. Months(order.FirstMonth, order.LastMonth ?? order.FirstMonth).Take(MonthsMax + 1)];
        if (months.Length > MonthsMax) return ProviderMoneyRefusals.MonthInvalid.At("last_month");
        if (order.OffsetShare is not (> 0 and <= 1) || order.OffsetShare * BasisPoints.Whole % 1 != 0) return ProviderMoneyRefusals.OffsetInvalid;
        if (!CountyDesk.IsReason(order.Reason)) return ProviderMoneyRefusals.ReasonMissing;
        var offset = (int)(order.OffsetShare.Value * BasisPoints.Whole);

        await using var connection = await place.Database.OpenConnectionAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        await ProviderLock.Take(connection, transaction, order.FixmedinsCode, cancellation);
        await using (var insert = new NpgsqlCommand("""
            INSERT INTO provider_prepayment (request_no, fixmedins_code, fund, month, amount_fen, offset_bp, reason, prepared_by, approver, recorded_at)
            SELECT $1, $2, $3, m, $5, $6, $7, $8, $9, $10 FROM unnest($4::int[]) AS m WHERE NOT EXISTS (SELECT FROM provider_prepayment WHERE request_no = $1) ORDER BY m
            """, connection, transaction))
        {
            foreach (var value in (object[])[order.RequestNo!, order.FixmedinsCode, fund, months, amount.Value, offset, order.Reason!, order.PreparedBy!.Trim(), order.Approver!.Trim(), now.UtcDateTime]) insert.Parameters.Add(new NpgsqlParameter { Value = value });
            var made = await insert.ExecuteNonQueryAsync(cancellation) > 0;
            await transaction.CommitAsync(cancellation);
            var rows = await Read(place, new RowFilter().Add("p.request_no = ", order.RequestNo!), "", cancellation);
            if (made) return rows;
            return rows.Select(r => (r.FixmedinsCode, r.Fund, r.Month, r.Amount, r.OffsetShare)).SequenceEqual(months.Select(m => (order.FixmedinsCode, fund, ClaimMonth.Text(m), amount.ToYuan(), offset * 0.0001m))) ? rows : Refusals.RequestNumberReused;
        }
    }

    private static IEnumerable<int> Months(int first, int last)
    {
        for (var month = first; month <= last; month = ClaimMonth.Of(ClaimMonth.First(month).AddMonths(1))) yield return month;
    }

    public static async Task<List<Row>> Read(RunPlace place, RowFilter filter, string tail, CancellationToken cancellation)
    {
        var (rows, county) = (new List<Row>(), place.Tenant.Code);
        await using var command = filter.Command(place.Database, $"""
            SELECT p.number, p.request_no, p.fixmedins_code, p.fund, p.month, p.amount_fen, p.offset_bp, p.reason, p.prepared_by, p.approver, p.paid,
              (SELECT coalesce(sum(l.amount_fen), 0)::bigint FROM statement_line l JOIN provider_statement s ON s.number = l.statement AND s.state IN ('approved', 'paid')
               WHERE l.kind = 'offset' AND l.reference = '{county}{CountyNumber.Prepayment}' || lpad(p.number::text, 12, '0'))
            FROM provider_prepayment p{filter.Where} ORDER BY p.number {tail}
            """);
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        while (await reader.ReadAsync(cancellation))
            rows.Add(new Row(CountyNumber.Of(county, CountyNumber.Prepayment, reader.GetInt64(0)), reader.GetString(1), reader.GetString(2), reader.GetString(3), ClaimMonth.Text(reader.GetInt32(4)), Yuan.Of(reader.GetInt64(5)),
                reader.GetInt32(6) * 0.0001m, reader.GetString(7), reader.GetString(8), reader.GetString(9), reader.GetBoolean(10), reader.GetBoolean(10) ? Yuan.Of(reader.GetInt64(5) + reader.GetInt64(11)) : 0));
        return rows;
    }
}
