using MedInsure.Kernel;
using MedInsure.Settlement.Calculation;

namespace MedInsure.Settlement.Policies;

internal sealed record RuleName(string Id, string Chinese, string English);

/// <summary>A class of persons by psn_type (first two digits) or by age on the begin date; without either, everybody else.</summary>
internal sealed record PersonClass(RuleName Name, string[]? PsnTypes, int? AgeFrom, int? AgeBelow, long Line)
{
    public bool IsEverybodyElse => PsnTypes is null && AgeFrom is null && AgeBelow is null;
}

/// <summary>A kind of visit: med_types (first two digits) and, where given, the diseases on file.</summary>
internal sealed record VisitKind(RuleName Name, bool[] MedTypes, uint Diseases, bool IsStay, long Line);

/// <summary>The national fields that a layer's pay is reported in.</summary>
internal enum PayField : byte { BasicFund, CivilServant, EnterpriseSupplement, CriticalIllness, LargeSum, MedicalAssistance, OtherFunds }

/// <summary>What a deductible, maximum or band counts over.</summary>
internal enum Per : byte { Visit, Stay, Month, Year }

/// <summary>Marginal bands: each part pays its own ratio, rounded on its own (settlement-calculation.md sections 3 and 4).</summary>
internal sealed record Bands(Fen[] Widths, BasisPoints[] Ratios)
{
    /// <summary>The last band has no end.</summary>
    public static readonly Fen Endless = new(long.MaxValue);

    public bool IsFlat => Ratios.Length == 1;

    public Fen Of(Fen amount)
    {
        if (Ratios.Length == 1 && Widths[0] == Endless) return amount.ShareHalfUp(Ratios[0]);
        var (left, pay) = (amount, Fen.Zero);
        for (var i = 0; i < Ratios.Length && left > Fen.Zero; i++)
        {
            var part = Fen.Min(left, Widths[i]);
            pay += part.ShareHalfUp(Ratios[i]);
            left -= part;
        }
        return pay;
    }
}

internal enum CostBase : byte { InScope, Total }

/// <summary>A ceiling: none, an amount, or an amount plus a share of what the cost exceeds a threshold by.</summary>
internal readonly record struct Cap(Fen Amount, BasisPoints Share, Fen Threshold, CostBase Of, bool IsNone)
{
    public static readonly Cap None = new(Fen.Zero, BasisPoints.Zero, Fen.Zero, CostBase.InScope, true);

    public bool GrowsWithCost => Share.Value != 0;

    public Fen At(Fen cost) => GrowsWithCost && cost > Threshold ? Amount + (cost - Threshold).ShareHalfUp(Share) : Amount;

    /// <summary>None is the highest of all.</summary>
    public static int Compare(Cap a, Cap b) => a.IsNone || b.IsNone ? a.IsNone.CompareTo(b.IsNone) : a.Amount.CompareTo(b.Amount);
}

/// <summary>The year's cumulative function f(B): bands above a deductible, at most a maximum.</summary>
internal sealed record CumulativeTerms(Fen Deductible, Bands Bands, Cap Maximum)
{
    public Fen Of(Fen burden)
    {
        if (burden <= Deductible) return Fen.Zero;
        var pay = Bands.Of(burden - Deductible);
        return Maximum.IsNone ? pay : Fen.Min(pay, Maximum.Amount);
    }
}

/// <summary>The accumulator keys of one rule for a year and its months, made once.</summary>
internal sealed class PeriodKeys
{
    private readonly AccumulatorKey year;
    private readonly AccumulatorKey[] months;

    public PeriodKeys(string key)
    {
        year = AccumulatorKey.Of(key);
        months = [.. Enumerable.Range(1, 12).Select(m => AccumulatorKey.Of($"{key}.m{m:00}"))];
    }

    public AccumulatorKey Year => year;
    public AccumulatorKey Of(Per per, DateOnly on) => per == Per.Month ? months[on.Month - 1] : year;
    public AccumulatorKey Month(int month) => months[month - 1];
}

