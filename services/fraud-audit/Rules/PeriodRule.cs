namespace MedInsure.FraudAudit.Rules;

/// <summary>A rule over all standing bills of a period together: many persons, a provider's totals. After the settlements only.</summary>
internal abstract class PeriodRule(string number)
{
    public string Number { get; } = number;

    public abstract void Check(PeriodUnderAudit period, RuleTerms terms);
}
