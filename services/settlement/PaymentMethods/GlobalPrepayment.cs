using MedInsure.Kernel;

namespace MedInsure.Settlement.PaymentMethods;

/// <summary>总额预付 of a city hospital: the surplus is returned, an overspend is not paid (Gc, seed-facts.md section 3).</summary>
internal sealed record GlobalPrepayment(long BudgetFen, string Lead) : BudgetMethod("global_prepayment", Lead)
{
    protected override string Name => "总额预付";
    protected override (long, string) Budget => (BudgetFen, $"总额{MethodText.Yuan(BudgetFen)}");
    protected override BasisPoints SurplusToProviders => BasisPoints.Zero;
    protected override BasisPoints OverspendByFund => BasisPoints.Zero;
}
