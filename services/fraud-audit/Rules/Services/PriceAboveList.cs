using MedInsure.Protos.FraudAudit.V1;

namespace MedInsure.FraudAudit.Rules.Services;

/// <summary>A price over the price list of the provider's grade (超标准收费): that of a knowledge point, or of a service its ceiling in the catalog. What lies over a ceiling is not in scope, so that the money may be nothing for the fund.</summary>
internal sealed class PriceAboveList() : BillRule("MI10000102051000")
{
    private const string Service = "201";

    public override void Check(BillUnderAudit bill, RuleTerms terms)
    {
        for (var i = 0; i < bill.Lines.Count; i++)
        {
            var line = bill.Lines[i];
            if (line.ListType == Service && line.CeilingMicroYuan > 0 && line.UnitPriceMicroYuan > line.CeilingMicroYuan && line.QuantityE4 > 0) Found(bill, line, line.CeilingMicroYuan, $"目录 {line.FeedetlSn}", line.ItemName);
        }
    }

    public override void Check(BillUnderAudit bill, RuleTerms terms, KnowledgePoint point, ReadOnlySpan<AuditLine> lines)
    {
        if (point.LevelMin.Length > 0 && point.LevelMin != bill.Claim.PolicyLevel) return;
        foreach (var line in lines)
            // Where both know a price, the lower ceiling of the catalog has spoken already.
            if (line.UnitPriceMicroYuan > point.LimitE4 && line.QuantityE4 > 0 && !(line.ListType == Service && line.CeilingMicroYuan > 0 && line.UnitPriceMicroYuan > line.CeilingMicroYuan))
                Found(bill, line, point.LimitE4, $"{point.PointNo} {line.FeedetlSn}", point.ItemName);
    }

    private void Found(BillUnderAudit bill, AuditLine line, long price, string subject, string item)
    {
        var allowed = new Kernel.UnitPrice(price).TimesHalfUp(new Kernel.Quantity(line.QuantityE4)).Value;
        bill.Find(this, subject, [line], Math.Max(0, line.InScopeFen - allowed),
            $"{item}单价{new Kernel.UnitPrice(line.UnitPriceMicroYuan)}元，本级别标准{new Kernel.UnitPrice(price)}元，多收{LineMoney.Yuan(line.AmountFen - allowed)}元",
            $"{item} was charged at {new Kernel.UnitPrice(line.UnitPriceMicroYuan)}, the list of the grade has {new Kernel.UnitPrice(price)}: {LineMoney.Yuan(line.AmountFen - allowed)} too much");
    }
}
