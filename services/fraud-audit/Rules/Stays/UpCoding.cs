using MedInsure.Kernel;

namespace MedInsure.FraudAudit.Rules.Stays;

/// <summary>高套病种: the real cost is far from what the disease is paid by.</summary>
internal sealed class UpCoding() : BillRule("MI10000203058000")
{
    public override void Check(BillUnderAudit bill, RuleTerms terms)
    {
        var claim = bill.Claim;
        if (!bill.IsStay || claim.Interim || claim.DiseaseCode.Length == 0 || claim.TotalFen <= 0) return;
        if (bill.Reference.FindDisease(claim.DiseaseCode, claim.Insutype, DayNumber.ToDate(claim.PolicyOn), "per_disease") is not { } standard || standard.Amount.Value <= 0) return;
        if (claim.TotalFen >= standard.Amount.Value * terms["low"] && claim.TotalFen <= standard.Amount.Value * terms["high"]) return;
        var ratio = (decimal)claim.TotalFen / standard.Amount.Value;
        bill.Find(this, claim.DiseaseCode, [], claim.InScopeFen, $"按病种{claim.DiseaseCode}付费（标准{standard.Amount}元），实际费用{new Fen(claim.TotalFen)}元，为标准的{ratio:F2}倍，应在{terms["low"]}至{terms["high"]}倍之间",
            $"{new Fen(claim.TotalFen)} yuan against {standard.Amount} for disease {claim.DiseaseCode}: {ratio:F2} times");
    }
}
