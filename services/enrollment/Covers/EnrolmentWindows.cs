using MedInsure.Kernel;
using MedInsure.Protos.Settlement.V1;

namespace MedInsure.Enrollment.Covers;

/// <summary>When one may pay for a covered year and from when to when one is covered then, by the pack's windows. Pure.</summary>
internal static class EnrolmentWindows
{
    public const string Everyone = "everyone", Foetus = "foetus", Newborn = "newborn", Recognised = "recognised";

    /// <param name="Id">As the pack names the window.</param>
    /// <param name="First">The first day on which money is taken.</param>
    internal readonly record struct Open(string Id, string Who, DateOnly First, DateOnly Last);

    /// <summary>The cover that a year's contribution gives; both days included.</summary>
    /// <param name="who">The kind of person by which the payment was in time.</param>
    /// <param name="eventOn">The birth, marriage, move or recognition.</param>
    public static Outcome<DatePeriod> Period(ResidentTerms terms, int year, string who, DateOnly? eventOn, DateOnly paidOn)
    {
        if (Window(terms, year, who, eventOn, paidOn) is not { } window) return CoverRefusals.WindowClosed;
        var (first, last) = (new DateOnly(year, 1, 1), new DateOnly(year, 12, 31));
        var from = window.Begins switch
        {
            "event" => eventOn ?? first,
            "payment" => paidOn.AddDays(window.WaitingDays),
            _ => first,
        };
        // A contribution covers its own year only: what began before needs that year's too.
        if (from < first) from = first;
        return from > last ? CoverRefusals.NoDayLeft : new DatePeriod(from, last);
    }

    /// <summary>The window by which a person of this kind may pay on a day or, where none is open then, the one that opens next.</summary>
    public static Open? Next(ResidentTerms terms, int year, string who, DateOnly? eventOn, DateOnly on)
    {
        var all = terms.Window.Where(w => w.Who == who || w.Who == Everyone && who != Foetus)
            .Select(w => (Window: w, First: Day(w.First, year, eventOn), Last: Day(w.Last, year, eventOn))).Where(w => w.First is not null && w.Last >= on && w.Last >= w.First)
            .Select(w => new Open(w.Window.Id, w.Window.Who, w.First!.Value, w.Last!.Value)).OrderBy(w => w.First > on ? w.First : on).ToList();
        return all.Count > 0 ? all[0] : null;
    }

    /// <summary>Whether the windows of this kind of person count from an event of its own.</summary>
    public static bool NeedsEvent(ResidentTerms terms, string who) => who == Foetus || terms.Window.Any(w => w.Who == who && (w.First.MonthDay == 0 || w.Last.MonthDay == 0 || w.Begins == "event"));

    public static bool IsKind(ResidentTerms terms, string who) => terms.Window.Any(w => w.Who == who);

    private static EnrolmentWindow? Window(ResidentTerms terms, int year, string who, DateOnly? eventOn, DateOnly paidOn) =>
        terms.Window.FirstOrDefault(w => w.Who == who && Day(w.First, year, eventOn) <= paidOn && Day(w.Last, year, eventOn) >= paidOn);

    private static DateOnly? Day(WindowDay day, int year, DateOnly? eventOn)
    {
        if (day.MonthDay == 0) return eventOn?.AddDays(day.DaysAfterEvent);
        var (ofYear, month) = (year + day.YearOffset, day.MonthDay / 100);
        // 29 February in a year without one is its 28th.
        return new DateOnly(ofYear, month, Math.Min(day.MonthDay % 100, DateTime.DaysInMonth(ofYear, month)));
    }
}
