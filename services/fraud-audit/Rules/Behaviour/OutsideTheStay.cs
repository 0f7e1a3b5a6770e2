using MedInsure.Protos.FraudAudit.V1;

namespace MedInsure.FraudAudit.Rules.Behaviour;

/// <summary>住院日期以外收费: lines before admission or after discharge: invented, or another's.</summary>
internal sealed class OutsideTheStay() : BillRule("MI10000203068000")
{
    public override void Check(BillUnderAudit bill, RuleTerms terms)
    {
        var claim = bill.Claim;
        if (!bill.IsStay || claim.EndOn == 0 || claim.Interim) return;
        List<AuditLine>? lines = null;
        var inScope = 0L;
        for (var i = 0; i < bill.Lines.Count; i++)
        {
            var line = bill.Lines[i];
            // What the emergency room or the clinic did on the days before is rightly taken over.
            if (line.OccurredOn <= claim.EndOn && (line.OccurredOn >= claim.BeginOn || AuditDays.Between(line.OccurredOn, claim.BeginOn) <= terms.Whole("days_before"))) continue;
            (lines ??= []).Add(line);
            inScope += line.InScopeFen;
        }
        if (lines is null) return;
        bill.Find(this, "lines", lines, inScope, $"{lines.Count}笔费用发生在住院日期（{claim.BeginOn}至{claim.EndOn}）以外", $"{lines.Count} lines outside the stay, {claim.BeginOn} to {claim.EndOn}");
    }
}
