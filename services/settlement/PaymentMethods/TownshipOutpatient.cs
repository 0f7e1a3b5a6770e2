using MedInsure.Kernel;

namespace MedInsure.Settlement.PaymentMethods;

/// <summary>Outpatient control total of a township hospital and its clinics: insured × amount; the hospital bears a share of the overspend and is paid a share of the surplus (Rz: 50, 20 %, 20 %; seed-facts.md section 3).</summary>
internal sealed record TownshipOutpatient(long Heads, long PerHeadFen, BasisPoints OverspendBorne, BasisPoints SurplusPaid, string Lead) : BudgetMethod("township_outpatient", Lead)
{
    protected override string Name => "乡镇门诊总额控制";
    protected override (long, string) Budget => (Heads * PerHeadFen, $"{Heads}人×{MethodText.Yuan(PerHeadFen)}＝{MethodText.Yuan(Heads * PerHeadFen)}");
    protected override BasisPoints SurplusToProviders => SurplusPaid;
    protected override BasisPoints OverspendByFund => new(BasisPoints.Whole - OverspendBorne.Value);
}
