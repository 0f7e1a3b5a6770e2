namespace MedInsure.Settlement.PaymentMethods;

/// <summary>Cases of a provider that look alike to every method, counted. A reversal counts against what it reverses, so that sums are of what stands.</summary>
/// <param name="Disease">dise_codg, or where the visit has none the main diagnosis.</param>
/// <param name="Days">Of a stay, at least one; of a visit 0.</param>
/// <param name="Cases">Visits and stays; an interim settlement of a stay is none.</param>
/// <param name="Claims">Rows: settlements and reversals.</param>
/// <param name="SettledFen">What the method's fund paid of them at the window.</param>
/// <param name="OthersFen">All that the fund did not pay: the patient's part, other funds, the hospital's.</param>
/// <param name="Consultations">General consultation fees among their lines.</param>
internal sealed record CaseGroup(string Provider, string Disease, string Diagnosis, string Operation, int Days, long Cases, long Claims, long SettledFen, long OthersFen, long Consultations = 0);

/// <summary>How much of the agreed period has passed.</summary>
/// <param name="Passed">Months of the period up to this one, at most those that the terms really lasted.</param>
/// <param name="Of">Months that were agreed: a yearly amount is for all of them.</param>
/// <param name="IsSettlement">The settlement after the period, not one of its months.</param>
internal readonly record struct TermMonth(int Passed, int Of, bool IsSettlement)
{
    /// <summary>The part of a yearly amount for the months that have passed, rounded half up to the fen.</summary>
    public long Part(long yearlyFen) => Kernel.HalfUp.DivideProduct(yearlyFen, Passed, Of);
}

/// <summary>What a provider is due from the period's begin, in fen, and why, in Chinese.</summary>
internal sealed record ProviderDue(string Provider, long DueFen, string Explanation);

/// <summary>
/// A method of payment with its agreed figures. Pure: from all cases of the period so far it says what is due so far; a month's result is that less what earlier months gave.
/// So what comes late or is reversed is in the next month by itself, and a yearly method is the same as a monthly one.
/// </summary>
/// <param name="Code">As terms name it: bed_day.</param>
internal abstract record PaymentMethod(string Code)
{
    /// <summary>One figure for all providers of the terms, who share it.</summary>
    public virtual bool IsShared => false;

    /// <summary>The yearly amount that its providers may use; null: the method sets none.</summary>
    public virtual long? YearlyFen => null;

    /// <param name="providers">Of the terms, in ordinal order: each has one due.</param>
    /// <param name="cases">Of these providers alone; in any order, split up in any way.</param>
    public abstract IReadOnlyList<ProviderDue> Due(TermMonth at, IReadOnlyList<string> providers, IReadOnlyList<CaseGroup> cases);

    protected static long Sum(IEnumerable<CaseGroup> cases, Func<CaseGroup, long> of)
    {
        var sum = 0L;
        foreach (var group in cases) sum += of(group);
        return sum;
    }
}
