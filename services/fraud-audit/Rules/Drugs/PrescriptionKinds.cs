using MedInsure.Protos.FraudAudit.V1;

namespace MedInsure.FraudAudit.Rules.Drugs;

/// <summary>More kinds of western and patent drugs in a prescription than it may have (处方品种超限). Herbs make one compound and do not count.</summary>
internal sealed class PrescriptionKinds() : BillRule("MI10000202054000")
{
    public override void Check(BillUnderAudit bill, RuleTerms terms)
    {
        var (most, lines) = (terms.Whole("kinds_max"), bill.Lines);
        if (bill.IsStay || bill.IsPharmacy || lines.Count <= most) return;
        for (var i = 0; i < lines.Count; i++)
        {
            if (lines[i].PrescriptionNo.Length == 0 || !IsCounted(lines[i]) || IsSeen(lines, i, IsCounted)) continue;
            var (kinds, beyond) = (0, 0L);
            for (var k = i; k < lines.Count; k++)
            {
                if (!IsCounted(lines[k]) || lines[k].PrescriptionNo != lines[i].PrescriptionNo || IsSeenKind(lines, i, k)) continue;
                kinds++;
                if (kinds > most) beyond += lines[k].InScopeFen;
            }
            if (kinds <= most) continue;
            bill.Find(this, lines[i].PrescriptionNo, Of(lines, lines[i].PrescriptionNo, IsCounted), beyond,
                $"单张处方西药、中成药{kinds}种，超过{most}种", $"a prescription of {kinds} western and patent drugs, {most} are allowed");
        }
    }

    /// <summary>Whether a line before is of the same prescription.</summary>
    internal static bool IsSeen(IReadOnlyList<AuditLine> lines, int at, Func<AuditLine, bool> counts)
    {
        for (var i = 0; i < at; i++)
            if (counts(lines[i]) && lines[i].PrescriptionNo == lines[at].PrescriptionNo) return true;
        return false;
    }

    // Of its own, since a closure would be allocated for every bill.
    internal static List<AuditLine> Of(IReadOnlyList<AuditLine> lines, string prescription, Func<AuditLine, bool> counts) => [.. lines.Where(l => counts(l) && l.PrescriptionNo == prescription)];

    private static bool IsSeenKind(IReadOnlyList<AuditLine> lines, int from, int at)
    {
        for (var i = from; i < at; i++)
            if (lines[i].MedListCode == lines[at].MedListCode && lines[i].PrescriptionNo == lines[at].PrescriptionNo) return true;
        return false;
    }

    private static bool IsCounted(AuditLine line) => line.QuantityE4 > 0 && line.MedChrgitmType is "09" or "11";
}
