using MedInsure.Kernel;

namespace MedInsure.Settlement.PaymentMethods;

/// <summary>按人头总额预付, of a medical alliance (县域医共体): heads × amount, paid ahead; the surplus is kept, an overspend is not paid (Gc, seed-facts.md section 3).</summary>
internal sealed record Capitation(long Heads, long PerHeadFen, string Lead) : BudgetMethod("capitation", Lead)
{
    protected override string Name => "按人头付费";
    protected override (long, string) Budget => (Heads * PerHeadFen, $"{Heads}人×{MethodText.Yuan(PerHeadFen)}＝{MethodText.Yuan(Heads * PerHeadFen)}");
    protected override BasisPoints SurplusToProviders => BasisPoints.Full;
    protected override BasisPoints OverspendByFund => BasisPoints.Zero;
    protected override bool IsPaidAhead => true;
}
