namespace MedInsure.FraudAudit.Rules.Stock;

/// <summary>串换: more was settled in the month than was there and came in.</summary>
internal sealed class SoldMoreThanBought() : StockRule("MI10000204051000")
{
    public override void Check(StockUnderAudit stock, RuleTerms terms)
    {
        foreach (var sold in stock.Sold(terms.Codes("goods")))
        {
            if (sold.Stock is not { EverIn: true, From: > 0 } of || sold.IsUnnamed) continue;
            var lines = sold.Lines.Where(l => l.Line.OccurredOn >= of.From && l.Line.OccurredOn <= stock.To).ToList();
            var (quantity, fen) = (lines.Sum(l => l.Line.QuantityE4), lines.Sum(l => l.Line.InScopeFen));
            var available = Math.Max(0, of.OpeningE4 + of.NetInE4);
            var allowed = available + Math.Max((long)(available * terms["tolerance_percent"] / 100), (long)(terms["tolerance_units"] * 10_000));
            if (quantity <= allowed) continue;
            var excess = quantity - available;
            stock.Find(this, sold, lines, LineMoney.Part(fen, excess, quantity),
                $"{sold.Name}自{AuditDays.Text(of.From)}至{AuditDays.Text(stock.To)}结算{LineMoney.Amount(quantity)}，期初库存{LineMoney.Amount(of.OpeningE4)}，净入库{LineMoney.Amount(of.NetInE4)}，超出进销存{LineMoney.Amount(excess)}，涉嫌串换",
                $"{LineMoney.Amount(quantity)} of {sold.Name} were settled from {AuditDays.Text(of.From)} to {AuditDays.Text(stock.To)}, {LineMoney.Amount(of.OpeningE4)} were in stock and {LineMoney.Amount(of.NetInE4)} came in net: {LineMoney.Amount(excess)} more than there were");
        }
    }
}
