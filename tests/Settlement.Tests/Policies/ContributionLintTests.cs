using MedInsure.Settlement.Policies;

namespace MedInsure.Settlement.Tests.Policies;

/// <summary>Mistakes in the block 'contributions' are found with their line.</summary>
[Trait("Category", "Unit")]
public sealed class ContributionLintTests
{
    private static string Pack(string pack) => TestPacks.Files().Single(p => p.File == $"policies/{pack}.yaml").Text;

    private static string[] Lint(string text) => [.. PolicyLint.Check("pack.yaml", text).Select(p => p.Message)];

    [Theory]
    [InlineData("guichi/resident", "amount: 280 yuan, source: Gc 2021年筹资标准, from: 2021-01-01", "amount: 280 yuan, source: Gc 2021年筹资标准, from: 2020-12-31", "'personal' of residents has two values whose dates overlap")]
    [InlineData("guichi/resident", "source: Gc 2020年筹资标准, from: 2020-01-01, to: 2020-12-31", "source: Gc 2020年筹资标准, from: 2020-02-01, to: 2020-12-31", "there is no 'personal' for residents on 2020-01-01")]
    [InlineData("harbin/resident", "        - {person: child, amount: 50 yuan", "        - {person: adult, amount: 50 yuan", "there is no 'personal' for students and children")]
    [InlineData("harbin/resident", "        - {person: child, amount: 50 yuan", "        - {person: pupil, amount: 50 yuan", "'pupil' is not known")]
    [InlineData("harbin/resident", "{level: county, rest: true}", "{level: county, ratio: 10 %}", "exactly one level bears the rest")]
    [InlineData("harbin/resident", "{level: province, ratio: 30 %}", "{level: province, amount: 300 yuan}", "the levels bear more than the subsidy of 380.00 yuan")]
    [InlineData("harbin/resident", "{level: province, ratio: 30 %}", "{level: village, ratio: 30 %}", "'village' is not one of central, province, city, county")]
    [InlineData("bijie/resident", "pays: 50 %", "pays: half", "'half' is neither full nor an amount nor a percentage")]
    [InlineData("bijie/resident", "          paid_by: {payer: poverty_office, level: county}\n", "", "'paid_by' is missing")]
    [InlineData("bijie/resident", "first: 09-01 of the year before, last: 12-31 of the year before, begins: year_start", "first: 09-01 of the year before, last: 08-31 of the year before, begins: year_start", "lies before the first day")]
    [InlineData("bijie/resident", "last: 02-28 of the covered year", "last: 02-30 of the covered year", "'02-30 of the covered year' is no day")]
    [InlineData("bijie/resident", "begins: 30 days after payment", "begins: soon", "'soon' is not one of year_start, event, payment")]
    [InlineData("bijie/resident", "who: migrant_worker", "who: sailor", "'sailor' is not one of everyone")]
    [InlineData("bijie/resident", "    collective_support: {allowed: true, source: \"Bj 筹资: optional collective or unit support\"}\n", "", "'collective_support' is missing")]
    [InlineData("harbin/employee", "average_wage: average_wage", "average_wage: wage", "statistic 'wage' is not known")]
    [InlineData("harbin/employee", "base_ceiling: {values: [{ratio: 300 %", "base_ceiling: {values: [{ratio: 30 %", "lies below the floor")]
    [InlineData("harbin/employee", "ratio: 6 %, account: 0 %", "ratio: 6 %, account: 7 %", "is more than the rate")]
    [InlineData("harbin/employee", "{sex: female, years: 25", "{sex: male, years: 25", "there are no years for women")]
    [InlineData("harbin/employee", "years: 25, paid_years: 15", "years: 25, paid_years: 26", "are more than all years")]
    [InlineData("harbin/employee", "employee_rate: {values: [{ratio: 2 %, source: Hb 职工 缴费率}]}", "employee_rate: {values: [{ratio: 2 %}]}", "neither a 'source' nor 'assumed: true'")]
    [InlineData("harbin/employee", "employee_rate:", "employe_rate:", "'employee_rate' is missing")]
    public void Mistake_IsFound(string pack, string find, string replace, string what)
    {
        var text = Pack(pack);
        Assert.Contains(find, text);
        Assert.Contains(Lint(text.Replace(find, replace, StringComparison.Ordinal)), m => m.Contains(what, StringComparison.Ordinal));
    }

    [Fact]
    public void ResidentAndEmployeeTogether_AreRefused() =>
        Assert.Contains(Lint(Pack("harbin/employee").Replace("contributions:\n", "contributions:\n  resident: {}\n", StringComparison.Ordinal)), m => m.Contains("exactly one of 'resident', 'employee'", StringComparison.Ordinal));
}
