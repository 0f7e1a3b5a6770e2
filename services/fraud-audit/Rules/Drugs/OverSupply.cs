using MedInsure.Protos.FraudAudit.V1;

namespace MedInsure.FraudAudit.Rules.Drugs;

/// <summary>A drug prescribed for more days than care of the kind allows (超量开药): acute, taken home at discharge, chronic.</summary>
internal sealed class OverSupply() : BillRule("MI10000202051000")
{
    private const string ChronicCare = "14";

    public override void Check(BillUnderAudit bill, RuleTerms terms)
    {
        var chronic = bill.Claim.DiseaseCode.Length > 0 || bill.Claim.MedType.StartsWith(ChronicCare, StringComparison.Ordinal);
        for (var i = 0; i < bill.Lines.Count; i++)
        {
            var line = bill.Lines[i];
            if (line.SupplyDaysE2 <= 0 || line.InScopeFen <= 0 || !line.ListType.StartsWith('1') || (bill.IsStay && !line.TakeHome)) continue;
            var most = terms.Whole(bill.IsStay ? "discharge_days_max" : chronic ? "chronic_days_max" : "acute_days_max");
            var days = AuditDays.Supply(line);
            if (days <= most) continue;
            var fen = LineMoney.Part(line.InScopeFen, days - most, days);
            var (kind, kindEn) = bill.IsStay ? ("出院带药", "taken home at discharge") : chronic ? ("慢特病", "of a chronic disease") : ("急性病", "of acute care");
            bill.Find(this, line.FeedetlSn, [line], fen, $"{line.ItemName}{kind}开具{days}天，限{most}天，超出{days - most}天{LineMoney.Yuan(fen)}元", $"{line.ItemName}, {kindEn}, was prescribed for {days} days of {most} at most: {LineMoney.Yuan(fen)} too much");
        }
    }
}
