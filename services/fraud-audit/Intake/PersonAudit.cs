using MedInsure.FraudAudit.Rules;
using MedInsure.Protos.FraudAudit.V1;
using MedInsure.Reference;

namespace MedInsure.FraudAudit.Intake;

/// <summary>One person's bills through the rules, each with those before it: the same as they come, in runs over months and in back-tests.</summary>
internal static class PersonAudit
{
    private static readonly long HistoryMs = (long)TimeSpan.FromDays(BillUnderAudit.HistoryDays).TotalMilliseconds;

    /// <param name="bills">All that stand, the oldest first, from <see cref="BillUnderAudit.HistoryDays"/> before the first one wanted.</param>
    /// <param name="only">Numbers of rules; null = all.</param>
    /// <param name="failed">A rule threw: the bill's findings are left out, the others go on.</param>
    public static void Run(RuleSet rules, AuditClaim[] bills, Predicate<AuditClaim> wanted, CityReference reference, IReadOnlySet<string>? only, List<Violation> found, Action<AuditClaim, Exception> failed)
    {
        var first = 0;
        for (var i = 0; i < bills.Length; i++)
        {
            if (!wanted(bills[i])) continue;
            while (bills[first].SettledAtMs < bills[i].SettledAtMs - HistoryMs) first++;
            var bill = new BillUnderAudit(bills[i], new ArraySegment<AuditClaim>(bills, first, i - first), reference);
            try
            {
                rules.Audit(bill, "after", only);
                found.AddRange(bill.Found);
            }
            // A mistake in a rule must not keep the county's other bills from being audited.
            catch (Exception e) when (e is not OutOfMemoryException) { failed(bills[i], e); }
        }
    }
}
