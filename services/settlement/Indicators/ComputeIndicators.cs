using MedInsure.Kernel;
using MedInsure.Settlement.PaymentMethods;
using MedInsure.Settlement.PaymentTerms;
using MedInsure.Settlement.Projections;
using Npgsql;
using NpgsqlTypes;

namespace MedInsure.Settlement.Indicators;

/// <param name="Value">A ratio as a fraction of one (0.9227), money in yuan (2163.00).</param>
/// <param name="Limit">Of the agreement; null: none is agreed.</param>
/// <param name="DeductionFen">Not negative.</param>
/// <param name="Explanation">In Chinese, with the figures.</param>
internal sealed record IndicatorResult(string Indicator, decimal Value, decimal? Limit, long DeductionFen, string Explanation);

/// <summary>
/// A provider's indicators of a month from its settlements, against the limits of its agreement. Computed anew until the month is fixed (<see cref="PaymentMethods.ComputeMonth.Fix"/>). An indicator without a case
/// in the month is not among them; the year's settlement (yyyy13) has none.
/// </summary>
internal static class ComputeIndicators
{
    /// <summary>Before the month: in which earlier stays are looked for, by the day they were settled.</summary>
    private const int LookBackDays = 180;

    public static async Task<IReadOnlyList<IndicatorResult>> Run(NpgsqlConnection connection, NpgsqlTransaction transaction, string county, string fixmedinsCode, int month, CancellationToken cancellation)
    {
        if (month % 100 == ComputeMonth.SettlementMonth) return [];
        await ClaimCases.Read(connection, transaction, county, cancellation);
        await ComputeMonth.Lock(connection, transaction, fixmedinsCode, cancellation);
        if (await ComputeMonth.IsFixed(connection, transaction, fixmedinsCode, month, cancellation)) return await Stored(connection, transaction, fixmedinsCode, month, cancellation);
        var limits = await Limits(connection, transaction, fixmedinsCode, month, cancellation);
        var days = limits.TryGetValue("readmission_rate", out var agreed) ? agreed.Days : Indicator.ReadmissionDays;
        var results = Indicator.Of(await Sums(connection, transaction, fixmedinsCode, month, days, cancellation), limits);
        await Store(connection, transaction, fixmedinsCode, month, results, cancellation);
        return results;
    }

    private static async Task<Dictionary<string, (long Limit, BasisPoints Deduct, int Days)>> Limits(NpgsqlConnection connection, NpgsqlTransaction transaction, string fixmedinsCode, int month, CancellationToken cancellation)
    {
        var limits = new Dictionary<string, (long Limit, BasisPoints Deduct, int Days)>(StringComparer.Ordinal);
        await using var command = new NpgsqlCommand("SELECT indicator, limit_value, deduct_bp, days FROM indicator_limit WHERE fixmedins_code = $1 AND state = 'approved' AND $2 BETWEEN from_month AND to_month", connection, transaction)
        {
            Parameters = { new() { Value = fixmedinsCode }, new() { Value = month } },
        };
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        while (await reader.ReadAsync(cancellation)) limits.Add(reader.GetString(0), (reader.GetInt64(1), new BasisPoints(reader.GetInt32(2)), reader.GetInt32(3)));
        return limits;
    }

