using MedInsure.Protos.FraudAudit.V1;

namespace MedInsure.FraudAudit.Rules.Services;

/// <summary>The same examination of an outpatient again within some days, wherever (分解检查、重复检查): its result was there already.</summary>
internal sealed class RepeatedExamination() : BillRule("MI10000302053000")
{
    private const string Examination = "03";

    public override void Check(BillUnderAudit bill, RuleTerms terms)
    {
        if (bill.IsStay || bill.IsPharmacy) return;
        var window = terms.Whole("window_days");
        for (var i = 0; i < bill.Lines.Count; i++)
        {
            var line = bill.Lines[i];
            if (line.MedChrgitmType != Examination || line.QuantityE4 <= 0 || line.InScopeFen < terms.Fen("examination_yuan_min")) continue;
            for (var k = bill.Earlier.Count - 1; k >= 0; k--)
            {
                var earlier = bill.Earlier[k];
                // What a ward repeats to follow a patient is its own matter.
                if (BillUnderAudit.IsStayOf(earlier) || AuditDays.Between(RuleSet.DayOf(earlier), line.OccurredOn) > window || !Has(NetLines.Of(earlier.Line), line, window)) continue;
                bill.Find(this, line.FeedetlSn, [line], line.InScopeFen, $"{line.ItemName}在{window}天内重复检查，此前一次在{AuditDays.Text(earlier.BeginOn)}的结算中", $"{line.ItemName} was done again within {window} days of the bill of {AuditDays.Text(earlier.BeginOn)}", earlier);
                break;
            }
        }
    }

    private static bool Has(IReadOnlyList<AuditLine> lines, AuditLine wanted, int window)
    {
        for (var i = 0; i < lines.Count; i++)
            if (lines[i].MedListCode == wanted.MedListCode && lines[i].OccurredOn <= wanted.OccurredOn && AuditDays.Between(lines[i].OccurredOn, wanted.OccurredOn) <= window) return true;
        return false;
    }
}
