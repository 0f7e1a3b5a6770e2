using MedInsure.Settlement.Calculation;
using MedInsure.Settlement.Policies;
using MedInsure.Settlement.Replays;

namespace MedInsure.Settlement.Simulation;

/// <summary>Which settlements are computed under the draft: those of its pack whose policy date lies in the period, both ends included.</summary>
public sealed record SimulationScope(BenefitPolicy Draft, DateOnly From, DateOnly To)
{
    public bool Covers(BenefitPolicy basePolicy, DateOnly policyOn) => policyOn >= From && policyOn <= To && basePolicy.Pack == Draft.Pack;
}

/// <summary>
/// Computes persons' settlements twice, under a base and with a draft in its place, each with its own history, and adds up the difference. No I/O. One engine per thread; each
/// takes whole persons one after another and needs memory for one of them; <see cref="SimulationTotals.Add(SimulationTotals)"/> joins what several counted.
/// <code>
/// engine.Begin(psnNo, county);
/// engine.Settle(claim, basePolicy);      // a person's settlements and reversals in the order in which they happened
/// engine.Reverse(setlId, restores: false);
/// engine.End();
/// </code>
/// Counted is what stands at the end: a settlement that was cancelled for good only passes through the sums.
/// </summary>
/// <param name="households">Takes each person's own cost of a year; null: not asked for.</param>
/// <param name="booksAreBase">The base is what stands in the books: nothing is computed for it, and each settlement comes with what is booked.</param>
public sealed class SimulationEngine(SimulationScope scope, Households? households = null, bool booksAreBase = false)
{
    private readonly ReplayTrack before = new(), after = new();
    /// <summary>Of each settlement: what it gives under the base, where that is not computed but read.</summary>
    private readonly List<PaidSums> booked = [];
    private readonly List<bool> covered = [];
    private readonly List<Effect> touched = [];
    private readonly (long Before, long After)[] costs = new (long, long)[scope.To.Year - scope.From.Year + 1];
    private string psnNo = "", county = "";

    public SimulationTotals Totals { get; } = new();

    public void Begin(string psnNo, string county)
    {
        (this.psnNo, this.county) = (psnNo, county);
        before.Clear();
        after.Clear();
        booked.Clear();
        covered.Clear();
    }

    /// <summary>Computed under the base, and under the draft where it applies. Not where the books are the base.</summary>
    /// <exception cref="InvalidOperationException">The draft's terms break an invariant.</exception>
    public void Settle(in ReplayClaim claim, BenefitPolicy basePolicy)
    {
        Add(claim, basePolicy);
        before.Settle(claim, basePolicy);
    }

    /// <summary>Where the books are the base.</summary>
    /// <param name="used">The version that it was settled by; where the draft does not apply it is settled by it again.</param>
    /// <param name="paid">What is booked.</param>
    public void Settle(in ReplayClaim claim, BenefitPolicy used, in PaidSums paid)
    {
        Add(claim, used);
        booked.Add(paid);
    }

    /// <summary>A settlement of a year before the period's first: it is what it is, and matters as an earlier bill of a stay or as a stay that referred.</summary>
    public void Keep(in ReplayClaim claim, BenefitPolicy used, ClaimResult result)
    {
        covered.Add(false);
        after.Keep(claim, used, result);
        if (booksAreBase) booked.Add(PaidSums.Of(result));
        else before.Keep(claim, used, result);
    }

    public void Reverse(string rootSetlId, bool restores)
    {
        after.Reverse(rootSetlId, restores);
        if (!booksAreBase) before.Reverse(rootSetlId, restores);
    }

    /// <summary>Two numbers of the person became one.</summary>
    public void Merge(string retiredNo, string intoNo)
    {
        after.Merge(retiredNo, intoNo);
        if (!booksAreBase) before.Merge(retiredNo, intoNo);
    }

