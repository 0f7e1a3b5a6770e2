using MedInsure.FraudAudit.Rules;
using MedInsure.Protos.FraudAudit.V1;

namespace MedInsure.FraudAudit.Tests.Intake;

/// <summary>A small rule book whose rules show what is stored and when: nothing of medicine.</summary>
internal static class TestRules
{
    /// <summary>A line of item X, with all its money; the limit leaves out lines below it.</summary>
    public const string ItemX = "MI19999001";
    /// <summary>Another bill of the person within thirty days.</summary>
    public const string Again = "MI19999002";
    /// <summary>More than two bills of a provider in the month.</summary>
    public const string Many = "MI19999003";

    public static readonly RuleBook Book = new([Definition(ItemX, "certain"), Definition(Again, "suspicious"), Definition(Many, "suspicious")], [new ItemXRule(), new AgainRule()], [new ManyRule()]);

    public static RuleSet Set(params RuleSetting[] settings) => new(Book, settings, []);

    public static RuleSetting Limit(decimal yuan) => new(ItemX, 20200101, true, null, null, new Dictionary<string, decimal> { ["limit"] = yuan });
    public static RuleSetting Off(string rule) => new(rule, 20200101, false, null, null, new Dictionary<string, decimal>());

    private static RuleDefinition Definition(string number, string kind) => new()
    {
        Number = number, Name = number, NameEn = number, Class = "management", Definition = number, Clause = "of this test", Inputs = [], Stages = ["after"], Kind = kind, Severity = 2, Window = "bill",
        Parameters = new Dictionary<string, decimal> { ["limit"] = 0 },
    };

    private sealed class ItemXRule() : BillRule(ItemX)
    {
        public override void Check(BillUnderAudit bill, RuleTerms terms)
        {
            foreach (var line in bill.Lines)
            {
                if (line.MedListCode == "THROWS") throw new InvalidOperationException("a rule's mistake");
                if (line.MedListCode == "X" && line.InScopeFen >= terms.Fen("limit")) bill.Find(this, line.FeedetlSn, [line], line.InScopeFen, $"金额{line.InScopeFen}", "item X");
            }
        }
    }

    private sealed class AgainRule() : BillRule(Again)
    {
        public override void Check(BillUnderAudit bill, RuleTerms terms)
        {
            var last = bill.Earlier.LastOrDefault(e => bill.Claim.SettledAtMs - e.SettledAtMs < TimeSpan.FromDays(30).TotalMilliseconds);
            if (last is not null) bill.Find(this, last.SetlId, [], bill.Claim.InScopeFen, "三十日内再次就诊", "again within thirty days", last);
        }
    }

    private sealed class ManyRule() : PeriodRule(Many)
    {
        public override void Check(PeriodUnderAudit period, RuleTerms terms)
        {
            foreach (var provider in period.Bills.GroupBy(b => b.FixmedinsCode).Where(g => g.Count() > 2))
                period.Find(this, "many", provider.First(), 0, $"{provider.Count()}张", "many bills", [.. provider.Skip(1)]);
        }
    }
}
