using MedInsure.Protos.FraudAudit.V1;

namespace MedInsure.FraudAudit.Rules.Drugs;

/// <summary>A prescription of general or emergency outpatient care of many drugs' money (大处方). Chronic, special and costly-drug care has its own limits.</summary>
internal sealed class BigPrescription() : BillRule("MI10000202053000")
{
    public override void Check(BillUnderAudit bill, RuleTerms terms)
    {
        if (!IsGeneral(bill)) return;
        var (most, all, lines) = (terms.Fen("prescription_yuan_max"), 0L, bill.Lines);
        for (var i = 0; i < lines.Count; i++)
            if (IsDrug(lines[i])) all += lines[i].AmountFen;
        if (all <= most) return;
        for (var i = 0; i < lines.Count; i++)
        {
            if (!IsDrug(lines[i]) || PrescriptionKinds.IsSeen(lines, i, IsDrug)) continue;
            var (amount, inScope) = (0L, 0L);
            for (var k = i; k < lines.Count; k++)
                if (IsDrug(lines[k]) && lines[k].PrescriptionNo == lines[i].PrescriptionNo) (amount, inScope) = (amount + lines[k].AmountFen, inScope + lines[k].InScopeFen);
            if (amount <= most) continue;
            bill.Find(this, lines[i].PrescriptionNo, PrescriptionKinds.Of(lines, lines[i].PrescriptionNo, IsDrug), LineMoney.Part(inScope, amount - most, amount),
                $"单张处方药费{LineMoney.Yuan(amount)}元，超过{LineMoney.Yuan(most)}元", $"a prescription of {LineMoney.Yuan(amount)}, the limit is {LineMoney.Yuan(most)}");
        }
    }

    /// <summary>med_type 11 general outpatient, 13 emergency (national-interface.md section 3).</summary>
    internal static bool IsGeneral(BillUnderAudit bill) => bill.Claim.DiseaseCode.Length == 0 && (bill.Claim.MedType.StartsWith("11", StringComparison.Ordinal) || bill.Claim.MedType.StartsWith("13", StringComparison.Ordinal));

    private static bool IsDrug(AuditLine line) => line.ListType.StartsWith('1');
}