    /// <summary>Adds the person's effect to the totals.</summary>
    public void End()
    {
        FindCosts();
        var (count, old, fresh) = (0L, default(PaidSums), default(PaidSums));
        for (var i = 0; i < after.Settlements.Count; i++)
        {
            var settlement = after.Settlements[i];
            if (!settlement.Stands) continue;
            var (paidBefore, paidAfter) = (BeforeOf(i), PaidSums.Of(settlement.Result));
            var change = paidAfter - paidBefore;
            var changed = !change.IsZero;
            if (!covered[i])
            {
                if (changed) Totals.AddOutside(change);
                continue;
            }
            ref readonly var facts = ref settlement.Facts;
            count++;
            old += paidBefore;
            fresh += paidAfter;
            Add(Totals.All, paidBefore, paidAfter, changed);
            Add(Totals.Counties[county], paidBefore, paidAfter, changed);
            Add(Totals.Levels[facts.ProviderLevel], paidBefore, paidAfter, changed);
            Add(Totals.MedTypes[facts.MedType.Length > 2 ? facts.MedType[..2] : facts.MedType], paidBefore, paidAfter, changed);
            if (facts.Categories.Count == 0) Add(Totals.Categories[""], paidBefore, paidAfter, changed);
            for (var c = 0; c < facts.Categories.Count; c++) Add(Totals.Categories[facts.Categories[c]], paidBefore, paidAfter, changed);
            Add(Totals.Burdens[SimulationTotals.BandOf(costs[facts.PolicyOn.Year - scope.From.Year].Before)], paidBefore, paidAfter, changed);
            if (changed && Totals.TopSettlements.Takes(Math.Abs(change.Fund)))
                Totals.TopSettlements.Add(new ChangedSettlement(settlement.SetlId, psnNo, county, facts.ProviderLevel, facts.MedType, facts.PolicyOn, facts.Fees.Total.Value, paidBefore, paidAfter));
        }
        foreach (var effect in touched) effect.EndPerson();
        touched.Clear();
        Totals.Computed += after.Settlements.Count;
        if (count == 0) return;
        Totals.AddPerson(old, fresh);
        if (Totals.TopPersons.Takes(Math.Abs(fresh.Fund - old.Fund))) Totals.TopPersons.Add(new ChangedPerson(psnNo, county, count, old, fresh));
    }

    /// <summary>The person's own cost in each calendar year that the period touches, of all settlements that stand.</summary>
    private void FindCosts()
    {
        Array.Clear(costs);
        for (var i = 0; i < after.Settlements.Count; i++)
        {
            var settlement = after.Settlements[i];
            var year = settlement.Facts.PolicyOn.Year - scope.From.Year;
            if (!settlement.Stands || year < 0 || year >= costs.Length) continue;
            ref var cost = ref costs[year];
            cost = (cost.Before + BeforeOf(i).Person, cost.After + settlement.Result.PersonShare.Value);
        }
        if (households is null) return;
        for (var year = 0; year < costs.Length; year++) households.Add(psnNo, scope.From.Year + year, costs[year].Before, costs[year].After);
    }

    private PaidSums BeforeOf(int i) => booksAreBase ? booked[i] : PaidSums.Of(before.Settlements[i].Result);

    private void Add(in ReplayClaim claim, BenefitPolicy basePolicy)
    {
        var isCovered = scope.Covers(basePolicy, claim.Facts.PolicyOn);
        covered.Add(isCovered);
        try
        {
            after.Settle(claim, isCovered ? scope.Draft : basePolicy);
        }
        catch (InvalidOperationException e)
        {
            throw new InvalidOperationException($"{claim.SetlId} cannot be settled under {(isCovered ? "the draft" : basePolicy.Pack + " " + basePolicy.Version)}: {e.Message}", e);
        }
    }

    private void Add(Effect effect, in PaidSums old, in PaidSums fresh, bool changed)
    {
        if (effect.Add(old, fresh, changed)) touched.Add(effect);
    }
}
