using MedInsure.Settlement.Ledger;

namespace MedInsure.Settlement.ProviderStatements;

/// <summary>What an approved statement books: all of its lines but what is booked already, the settlements themselves and what earlier statements left. Balances in every fund.</summary>
internal static class StatementEntries
{
    public const string Kind = "provider_statement";

    public static List<LedgerEntry> Of(IEnumerable<StatementLine> lines, string county, string fixmedinsCode)
    {
        var entries = new List<LedgerEntry>();
        foreach (var line in lines)
        {
            var against = line.Kind switch
            {
                "method" => LedgerPurposes.PaymentMethodResult,
                "indicator" or "deduction" or "restitution" => LedgerPurposes.DeductionIncome,
                "deposit" => LedgerPurposes.ProviderDeposit,
                "offset" => LedgerPurposes.ProviderPrepayment,
                _ => null,
            };
            if (against is null) continue;
            SettlementEntries.Add(entries, new(new(against, line.Fund, county, fixmedinsCode), line.AmountFen));
            SettlementEntries.Add(entries, new(new(SettlementEntries.ProviderPayable, line.Fund, county, fixmedinsCode), -line.AmountFen));
        }
        entries.RemoveAll(e => e.AmountFen == 0);
        return entries;
    }
}
