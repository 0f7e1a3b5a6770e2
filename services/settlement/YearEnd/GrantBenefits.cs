using Google.Protobuf;
using MedInsure.Kernel;
using MedInsure.Settlement.Calculation;
using MedInsure.Settlement.Journal;
using MedInsure.Settlement.Policies;

namespace MedInsure.Settlement.YearEnd;

/// <summary>
/// What a year-end rule gives to one person less what it gave before, unit by unit: a second run grants only what is missing, and takes back what a reversed or corrected stay no
/// longer carries.
/// </summary>
internal static class GrantBenefits
{
    /// <summary>One benefit per unit whose amount differs; without numbers yet.</summary>
    /// <returns>How many bills count, what was granted before, and the benefits.</returns>
    public static (int Bills, long BeforeFen, List<GrantedBenefit> Benefits) Compute(BenefitPolicy policy, YearEndRule rule, int year, PersonYear person)
    {
        var terms = policy.At(new DateOnly(year, 12, 31));
        var benefits = new List<GrantedBenefit>();
        var open = person.Granted.Where(g => g.Key.RuleId == rule.Name.Id && g.Value != 0).ToDictionary(g => g.Key.MdtrtId, g => g.Value);
        var (bills, before) = (0, open.Values.Sum());
        foreach (var unit in YearEndUnits.Of(terms, rule, year, person.Bills))
        {
            open.Remove(unit.MdtrtId, out var granted);
            var ofOthers = person.Granted.Where(g => g.Key.RuleId != rule.Name.Id && (unit.MdtrtId.Length == 0 || g.Key.MdtrtId == unit.MdtrtId)).Sum(g => g.Value);
            var (sums, due) = YearEndUnits.Due(terms, rule, unit, new Fen(ofOthers));
            if (due.Amount.IsZero && granted == 0) continue;
            bills += unit.Bills.Count;
            if (due.Amount.Value == granted) continue;
            var benefit = Of(policy, rule, year, unit.MdtrtId, granted, due.Amount.Value);
            (benefit.Clause, benefit.Assumed) = (due.Clause?.Text ?? "", due.Clause?.Assumed ?? false);
            benefit.Facts = JournalDocuments.DocumentOf(unit.Facts);
            benefit.Cost = new YearEndCost { TotalFen = sums.Total.Value, InScopeFen = sums.InScope.Value, BorneFen = sums.Borne.Value };
            benefit.SetlId.AddRange(unit.Bills.Select(b => b.SetlId));
            benefits.Add(benefit);
        }
        // Granted for a stay that stands no more, or in another year now.
        foreach (var (mdtrtId, granted) in open.OrderBy(o => o.Key, StringComparer.Ordinal)) benefits.Add(Of(policy, rule, year, mdtrtId, granted, 0));
        return (bills, before, benefits);
    }

    private static GrantedBenefit Of(BenefitPolicy policy, YearEndRule rule, int year, string mdtrtId, long grantedFen, long dueFen) => new()
    {
        Insutype = policy.Insutype, Year = year, RuleId = rule.Name.Id, FundPayType = rule.Fund, NameZh = rule.Name.Chinese, NameEn = rule.Name.English,
        PolicyPack = policy.Pack, PolicyVersion = policy.Version, PolicyHash = UnsafeByteOperations.UnsafeWrap(policy.ContentHash), MdtrtId = mdtrtId,
        DueFen = dueFen, GrantedBeforeFen = grantedFen, AmountFen = dueFen - grantedFen, EffectiveOn = DayNumber.Of(new DateOnly(year, 12, 31)),
    };

    /// <summary>Books what was computed at a batch of the journal, unless something of the person came since.</summary>
    public static Outcome<JournalRecord> Decide(DecisionContext context, string runNo, string psnNo, long seenSeq, IReadOnlyList<GrantedBenefit> benefits)
    {
        if (context.State.Person(psnNo).NewestSeq > seenSeq) return Refusals.PersonChanged;
        var record = new JournalRecord { PsnNo = psnNo, BenefitsGranted = new BenefitsGranted { RunNo = runNo } };
        for (var i = 0; i < benefits.Count; i++)
        {
            var benefit = benefits[i].Clone();
            benefit.BenefitNo = context.State.SettlementId(i + 1);
            record.BenefitsGranted.Benefit.Add(benefit);
        }
        return record;
    }

    /// <summary>What the rule gives on what is stored with the benefit.</summary>
    /// <exception cref="InvalidOperationException">The policy version does not have the rule.</exception>
    public static YearEndDue Recompute(GrantedBenefit benefit, BenefitPolicy policy)
    {
        if (benefit.Facts is null) return default;
        var terms = policy.At(new DateOnly(benefit.Year, 12, 31));
        var rule = Array.Find(terms.YearEnd, r => r.Name.Id == benefit.RuleId) ?? throw new InvalidOperationException($"{benefit.BenefitNo}: {policy.Pack} {policy.Version} has no year-end rule '{benefit.RuleId}'");
        var facts = JournalDocuments.FactsOf(benefit.Facts, new FeeTotals());
        return rule.Due(Situation.Of(terms, facts), new YearEndSums(new Fen(benefit.Cost.TotalFen), new Fen(benefit.Cost.InScopeFen), new Fen(benefit.Cost.BorneFen)));
    }
}