    /// <summary>One statement, whatever the number of claims. A stay that came back is one that stands, begun within the days after another one of the same person there ended.</summary>
    private static async Task<IndicatorMonth> Sums(NpgsqlConnection connection, NpgsqlTransaction transaction, string fixmedinsCode, int month, int days, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand("""
            WITH recent AS (SELECT * FROM provider_case WHERE fixmedins_code = $1 AND settled_at >= $2::timestamptz - make_interval(days => $4) AND settled_at < $3),
              own AS (SELECT * FROM recent WHERE settled_at >= $2),
              stay AS (SELECT mdtrt_id, psn_no, min(begin_on) AS begin_on, max(end_on) AS end_on, bool_or(settled_at >= $2) AS is_own FROM recent WHERE is_stay GROUP BY mdtrt_id, psn_no HAVING sum(cases) > 0)
            SELECT coalesce(sum(cases) FILTER (WHERE is_stay), 0)::bigint, coalesce(sum(total_fen) FILTER (WHERE is_stay), 0)::bigint, coalesce(sum(in_scope_fen) FILTER (WHERE is_stay), 0)::bigint,
              coalesce(sum(fund_total_fen) FILTER (WHERE is_stay), 0)::bigint, coalesce(sum(cases * days) FILTER (WHERE is_stay), 0)::bigint, coalesce(sum(cases * days) FILTER (WHERE is_stay AND charged_days IS NOT NULL), 0)::bigint,
              coalesce(sum(charged_days) FILTER (WHERE is_stay), 0)::bigint,
              (SELECT count(*) FROM stay a WHERE is_own AND EXISTS (SELECT FROM stay b WHERE b.psn_no = a.psn_no AND b.mdtrt_id <> a.mdtrt_id AND b.end_on <= a.begin_on AND a.begin_on - b.end_on <= $5)),
              coalesce(sum(cases) FILTER (WHERE clearing_type = '11'), 0)::bigint, coalesce(sum(total_fen) FILTER (WHERE clearing_type = '11'), 0)::bigint, coalesce(sum(fund_total_fen), 0)::bigint
            FROM own
            """, connection, transaction) { CommandTimeout = 0 };
        foreach (var value in (object[])[fixmedinsCode, PaymentTerm.StartOf(month), PaymentTerm.StartOf(PaymentTerm.Next(month)), LookBackDays, days]) command.Parameters.Add(new NpgsqlParameter { Value = value });
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        await reader.ReadAsync(cancellation);
        return new IndicatorMonth(reader.GetInt64(0), reader.GetInt64(1), reader.GetInt64(2), reader.GetInt64(3), reader.GetInt64(4), reader.GetInt64(5), reader.GetInt64(6), reader.GetInt64(7), reader.GetInt64(8), reader.GetInt64(9),
            reader.GetInt64(10));
    }

    private static async Task Store(NpgsqlConnection connection, NpgsqlTransaction transaction, string fixmedinsCode, int month, List<IndicatorResult> results, CancellationToken cancellation)
    {
        await using var batch = new NpgsqlBatch(connection, transaction)
        {
            BatchCommands = { new NpgsqlBatchCommand("DELETE FROM indicator_result WHERE fixmedins_code = $1 AND month = $2") { Parameters = { new() { Value = fixmedinsCode }, new() { Value = month } } } },
        };
        if (results.Count > 0)
            batch.BatchCommands.Add(new SetInsert().Text(results, _ => fixmedinsCode).Int(results, _ => month).Text(results, r => r.Indicator).Column(results, NpgsqlDbType.Numeric, r => r.Value)
                .Column(results, NpgsqlDbType.Numeric, r => r.Limit).Bigint(results, r => r.DeductionFen).Text(results, r => r.Explanation)
                .Command("INSERT INTO indicator_result (fixmedins_code, month, indicator, value, limit_value, deduction_fen, explanation) SELECT * FROM {unnest}"));
        await batch.ExecuteNonQueryAsync(cancellation);
    }

    private static async Task<IReadOnlyList<IndicatorResult>> Stored(NpgsqlConnection connection, NpgsqlTransaction transaction, string fixmedinsCode, int month, CancellationToken cancellation)
    {
        var results = new List<IndicatorResult>();
        await using var command = new NpgsqlCommand("SELECT indicator, value, limit_value, deduction_fen, explanation FROM indicator_result WHERE fixmedins_code = $1 AND month = $2", connection, transaction)
        {
            Parameters = { new() { Value = fixmedinsCode }, new() { Value = month } },
        };
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        while (await reader.ReadAsync(cancellation))
            results.Add(new IndicatorResult(reader.GetString(0), reader.GetDecimal(1), reader.IsDBNull(2) ? null : reader.GetDecimal(2), reader.GetInt64(3), reader.GetString(4)));
        return [.. Indicator.All.Join(results, k => k.Code, r => r.Indicator, (_, r) => r)];
    }
}
