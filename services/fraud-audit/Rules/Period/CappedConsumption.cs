using MedInsure.Kernel;

namespace MedInsure.FraudAudit.Rules.Period;

/// <summary>冲顶消费: a provider at which persons again and again end just at the year's limit.</summary>
internal sealed class CappedConsumption() : PeriodRule("MI10000203073000")
{
    public override void Check(PeriodUnderAudit period, RuleTerms terms)
    {
        var left = terms.Fen("left_max");
        foreach (var provider in period.Bills.Where(b => b.PoolLeftFen >= 0 && b.PoolLeftFen <= left && b.FundFen > 0).GroupBy(b => b.FixmedinsCode))
        {
            var bills = provider.GroupBy(b => b.PsnNo).Select(p => p.Last()).ToList();
            if (bills.Count < terms.Whole("persons")) continue;
            foreach (var bill in bills)
                period.Find(this, bill.PsnNo, bill, bill.InScopeFen, $"该机构期间内{bills.Count}名参保人基金支付达到年度限额（剩余不超过{new Fen(left)}元），本次剩余{new Fen(bill.PoolLeftFen)}元，涉嫌冲顶消费",
                    $"{bills.Count} persons of this provider ended within {new Fen(left)} yuan of the year's limit");
        }
    }
}