internal sealed record Deductible(RuleName Name, Per Per, Table<Fen> Amounts, PeriodKeys Taken);

/// <summary>A ceiling on what a rule pays per visit, stay, month or year.</summary>
internal sealed record Limit(RuleName Name, Per Per, Table<Cap> Caps, PeriodKeys Paid);

/// <summary>The amount of a fixed payment; null = the one of the disease list. Times the case, the operated eyes or the days.</summary>
internal readonly record struct FixedAmount(Fen? Amount, FixedUnit Unit);

internal enum FixedUnit : byte { Case, Eye, Day }

/// <summary>The first fund bears its share, rounded; the other one bears the rest.</summary>
internal sealed record FundSplit(RuleName Name, PayField Pays, string Fund, Table<BasisPoints> FirstShare, PeriodKeys Paid)
{
    public Payer Payer { get; } = new(Fund, Name.Chinese, Name.Id);
}

/// <summary>How the basic fund pays one or more kinds of visit.</summary>
internal sealed class BasicRule
{
    public required RuleName Name { get; init; }
    public required Condition When { get; init; }
    /// <summary>In the pack, for the messages of <see cref="PolicyLint"/>.</summary>
    public required long Line { get; init; }
    /// <summary>Only lines with outpatient_pool = 1 count.</summary>
    public required bool PoolCatalogOnly { get; init; }
    public required Table<FixedAmount> Fixed { get; init; }
    /// <summary>The cost that counts in a year or month; used up whatever is paid on it.</summary>
    public required Limit? Eligible { get; init; }
    public required Deductible? Deductible { get; init; }
    public required Table<Bands> Ratios { get; init; }
    public required FundSplit? Split { get; init; }
    public required Limit[] Maximums { get; init; }
    public required RuleName RatioName { get; init; }
    public required RuleName FixedName { get; init; }
}

internal sealed class BasicFundTerms
{
    public required RuleName Name { get; init; }
    public required string Fund { get; init; }
    /// <summary>Of its row on the bill; made once, as in all blocks that pay.</summary>
    public Payer Payer => field ??= new Payer(Fund, Name.Chinese, Name.Id);
    public required BasicRule[] Rules { get; init; }
    public required Limit? AnnualCap { get; init; }
    public required AccumulatorKey PaidKey { get; init; }
}

[Flags]
internal enum Cost : byte { None = 0, InScope = 1, FirstPay = 2, OverLimit = 4, OutOfCatalog = 8 }

/// <summary>A fund above the basic one. Exactly one of <see cref="Cumulative"/>, <see cref="Ratios"/>, <see cref="OwnCostCaps"/> is not empty.</summary>
internal sealed class Layer
{
    public required RuleName Name { get; init; }
    public required PayField Pays { get; init; }
    public required string Fund { get; init; }
    public Payer Payer => field ??= new Payer(Fund, Name.Chinese, Name.Id);
    public required Condition When { get; init; }
    public required long Line { get; init; }
    /// <summary>The costs that the layer works on, as far as the layers above left them.</summary>
    public required Cost Counts { get; init; }
    /// <summary>Instead: the benefit that the basic fund's annual cap cut off.</summary>
    public required bool OfCutOff { get; init; }
    /// <summary>False: what the annual cap cut off does not count.</summary>
    public required bool AboveAnnualCap { get; init; }
    /// <summary>A share below this does not count at all.</summary>
    public required Table<Fen> Minimum { get; init; }
    public required Per Period { get; init; }
    public required Table<CumulativeTerms> Cumulative { get; init; }
    public required Table<Bands> Ratios { get; init; }
    public required Table<Cap> OwnCostCaps { get; init; }
    /// <summary>A level in <see cref="OwnCostCaps"/> means the highest used in the period, this visit included.</summary>
    public required bool HighestLevelUsed { get; init; }
    public required Deductible? Deductible { get; init; }
    public required Limit? Maximum { get; init; }
    public required FundSplit? Split { get; init; }
    public required PeriodKeys Paid { get; init; }
    public required PeriodKeys Burden { get; init; }
    public required PeriodKeys OwnCost { get; init; }
    public required PeriodKeys CostSum { get; init; }
    public required PeriodKeys[] LevelCounts { get; init; }
    public required bool CountsMonths { get; init; }
    /// <summary>The cost that a cap of <see cref="OwnCostCaps"/> grows with; null = none grows.</summary>
    public required CostBase? CostCounted { get; init; }
}

