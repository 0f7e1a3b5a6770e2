using System.Diagnostics.Metrics;
using MedInsure.Settlement.Journal;

namespace MedInsure.Settlement.Projections;

/// <summary>
/// medinsure.settlement.claims and medinsure.settlement.money: what the journal settled, reversed and corrected, counted when it is projected: behind the answer, once for each record.
/// A fund is its fund_pay_type, or cash: together the bills' total. Money that goes back is counted with direction back, since a counter only grows.
/// </summary>
internal static class SettledMoney
{
    private static readonly Meter Meter = new("MedInsure.Settlement");
    private static readonly Counter<long> Claims = Meter.CreateCounter<long>("medinsure.settlement.claims", "{claim}", "Settlements, by tenant and act: settled, reversed, corrected");
    private static readonly Counter<long> Money = Meter.CreateCounter<long>("medinsure.settlement.money", "{fen}", "Who bore bills, in fen, by tenant, fund and direction: out, back");

    public static void Count(string tenant, IReadOnlyList<(long Seq, IReadOnlyList<JournalEntry> Batch)> batches)
    {
        if (!Claims.Enabled && !Money.Enabled) return;
        foreach (var (_, batch) in batches)
            foreach (var (record, _) in batch)
                if (record.SettledClaim is { } claim) Add(tenant, "settled", claim.Amounts, claim.Share);
                else if (record.ReversedClaim is { } reversal) Add(tenant, "reversed", reversal.Negated.Amounts, reversal.Negated.Share);
                else if (record.ClaimsCorrected is { } corrected)
                    foreach (var correction in corrected.Correction) Add(tenant, "corrected", correction.Difference.Amounts, correction.Difference.Share);
    }

    private static void Add(string tenant, string act, Amounts amounts, IEnumerable<Protos.Settlement.V1.FundShare> shares)
    {
        Claims.Add(1, new("tenant", tenant), new("act", act));
        foreach (var share in shares) Add(tenant, share.FundPayType, share.AmountFen);
        // Everybody else has a row: the accounts and the hospital too.
        Add(tenant, "cash", amounts.CashFen);
    }

    private static void Add(string tenant, string fund, long fen)
    {
        if (fen != 0) Money.Add(Math.Abs(fen), new("tenant", tenant), new("fund", fund), new("direction", fen > 0 ? "out" : "back"));
    }
}
