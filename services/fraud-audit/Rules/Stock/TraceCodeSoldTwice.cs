namespace MedInsure.FraudAudit.Rules.Stock;

/// <summary>追溯码重复: a whole pack sold to another person or on another day too. The same code twice in one person's day is a system's repetition.</summary>
internal sealed class TraceCodeSoldTwice() : StockRule("MI10000204054000")
{
    public override void Check(StockUnderAudit stock, RuleTerms terms)
    {
        foreach (var code in stock.Sales)
        {
            // Placeholders that systems write where a pack has no code.
            if (code.Code.Length < terms.Whole("code_length_min") || code.Code.AsSpan().IndexOfAnyExcept(code.Code[0]) < 0) continue;
            for (var i = 0; i < code.Sales.Count; i++)
            {
                if (code.Sales[i] is not { Claim: { } claim, Line: { } line } || !IsOfMonth(stock, claim)) continue;
                var (sale, at) = (code.Sales[i], i);
                var other = code.Sales.Take(at).LastOrDefault(o => o.Claim!.PsnNo != claim.PsnNo || o.On != sale.On) ?? code.Sales.Skip(at + 1).FirstOrDefault(o => o.Claim is null);
                if (other is null) continue;
                var fen = LineMoney.Part(line.InScopeFen, 1, Math.Max(1, line.TraceCode.Count));
                var (where, whereEn) = other.Claim is { } earlier ? ($"结算{earlier.SetlId}", $"settlement {earlier.SetlId}") : ("该机构进销存销售记录", "its stock's sale");
                stock.Found.Add(new Violation(Number, code.Code, claim, [line], fen,
                    $"追溯码{code.Code}（{(line.ItemName.Length > 0 ? line.ItemName : line.MedListCode)}）已于{AuditDays.Text(other.On)}由机构{other.FixmedinsCode}售出（{where}），本次{AuditDays.Text(sale.On)}再次结算",
                    $"the pack with trace code {code.Code} was sold on {AuditDays.Text(other.On)} by {other.FixmedinsCode} ({whereEn}) and is billed again on {AuditDays.Text(sale.On)}",
                    other.Claim is { } resting ? [resting] : []));
            }
        }
    }

    private static bool IsOfMonth(StockUnderAudit stock, Protos.FraudAudit.V1.AuditClaim claim) => Kernel.DayNumber.Of(Kernel.ChinaCalendar.DayOf(claim.SettledAtMs)) is var day && day >= stock.From && day <= stock.To;
}
