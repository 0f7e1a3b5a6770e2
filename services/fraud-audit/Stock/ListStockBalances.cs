using MedInsure.Kernel;
using Npgsql;

namespace MedInsure.FraudAudit.Stock;

/// <summary>A provider's stock by item and day on which something was told: what came, what went, what was there when the day ended.</summary>
internal static class ListStockBalances
{
    private const int DaysMax = 366;

    /// <param name="Counted">By a count on that day, which the balance then is.</param>
    /// <param name="Known">False: there was no count yet, and the balance is only what came and went since the provider told of it.</param>
    internal sealed record Row(string MedListCode, string Day, string CameIn, string WentOut, string? Counted, string Balance, bool Known);

    internal sealed record Page(IReadOnlyList<Row> Rows);

    public static async Task<Outcome<Page>> Query(AuditRequest request, string? fixmedinsCode, string? medListCode, string? from, string? to, int? page, int? pageSize)
    {
        var (number, size) = (page ?? 1, pageSize ?? 100);
        if (!AuditTexts.IsPage(number, size)) return Refusals.PageInvalid;
        if (!DateOnly.TryParseExact(from ?? "", "yyyy-MM-dd", out var first) || !DateOnly.TryParseExact(to ?? "", "yyyy-MM-dd", out var last)) return Refusals.DayInvalid;
        if (string.IsNullOrEmpty(fixmedinsCode) || last < first || last.DayNumber - first.DayNumber >= DaysMax) return StockRefusals.BalanceNeedsProvider;
        await using var command = request.Database.CreateCommand("""
            WITH days AS (
                    SELECT med_list_code, moved_on, coalesce(sum(signed_e4) FILTER (WHERE signed_e4 > 0), 0) AS came, coalesce(-sum(signed_e4) FILTER (WHERE signed_e4 < 0), 0) AS went, sum(quantity_e4) FILTER (WHERE kind = 'count') AS counted
                    FROM standing_stock WHERE fixmedins_code = $1 AND ($2 = '' OR med_list_code = $2) AND moved_on <= $4 GROUP BY 1, 2),
                since AS (SELECT *, count(counted) OVER (PARTITION BY med_list_code ORDER BY moved_on) AS counts FROM days),
                balances AS (SELECT *, sum(coalesce(counted, came - went)) OVER (PARTITION BY med_list_code, counts ORDER BY moved_on) AS balance FROM since)
            SELECT med_list_code, moved_on, came::bigint, went::bigint, counted::bigint, balance::bigint, counts > 0 FROM balances WHERE moved_on >= $3 ORDER BY 1, 2 OFFSET $5 LIMIT $6
            """);
        foreach (var value in (object[])[fixmedinsCode, medListCode ?? "", first, last, (number - 1L) * size, size]) command.Parameters.Add(new() { Value = value });
        await using var r = await command.ExecuteReaderAsync(request.Cancellation);
        var rows = new List<Row>();
        while (await r.ReadAsync(request.Cancellation))
            rows.Add(new(r.GetString(0), AuditJson.Day(r.GetFieldValue<DateOnly>(1)), Of(r.GetInt64(2)), Of(r.GetInt64(3)), r.IsDBNull(4) ? null : Of(r.GetInt64(4)), Of(r.GetInt64(5)), r.GetBoolean(6)));
        return new Page(rows);
    }

    private static string Of(long quantityE4) => new Quantity(quantityE4).ToString();
}
