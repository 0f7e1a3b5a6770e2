using MedInsure.Kernel;
using MedInsure.Settlement.Calculation;
using MedInsure.Settlement.Journal;
using MedInsure.Settlement.Policies;

namespace MedInsure.Settlement.Replays;

/// <summary>A settlement of the journal and what the replay makes of it.</summary>
/// <param name="Document">As it was booked; corrections are not in it.</param>
public sealed record ReplayedClaim(SettledClaim Document, ReplayedSettlement Replayed)
{
    public string SetlId => Document.SetlId;
    public string MdtrtId => Replayed.MdtrtId;
    public BenefitPolicy Policy => Replayed.Policy;
    /// <summary>What the numbers depend on under the replay; to be stored with a correction.</summary>
    public ClaimFacts Facts => Replayed.Facts;
    public ClaimResult Result => Replayed.Result;
    public bool Stands => Replayed.Stands;
}

/// <summary>
/// One person's settlements and reversals computed again from the journal's documents. Feed it all of the person's records that hold a SettledClaim, a ReversedClaim or a
/// PersonsMerged, in the journal's order (Corrections.PersonHistory); other records change nothing. Afterwards <see cref="Claims"/> holds one entry per settlement with its numbers
/// and whether it stands, and <see cref="Years"/> the sums that are left.
/// <para>Stays as stored: lines, prices, filings, groups, the insurer's decision on a supplementary policy. Derived anew: accumulators, ordinal of a stay, deductible and fund
/// pay of its earlier bills, deductible of a referring stay. The account offers exactly what it paid, so <see cref="ClaimResult.AccountBalanceAfter"/> is what of that it gets
/// back, not a balance. With neither <paramref name="policyOf"/> nor <paramref name="categoriesOf"/> every number is the booked one (tests hold it to that).</para>
/// No I/O, one thread, one person.
/// </summary>
/// <param name="policies">Finds the versions that were used.</param>
/// <param name="policyOf">The version to settle by instead; null, or an answer of null: the one that was used.</param>
/// <param name="categoriesOf">The person's categories on the claim's policy date; null: those that are stored.</param>
public sealed class PersonReplay(CountyPolicies policies, Func<SettledClaim, BenefitPolicy?>? policyOf = null, Func<SettledClaim, IReadOnlyList<string>>? categoriesOf = null)
{
    private readonly ReplayTrack track = new();
    private readonly List<ReplayedClaim> claims = [];

    /// <summary>In the order in which they were settled, reversed ones too.</summary>
    public IReadOnlyList<ReplayedClaim> Claims => claims;
    public IReadOnlyList<(BenefitYear Year, Accumulators Sums)> Years => track.Years;
    /// <summary>The sums so far of the number that a record names.</summary>
    public Accumulators SumsBefore(JournalRecord record, SettledClaim claim) => track.SumsOf(record.PsnNo, new BenefitYear(claim.Facts.Insutype, claim.Facts.PolicyOn / 10_000));

    /// <exception cref="InvalidOperationException">The policy version that was used is not known, the records are not one person's in order, or the chosen terms break an invariant.</exception>
    /// <exception cref="ArgumentException">The chosen version is of another scheme or not in force on the policy date.</exception>
    public void Apply(JournalRecord record)
    {
        if (record.SettledClaim is { } claim)
        {
            var policy = policyOf?.Invoke(claim) ?? UsedBy(claim, policies);
            claims.Add(new ReplayedClaim(claim, track.Settle(Read(record.MdtrtId, claim, categoriesOf?.Invoke(claim)) with { PsnNo = record.PsnNo }, policy)));
        }
        else if (record.ReversedClaim is { } reversal) track.Reverse(reversal.RootSetlId, reversal.Restores);
        else if (record.PersonsMerged is { } merged) track.Merge(merged.RetiredNo, record.PsnNo);
    }

    /// <summary>A stored settlement as a replay takes it.</summary>
    /// <param name="categories">Null: those that are stored.</param>
    public static ReplayClaim Read(string mdtrtId, SettledClaim claim, IReadOnlyList<string>? categories = null)
    {
        var lines = new ClaimLine[claim.Line.Count];
        for (var i = 0; i < lines.Length; i++) lines[i] = JournalDocuments.ClaimLineOf(claim.Line[i]);
        var facts = ReplayClaim.Offering(JournalDocuments.FactsOf(claim.Facts, Lines.Sum(lines)), new Fen(claim.Amounts.AccountFen), FamilyDocuments.OfferingWhatItPaid(claim));
        return new ReplayClaim(claim.SetlId, mdtrtId, claim.EndOn, categories is null ? facts : facts with { Categories = categories });
    }

    /// <summary>The booked numbers as a replay keeps them: <see cref="ReplayTrack.Keep"/>. Without the rows of the bill.</summary>
    public static ClaimResult Booked(SettledClaim claim, in FeeTotals fees) => new()
    {
        Fees = fees,
        Deductible = new Fen(claim.Amounts.DeductibleFen),
        BasicFund = new Fen(claim.Amounts.BasicFundFen),
        PoolRatio = new BasisPoints(claim.Amounts.PoolRatioBp),
        CivilServant = new Fen(claim.Amounts.CivilServantFen),
        EnterpriseSupplement = new Fen(claim.Amounts.EnterpriseFen),
        CriticalIllness = new Fen(claim.Amounts.CriticalIllnessFen),
        LargeSum = new Fen(claim.Amounts.LargeSumFen),
        MedicalAssistance = new Fen(claim.Amounts.AssistanceFen),
        OtherFunds = new Fen(claim.Amounts.OtherFundsFen),
        Supplement = new Fen(claim.Amounts.SupplementFen),
        FundTotal = new Fen(claim.Amounts.FundTotalFen),
        HospitalShare = new Fen(claim.Amounts.HospitalShareFen),
        PersonShare = new Fen(claim.Amounts.PersonShareFen),
        AccountPaid = new Fen(claim.Amounts.AccountFen),
        FamilyPaid = new Fen(claim.Amounts.FamilyAccountFen),
        Cash = new Fen(claim.Amounts.CashFen),
        Changes = JournalDocuments.ChangesOf(claim),
    };

    /// <exception cref="InvalidOperationException">Not known here.</exception>
    public static BenefitPolicy UsedBy(SettledClaim claim, CountyPolicies policies) =>
        policies.FindByHash(claim.PolicyHash.Span) ?? throw new InvalidOperationException($"{claim.SetlId}: policy {claim.PolicyPack} {claim.PolicyVersion} with its content is not known here");
}
