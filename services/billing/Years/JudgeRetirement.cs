using MedInsure.Protos.Settlement.V1;

namespace MedInsure.Billing.Years;

/// <summary>Whether the months suffice for cover without contributions after retirement, by the pack's years for the person's sex. Pure.</summary>
internal static class JudgeRetirement
{
    /// <param name="MissingMonths">To be bought: bought months are paid ones, so they serve both tests.</param>
    internal sealed record Judged(int Months, int PaidMonths, int NeededMonths, int NeededPaidMonths, int MissingMonths);

    /// <returns>Null: the terms name no years for this sex.</returns>
    public static Judged? Judge(EmployeeTerms terms, string gend, ContributionYears.Counted counted)
    {
        if (terms.Retirement.FirstOrDefault(r => r.Gend == gend) is not { } years) return null;
        var (needed, paid) = (years.Years * 12, years.PaidYears * 12);
        return new Judged(counted.Months, counted.PaidMonths, needed, paid, Math.Max(Math.Max(needed - counted.Months, paid - counted.PaidMonths), 0));
    }
}
