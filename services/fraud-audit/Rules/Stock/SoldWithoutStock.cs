using MedInsure.Kernel;

namespace MedInsure.FraudAudit.Rules.Stock;

/// <summary>未购进即结算: an item that never came in at a provider that has told of its stock for long enough.</summary>
internal sealed class SoldWithoutStock() : StockRule("MI10000204052000")
{
    public override void Check(StockUnderAudit stock, RuleTerms terms)
    {
        foreach (var sold in stock.Sold(terms.Codes("goods")))
        {
            if (sold.Stock is { EverIn: true } || sold.IsUnnamed || AuditDays.Between(sold.Provider.FirstOn, stock.From) < terms.Whole("reporting_days")) continue;
            var (quantity, fen) = (sold.Lines.Sum(l => l.Line.QuantityE4), sold.Lines.Sum(l => l.Line.InScopeFen));
            if (quantity <= 0) continue;
            stock.Find(this, sold, sold.Lines, fen,
                $"{sold.Name}本月结算{LineMoney.Amount(quantity)}，金额{new Fen(fen)}元，该机构自{AuditDays.Text(sold.Provider.FirstOn)}上传进销存以来从无库存或入库",
                $"{LineMoney.Amount(quantity)} of {sold.Name} were settled; the provider, which tells of its stock since {AuditDays.Text(sold.Provider.FirstOn)}, never had it");
        }
    }
}
