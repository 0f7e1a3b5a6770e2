using MedInsure.Enrollment.Covers;
using MedInsure.Kernel;
using MedInsure.Protos.Enrollment.V1;

namespace MedInsure.Enrollment.Tests.Covers;

[Trait("Category", "Unit")]
public sealed class CoverLedgerTests
{
    private static CoverLedger With(params (string Insutype, int From, int To, long Credit)[] rows)
    {
        var person = new Person { PsnNo = "P" };
        person.Coverage.AddRange(rows.Select(r => new Coverage { Insutype = r.Insutype, FromOn = r.From, ToOn = r.To, PsnType = "1501", AccountCreditFen = r.Credit }));
        return new CoverLedger([person]);
    }

    private static DatePeriod Days(int from, int to) => new(DayNumber.ToDate(from), DayNumber.ToOptionalDate(to));

    private static string Say(CoverLedger cover) => string.Join(' ', cover.RowsOfChanged.OrderBy(r => r.Insutype).ThenBy(r => r.From).Select(r => $"{r.Insutype}:{DayNumber.Of(r.From)}-{DayNumber.Of(r.To)}{(r.AccountCreditFen > 0 ? $"={r.AccountCreditFen}" : "")}"));

    [Fact]
    public void Added_FillsOnlyTheDaysThatNoPeriodOfTheSchemeHolds()
    {
        var cover = With(("390", 2027_03_01, 2027_03_31, 0), ("390", 2027_10_01, 0, 0));
        Assert.True(cover.Add("P", "390", Days(2027_01_01, 2027_12_31), "1501"));
        Assert.Equal("390:20270101-20270228 390:20270301-20270331 390:20270401-20270930 390:20271001-0", Say(cover));
    }

    [Fact]
    public void AddedWhereAllIsCovered_ChangesNothing()
    {
        var cover = With(("390", 2020_01_01, 0, 0));
        Assert.False(cover.Add("P", "390", Days(2027_01_01, 2027_12_31), "1501"));
        Assert.Empty(cover.Changed);
    }

    [Fact]
    public void OwnMonths_BecomeOnePeriod()
    {
        var cover = With(("310", 2027_01_01, 2027_01_31, 700));
        cover.Add("P", "310", Days(2027_02_01, 2027_02_28), "1501");
        cover.Add("P", "310", Days(2027_04_01, 2027_04_30), "1501");
        Assert.Equal("310:20270101-20270228=700 310:20270401-20270430", Say(cover));
    }

    [Theory]
    [InlineData(2027_01_01, 2027_12_31, "310:20200101-20261231=700 310:20280101-0")]
    [InlineData(2019_01_01, 2020_06_30, "310:20200701-0=700")]
    // The only piece holds the account's money: it stays.
    [InlineData(2019_01_01, 0, "")]
    public void Removed_KeepsTheDaysOutsideAndTheMoney(int from, int to, string left)
    {
        var cover = With(("310", 2020_01_01, 0, 700));
        Assert.Equal(left.Length > 0, cover.Remove("P", "310", Days(from, to)));
        Assert.Equal(left, Say(cover));
    }

    [Fact]
    public void RemovedWithTwoWholePeriods_TheirMoneyStaysWithThePieceBefore()
    {
        var cover = With(("310", 2025_01_01, 2025_12_31, 700), ("310", 2029_01_01, 0, 5), ("310", 2027_01_01, 2027_06_30, 100), ("310", 2027_07_01, 2027_12_31, 50));
        Assert.True(cover.Remove("P", "310", Days(2027_01_01, 2028_12_31)));
        Assert.Equal("310:20250101-20251231=850 310:20290101-0=5", Say(cover));
    }

    [Fact]
    public void RemovedWithNoPieceBefore_TheMoneyStaysWithTheSchemesOtherPiece()
    {
        var cover = With(("310", 2027_01_01, 2027_06_30, 100), ("310", 2027_07_01, 2027_12_31, 50), ("310", 2029_01_01, 0, 5), ("390", 2020_01_01, 2020_12_31, 0));
        Assert.True(cover.Remove("P", "310", Days(2026_01_01, 2028_12_31)));
        Assert.Equal("310:20290101-0=155 390:20200101-20201231", Say(cover));
    }

    [Fact]
    public void RemovedAllThatHoldsMoney_StaysAsItWas()
    {
        var cover = With(("310", 2027_01_01, 2027_06_30, 100), ("310", 2027_07_01, 2027_12_31, 50), ("310", 2028_01_01, 0, 0));
        Assert.True(cover.Remove("P", "310", Days(2026_01_01, 0)));
        Assert.Equal("310:20270101-20270630=100 310:20270701-20271231=50", Say(cover));
    }

    [Theory]
    [InlineData("310", 2027_06_30, true)]
    [InlineData("310", 2026_12_31, false)]
    [InlineData("510", 2027_06_30, false)]
    [InlineData("390", 2027_06_30, false)]
    public void AnotherBasicScheme_IsSeenOnAnyDay(string other, int to, bool seen) =>
        Assert.Equal(seen, With((other, 2020_01_01, to, 0)).IsCoveredElsewhere("P", "390", Days(2027_01_01, 2027_12_31)));
}
