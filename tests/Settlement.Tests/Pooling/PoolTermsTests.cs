using MedInsure.Kernel;
using MedInsure.Settlement.Policies;
using MedInsure.Settlement.Pooling;

namespace MedInsure.Settlement.Tests.Pooling;

/// <summary>A city's terms are data with their sources, read strictly.</summary>
[Trait("Category", "Unit")]
public sealed class PoolTermsTests
{
    private const string Good = """
        city: "999900"
        sources:
          Gc: {file: x.txt, title: x}
        allocation_plan: {months: 3, source: "Gc 计划"}
        deficit: {source: Gc, budget_met: [accumulated_surplus, county], budget_not_met: [county]}
        early_warning: {source: Gc, levels: [{level: red, below_months: 3}]}
        interest: {source: Gc, rates: [{from: 2020-01-01, rate: 0.35 %}, {from: 2026-07-01, rate: 0.20 %}]}
        """;

    [Fact]
    public void Cities_HaveTheirOwnOrTheCommonTerms()
    {
        Assert.NotNull(PoolTerms.Of("341700").Deficit);
        Assert.Null(PoolTerms.Of("341700").RiskFund);
        Assert.NotNull(PoolTerms.Of("520500").RiskFund);
        Assert.Equal((null, null), (PoolTerms.Of("230100").Deficit, PoolTerms.Of("230100").SweepDay));
    }

    [Fact]
    public void Rate_IsTheDays()
    {
        var terms = PoolTerms.Read("a.yaml", Good).Terms;
        Assert.Equal([0, 35, 35, 20], new[] { new DateOnly(2019, 12, 31), new DateOnly(2020, 1, 1), new DateOnly(2026, 6, 30), new DateOnly(2026, 7, 1) }.Select(d => terms.RateOn(d).Value));
    }

    [Theory]
    [InlineData("months: 3, source: \"Gc 计划\"", "months: 3", "neither a source nor assumed")]
    [InlineData("months: 3, source: \"Gc 计划\"", "months: 3, source: Xx", "names none of the sources")]
    [InlineData("months: 3, source: \"Gc 计划\"", "months: 3, assumed: true", "'reason' is missing")]
    [InlineData("months: 3", "months: 0", "a number from 1 to 12")]
    [InlineData("budget_not_met: [county]", "budget_not_met: [accumulated_surplus]", "the county bears what is left")]
    [InlineData("budget_not_met: [county]", "budget_not_met: [insurer]", "bears no deficit")]
    [InlineData("below_months: 3", "below_months: 3, above_months: 4", "below or above")]
    [InlineData("2026-07-01", "2019-07-01", "not in order")]
    [InlineData("city:", "town: x\ncity:", "'town' is not known")]
    [InlineData("\"999900\"", "nowhere", "no division code")]
    public void Fault_NamesItsFileAndLine(string from, string to, string what)
    {
        var error = Assert.Throws<PolicyFormatException>(() => PoolTerms.Read("a.yaml", Good.Replace(from, to, StringComparison.Ordinal)));
        Assert.StartsWith("a.yaml:", error.Message, StringComparison.Ordinal);
        Assert.Contains(what, error.Message, StringComparison.Ordinal);
    }
}
