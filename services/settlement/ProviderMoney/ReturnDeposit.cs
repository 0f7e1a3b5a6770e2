using MedInsure.Kernel;
using MedInsure.Settlement.Ledger;
using MedInsure.Settlement.ProviderStatements;
using MedInsure.Settlement.Queries;
using MedInsure.Settlement.Runs;
using Npgsql;

namespace MedInsure.Settlement.ProviderMoney;

/// <summary>
/// The quality deposits of a year are given back when it is over (Yh, 003_896aa420924c8ba6.txt), by the year's score, decided by two people: the score's hundredths of them are payable, the rest is
/// the fund's (that the share is the score's hundredths is assumed: no source gives the scale). Asked again under another number, it takes what statements withheld since.
/// </summary>
internal static class ReturnDeposit
{
    /// <param name="Score">0 to 100.</param>
    internal sealed record Order(string? RequestNo, string? FixmedinsCode, int Year, int? Score, string? PreparedBy, string? Approver);

    internal sealed record Row(string ReturnNo, string RequestNo, string FixmedinsCode, int Year, int Score, decimal Back, decimal Kept, string PreparedBy, string Approver);

    private const string Held = """
        SELECT fund, sum(fen)::bigint FROM (
          SELECT l.fund, -l.amount_fen AS fen FROM statement_line l JOIN provider_statement s ON s.number = l.statement
          WHERE s.fixmedins_code = $1 AND s.month / 100 = $2 AND s.state IN ('approved', 'paid') AND l.kind = 'deposit'
          UNION ALL
          SELECT f.fund, -(f.back_fen + f.kept_fen) FROM deposit_return r JOIN deposit_return_fund f USING (number) WHERE r.fixmedins_code = $1 AND r.year = $2) AS held
        GROUP BY fund HAVING sum(fen) > 0 ORDER BY fund
        """;

    /// <summary>In order: who, the request number, provider, year and score; the same request before; something withheld.</summary>
    public static async Task<Outcome<Row>> Execute(RunPlace place, Order order, ChinaCalendar calendar, CancellationToken cancellation)
    {
        if (TwoPeople.Check(order.PreparedBy, "prepared_by", order.Approver) is { } unfit) return unfit;
        if (!CountyDesk.IsRequestNumber(order.RequestNo)) return Refusals.RequestNumberInvalid;
        if (string.IsNullOrEmpty(order.FixmedinsCode)) return Refusals.ProviderUnknown;
        if (order.Score is not (>= 0 and <= 100)) return ProviderMoneyRefusals.ScoreInvalid;
        if (order.Year is < 2000 or > 2100 || order.Year >= calendar.Today.Year) return ProviderMoneyRefusals.YearNotOver;
        var county = place.Tenant.Code;
        await using var connection = await place.Database.OpenConnectionAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        await ProviderLock.Take(connection, transaction, order.FixmedinsCode, cancellation);
        if ((await Read(connection, transaction, county, new RowFilter().Add("request_no = ", order.RequestNo!), "", cancellation)).SingleOrDefault() is { } before)
            return (before.FixmedinsCode, before.Year, before.Score) == (order.FixmedinsCode, order.Year, order.Score) ? before : Refusals.RequestNumberReused;

        var funds = new List<(string Fund, long Back, long Kept)>();
        await using (var held = new NpgsqlCommand(Held, connection, transaction) { Parameters = { new() { Value = order.FixmedinsCode }, new() { Value = order.Year } } })
        await using (var reader = await held.ExecuteReaderAsync(cancellation))
            while (await reader.ReadAsync(cancellation))
            {
                var back = new Fen(reader.GetInt64(1)).ShareHalfUp(new BasisPoints(order.Score.Value * 100)).Value;
                funds.Add((reader.GetString(0), back, reader.GetInt64(1) - back));
            }
        if (funds.Count == 0) return ProviderMoneyRefusals.NothingHeld;
        var number = await Insert(connection, transaction, order, funds, calendar.UtcNow, cancellation);
        var entries = new List<LedgerEntry>();
        foreach (var (fund, back, kept) in funds)
        {
            entries.Add(new(new(LedgerPurposes.ProviderDeposit, fund, county, order.FixmedinsCode), back + kept));
            entries.Add(new(new(SettlementEntries.ProviderPayable, fund, county, order.FixmedinsCode), -back));
            entries.Add(new(new(LedgerPurposes.DeductionIncome, fund, county, order.FixmedinsCode), -kept));
        }
        entries.RemoveAll(e => e.AmountFen == 0);
        var head = await LedgerHead.Lock(connection, transaction, cancellation);
        var today = head.OpenDay(calendar.Today);
        var row = (await Read(connection, transaction, county, new RowFilter().Add("number = ", number), "", cancellation))[0];
        await PostVouchers.Run(connection, transaction, county, head, [(new Voucher("deposit", row.ReturnNo, today, order.Year, $"{order.Score}分", [row.PreparedBy, row.Approver], entries), today)], cancellation);
        await ProviderActs.Write(connection, transaction, [new(row.ReturnNo, "deposit_returned", row.Approver, calendar.UtcNow, $"{order.Year}：{order.Score}分")], cancellation);
        await transaction.CommitAsync(cancellation);
        return row;
    }

    private static async Task<long> Insert(NpgsqlConnection connection, NpgsqlTransaction transaction, Order order, List<(string Fund, long Back, long Kept)> funds, DateTimeOffset now, CancellationToken cancellation)
    {
        await using var insert = new NpgsqlCommand("""
            WITH made AS (INSERT INTO deposit_return (request_no, fixmedins_code, year, score, back_fen, kept_fen, prepared_by, approver, recorded_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) RETURNING number),
              parts AS (INSERT INTO deposit_return_fund (number, fund, back_fen, kept_fen) SELECT made.number, f.* FROM made CROSS JOIN unnest($10::text[], $11::bigint[], $12::bigint[]) AS f RETURNING 1)
            SELECT number FROM made
            """, connection, transaction);
        foreach (var value in (object[])[order.RequestNo!, order.FixmedinsCode!, order.Year, order.Score!.Value, funds.Sum(f => f.Back), funds.Sum(f => f.Kept), order.PreparedBy!.Trim(), order.Approver!.Trim(), now.UtcDateTime,
            funds.Select(f => f.Fund).ToArray(), funds.Select(f => f.Back).ToArray(), funds.Select(f => f.Kept).ToArray()])
            insert.Parameters.Add(new NpgsqlParameter { Value = value });
        return (long)(await insert.ExecuteScalarAsync(cancellation))!;
    }

    public static async Task<List<Row>> Read(NpgsqlConnection connection, NpgsqlTransaction? transaction, string county, RowFilter filter, string tail, CancellationToken cancellation)
    {
        var rows = new List<Row>();
        await using var command = filter.Command(connection, transaction, $"SELECT number, request_no, fixmedins_code, year, score, back_fen, kept_fen, prepared_by, approver FROM deposit_return{filter.Where} ORDER BY number {tail}");
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        while (await reader.ReadAsync(cancellation))
            rows.Add(new Row(CountyNumber.Of(county, CountyNumber.DepositReturn, reader.GetInt64(0)), reader.GetString(1), reader.GetString(2), reader.GetInt32(3), reader.GetInt32(4), Yuan.Of(reader.GetInt64(5)), Yuan.Of(reader.GetInt64(6)),
                reader.GetString(7), reader.GetString(8)));
        return rows;
    }
}
