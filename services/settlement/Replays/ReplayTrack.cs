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
/// <param name="PsnNo">The number that it was settled under; matters where two numbers of one person became one.</param>
public readonly record struct ReplayClaim(string SetlId, string MdtrtId, int EndOn, ClaimFacts Facts, string PsnNo = "")
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
    /// <summary>Whose sums it counts in now.</summary>
    internal ReplayOwner Owner { get; set; } = null!;
}

/// <summary>One number of the person with its sums and stays.</summary>
internal sealed class ReplayOwner(string psnNo)
{
    public string PsnNo { get; } = psnNo;
    public List<(BenefitYear Year, Accumulators Sums)> Years { get; } = [];
    public List<SettledStay> Stays { get; } = [];

    public Accumulators SumsOf(BenefitYear key)
    {
        foreach (var (year, sums) in Years)
            if (year == key) return sums;
        var made = new Accumulators();
        Years.Add((key, made));
        return made;
    }
}

/// <summary>
/// One person's settlements computed again in the order in which they happened, under one choice of terms: the sums of each scheme and year, the bills of each stay and the
/// stays that may refer are those of the replay itself. A reversal takes back what the replay gave, and what came between keeps what it saw. No I/O, one thread; the same
/// object serves one person after another (<see cref="Clear"/>).
/// </summary>
public sealed class ReplayTrack
{
    private readonly List<ReplayedSettlement> settlements = [];
    // Nearly always one.
    private readonly List<ReplayOwner> owners = [];

    /// <summary>In the order in which they were made, reversed ones too.</summary>
    public IReadOnlyList<ReplayedSettlement> Settlements => settlements;
    /// <summary>The sums of each scheme and year as the last event left them; of a number that did not retire.</summary>
    public IReadOnlyList<(BenefitYear Year, Accumulators Sums)> Years => owners.Count == 0 ? [] : owners[^1].Years;

    public void Clear()
    {
        settlements.Clear();
        owners.Clear();
    }

    /// <exception cref="InvalidOperationException">The terms break an invariant.</exception>
    /// <exception cref="ArgumentException">The policy is of another scheme or not in force on the policy date.</exception>
    public ReplayedSettlement Settle(in ReplayClaim claim, BenefitPolicy policy)
    {
        var earlier = default(EarlierBills);
        foreach (var other in settlements)
            if (other.Stands && other.MdtrtId == claim.MdtrtId) earlier = earlier.With(other.Facts.StayOrdinal, other.Result.Deductible, other.Result.BasicFund);
        var owner = OwnerOf(claim.PsnNo);
        var sums = owner.SumsOf(new BenefitYear(claim.Facts.Insutype, claim.Facts.PolicyOn.Year));
        var facts = claim.Facts.WithHistory(claim.MdtrtId, earlier, sums, owner.Stays);
        return Add(claim, policy, facts, Adjudication.Settle(policy, facts, sums), owner);
    }

    /// <summary>A settlement that is history to this replay: it has the result that it has.</summary>
    /// <param name="policy">By which it was settled.</param>
    public void Keep(in ReplayClaim claim, BenefitPolicy policy, ClaimResult result) => Add(claim, policy, claim.Facts, result, OwnerOf(claim.PsnNo));

    private ReplayedSettlement Add(in ReplayClaim claim, BenefitPolicy policy, in ClaimFacts facts, ClaimResult result, ReplayOwner owner)
    {
        owner.SumsOf(new BenefitYear(facts.Insutype, facts.PolicyOn.Year)).Apply(result.Changes);
        var settlement = new ReplayedSettlement(claim, policy, facts, result) { Owner = owner };
        settlements.Add(settlement);
        if (MedTypes.IsInpatient(facts.MedType)) owner.Stays.Add(StayOf(settlement));
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
        var sums = root.Owner.SumsOf(new BenefitYear(root.Facts.Insutype, root.Facts.PolicyOn.Year));
        if (restores) sums.Apply(root.Result.Changes);
        else
        {
            var changes = root.Result.Changes;
            var back = new AccumulatorChange[changes.Count];
            for (var i = 0; i < back.Length; i++) back[i] = changes[i] with { Delta = -changes[i].Delta };
            sums.Apply(back);
        }
        if (!MedTypes.IsInpatient(root.Facts.MedType)) return;
        root.Owner.Stays.RemoveAll(s => s.SetlId == rootSetlId);
        if (restores) root.Owner.Stays.Add(StayOf(root));
    }

    private ReplayedSettlement? Find(string setlId)
    {
        for (var i = settlements.Count - 1; i >= 0; i--)
            if (settlements[i].SetlId == setlId) return settlements[i];
        return null;
    }

    /// <summary>A number became part of another one of the same person: from here on its sums and stays are that one's.</summary>
    public void Merge(string retiredNo, string intoNo)
    {
        var (retired, into) = (OwnerOf(retiredNo), OwnerOf(intoNo));
        foreach (var (year, sums) in retired.Years) into.SumsOf(year).Apply([.. sums.Entries.Select(e => new AccumulatorChange(e.Key, e.Value))]);
        into.Stays.AddRange(retired.Stays);
        foreach (var settlement in settlements)
            if (settlement.Owner == retired) settlement.Owner = into;
        owners.Remove(retired);
    }

    /// <summary>The sums that a number has so far.</summary>
    public Accumulators SumsOf(string psnNo, BenefitYear year) => OwnerOf(psnNo).SumsOf(year);

    private ReplayOwner OwnerOf(string psnNo)
    {
        foreach (var owner in owners)
            if (owner.PsnNo == psnNo) return owner;
        var made = new ReplayOwner(psnNo);
        owners.Add(made);
        return made;
    }

    private static SettledStay StayOf(ReplayedSettlement settlement) =>
        new(settlement.SetlId, settlement.MdtrtId, settlement.Facts.ProviderLevel, settlement.EndOn, settlement.Result.Deductible.Value, settlement.Facts.DeductibleOfReferringStay.Value);
}
