using MedInsure.Kernel;
using MedInsure.Settlement.Calculation;

namespace MedInsure.Settlement.Tests.Calculation;

/// <summary>What the patient reads: every rule applied, with its clause, its inputs, its result and what is left of its ceiling.</summary>
[Trait("Category", "Unit")]
public sealed class TraceTests
{
    private static (ClaimResult Result, Trace Trace) Settle(RandomYear year, RandomVisit visit, Accumulators? before = null)
    {
        var trace = new Trace();
        return (Adjudication.Settle(year.Policy, year.Facts(visit, new Fen(year.Balance), before ?? new Accumulators()), before ?? new Accumulators(), trace), trace);
    }

    [Fact]
    public void Stay_NamesEveryRuleInOrder()
    {
        var (result, trace) = Settle(new RandomYear("guichi/resident", "15", ["registered_poor"], 0, []), new RandomVisit("2", "21", null, 4_000_000, 0, 1_000, 0, 0, false, null));
        Assert.Equal(["lines", "basic.inpatient.deductible", "basic.inpatient.ratio", "basic.annual_cap", "critical", "assistance", "assistance.maximum", "backstop_351"], trace.Rows.Select(r => r.RuleId));
        var ratio = trace.Rows[2];
        Assert.Equal(("住院支付比例", "Inpatient: ratio", true), (ratio.ChineseName, ratio.EnglishName, ratio.Assumed));
        Assert.Equal([new("计入支付的费用", "cost that the ratio applies to", "39500.00"), new("支付比例", "ratio", "80 %")], ratio.Inputs);
        Assert.Equal(result.BasicFund, ratio.Result);
        Assert.Equal(new Fen(30_000_000 - 3_160_000), trace.Rows[3].LeftOfLimit);
        Assert.Equal(result.CriticalIllness, trace.Rows[4].Result);
        Assert.Equal(result.MedicalAssistance, trace.Rows[6].Result);
    }

    [Fact]
    public void Clause_NamesTheSourceDocumentOrTheReasonOfTheAssumption()
    {
        var (_, trace) = Settle(new RandomYear("harbin/employee", "11", [], 0, []), new RandomVisit("community", "21", null, 1_000_000, 0, 0, 0, 0, false, null));
        var deductible = trace.Rows.Single(r => r.RuleId == "basic.inpatient.deductible");
        Assert.True(deductible.Assumed);
        Assert.Contains("as level 1", deductible.Clause);
        var ratio = trace.Rows.Single(r => r.RuleId == "basic.inpatient.ratio");
        Assert.False(ratio.Assumed);
        Assert.StartsWith("000_55dbde39a5535a1d.txt ", ratio.Clause);
        // A cap by a statistic names both clauses, and is assumed where one of them is.
        var cap = trace.Rows.Single(r => r.RuleId == "basic.annual_cap");
        Assert.True(cap.Assumed);
        Assert.Contains("年度最高支付限额", cap.Clause);
    }

    [Fact]
    public void EveryRow_SpeaksBothLanguagesAndEveryShareHasItsRow() => RandomYears.Check(RandomYears.Of(), 500, year => year.Visits.All(visit =>
    {
        var (result, trace) = Settle(year, visit);
        return trace.Rows.All(r => r.ChineseName.Any(c => c > 127) && r.EnglishName.Length > 0 && r.Clause.Length > 0 && r.Inputs.All(i => i.Chinese.Any(c => c > 127) && i.English.Length > 0 && i.Value.Length > 0))
            && result.Shares.All(s => trace.Rows.Any(r => r.RuleId == s.RuleId || r.RuleId.StartsWith(s.RuleId + ".", StringComparison.Ordinal)))
            && trace.Rows.Last(r => r.RuleId == "lines").Result == result.Fees.InScope;
    }));
}
