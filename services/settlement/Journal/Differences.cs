using MedInsure.Protos.Settlement.V1;
using MedInsure.Settlement.Calculation;
using FundShare = MedInsure.Protos.Settlement.V1.FundShare;

namespace MedInsure.Settlement.Journal;

/// <summary>Arithmetic of <see cref="Difference"/>: what a settlement gives now less what was booked of it. Order of shares and changes: as they first appear.</summary>
public static class Differences
{
    /// <summary>The settlement as a sum of itself and nothing: to compare and to add to.</summary>
    public static Difference Of(SettledClaim claim)
    {
        var whole = new Difference { Amounts = claim.Amounts.Clone() };
        whole.Amounts.AccountBalanceFen = 0;
        Add(whole, 1, claim.Share, claim.Change);
        whole.Family = FamilyDocuments.Sum(null, claim.Family, 1);
        return whole;
    }

    /// <summary>What a calculation gives, as a sum of itself and nothing.</summary>
    public static Difference Of(ClaimResult result)
    {
        var whole = new Difference { Amounts = JournalDocuments.DocumentOf(result) };
        whole.Amounts.AccountBalanceFen = 0;
        whole.Family = FamilyDocuments.Of(result.FamilyPayments);
        Add(whole, 1, result.Shares.Select(s => JournalDocuments.ShareOf(s)), result.Changes.Select(c => new Change { Key = c.Key, Delta = c.Delta }));
        return whole;
    }

    /// <summary>a + sign × b; null counts as nothing.</summary>
    public static Difference Sum(Difference? a, Difference? b, int sign)
    {
        var sum = new Difference { Amounts = Sum(a?.Amounts, b?.Amounts, sign) };
        if (a is not null) Add(sum, 1, a.Share, a.Change);
        if (b is not null) Add(sum, sign, b.Share, b.Change);
        Drop(sum);
        sum.Family = FamilyDocuments.Sum(a?.Family, b?.Family, sign);
        return sum;
    }

    /// <summary>No money and no accumulator differs; a ratio or the base of a rule that pays the same may.</summary>
    public static bool IsNone(Difference difference)
    {
        if (difference.Change.Count > 0 || difference.Family is not null || difference.Share.Any(s => s.AmountFen != 0)) return false;
        var amounts = difference.Amounts.Clone();
        amounts.PoolRatioBp = 0;
        return amounts.Equals(new Amounts());
    }

    /// <summary>The changes of the accumulators of a settlement and of all its corrections.</summary>
    public static List<Change> Changes(IEnumerable<Change> settlement, Difference corrected)
    {
        var sum = new Difference();
        Add(sum, 1, [], settlement);
        Add(sum, 1, [], corrected.Change);
        Drop(sum);
        return [.. sum.Change];
    }

    /// <summary>a + sign × b, field by field; no balance.</summary>
    public static Amounts Sum(Amounts? a, Amounts? b, int sign)
    {
        (a, b) = (a ?? new Amounts(), b ?? new Amounts());
        return new Amounts
        {
            TotalFen = a.TotalFen + sign * b.TotalFen,
            FullSelfPayFen = a.FullSelfPayFen + sign * b.FullSelfPayFen,
            OverLimitFen = a.OverLimitFen + sign * b.OverLimitFen,
            FirstPayFen = a.FirstPayFen + sign * b.FirstPayFen,
            InScopeFen = a.InScopeFen + sign * b.InScopeFen,
            DeductibleFen = a.DeductibleFen + sign * b.DeductibleFen,
            BasicFundFen = a.BasicFundFen + sign * b.BasicFundFen,
            PoolRatioBp = a.PoolRatioBp + sign * b.PoolRatioBp,
            CivilServantFen = a.CivilServantFen + sign * b.CivilServantFen,
            EnterpriseFen = a.EnterpriseFen + sign * b.EnterpriseFen,
            CriticalIllnessFen = a.CriticalIllnessFen + sign * b.CriticalIllnessFen,
            LargeSumFen = a.LargeSumFen + sign * b.LargeSumFen,
            AssistanceFen = a.AssistanceFen + sign * b.AssistanceFen,
            OtherFundsFen = a.OtherFundsFen + sign * b.OtherFundsFen,
            FundTotalFen = a.FundTotalFen + sign * b.FundTotalFen,
            HospitalShareFen = a.HospitalShareFen + sign * b.HospitalShareFen,
            PersonShareFen = a.PersonShareFen + sign * b.PersonShareFen,
            AccountFen = a.AccountFen + sign * b.AccountFen,
            CashFen = a.CashFen + sign * b.CashFen,
            FamilyAccountFen = a.FamilyAccountFen + sign * b.FamilyAccountFen,
            SupplementFen = a.SupplementFen + sign * b.SupplementFen,
        };
    }

    private static void Add(Difference to, int sign, IEnumerable<FundShare> shares, IEnumerable<Change> changes)
    {
        foreach (var share in shares)
        {
            var own = to.Share.FirstOrDefault(s => s.RuleId == share.RuleId && s.FundPayType == share.FundPayType);
            if (own is null) to.Share.Add(own = new FundShare { FundPayType = share.FundPayType, Name = share.Name, RuleId = share.RuleId });
            (own.AmountFen, own.InScopeFen) = (own.AmountFen + sign * share.AmountFen, own.InScopeFen + sign * share.InScopeFen);
        }
        foreach (var change in changes)
        {
            var own = to.Change.FirstOrDefault(c => c.Key == change.Key);
            if (own is null) to.Change.Add(own = new Change { Key = change.Key });
            own.Delta += sign * change.Delta;
        }
    }

    private static void Drop(Difference of)
    {
        for (var i = of.Share.Count - 1; i >= 0; i--)
            if (of.Share[i] is { AmountFen: 0, InScopeFen: 0 }) of.Share.RemoveAt(i);
        for (var i = of.Change.Count - 1; i >= 0; i--)
            if (of.Change[i].Delta == 0) of.Change.RemoveAt(i);
    }
}
