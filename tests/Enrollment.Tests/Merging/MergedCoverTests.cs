using MedInsure.Enrollment.Merging;
using MedInsure.Protos.Enrollment.V1;

namespace MedInsure.Enrollment.Tests.Merging;

/// <summary>What the periods and categories of two records come to.</summary>
[Trait("Category", "Unit")]
public sealed class MergedCoverTests
{
    private static Coverage Cover(int from, int to, long credit = 0, string scheme = "390") => new() { Insutype = scheme, PsnType = "1501", FromOn = from, ToOn = to, AccountCreditFen = credit };

    /// <summary>Periods as from-to, of the surviving record, of the retired one, together; 0 = open.</summary>
    [Theory]
    [InlineData("20200101-20201231", "20220101-20221231", "20200101-20201231 20220101-20221231", "")]
    [InlineData("20200101-0", "20220101-20221231", "20200101-0", "20220101-20221231")]
    [InlineData("20220101-20221231", "20200101-0", "20200101-20211231 20220101-20221231 20230101-0", "20220101-20221231")]
    [InlineData("20220101-20220630 20230101-20230630", "20220401-20230331", "20220101-20220630 20220701-20221231 20230101-20230630", "20220401-20220630 20230101-20230331")]
    [InlineData("20220101-0", "20200101-20220101", "20200101-20211231 20220101-0", "20220101-20220101")]
    [InlineData("", "20200101-0", "20200101-0", "")]
    public void RetiredRecordsPeriods_GiveWay(string surviving, string retired, string expected, string twice)
    {
        var (cover, both) = MergedCover.Unite(Periods(surviving), Periods(retired));
        Assert.Equal(expected, string.Join(' ', cover.Select(c => $"{c.FromOn}-{c.ToOn}")));
        Assert.Equal(twice, string.Join(' ', both.Select(t => $"{t.FromOn}-{t.ToOn}")));
    }

    [Theory]
    [InlineData("20220101-20221231", "20200101-0")]
    [InlineData("20200101-0", "20210101-20211231 20220101-20221231")]
    [InlineData("20200101-20201231", "20220101-20221231")]
    public void Credits_KeepTheirSum(string surviving, string retired) =>
        Assert.Equal(7L * Periods(surviving).Count() + 7L * Periods(retired).Count(), MergedCover.Unite(Periods(surviving, 7), Periods(retired, 7)).Cover.Sum(c => c.AccountCreditFen));

    [Fact]
    public void OtherSchemes_DoNotGiveWay() => Assert.Equal(2, MergedCover.Unite([Cover(20200101, 0)], [Cover(20200101, 0, scheme: "310")]).Cover.Count);

    [Theory]
    [InlineData("20200101-20201231", "20210101-0", "20200101-0")]
    [InlineData("20200101-0", "20210101-20211231", "20200101-0")]
    [InlineData("20200101-20201231", "20220101-0", "20200101-20201231 20220101-0")]
    [InlineData("20210101-20211231", "20200101-20210630", "20200101-20211231")]
    public void Categories_HoldWhereEitherDid(string surviving, string retired, string expected)
    {
        static IEnumerable<Category> Of(string text) => Periods(text).Select(c => new Category { Name = "low_income", FromOn = c.FromOn, ToOn = c.ToOn });
        Assert.Equal(expected, string.Join(' ', MergedCover.Unite(Of(surviving), Of(retired)).Select(c => $"{c.FromOn}-{c.ToOn}")));
    }

    private static IEnumerable<Coverage> Periods(string text, long credit = 0) =>
        text.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(p => p.Split('-')).Select(p => Cover(int.Parse(p[0]), int.Parse(p[1]), credit));
}
