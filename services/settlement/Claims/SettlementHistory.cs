using MedInsure.Kernel;
using MedInsure.Reference;
using MedInsure.Settlement.Calculation;
using MedInsure.Settlement.Journal;

namespace MedInsure.Settlement.Claims;

/// <summary>The standing settlements of one encounter before the one at hand, added up oldest first.</summary>
public readonly record struct EarlierBills(int Count, int StayOrdinal, Fen Deductible, Fen BasicFund)
{
    public EarlierBills With(int stayOrdinal, Fen deductible, Fen basicFund) =>
        new(Count + 1, Count == 0 ? stayOrdinal : StayOrdinal, Deductible + deductible, BasicFund + basicFund);

    /// <summary>A settlement with what corrections made of it.</summary>
    public EarlierBills With(SettlementState settled, StandingCorrection? corrected) =>
        With((corrected?.Facts ?? settled.Document.Facts).StayOrdinal, new Fen(settled.Document.Amounts.DeductibleFen + (corrected?.Difference.Amounts.DeductibleFen ?? 0)),
            new Fen(settled.Document.Amounts.BasicFundFen + (corrected?.Difference.Amounts.BasicFundFen ?? 0)));
}

/// <summary>What a settlement's facts take from the person's earlier settlements: derived here for the settlement itself and for every replay of it.</summary>
public static class SettlementHistory
{
    private const int ReferralDaysMax = 30; // assumed: no source document names how long a referral links two stays

    /// <summary>The facts with ordinal, deductible and fund pay of what came before; all others stay as they are.</summary>
    /// <param name="year">The sums of the facts' scheme and calendar year before the settlement.</param>
    /// <param name="stays">The person's standing settlements of stays, in the order in which they came to stand.</param>
    public static ClaimFacts WithHistory(this in ClaimFacts facts, string mdtrtId, EarlierBills earlier, Accumulators year, IReadOnlyList<SettledStay> stays)
    {
        var ordinal = earlier.Count > 0 ? earlier.StayOrdinal : checked((int)year[Accumulators.Stays] + 1);
        var first = earlier.Count == 0;
        var referring = DeductibleOfReferringStay(facts, mdtrtId, stays);
        if (facts.StayOrdinal == ordinal && facts.FirstOfStay == first && facts.DeductibleTakenInStay == earlier.Deductible
            && facts.DeductibleOfReferringStay == referring && facts.BasicFundPaidInStay == earlier.BasicFund) return facts;
        return facts with
        {
            StayOrdinal = ordinal,
            FirstOfStay = first,
            DeductibleTakenInStay = earlier.Deductible,
            DeductibleOfReferringStay = referring,
            BasicFundPaidInStay = earlier.BasicFund,
        };
    }

    /// <summary>After a filed upward referral: what the latest earlier stay at a lower level took in all its settlements, and before it the one that referred there,
    /// within the thirty days before this one.</summary>
    private static Fen DeductibleOfReferringStay(in ClaimFacts facts, string mdtrtId, IReadOnlyList<SettledStay> stays)
    {
        if (!facts.Filed || stays.Count == 0 || !MedTypes.IsInpatient(facts.MedType)) return Fen.Zero;
        var rank = PolicyLevel.Parse(facts.ProviderLevel).Rank;
        SettledStay? latest = null;
        for (var i = 0; i < stays.Count; i++)
        {
            var stay = stays[i];
            var end = DayNumber.ToDate(stay.EndOn);
            if (stay.MdtrtId != mdtrtId && end <= facts.BeginOn && facts.BeginOn.DayNumber - end.DayNumber <= ReferralDaysMax
                && PolicyLevel.Parse(stay.ProviderLevel).Rank < rank && (latest is null || stay.EndOn > latest.EndOn)) latest = stay;
        }
        if (latest is null) return Fen.Zero;
        var taken = new Fen(latest.DeductibleOfReferringStayFen);
        for (var i = 0; i < stays.Count; i++)
            if (stays[i].MdtrtId == latest.MdtrtId) taken += new Fen(stays[i].DeductibleFen);
        return taken;
    }
}
