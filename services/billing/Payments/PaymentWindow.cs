using MedInsure.Protos.Settlement.V1;

namespace MedInsure.Billing.Payments;

/// <summary>Until when one may pay for a covered year, by the pack's windows. Pure.</summary>
internal static class PaymentWindow
{
    public const string Everyone = "everyone";

    /// <param name="who">The kinds of person that this one is, beside being one of everyone; each with the day of its event, where it has one.</param>
    /// <returns>By which kind the day lies in a window; null: by none.</returns>
    public static (string Who, DateOnly? EventOn)? Find(ResidentTerms terms, int year, IEnumerable<(string Who, DateOnly? EventOn)> who, DateOnly paidOn)
    {
        foreach (var kind in who.Prepend((Who: Everyone, EventOn: null)))
            foreach (var window in terms.Window.Where(w => w.Who == kind.Who))
                if (Day(window.First, year, kind.EventOn) is { } first && Day(window.Last, year, kind.EventOn) is { } last && paidOn >= first && paidOn <= last) return kind;
        return null;
    }

    private static DateOnly? Day(WindowDay day, int year, DateOnly? eventOn)
    {
        if (day.MonthDay == 0) return eventOn?.AddDays(day.DaysAfterEvent);
        var (in_, month) = (year + day.YearOffset, day.MonthDay / 100);
        // 29 February in a year without one is its 28th.
        return new DateOnly(in_, month, Math.Min(day.MonthDay % 100, DateTime.DaysInMonth(in_, month)));
    }
}
