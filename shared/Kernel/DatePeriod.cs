namespace MedInsure.Kernel;

/// <summary>A period of days that includes both its ends. No end means until further notice.</summary>
public readonly record struct DatePeriod
{
    public DateOnly From { get; }
    public DateOnly? To { get; }

    /// <exception cref="ArgumentException">The end lies before the start.</exception>
    public DatePeriod(DateOnly from, DateOnly? to)
    {
        if (to < from) throw new ArgumentException($"period ends {to:yyyy-MM-dd} before it starts {from:yyyy-MM-dd}", nameof(to));
        (From, To) = (from, to);
    }

    public bool Contains(DateOnly day) => day >= From && (To is null || day <= To);
    public bool Overlaps(DatePeriod other) => (other.To is null || From <= other.To) && (To is null || other.From <= To);

    public override string ToString() => $"{From:yyyy-MM-dd}..{To?.ToString("yyyy-MM-dd")}";
}

/// <summary>Days as whole numbers yyyyMMdd, the form in which contracts carry them; 0 stands for no date.</summary>
public static class DayNumber
{
    public static int Of(DateOnly day) => day.Year * 10_000 + day.Month * 100 + day.Day;
    public static int Of(DateOnly? day) => day is { } d ? Of(d) : 0;

    /// <summary>Whether <see cref="ToDate"/> accepts the number; 0 is no day.</summary>
    public static bool IsDay(int number) =>
        number is >= 1_01_01 and <= 9999_12_31 && number / 100 % 100 is >= 1 and <= 12 && number % 100 is >= 1 && number % 100 <= DateTime.DaysInMonth(number / 10_000, number / 100 % 100);

    /// <exception cref="ArgumentOutOfRangeException">Not a day of the calendar.</exception>
    public static DateOnly ToDate(int number) => new(number / 10_000, number / 100 % 100, number % 100);
    public static DateOnly? ToOptionalDate(int number) => number == 0 ? null : ToDate(number);
}
