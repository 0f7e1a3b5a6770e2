using MedInsure.Kernel;

namespace MedInsure.FraudAudit.Rules.Period;

/// <summary>住院量激增: on one day a provider admits far more than on its usual days.</summary>
internal sealed class StaySurge() : PeriodRule("MI10000205052000")
{
    public override void Check(PeriodUnderAudit period, RuleTerms terms)
    {
        foreach (var provider in period.Bills.Where(b => b.IsStay && b.BeginOn >= period.From).GroupBy(b => b.FixmedinsCode))
        {
            var days = provider.DistinctBy(b => b.MdtrtId).GroupBy(b => b.BeginOn).ToDictionary(d => d.Key, d => d.ToList());
            var length = DayNumber.ToDate(period.To).DayNumber - DayNumber.ToDate(period.From).DayNumber + 1;
            foreach (var (day, stays) in days)
            {
                // The day itself is not its own measure.
                var usual = length > 1 ? (days.Sum(d => d.Value.Count) - stays.Count) / (decimal)(length - 1) : 0;
                if (stays.Count < terms.Whole("stays") || stays.Count <= usual * terms["times"]) continue;
                period.Find(this, $"{day}", stays.MaxBy(b => b.InScopeFen)!, stays.Sum(b => b.InScopeFen), $"{day}收治住院{stays.Count}人次，平日每日{usual:F1}人次，涉嫌诱导住院，涉及{new Fen(stays.Sum(b => b.InScopeFen))}元",
                    $"{stays.Count} admissions on {day}, {usual:F1} on usual days");
            }
        }
    }
}
