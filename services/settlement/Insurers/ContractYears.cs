using MedInsure.Kernel;

namespace MedInsure.Settlement.Insurers;

/// <summary>The years of a contract that pays a premium: calendar years, a claim belongs to that of its policy date.</summary>
internal static class ContractYears
{
    /// <returns>Why there is nothing to say about this year; null: there is.</returns>
    public static Refusal? Check(InsurerContract contract, int year)
    {
        if (contract.Premium is null) return Refusals.ContractWithoutPremium;
        return year < contract.Period.From.Year || year > contract.Period.To!.Value.Year ? Refusals.YearOutsideContract : null;
    }

    /// <summary>Those that have begun.</summary>
    public static IEnumerable<int> Until(InsurerContract contract, int presentYear)
    {
        var (from, to) = (contract.Period.From.Year, Math.Min(contract.Period.To!.Value.Year, presentYear));
        return Enumerable.Range(from, Math.Max(0, to - from + 1));
    }
}
