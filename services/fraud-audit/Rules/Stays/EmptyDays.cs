using MedInsure.Kernel;

namespace MedInsure.FraudAudit.Rules.Stays;

/// <summary>挂床住院: days of a stay without any treatment, drug, test or nursing.</summary>
internal sealed class EmptyDays() : BillRule("MI10000203054000")
{
    public override void Check(BillUnderAudit bill, RuleTerms terms)
    {
        var claim = bill.Claim;
        if (!bill.IsStay || claim.Interim || claim.EndOn == 0) return;
        var days = AuditDays.Between(claim.BeginOn, claim.EndOn);
        if (days < terms.Whole("stay_days")) return;
        // Interim bills of the stay hold some of its days: they are not judged by what is left.
        for (var i = 0; i < bill.Earlier.Count; i++)
            if (bill.Earlier[i].MdtrtId == claim.MdtrtId) return;
        var begin = DayNumber.ToDate(claim.BeginOn).DayNumber;
        Span<bool> served = days <= 400 ? stackalloc bool[days] : new bool[days];
        for (var i = 0; i < bill.Lines.Count; i++)
        {
            var line = bill.Lines[i];
            // A bed alone is no care (01 bed, 14 other).
            if (line.QuantityE4 <= 0 || line.MedChrgitmType is "01" or "14" or "13") continue;
            var at = DayNumber.ToDate(line.OccurredOn).DayNumber - begin;
            // Drugs handed out for several days serve them all.
            var lasts = line.SupplyDaysE2 > 100 ? (line.SupplyDaysE2 + 99) / 100 : 1;
            for (var day = Math.Max(at, 0); day < at + lasts && day < days; day++) served[day] = true;
        }
        var empty = 0;
        foreach (var day in served)
            if (!day) empty++;
        if (empty < terms.Whole("empty_days") || empty * 10_000L < days * (long)(terms["empty_share"] * 10_000)) return;
        bill.Find(this, "days", [], claim.InScopeFen, $"住院{days}天中有{empty}天无诊疗、用药、检查或护理收费，涉嫌挂床，政策范围内费用{new Fen(claim.InScopeFen)}元",
            $"{empty} of {days} days of the stay have no treatment, drug, test or nursing");
    }
}
