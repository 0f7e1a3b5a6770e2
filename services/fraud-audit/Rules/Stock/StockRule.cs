namespace MedInsure.FraudAudit.Rules.Stock;

/// <summary>A rule over a month's bills of providers beside what they told of their stock. After the settlements only.</summary>
internal abstract class StockRule(string number)
{
    public string Number { get; } = number;

    public abstract void Check(StockUnderAudit stock, RuleTerms terms);
}
