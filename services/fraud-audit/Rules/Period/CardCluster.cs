using MedInsure.Kernel;

namespace MedInsure.FraudAudit.Rules.Period;

/// <summary>敛卡: many persons' cards one after the other at the same counter, for about the same.</summary>
internal sealed class CardCluster() : PeriodRule("MI10000203071000")
{
    public override void Check(PeriodUnderAudit period, RuleTerms terms)
    {
        var (within, least, spread) = (terms.Whole("minutes") * 60_000L, terms.Whole("persons"), terms["spread"]);
        var levels = terms.Codes("levels");
        foreach (var provider in period.Bills.Where(b => !b.IsStay && levels.Contains(b.PolicyLevel) && b.TotalFen > 0).GroupBy(b => b.FixmedinsCode))
        {
            var bills = provider.ToList();
            var told = new bool[bills.Count];
            for (var first = 0; first < bills.Count; first++)
            {
                if (told[first]) continue;
                // Who comes soon and asks about as much; somebody with another purchase may stand between them.
                var near = new List<int> { first };
                for (var next = first + 1; next < bills.Count && bills[next].SettledAtMs - bills[first].SettledAtMs <= within; next++)
                    if (!told[next] && IsNear(bills[first], bills[next], spread)) near.Add(next);
                if (near.Count < least) continue;
                var cluster = near.ConvertAll(i => bills[i]);
                if (cluster.DistinctBy(b => b.PsnNo).Count() is var persons && persons < least) continue;
                foreach (var i in near) told[i] = true;
                foreach (var bill in cluster)
                    period.Find(this, cluster[0].SetlId, bill, bill.InScopeFen,
                        $"{(cluster[^1].SettledAtMs - cluster[0].SettledAtMs) / 60_000}分钟内{persons}名参保人在同一机构连续刷卡，金额相近（{new Fen(cluster.Min(b => b.TotalFen))}至{new Fen(cluster.Max(b => b.TotalFen))}元），涉嫌敛卡套现",
                        $"{persons} persons at the same counter within {(cluster[^1].SettledAtMs - cluster[0].SettledAtMs) / 60_000} minutes, about the same amounts", [.. cluster.Where(b => b != bill)]);
            }
        }
    }

    private static bool IsNear(BillSummary a, BillSummary b, decimal spread) => Math.Abs(a.TotalFen - b.TotalFen) <= a.TotalFen * spread;
}
