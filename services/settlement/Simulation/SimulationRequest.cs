using MedInsure.Hosting.Tenancy;
using MedInsure.Settlement.Policies;

namespace MedInsure.Settlement.Simulation;

/// <summary>What a draft is compared with.</summary>
public enum SimulationBase
{
    /// <summary>The version that decides the policy date in the county, whatever the settlement was settled by.</summary>
    Published,
    /// <summary>What stands in the books.</summary>
    Booked,
    /// <summary>Another file of the draft's pack.</summary>
    File,
}

/// <summary>One question "what if".</summary>
/// <param name="BaseFile">With <see cref="SimulationBase.File"/> only.</param>
/// <param name="Sample">How many persons to draw; null: everybody.</param>
/// <param name="Seed">Of the sample: the same seed draws the same persons.</param>
public sealed record SimulationRequest(
    SimulationScope Scope, SimulationBase Base, BenefitPolicy? BaseFile, IReadOnlyList<Tenant> Counties, Households? Households = null, int? Sample = null, long Seed = 1);

/// <param name="Persons">Who has a settlement in the period, in all counties.</param>
/// <param name="Drawn">How many of them were computed.</param>
public sealed record SimulationOutcome(SimulationRequest Request, SimulationTotals Totals, long Persons, long Drawn, TimeSpan Took)
{
    public SimulationEstimate Estimate => new(Persons, Drawn);
}
