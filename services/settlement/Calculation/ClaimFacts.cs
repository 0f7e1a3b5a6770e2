using MedInsure.Kernel;

namespace MedInsure.Settlement.Calculation;

/// <summary>An encounter in a fixed-payment group of the disease list. <paramref name="Kind"/>: per_disease, per_eye, delivery, or another that the pack names;
/// <paramref name="Count"/>: operated eyes, days, or 1.</summary>
public sealed record FixedBenefit(string Kind, Fen Amount, int Count);

/// <summary>A supplementary policy of a person who consented. Its insurer decides what it pays; the calculation only bounds it by what the funds left.</summary>
/// <param name="Insurer">The insurer's code.</param>
/// <param name="PolicyNo">The insurer's own.</param>
/// <param name="FundPayType">Of its row on the bill.</param>
/// <param name="Name">Of the contract, in Chinese.</param>
/// <param name="BillId">Under which the insurer was asked: the same for every attempt to settle the bill.</param>
/// <param name="DecisionNo">The insurer's own; null: it has not answered in time.</param>
/// <param name="Text">The insurer's, for the bill.</param>
public sealed record Supplement(string ContractNo, string Insurer, string PolicyNo, string FundPayType, string Name, string BillId, string? DecisionNo, Fen Authorized, string Text);

/// <summary>The personal account of a relative who consented that it pays of this person's bills.</summary>
/// <param name="PsnNo">Whose account it is.</param>
/// <param name="InCatalogOnly">As the pack of the account's own scheme limits it.</param>
public readonly record struct FamilyAccount(string PsnNo, Fen Balance, bool InCatalogOnly);

/// <summary>Everything besides the policy and the year's accumulators that a settlement's numbers depend on. Stored with the settlement: recomputing from it gives the same numbers.
/// A value, so that a simulation of millions of claims makes no garbage of it; large, so pass it by reference (in).</summary>
public readonly record struct ClaimFacts()
{
    /// <summary>310 employee, 390 resident …</summary>
    public required string Insutype { get; init; }
    public required string PsnType { get; init; }
    public required DateOnly BirthOn { get; init; }
    /// <summary>Names of import-formats.md, those valid on the policy date.</summary>
    public IReadOnlyList<string> Categories { get; init; } = [];
    /// <summary>3, 2, 1, community, village, pharmacy.</summary>
    public required string ProviderLevel { get; init; }
    public required string MedType { get; init; }
    /// <summary>Kind of the disease whose filing is in force on the visit date: special_outpatient, chronic_outpatient, special_outpatient_child; of a stay, the
    /// list of diseases with terms of their own: congenital_heart_child. Null: none.</summary>
    public string? DiseaseKind { get; init; }
    public FixedBenefit? Fixed { get; init; }
    public bool OffSite { get; init; }
    public bool Filed { get; init; }
    public bool AccidentWithoutLiableParty { get; init; }
    public required DateOnly BeginOn { get; init; }
    /// <summary>The day that selects policy and benefit year: discharge of a stay, the day of an outpatient visit.</summary>
    public required DateOnly PolicyOn { get; init; }
    /// <summary>1 = the year's first stay. The same number for every settlement of one stay.</summary>
    public int StayOrdinal { get; init; } = 1;
    /// <summary>False for a later interim or final settlement of a stay that was settled before.</summary>
    public bool FirstOfStay { get; init; } = true;
    /// <summary>Deductible that earlier settlements of this stay took.</summary>
    public Fen DeductibleTakenInStay { get; init; }
    /// <summary>After a filed upward referral: the deductible that the referring stay took.</summary>
    public Fen DeductibleOfReferringStay { get; init; }
    /// <summary>Basic fund that earlier settlements of this stay paid: a limit or fixed amount per case is one for the whole stay.</summary>
    public Fen BasicFundPaidInStay { get; init; }
    public required FeeTotals Fees { get; init; }
    /// <summary>What the hospital bears by its agreement (hosp_part_amt).</summary>
    public Fen HospitalShare { get; init; }
    public Fen AccountBalance { get; init; }
    public bool UseAccount { get; init; }
    /// <summary>Relatives' accounts that may pay after the person's own, in that order, where accounts are used at all; null: none, as of nearly everybody.</summary>
    public IReadOnlyList<FamilyAccount>? Family { get; init; }
    /// <summary>The person's supplementary policy; null: none has anything to do with the bill.</summary>
    public Supplement? Supplement { get; init; }
}
