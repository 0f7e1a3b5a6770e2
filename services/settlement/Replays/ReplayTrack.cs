using MedInsure.Kernel;
using MedInsure.Settlement.Calculation;
using MedInsure.Settlement.Claims;
using MedInsure.Settlement.Journal;
using MedInsure.Settlement.Policies;

namespace MedInsure.Settlement.Replays;

/// <summary>A settlement as it comes to a replay.</summary>
/// <param name="SetlId">Its number, unique within the person's.</param>
/// <param name="MdtrtId">The encounter's number; the bills of one stay share it.</param>
/// <param name="EndOn">Of the stay, yyyymmdd; of an interim bill the day it is for. Read for stays only.</param>
/// <param name="Facts">As stored, but for the account, which offers what it really paid: <see cref="Offering"/>. What derives from history is derived anew.</param>
public readonly record struct ReplayClaim(string SetlId, string MdtrtId, int EndOn, ClaimFacts Facts)
{
    /// <summary>Each account offers what it paid, no more: who is owed something gets cash first, then relatives their accounts' money back, the last first, then the person.</summary>
    /// <param name="family">What relatives' accounts paid, in their order; null: nothing.</param>
    public static ClaimFacts Offering(in ClaimFacts stored, Fen paid, IReadOnlyList<FamilyAccount>? family = null) =>
        stored with { AccountBalance = paid, UseAccount = !paid.IsZero || family is not null, Family = family };
}

/// <summary>A settlement under the terms of a replay. It changes no more but for <see cref="Stands"/>.</summary>
public sealed class ReplayedSettlement(in ReplayClaim claim, BenefitPolicy policy, in ClaimFacts facts, ClaimResult result)
{
    private readonly ClaimFacts facts = facts;

    public string SetlId { get; } = claim.SetlId;
    public string MdtrtId { get; } = claim.MdtrtId;
    public int EndOn { get; } = claim.EndOn;
    public BenefitPolicy Policy { get; } = policy;
    /// <summary>With what the replay's history made of ordinal, deductibles and fund pay before.</summary>
    public ref readonly ClaimFacts Facts => ref facts;
    public ClaimResult Result { get; } = result;
    /// <summary>False after a reversal that nothing took back.</summary>
    public bool Stands { get; internal set; } = true;
}

/// <summary>
/// One person's settlements computed again in the order in which they happened, under one choice of terms: the sums of each scheme and year, the bills of each stay and the
/// stays that may refer are those of the replay itself. A reversal takes back what the replay gave, and what came between keeps what it saw. No I/O, one thread; the same
/// object serves one person after another (<see cref="Clear"/>).
/// </summary>
public sealed class ReplayTrack
{
    private readonly List<ReplayedSettlement> settlements = [];
    private readonly List<(BenefitYear Year, Accumulators Sums)> years = [];
    private readonly List<SettledStay> stays = [];

    /// <summary>In the order in which they were made, reversed ones too.</summary>
    public IReadOnlyList<ReplayedSettlement> Settlements => settlements;
    /// <summary>The sums of each scheme and year as the last event left them.</summary>
    public IReadOnlyList<(BenefitYear Year, Accumulators Sums)> Years => years;

    public void Clear()
    {
        settlements.Clear();
        years.Clear();
        stays.Clear();
    }

    /// <exception cref="InvalidOperationException">The terms break an invariant.</exception>
    /// <exception cref="ArgumentException">The policy is of another scheme or not in force on the policy date.</exception>
    public ReplayedSettlement Settle(in ReplayClaim claim, BenefitPolicy policy)
    {
        var earlier = default(EarlierBills);
        foreach (var other in settlements)
            if (other.Stands && other.MdtrtId == claim.MdtrtId) earlier = earlier.With(other.Facts.StayOrdinal, other.Result.Deductible, other.Result.BasicFund);
        var sums = SumsOf(claim.Facts);
        var facts = claim.Facts.WithHistory(claim.MdtrtId, earlier, sums, stays);
        return Add(claim, policy, facts, Adjudication.Settle(policy, facts, sums), sums);
    }

    /// <summary>A settlement that is history to this replay: it has the result that it has.</summary>
    /// <param name="policy">By which it was settled.</param>
    public void Keep(in ReplayClaim claim, BenefitPolicy policy, ClaimResult result) => Add(claim, policy, claim.Facts, result, SumsOf(claim.Facts));

    private ReplayedSettlement Add(in ReplayClaim claim, BenefitPolicy policy, in ClaimFacts facts, ClaimResult result, Accumulators sums)
    {
        sums.Apply(result.Changes);
        var settlement = new ReplayedSettlement(claim, policy, facts, result);
        settlements.Add(settlement);
        if (MedTypes.IsInpatient(facts.MedType)) stays.Add(StayOf(settlement));
        return settlement;
    }

    /// <param name="rootSetlId">The settlement at the start of the chain.</param>
    /// <param name="restores">The reversal is itself taken back: the settlement stands again as it was.</param>
    /// <exception cref="InvalidOperationException">There is no such settlement, or it stands already or no more.</exception>
    public void Reverse(string rootSetlId, bool restores)
    {
        if (Find(rootSetlId) is not { } root) throw new InvalidOperationException($"{rootSetlId} is reversed, but it was not settled before");
        if (root.Stands == restores) throw new InvalidOperationException($"{rootSetlId} {(restores ? "is restored, but it stands" : "is reversed, but it does not stand")}");
        root.Stands = restores;
        var sums = SumsOf(root.Facts);
        if (restores) sums.Apply(root.Result.Changes);
        else
        {
            var changes = root.Result.Changes;
            var back = new AccumulatorChange[changes.Count];
            for (var i = 0; i < back.Length; i++) back[i] = changes[i] with { Delta = -changes[i].Delta };
            sums.Apply(back);
        }
        if (!MedTypes.IsInpatient(root.Facts.MedType)) return;
        stays.RemoveAll(s => s.SetlId == rootSetlId);
        if (restores) stays.Add(StayOf(root));
    }

    private ReplayedSettlement? Find(string setlId)
    {
        for (var i = settlements.Count - 1; i >= 0; i--)
            if (settlements[i].SetlId == setlId) return settlements[i];
        return null;
    }

    private Accumulators SumsOf(in ClaimFacts facts)
    {
        var key = new BenefitYear(facts.Insutype, facts.PolicyOn.Year);
        foreach (var (year, sums) in years)
            if (year == key) return sums;
        var made = new Accumulators();
        years.Add((key, made));
        return made;
    }

    private static SettledStay StayOf(ReplayedSettlement settlement) =>
        new(settlement.SetlId, settlement.MdtrtId, settlement.Facts.ProviderLevel, settlement.EndOn, settlement.Result.Deductible.Value, settlement.Facts.DeductibleOfReferringStay.Value);
}
