namespace MedInsure.FraudAudit.Rules.Period;

/// <summary>贫困人口住院率异常: more of those whom medical assistance is for are admitted than care explains.</summary>
internal sealed class PoorStays() : PeriodRule("MI10000205051000")
{
    public override void Check(PeriodUnderAudit period, RuleTerms terms)
    {
        foreach (var provider in period.Bills.Where(b => b.IsStay).GroupBy(b => b.FixmedinsCode))
        {
            var stays = provider.DistinctBy(b => b.MdtrtId).ToList();
            var poor = stays.Where(b => b.IsPoor).ToList();
            if (stays.Count < terms.Whole("stays") || poor.Count <= stays.Count * terms["share"]) continue;
            var most = poor.MaxBy(b => b.InScopeFen)!;
            period.Find(this, $"{period.From}-{period.To}", most, poor.Sum(b => b.InScopeFen), $"期间内{stays.Count}次住院中救助对象{poor.Count}次，占{poor.Count * 100m / stays.Count:F2}%，高于{terms["share"] * 100:F0}%，涉嫌诱导住院",
                $"{poor.Count} of {stays.Count} stays are of persons under assistance, above {terms["share"] * 100:F0} %");
        }
    }
}
