using MedInsure.Kernel;

namespace MedInsure.FraudAudit.Rules.Period;

/// <summary>再入院率: too many of a provider's patients are back within days.</summary>
internal sealed class ReadmissionRate() : PeriodRule("ZB10000205008000")
{
    public override void Check(PeriodUnderAudit period, RuleTerms terms)
    {
        var planned = terms.Codes("exempt");
        foreach (var provider in period.Bills.Where(b => b.IsStay && b.EndOn != 0).GroupBy(b => b.FixmedinsCode))
        {
            var stays = provider.DistinctBy(b => b.MdtrtId).ToList();
            if (stays.Count < terms.Whole("stays")) continue;
            var back = stays.GroupBy(b => b.PsnNo).SelectMany(person => person.OrderBy(b => b.BeginOn).ToList() is var own
                ? own.Skip(1).Where((b, i) => !planned.Any(p => b.MainDiagnosis.StartsWith(p, StringComparison.Ordinal)) && b.BeginOn >= own[i].EndOn && AuditDays.Between(own[i].EndOn, b.BeginOn) <= terms.Whole("days")) : []).ToList();
            if (back.Count <= stays.Count * terms["rate"]) continue;
            var most = back.MaxBy(b => b.InScopeFen)!;
            period.Find(this, $"{period.From}-{period.To}", most, back.Sum(b => b.InScopeFen), $"期间内{stays.Count}次住院中{back.Count}次为{terms.Whole("days")}天内再入院，占{back.Count * 100m / stays.Count:F2}%，高于{terms["rate"] * 100:F0}%，涉及{new Fen(back.Sum(b => b.InScopeFen))}元",
                $"{back.Count} of {stays.Count} stays are readmissions within {terms.Whole("days")} days, above {terms["rate"] * 100:F0} %");
        }
    }
}
