using System.Globalization;
using MedInsure.Enrollment.Covers;
using MedInsure.Protos.Settlement.V1;

namespace MedInsure.Enrollment.Tests.Covers;

/// <summary>Which days a payment covers, by the windows of the packs (policies/guichi/resident.yaml, which are Bijie's: 000_55dbde39a5535a1d.txt).</summary>
[Trait("Category", "Golden")]
public sealed class EnrolmentWindowsTests
{
    private static ResidentTerms Terms(int year) => TermsServer.Terms("390", year * 10_000 + 101).Value.Resident;

    private static DateOnly? Day(string? text) => text is null ? null : DateOnly.ParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture);

    [Theory]
    // Everyone: 1 September to 31 December of the year before; covered the whole year.
    [InlineData("everyone", null, "2026-09-01", "2027-01-01")]
    [InlineData("everyone", null, "2026-12-31", "2027-01-01")]
    // Migrant workers: 1 January to 28 February of the year, from the day of payment. In 2028 too, whose February has 29 days.
    [InlineData("migrant_worker", null, "2027-01-01", "2027-01-01")]
    [InlineData("migrant_worker", null, "2027-02-28", "2027-02-28")]
    // Newborn on 10 March: up to 90 days after it (10 March + 90 = 21 days of March, 30 of April, 31 of May, 8 of June), from the birth.
    [InlineData("newborn", "2027-03-10", "2027-03-10", "2027-03-10")]
    [InlineData("newborn", "2027-03-10", "2027-06-08", "2027-03-10")]
    // From the 91st day on 30 days after the payment: 9 June + 30 = 9 July.
    [InlineData("newborn", "2027-03-10", "2027-06-09", "2027-07-09")]
    [InlineData("newborn", "2027-03-10", "2027-12-01", "2027-12-31")]
    // Born in December of the year before, paid for within 90 days: the year's contribution covers no day before the year.
    [InlineData("newborn", "2026-12-20", "2027-01-10", "2027-01-01")]
    // A foetus: paid for before the year, covered from the birth.
    [InlineData("foetus", "2027-05-05", "2026-11-11", "2027-05-05")]
    // Married in or moved in: up to 90 days after it, from the payment. 1 April + 90 = 29 of April, 31, 30 = 30 June.
    [InlineData("married_in", "2027-04-01", "2027-06-30", "2027-06-30")]
    [InlineData("moved_in", "2027-04-01", "2027-04-01", "2027-04-01")]
    // Recognised: in the year, from the recognition; recognised before the year, from its first day.
    [InlineData("recognised", "2027-08-15", "2027-09-30", "2027-08-15")]
    [InlineData("recognised", "2025-08-15", "2027-09-30", "2027-01-01")]
    public void PaidInTheWindow_CoversFromTheDayThatItSaysToTheYearsEnd(string who, string? eventOn, string paidOn, string from)
    {
        var period = EnrolmentWindows.Period(Terms(2027), 2027, who, Day(eventOn), Day(paidOn)!.Value);
        Assert.Null(period.Refusal);
        Assert.Equal((Day(from)!.Value, new DateOnly(2027, 12, 31)), (period.Value.From, period.Value.To!.Value));
    }

    [Theory]
    [InlineData("everyone", null, "2026-08-31", "cover.window_closed")]
    [InlineData("everyone", null, "2027-01-01", "cover.window_closed")]
    [InlineData("migrant_worker", null, "2027-03-01", "cover.window_closed")]
    [InlineData("migrant_worker", null, "2026-12-31", "cover.window_closed")]
    [InlineData("foetus", "2027-05-05", "2027-01-01", "cover.window_closed")]
    [InlineData("married_in", "2027-04-01", "2027-07-01", "cover.window_closed")]
    [InlineData("married_in", "2027-04-01", "2027-03-31", "cover.window_closed")]
    [InlineData("newborn", null, "2027-03-10", "cover.window_closed")]
    [InlineData("nobody", null, "2026-10-01", "cover.window_closed")]
    // 30 waiting days after 2 December end in the next year: 2 December + 30 = 1 January.
    [InlineData("newborn", "2027-03-10", "2027-12-02", "cover.no_day_left")]
    public void PaidOutside_IsRefused(string who, string? eventOn, string paidOn, string code) =>
        Assert.Equal(code, EnrolmentWindows.Period(Terms(2027), 2027, who, Day(eventOn), Day(paidOn)!.Value).Refusal!.Code);

    [Fact]
    public void LeapYear_MigrantWorkersPayUntilTheDayThatThePackNames()
    {
        Assert.Null(EnrolmentWindows.Period(Terms(2028), 2028, "migrant_worker", null, new DateOnly(2028, 2, 28)).Refusal);
        Assert.NotNull(EnrolmentWindows.Period(Terms(2028), 2028, "migrant_worker", null, new DateOnly(2028, 2, 29)).Refusal);
    }

    [Theory]
    [InlineData("everyone", null, "2026-07-01", "ordinary", "2026-09-01", "2026-12-31")]
    [InlineData("everyone", null, "2026-11-22", "ordinary", "2026-09-01", "2026-12-31")]
    [InlineData("migrant_worker", null, "2026-11-22", "ordinary", "2026-09-01", "2026-12-31")]
    [InlineData("migrant_worker", null, "2027-01-22", "migrant", "2027-01-01", "2027-02-28")]
    [InlineData("newborn", "2027-03-10", "2027-06-09", "newborn_late", "2027-06-09", "2027-12-31")]
    [InlineData("foetus", "2027-03-10", "2026-07-01", "foetus", "2026-09-01", "2026-12-31")]
    public void Enrolling_NamesTheWindowThatIsOpenOrOpensNext(string who, string? eventOn, string on, string id, string first, string last)
    {
        var window = EnrolmentWindows.Next(Terms(2027), 2027, who, Day(eventOn), Day(on)!.Value)!.Value;
        Assert.Equal((id, Day(first), Day(last)), (window.Id, window.First, window.Last));
    }

    [Theory]
    [InlineData("everyone", null, "2027-01-01")]
    [InlineData("migrant_worker", null, "2027-03-01")]
    [InlineData("married_in", "2027-01-05", "2027-04-06")]
    [InlineData("foetus", "2027-01-05", "2027-01-01")]
    public void EnrollingWhenEveryWindowIsPast_FindsNone(string who, string? eventOn, string on) => Assert.Null(EnrolmentWindows.Next(Terms(2027), 2027, who, Day(eventOn), Day(on)!.Value));
}
