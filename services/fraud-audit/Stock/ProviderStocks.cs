using MedInsure.FraudAudit.Rules.Stock;
using MedInsure.Kernel;
using Npgsql;

namespace MedInsure.FraudAudit.Stock;

/// <summary>What the county's providers could have sold in a month, by what they told.</summary>
internal static class ProviderStocks
{
    /// <param name="reportingDays">After so many days of telling, what was never told of is not there.</param>
    /// <param name="priceDays">How far before the month a purchase price counts.</param>
    public static async Task<Dictionary<string, StockOfProvider>> Read(NpgsqlConnection connection, NpgsqlTransaction transaction, DateOnly from, DateOnly to, int reportingDays, int priceDays, CancellationToken cancellation)
    {
        var items = new Dictionary<string, (int FirstOn, Dictionary<string, StockOfItem> Items)>(StringComparer.Ordinal);
        // The last count before the month begins it, else one within it. A count says what is there when its day ends.
        await using (var command = new NpgsqlCommand("""
            WITH s AS MATERIALIZED (SELECT fixmedins_code, med_list_code, kind, quantity_e4, signed_e4, unit_price_micro_yuan, moved_on FROM standing_stock WHERE moved_on <= $2),
                p AS (SELECT fixmedins_code, min(moved_on) AS first_on FROM s GROUP BY 1),
                c AS (SELECT fixmedins_code, med_list_code, coalesce(max(moved_on) FILTER (WHERE moved_on < $1), max(moved_on) FILTER (WHERE moved_on < $2)) AS counted_on FROM s WHERE kind = 'count' GROUP BY 1, 2),
                w AS (SELECT i.fixmedins_code, i.med_list_code, p.first_on, c.counted_on,
                        CASE WHEN c.counted_on IS NOT NULL THEN greatest(c.counted_on + 1, $1) WHEN p.first_on <= $1 - $3 THEN $1 END AS from_on
                    FROM (SELECT DISTINCT fixmedins_code, med_list_code FROM s) AS i JOIN p USING (fixmedins_code) LEFT JOIN c USING (fixmedins_code, med_list_code))
            SELECT w.fixmedins_code, w.first_on, w.med_list_code, w.from_on,
                greatest(0, coalesce(sum(s.quantity_e4) FILTER (WHERE s.kind = 'count' AND s.moved_on = w.counted_on), 0)
                    + coalesce(sum(s.signed_e4) FILTER (WHERE s.moved_on < w.from_on AND (w.counted_on IS NULL OR s.moved_on > w.counted_on)), 0))::bigint,
                coalesce(sum(s.signed_e4) FILTER (WHERE s.moved_on >= w.from_on AND s.kind NOT IN ('sale', 'sale_return')), 0)::bigint,
                bool_or(s.signed_e4 > 0 OR (s.kind = 'count' AND s.quantity_e4 > 0)),
                coalesce(max(s.unit_price_micro_yuan) FILTER (WHERE s.kind = 'purchase' AND s.moved_on > $1 - $4), 0)
            FROM w JOIN s USING (fixmedins_code, med_list_code) GROUP BY w.fixmedins_code, w.first_on, w.med_list_code, w.from_on
            """, connection, transaction) { CommandTimeout = 0, Parameters = { new() { Value = from }, new() { Value = to }, new() { Value = reportingDays }, new() { Value = priceDays } } })
        await using (var reader = await command.ExecuteReaderAsync(cancellation))
            while (await reader.ReadAsync(cancellation))
            {
                if (!items.TryGetValue(reader.GetString(0), out var provider)) items.Add(reader.GetString(0), provider = (DayNumber.Of(reader.GetFieldValue<DateOnly>(1)), new(StringComparer.Ordinal)));
                provider.Items.Add(reader.GetString(2), new StockOfItem(reader.IsDBNull(3) ? 0 : DayNumber.Of(reader.GetFieldValue<DateOnly>(3)), reader.GetInt64(4), reader.GetInt64(5), reader.GetBoolean(6), reader.GetInt64(7)));
            }

        var unnamed = new List<(string Provider, string Id)>();
        // 无: what systems write where goods have no national code.
        await using (var command = new NpgsqlCommand("SELECT DISTINCT fixmedins_code, provider_list_id FROM standing_stock WHERE moved_on <= $1 AND med_list_code = '无' AND provider_list_id <> ''", connection, transaction) { Parameters = { new() { Value = to } } })
        await using (var reader = await command.ExecuteReaderAsync(cancellation))
            while (await reader.ReadAsync(cancellation)) unnamed.Add((reader.GetString(0), reader.GetString(1)));
        var unnamedOf = unnamed.ToLookup(u => u.Provider, u => u.Id);
        return items.ToDictionary(i => i.Key, i => new StockOfProvider(i.Value.FirstOn, i.Value.Items, unnamedOf[i.Key].ToHashSet(StringComparer.Ordinal)), StringComparer.Ordinal);
    }
}
