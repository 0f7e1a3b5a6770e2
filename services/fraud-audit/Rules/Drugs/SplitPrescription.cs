using MedInsure.Protos.FraudAudit.V1;

namespace MedInsure.FraudAudit.Rules.Drugs;

/// <summary>A drug prescribed again and again within a few days at one provider, each time before the last prescription is used up (分解处方). An infusion every day, each for its day, is none.</summary>
internal sealed class SplitPrescription() : BillRule("MI10000202052000")
{
    public override void Check(BillUnderAudit bill, RuleTerms terms)
    {
        if (bill.IsStay) return;
        var (window, least, lines) = (terms.Whole("window_days"), terms.Whole("prescriptions_min"), bill.Lines);
        for (var i = 0; i < lines.Count; i++)
        {
            if (!IsDrug(lines[i]) || HasBefore(lines, i, null)) continue;
            // How many prescriptions of the bill have it.
            var (count, fen) = (0, 0L);
            for (var k = i; k < lines.Count; k++)
            {
                if (lines[k].MedListCode != lines[i].MedListCode) continue;
                fen += lines[k].InScopeFen;
                if (!HasBefore(lines, k, lines[k].PrescriptionNo)) count++;
            }
            var since = AuditDays.Plus(lines[i].OccurredOn, 1 - window);
            AuditClaim? first = null;
            for (var k = bill.Earlier.Count - 1; k >= 0; k--)
            {
                var earlier = bill.Earlier[k];
                if (RuleSet.DayOf(earlier) < since || earlier.FixmedinsCode != bill.Claim.FixmedinsCode || BillUnderAudit.IsStayOf(earlier) || !Lasts(NetLines.Of(earlier.Line), lines[i])) continue;
                (first, count) = (earlier, count + 1);
            }
            if (count < least) continue;
            bill.Find(this, lines[i].MedListCode, Of(lines, lines[i].MedListCode), fen, $"{window}天内在同一机构开具{lines[i].ItemName}处方{count}次，前次药量尚未用完",
                $"{lines[i].ItemName} was prescribed {count} times within {window} days at one provider, each time before the last was used up", first is null ? [] : [first]);
        }
    }

    // Of its own, since a closure would be allocated for every bill.
    private static List<AuditLine> Of(IReadOnlyList<AuditLine> lines, string code) => [.. lines.Where(l => l.MedListCode == code)];

    private static bool IsDrug(AuditLine line) => line.InScopeFen > 0 && line.QuantityE4 > 0 && line.ListType.StartsWith('1');

    /// <param name="prescription">Null: whichever.</param>
    private static bool HasBefore(IReadOnlyList<AuditLine> lines, int at, string? prescription)
    {
        for (var i = 0; i < at; i++)
            if (lines[i].MedListCode == lines[at].MedListCode && (prescription is null || lines[i].PrescriptionNo == prescription)) return true;
        return false;
    }

    private static bool Lasts(IReadOnlyList<AuditLine> earlier, AuditLine line)
    {
        for (var i = 0; i < earlier.Count; i++)
            if (earlier[i].MedListCode == line.MedListCode && earlier[i].OccurredOn <= line.OccurredOn && AuditDays.Between(earlier[i].OccurredOn, line.OccurredOn) < AuditDays.Supply(earlier[i])) return true;
        return false;
    }
}
