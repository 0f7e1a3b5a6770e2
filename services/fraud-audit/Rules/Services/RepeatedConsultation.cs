using MedInsure.Protos.FraudAudit.V1;

namespace MedInsure.FraudAudit.Rules.Services;

/// <summary>More than one consultation of a department charged to a person on a day, in one bill or several (分解诊疗).</summary>
internal sealed class RepeatedConsultation() : BillRule("MI10000102058000")
{
    private const string Consultation = "02";

    public override void Check(BillUnderAudit bill, RuleTerms terms)
    {
        // A ward may gather the consultations of several days on one.
        if (bill.IsStay || bill.IsPharmacy) return;
        var most = (long)(terms["consultations_max"] * 10_000);
        for (var i = 0; i < bill.Lines.Count; i++)
        {
            var line = bill.Lines[i];
            if (!IsConsultation(line) || line.InScopeFen <= 0) continue;
            // The last one of the day and department is asked for all.
            var (all, own, isLast) = (0L, 0L, true);
            for (var k = 0; k < bill.Lines.Count; k++)
            {
                if (!AreOfOneDay(bill.Lines[k], line)) continue;
                own += bill.Lines[k].QuantityE4;
                isLast &= k <= i;
            }
            if (!isLast) continue;
            AuditClaim? other = null;
            for (var k = bill.Earlier.Count - 1; k >= 0; k--)
            {
                var earlier = bill.Earlier[k];
                if (earlier.FixmedinsCode != bill.Claim.FixmedinsCode || BillUnderAudit.IsStayOf(earlier) || RuleSet.DayOf(earlier) < line.OccurredOn || earlier.BeginOn > line.OccurredOn) continue;
                for (var n = 0; n < earlier.Line.Count; n++)
                    if (IsConsultation(earlier.Line[n], anySign: true) && AreOfOneDay(earlier.Line[n], line)) (other, all) = (earlier, all + earlier.Line[n].QuantityE4);
            }
            var over = Math.Min(own, all + own - most);
            if (over <= 0) continue;
            var fen = LineMoney.Part(line.InScopeFen, Math.Min(over, line.QuantityE4), line.QuantityE4);
            bill.Find(this, $"{line.OccurredOn} {line.DepartmentCode}", [line], fen, $"{AuditDays.Text(line.OccurredOn)}同一科室收取诊查费{LineMoney.Amount(all + own)}次，限{LineMoney.Amount(most)}次",
                $"{LineMoney.Amount(all + own)} consultations of one department on {AuditDays.Text(line.OccurredOn)}, {LineMoney.Amount(most)} allowed", other is null ? [] : [other]);
        }
    }

    private static bool IsConsultation(AuditLine line, bool anySign = false) => line.MedChrgitmType == Consultation && (anySign || line.QuantityE4 > 0);

    private static bool AreOfOneDay(AuditLine a, AuditLine b) => a.MedChrgitmType == b.MedChrgitmType && a.OccurredOn == b.OccurredOn && a.DepartmentCode == b.DepartmentCode;
}
