using MedInsure.Kernel;
using MedInsure.Settlement.PaymentMethods;
using MedInsure.Settlement.Queries;
using MedInsure.Settlement.Runs;
using Npgsql;

namespace MedInsure.Settlement.PaymentTerms;

/// <summary>What each provider's year will come to as of a month's end, per fund, the largest first; whatever its methods (<see cref="ForecastTerms"/> sets agreed amounts against it). One statement for all providers.</summary>
internal static class ListForecasts
{
    internal sealed record Row(string FixmedinsCode, string Fund, Forecast Forecast);

    /// <param name="Month">yyyyMM: the last month that is counted.</param>
    internal sealed record Filter(string? Provider, int? Month, int? Page, int? PageSize);

    public static async Task<Outcome<List<Row>>> Query(RunPlace place, Filter filter, CancellationToken cancellation)
    {
        var page = SettlementRows.Page(filter.Page ?? 0, filter.PageSize ?? 0);
        if (page.Refusal is { } badPage) return badPage;
        if (filter.Month is not { } month || !PaymentTerm.IsMonth(month)) return PaymentTermRefusals.MonthInvalid;
        await using var connection = await place.Database.OpenConnectionAsync(cancellation);
        var sums = new List<(string Provider, string Fund, long[] Last, long[] This)>();
        var firstMonth = month / 100 * 100 + 1;
        await using (var command = new NpgsqlCommand("""
            WITH months AS (SELECT fixmedins_code, fund, extract(year FROM at)::int AS year, extract(month FROM at)::int AS month, sum(amount_fen)::bigint AS fen
                FROM (SELECT fixmedins_code, fund, amount_fen, settled_at AT TIME ZONE 'UTC' + interval '8 hours' AS at FROM provider_claim_fund WHERE settled_at >= $2 AND settled_at < $3 AND ($1 = '' OR fixmedins_code = $1)) c
                GROUP BY 1, 2, 3, 4)
            SELECT fixmedins_code, fund, array_agg(year * 100 + month), array_agg(fen) FROM months GROUP BY fixmedins_code, fund
            ORDER BY sum(fen) FILTER (WHERE year = $4) DESC NULLS LAST, fixmedins_code, fund OFFSET $5 LIMIT $6
            """, connection) { CommandTimeout = 0 })
        {
            foreach (var value in (object[])[filter.Provider ?? "", PaymentTerm.StartOf(firstMonth - 100), PaymentTerm.StartOf(PaymentTerm.Next(month)), month / 100, page.Value.Offset, page.Value.Size])
                command.Parameters.Add(new NpgsqlParameter { Value = value });
            await using var reader = await command.ExecuteReaderAsync(cancellation);
            while (await reader.ReadAsync(cancellation))
            {
                var (last, current) = (new long[12], new long[12]);
                foreach (var (at, fen) in reader.GetFieldValue<int[]>(2).Zip(reader.GetFieldValue<long[]>(3))) (at / 100 == month / 100 ? current : last)[at % 100 - 1] = fen;
                sums.Add((reader.GetString(0), reader.GetString(1), last, current));
            }
        }
        return sums.ConvertAll(s => new Row(s.Provider, s.Fund, Forecast.Of(s.This, s.Last, month % 100)));
    }

    public static object Shown(Row row) => new
    {
        row.FixmedinsCode, row.Fund, Settled = Yuan.Of(row.Forecast.SettledFen), Expected = Yuan.Of(row.Forecast.ExpectedFen), Basis = row.Forecast.Basis, row.Forecast.Explanation,
    };
}
