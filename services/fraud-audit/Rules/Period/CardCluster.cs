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
            // Which cluster a bill is of: one more than where it began, 0 = none.
            var of = new int[bills.Count];
            for (var first = 0; first < bills.Count; first++)
            {
                // Who comes soon and asks about as much; somebody with another purchase may stand between them.
                var near = new List<int> { first };
                for (var next = first + 1; next < bills.Count && bills[next].SettledAtMs - bills[first].SettledAtMs <= within; next++)
                    if (IsNear(bills[first], bills[next], spread)) near.Add(next);
                if (near.Count < least || near.DistinctBy(i => bills[i].PsnNo).Count() < least) continue;
                // A row that is longer than the minutes is one.
                var began = near.Select(i => of[i]).FirstOrDefault(i => i > 0, first + 1);
                foreach (var i in near)
                    if (of[i] == 0) of[i] = began;
            }
            foreach (var group in Enumerable.Range(0, bills.Count).Where(i => of[i] > 0).GroupBy(i => of[i], i => bills[i]))
            {
                var cluster = group.ToList();
                var persons = cluster.DistinctBy(b => b.PsnNo).Count();
                foreach (var bill in cluster)
                    period.Find(this, cluster[0].SetlId, bill, bill.InScopeFen,
                        $"{(cluster[^1].SettledAtMs - cluster[0].SettledAtMs) / 60_000}分钟内{persons}名参保人在同一机构连续刷卡，金额相近（{new Fen(cluster.Min(b => b.TotalFen))}至{new Fen(cluster.Max(b => b.TotalFen))}元），涉嫌敛卡套现",
                        $"{persons} persons at the same counter within {(cluster[^1].SettledAtMs - cluster[0].SettledAtMs) / 60_000} minutes, about the same amounts", [.. cluster.Where(b => b != bill)]);
            }
        }
    }

    private static bool IsNear(BillSummary a, BillSummary b, decimal spread) => Math.Abs(a.TotalFen - b.TotalFen) <= a.TotalFen * spread;
}
