using MedInsure.Kernel;

namespace MedInsure.FraudAudit.Rules.Stock;

/// <summary>超规定加价: a hospital sells above its highest purchase price and the markup allowed. A pharmacy's price is its own.</summary>
internal sealed class DrugMarkup() : StockRule("MI10000204053000")
{
    public override void Check(StockUnderAudit stock, RuleTerms terms)
    {
        foreach (var sold in stock.Sold(terms.Codes("drugs")))
        {
            if (sold.Stock is not { HighestPriceMicroYuan: > 0 and var bought } || sold.IsUnnamed || stock.Reference.FindProvider(sold.FixmedinsCode) is not { Type: "1" } provider) continue;
            var markup = terms[provider.Ownership == "public" ? "public_percent" : "private_percent"];
            // To the next fen: prices are written with two decimals.
            var allowed = (long)Math.Ceiling(bought * (100 + markup) / 100 / 10_000) * 10_000;
            var above = sold.Lines.Where(l => l.Line.UnitPriceMicroYuan > allowed && l.Line.QuantityE4 > 0).ToList();
            if (above.Count == 0) continue;
            var fen = above.Sum(l => LineMoney.Part(l.Line.InScopeFen, l.Line.UnitPriceMicroYuan - allowed, l.Line.UnitPriceMicroYuan));
            var highest = above.Max(l => l.Line.UnitPriceMicroYuan);
            stock.Find(this, sold, above, fen,
                $"{sold.Name}最高进价{new UnitPrice(bought)}元，允许加价{markup:0.##}%，本月{above.Count}条明细售价超过{new UnitPrice(allowed)}元，最高{new UnitPrice(highest)}元，多收{new Fen(fen)}元",
                $"{sold.Name} was bought at no more than {new UnitPrice(bought)}, {markup:0.##} % may be added; {above.Count} lines lie above, the highest at {new UnitPrice(highest)}");
        }
    }
}
