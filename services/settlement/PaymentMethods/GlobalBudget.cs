using MedInsure.Kernel;

namespace MedInsure.Settlement.PaymentMethods;

/// <summary>总额预算: the mean of the last two years' fund spending × growth, rounded half up to the fen; surplus kept and overspend shared as agreed (Rz gives no share, seed-facts.md section 3).</summary>
/// <param name="Growth">0.08 is eight percent more than the mean; may be negative.</param>
internal sealed record GlobalBudget(long YearBeforeLastFen, long LastYearFen, BasisPoints Growth, BasisPoints SurplusShare, BasisPoints OverspendShare, string Lead) : BudgetMethod("global_budget", Lead)
{
    protected override string Name => "总额预算";
    protected override BasisPoints SurplusToProviders => SurplusShare;
    protected override BasisPoints OverspendByFund => OverspendShare;

    // One rounding: the mean is not rounded before it grows.
    protected override (long, string) Budget => HalfUp.Divide((Int128)(YearBeforeLastFen + LastYearFen) * (BasisPoints.Whole + Growth.Value), 2 * BasisPoints.Whole) is var fen
        ? (fen, $"（{MethodText.Yuan(YearBeforeLastFen)}＋{MethodText.Yuan(LastYearFen)}）÷2×{MethodText.Percent(new BasisPoints(BasisPoints.Whole + Growth.Value))}＝{MethodText.Yuan(fen)}") : default;
}
