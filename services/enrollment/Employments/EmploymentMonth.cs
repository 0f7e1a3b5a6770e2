namespace MedInsure.Enrollment.Employments;

/// <summary>Months as whole numbers yyyyMM, as the contracts carry them.</summary>
internal static class EmploymentMonth
{
    // Employees' insurance began in 1998 (国发〔1998〕44号); deemed months before are billing's. Ahead: next year's wages are declared before the year begins (assumed: a year at most).
    private const int First = 199801, MonthsAheadMax = 12;

    public static int Of(DateOnly day) => day.Year * 100 + day.Month;
    public static DateOnly FirstDay(int month) => new(month / 100, month % 100, 1);
    public static DateOnly LastDay(int month) => FirstDay(month).AddMonths(1).AddDays(-1);
    public static int Add(int month, int count) => Of(FirstDay(month).AddMonths(count));

    /// <summary>Whether something may be declared for this month today.</summary>
    public static bool IsDeclarable(int month, DateOnly today) => month % 100 is >= 1 and <= 12 && month >= First && month <= Add(Of(today), MonthsAheadMax);
}
