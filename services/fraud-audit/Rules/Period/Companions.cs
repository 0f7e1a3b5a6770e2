namespace MedInsure.FraudAudit.Rules.Period;

/// <summary>结伴就医: the same persons again and again together.</summary>
internal sealed class Companions() : PeriodRule("MI10000203072000")
{
    public override void Check(PeriodUnderAudit period, RuleTerms terms)
    {
        var within = terms.Whole("minutes") * 60_000L;
        var met = new Dictionary<(string A, string B), HashSet<int>>();
        var exempt = terms.Codes("exempt_med_types");
        foreach (var provider in period.Bills.Where(b => !b.IsStay && !exempt.Any(t => b.MedType.StartsWith(t, StringComparison.Ordinal))).GroupBy(b => b.FixmedinsCode))
        {
            var bills = provider.ToList();
            for (var i = 0; i < bills.Count; i++)
                // A busy counter has many strangers within minutes: only neighbours in the queue are looked at.
                for (var k = i + 1; k < bills.Count && k <= i + terms.Whole("neighbours") && bills[k].SettledAtMs - bills[i].SettledAtMs <= within; k++)
                {
                    if (bills[i].PsnNo == bills[k].PsnNo) continue;
                    var pair = string.CompareOrdinal(bills[i].PsnNo, bills[k].PsnNo) < 0 ? (bills[i].PsnNo, bills[k].PsnNo) : (bills[k].PsnNo, bills[i].PsnNo);
                    if (!met.TryGetValue(pair, out var days)) met[pair] = days = [];
                    days.Add(bills[i].BeginOn);
                }
        }
        var friends = new Dictionary<string, SortedSet<string>>();
        foreach (var ((a, b), days) in met)
        {
            if (days.Count < terms.Whole("days")) continue;
            (friends.TryGetValue(a, out var ofA) ? ofA : friends[a] = new(StringComparer.Ordinal)).Add(b);
            (friends.TryGetValue(b, out var ofB) ? ofB : friends[b] = new(StringComparer.Ordinal)).Add(a);
        }
        // Two may be a couple or twins: a group has more.
        foreach (var person in friends.Keys.Order(StringComparer.Ordinal))
        {
            var group = friends[person];
            if (group.Count + 1 < terms.Whole("persons")) continue;
            var last = period.Bills.Last(b => b.PsnNo == person && !b.IsStay);
            period.Find(this, person, last, last.InScopeFen, $"期间内与{group.Count}名其他参保人各有{terms.Whole("days")}日以上在同一机构相继结算，涉嫌结伴集中刷卡",
                $"on {terms.Whole("days")} days or more with each of {group.Count} others at the same provider within minutes");
        }
    }
}
