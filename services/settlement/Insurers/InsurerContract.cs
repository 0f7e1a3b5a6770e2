using System.Collections.Frozen;
using MedInsure.Events;
using MedInsure.Hosting.Tenancy;
using MedInsure.Kernel;
using MedInsure.Protos.Insurer.V1;

namespace MedInsure.Settlement.Insurers;

/// <summary>A contract with a commercial insurer, as its file says; how one is written: README.md beside this file.</summary>
/// <param name="Number">contract_no.</param>
/// <param name="Insurer">The insurer's code, the name under which it authenticates.</param>
/// <param name="Counties">Null: all of the city's.</param>
/// <param name="Insutype">Null: every scheme.</param>
/// <param name="FundPayType">Of the layer that it underwrites, or of the policy's row on the bill.</param>
/// <param name="Period">By policy date.</param>
/// <param name="ShowsPersonalData">Names and certificates unmasked.</param>
public sealed record InsurerContract(
    string Number, string Insurer, ContractKind Kind, string ChineseName, string EnglishName, string City, FrozenSet<string>? Counties, string? Insutype,
    string FundPayType, DatePeriod Period, bool ShowsPersonalData)
{
    /// <summary>Critical illness only.</summary>
    public PremiumTerms? Premium { get; init; }
    /// <summary>Critical illness only.</summary>
    public SharingTerms? Sharing { get; init; }
    /// <summary>Supplements only.</summary>
    public SupplementTerms? Supplement { get; init; }

    /// <summary>The layers that a contract may underwrite, by fund_pay_type: what a settlement tells of each.</summary>
    private static readonly FrozenDictionary<string, Func<ClaimSettled, long>> Layers = new Dictionary<string, Func<ClaimSettled, long>>
    {
        ["390200"] = e => e.CriticalIllnessFen,
        ["330100"] = e => e.LargeSumFen,
    }.ToFrozenDictionary();

    /// <summary>Of a correction: what was booked before, and the difference.</summary>
    private static readonly FrozenDictionary<string, Func<ClaimCorrected, (long BeforeFen, long DifferenceFen)>> CorrectedLayers = new Dictionary<string, Func<ClaimCorrected, (long, long)>>
    {
        ["390200"] = e => (e.CriticalIllnessBeforeFen, e.CriticalIllnessFen),
        ["330100"] = e => (e.LargeSumBeforeFen, e.LargeSumFen),
    }.ToFrozenDictionary();

    public static IEnumerable<string> LayerTypes => Layers.Keys;

    /// <summary>Critical illness only: what the layer bears of a settlement; negative in a reversal.</summary>
    public long LayerFen(ClaimSettled settled) => Layers[FundPayType](settled);

    public (long BeforeFen, long DifferenceFen) LayerFen(ClaimCorrected corrected) => CorrectedLayers[FundPayType](corrected);

    private bool Covers(string county) => Counties is null || Counties.Contains(county);
    /// <summary>Whether a tenant is one of the counties whose persons the contract is about.</summary>
    public bool Covers(Tenant tenant) => !tenant.IsCity && tenant.CityCode == City && Covers(tenant.Code);
    public bool Covers(string county, string insutype, DateOnly policyOn) => Covers(county) && (Insutype is null || Insutype == insutype) && Period.Contains(policyOn);

    /// <summary>The divisions covered, in order.</summary>
    public IEnumerable<string> CountiesOf(TenantDirectory directory) =>
        Counties?.Order(StringComparer.Ordinal) ?? directory.Counties.Where(t => t.CityCode == City).Select(t => t.Code).Order(StringComparer.Ordinal);
}

/// <summary>What the fund pays an insurer for a year.</summary>
/// <param name="PerHead">A year's premium of one insured person.</param>
/// <param name="HeadsOn">The day of the year on which heads are counted.</param>
/// <param name="Instalments">Shares sum to the whole.</param>
public sealed record PremiumTerms(Fen PerHead, DayOfYear HeadsOn, IReadOnlyList<Instalment> Instalments);

public sealed record Instalment(DayOfYear Due, BasisPoints Share);

/// <summary>A day that every year has: never 29 February.</summary>
public readonly record struct DayOfYear(int Month, int Day)
{
    public DateOnly In(int year) => new(year, Month, Day);
}

/// <summary>How a year's gain or loss is shared. Bands are marginal, over the share of the premium that gain or loss are.</summary>
/// <param name="OperatingCost">Of the premium; the insurer's before any gain is counted.</param>
public sealed record SharingTerms(BasisPoints OperatingCost, IReadOnlyList<SharingStep> Gain, IReadOnlyList<SharingStep> Loss);

/// <param name="UpTo">Null: no upper end.</param>
/// <param name="FundShare">Of the part inside the band.</param>
public sealed record SharingStep(BasisPoints? UpTo, BasisPoints FundShare);

/// <param name="Deadline">How long a bill at the window waits for the insurer.</param>
/// <param name="AskDaysMax">How many days after the settlement a late answer is still asked for.</param>
public sealed record SupplementTerms(TimeSpan Deadline, int AskDaysMax);
