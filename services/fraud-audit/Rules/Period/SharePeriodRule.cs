using MedInsure.Kernel;

namespace MedInsure.FraudAudit.Rules.Period;

/// <summary>占比类: of a provider's stays a share above its threshold; the money is what is beyond it, told on the bill with the most of it.</summary>
internal abstract class SharePeriodRule(string number, string what, string whatEn) : PeriodRule(number)
{
    protected abstract long PartOf(BillSummary bill);

    public override void Check(PeriodUnderAudit period, RuleTerms terms)
    {
        foreach (var provider in period.Bills.Where(b => b.IsStay).GroupBy(b => b.FixmedinsCode))
        {
            var (bills, total, part) = (0, 0L, 0L);
            BillSummary? most = null;
            foreach (var bill in provider)
            {
                bills++;
                total += bill.TotalFen;
                part += PartOf(bill);
                if (most is null || PartOf(bill) > PartOf(most)) most = bill;
            }
            var allowed = (long)(total * terms["share"]);
            if (bills < terms.Whole("stays") || total <= 0 || part <= allowed) continue;
            period.Find(this, $"{period.From}-{period.To}", most!, part - allowed, $"期间内{bills}次住院的{what}占比{part * 100m / total:F2}%，高于{terms["share"] * 100:F0}%，超出{new Fen(part - allowed)}元",
                $"{whatEn}: {part * 100m / total:F2} % of {bills} stays' cost, above {terms["share"] * 100:F0} %");
        }
    }
}

/// <summary>药占比.</summary>
internal sealed class DrugShare() : SharePeriodRule("ZB10000205001000", "药品", "drugs")
{
    protected override long PartOf(BillSummary bill) => bill.DrugFen;
}

/// <summary>检查检验占比.</summary>
internal sealed class ExamShare() : SharePeriodRule("ZB10000205002000", "检查检验", "examination and laboratory")
{
    protected override long PartOf(BillSummary bill) => bill.ExamFen;
}

/// <summary>耗材占比.</summary>
internal sealed class MaterialShare() : SharePeriodRule("ZB10000205003000", "医用耗材", "consumables")
{
    protected override long PartOf(BillSummary bill) => bill.MaterialFen;
}

/// <summary>治疗占比.</summary>
internal sealed class TreatmentShare() : SharePeriodRule("ZB10000205004000", "治疗", "treatment")
{
    protected override long PartOf(BillSummary bill) => bill.TreatmentFen;
}
