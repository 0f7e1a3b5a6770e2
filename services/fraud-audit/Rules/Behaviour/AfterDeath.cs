using MedInsure.Protos.FraudAudit.V1;

namespace MedInsure.FraudAudit.Rules.Behaviour;

/// <summary>死亡后消费: fees after the day of death.</summary>
internal sealed class AfterDeath() : BillRule("MI10000203061000")
{
    public override void Check(BillUnderAudit bill, RuleTerms terms)
    {
        if (bill.Claim.DiedOn == 0) return;
        List<AuditLine>? lines = null;
        var inScope = 0L;
        foreach (var line in bill.Lines)
        {
            if (line.OccurredOn <= bill.Claim.DiedOn) continue;
            (lines ??= []).Add(line);
            inScope += line.InScopeFen;
        }
        if (lines is null) return;
        bill.Find(this, "lines", lines, inScope, $"参保人于{bill.Claim.DiedOn}死亡，此后仍有{lines.Count}笔收费，最早{lines.Min(l => l.OccurredOn)}",
            $"{lines.Count} lines after the person's death on {bill.Claim.DiedOn}");
    }
}