/// <summary>What the personal account may pay of the person's share; null where the scheme has no account.</summary>
internal sealed record AccountTerms(RuleName Name, string Fund, bool InCatalogOnly, Clause Clause)
{
    public Payer Payer { get; } = new(Fund, Name.Chinese, Name.Id);
}

/// <summary>A value that the calculation does not use but the pack states: contributions, premiums.</summary>
/// <param name="Amount">In yuan, per what the name says. Of <paramref name="Amount"/>, <paramref name="Ratio"/> and <paramref name="Text"/> exactly one is not null.</param>
/// <param name="Text">A rule that is no number: a payment window.</param>
public sealed record StatedValue(string Id, string Chinese, string English, Fen? Amount, BasisPoints? Ratio, string? Text, string Clause, bool Assumed);

/// <summary>A pack's terms as they stand from one date to the next change, in the form that the calculation reads.</summary>
internal sealed class PolicyTerms
{
    private uint[] visitsByMedType = [];

    public required string Insutype { get; init; }
    public required PackNames Names { get; init; }
    public required PersonClass[] Persons { get; init; }
    public required VisitKind[] Visits { get; init; }
    public required BasicFundTerms Basic { get; init; }
    public required Layer[] Layers { get; init; }
    public required AccountTerms? Account { get; init; }
    public required YearEndRule[] YearEnd { get; init; }
    public required StatedValue[] Stated { get; init; }
    /// <summary>Null: the pack says nothing of contributions.</summary>
    public ContributionTerms? Contributions { get; init; }

    /// <summary>True: a layer covers cost that no catalog lists, so the funds may pay more than the cost in catalog.</summary>
    public bool CoversOutOfCatalog { get; private set; }

    public PolicyTerms Compile()
    {
        visitsByMedType = new uint[100];
        for (var v = 0; v < Visits.Length; v++)
            for (var m = 0; m < 100; m++)
                if (Visits[v].MedTypes[m]) visitsByMedType[m] |= 1U << v;
        CoversOutOfCatalog = Layers.Any(l => (l.Counts & Cost.OutOfCatalog) != 0);
        return this;
    }

    public int FindVisit(int medType, uint disease)
    {
        for (var left = visitsByMedType[medType]; left != 0; left &= left - 1)
        {
            var visit = System.Numerics.BitOperations.TrailingZeroCount(left);
            if (Visits[visit].Diseases == 0 || (Visits[visit].Diseases & disease) != 0) return visit;
        }
        return -1;
    }

    public uint PersonBit(in ClaimFacts facts)
    {
        for (var i = 0; i < Persons.Length; i++)
        {
            var person = Persons[i];
            if (person.PsnTypes is { } types)
            {
                var found = false;
                foreach (var type in types) found |= facts.PsnType.StartsWith(type, StringComparison.Ordinal);
                if (!found) continue;
            }
            if (person.AgeFrom is not null || person.AgeBelow is not null)
            {
                var age = AgeOn(facts.BirthOn, facts.BeginOn);
                if (age < person.AgeFrom || age >= person.AgeBelow) continue;
            }
            return 1U << i;
        }
        return 0;
    }

    private static int AgeOn(DateOnly birth, DateOnly on) =>
        on.Year - birth.Year - (on.Month < birth.Month || on.Month == birth.Month && on.Day < birth.Day ? 1 : 0);
}
