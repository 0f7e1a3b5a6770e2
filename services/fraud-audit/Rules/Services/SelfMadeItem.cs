using MedInsure.Protos.FraudAudit.V1;

namespace MedInsure.FraudAudit.Rules.Services;

/// <summary>A service charged under no national code (自立项目): the price list has no such item. Bills on paper name no codes.</summary>
internal sealed class SelfMadeItem() : BillRule("MI10000102053000")
{
    public override void Check(BillUnderAudit bill, RuleTerms terms)
    {
        if (bill.Claim.Paper || bill.IsPharmacy) return;
        for (var i = 0; i < bill.Lines.Count; i++)
        {
            var line = bill.Lines[i];
            if (line.AmountFen > 0 && line.ListType.Length == 0 && line.CeilingMicroYuan == 0 && IsService(line.MedChrgitmType) && !IsKnown(bill, line.MedListCode))
                bill.Find(this, line.FeedetlSn, [line], line.InScopeFen, $"{line.ItemName}（{line.MedListCode}）为诊疗服务收费，但无国家项目编码，收费{LineMoney.Yuan(line.AmountFen)}元",
                    $"{line.ItemName} ({line.MedListCode}) is charged as a service under no national code: {LineMoney.Yuan(line.AmountFen)}");
        }
    }

    /// <summary>med_chrgitm_type (national-interface.md section 3): bed, consultation, exam, lab, treatment, surgery, nursing.</summary>
    private static bool IsService(string type) => type is "01" or "02" or "03" or "04" or "05" or "06" or "07";

    private static bool IsKnown(BillUnderAudit bill, string code) => bill.Reference.ItemRows(code).Count > 0;
}
