namespace MedInsure.FraudAudit.Rules.Stock;

internal static class StockRules
{
    public static IReadOnlyList<StockRule> All { get; } = [new SoldMoreThanBought(), new SoldWithoutStock(), new DrugMarkup(), new TraceCodeSoldTwice()];
}
