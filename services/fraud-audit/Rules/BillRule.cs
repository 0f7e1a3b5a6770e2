using MedInsure.Protos.FraudAudit.V1;

namespace MedInsure.FraudAudit.Rules;

/// <summary>A rule over one bill and the person's bills before it: the same before, during and after. Holds nothing of a bill; allocates only for what it finds.</summary>
internal abstract class BillRule(string number)
{
    public string Number { get; } = number;

    /// <summary>The bill as a whole; once.</summary>
    public virtual void Check(BillUnderAudit bill, RuleTerms terms) { }

    /// <summary>Once for every knowledge point of the rule that items of the bill meet and that is valid on the line's day.</summary>
    /// <param name="lines">The bill's net lines of those items by the time they were charged; they lie there until the call returns only.</param>
    public virtual void Check(BillUnderAudit bill, RuleTerms terms, KnowledgePoint point, ReadOnlySpan<AuditLine> lines) { }
}
