using MedInsure.Settlement.Policies;

namespace MedInsure.Settlement.Tests.Policies;

/// <summary>The reader is strict, and says where.</summary>
[Trait("Category", "Unit")]
public sealed class PolicyReaderTests
{
    private const string Good = """
        pack: test/good
        version: "1"
        insutype: "390"
        name: {zh: 测试, en: test}
        sources:
          T: {file: a.txt, title: a decree}
        in_force: {from: 2020-01-01, to: null, source: T article 1}
        statistics:
          income: {zh: 收入, en: income, values: [{amount: 1000 yuan, source: T article 2}]}
        person_classes:
          - {id: child, zh: 儿童, en: children, psn_type: "14"}
        visits:
          - {id: inpatient, zh: 住院, en: inpatient, med_type: 21-28, stay: true}
        basic_fund:
          id: basic
          zh: 统筹基金
          en: fund
          fund: "390100"
          annual_cap: {values: [{amount: 6 x income, source: T article 3}]}
          rules:
            - id: inpatient
              zh: 住院
              en: inpatient
              when: {visit: inpatient}
              deductible: {per: stay, source: T article 4, values: [{when: {level: "3"}, amount: 720 yuan}]}
              ratio: {source: T article 5, values: [{ratio: 70 %}]}
        layers:
          - id: critical
            zh: 大病
            en: critical
            pays: hifmi_pay
            fund: "390200"
            when: {visit: inpatient}
            cumulative:
              values:
                - {deductible: 14000 yuan, bands_over: above_deductible, maximum: none, source: T article 6, bands: [{to: 10000 yuan, ratio: 50 %}, {ratio: 70 %}]}
        """;

    private static string Refusal(string find, string replace)
    {
        Assert.Contains(find, Good);
        return Assert.Throws<PolicyFormatException>(() => PolicyReader.Read("test/good.yaml", Good.Replace(find, replace, StringComparison.Ordinal))).Message;
    }

    [Fact]
    public void GoodPack_IsRead()
    {
        var policy = PolicyReader.Read("test/good.yaml", Good);
        Assert.Equal(("test/good", "1", "390", "测试"), (policy.Pack, policy.Version, policy.Insutype, policy.ChineseName));
        Assert.Equal((new DateOnly(2020, 1, 1), null), (policy.InForce.From, policy.InForce.To));
    }

    [Theory]
    [InlineData("ratio: 70 %}]", "ratio: 70 %, ratios: 1}]", 26, "'ratios' is not known here")]
    [InlineData("  fund: \"390100\"", "  found: \"390100\"", 15, "'fund' is missing")]
    [InlineData("fund: \"390200\"", "fund: \"3902\"", 32, "fund_pay_type")]
    [InlineData("amount: 720 yuan", "amount: 720", 25, "'720' is no amount like '720 yuan'")]
    [InlineData("amount: 720 yuan", "amount: 720.005 yuan", 25, "is no amount")]
    [InlineData("amount: 720 yuan", "amount: -720 yuan", 25, "is no amount")]
    [InlineData("ratio: 70 %}]", "ratio: 0.7}]", 26, "'0.7' is no percentage like '70 %'")]
    [InlineData("ratio: 70 %}]", "ratio: 170 %}]", 26, "more than 100 %")]
    [InlineData("source: T article 5, ", "", 26, "neither a 'source' nor 'assumed: true'")]
    [InlineData("source: T article 5, ", "source: X article 5, ", 26, "not a tag of 'sources'")]
    [InlineData("source: T article 5, ", "source: T, ", 26, "a place in that document")]
    [InlineData("source: T article 5, ", "assumed: true, ", 26, "needs a 'reason'")]
    [InlineData("source: T article 5, ", "assumed: true, reason: r, source: T 5, ", 26, "either from a source or assumed")]
    [InlineData("source: T article 5, ", "reason: r, ", 26, "come together")]
    [InlineData("source: T article 5, ", "source: T 5, from: 2021-01-01, ", 26, "'from' and 'to' come together")]
    [InlineData("source: T article 5, ", "source: T 5, from: 2021-01-01, to: 2020-12-31, ", 26, "before the start")]
    [InlineData("source: T article 5, ", "source: T 5, from: 2019-01-01, to: null, ", 26, "not within")]
    [InlineData("source: T article 5, ", "source: T 5, from: 2021-02-30, to: null, ", 26, "no day yyyy-MM-dd")]
    [InlineData("in_force: {from: 2020-01-01, to: null, ", "in_force: {from: 2020-01-01, ", 7, "'to: null' says that there is no end")]
    [InlineData(", source: T article 1}", "}", 7, "in_force needs")]
    [InlineData("level: \"3\"", "level: \"4\"", 25, "level: '4' is not known")]
    [InlineData("when: {level: \"3\"}", "when: {person: adult}", 25, "person: 'adult' is not known")]
    [InlineData("when: {level: \"3\"}", "when: {lvl: \"3\"}", 25, "'lvl' is not known here")]
    [InlineData("when: {level: \"3\"}", "when: {category: low_income}", 25, "need 'choose'")]
    [InlineData("when: {level: \"3\"}", "when: {stay: 3-2}", 25, "is no count")]
    [InlineData("when: {level: \"3\"}", "when: {filed: maybe}", 25, "neither true nor false")]
    [InlineData("per: stay", "per: decade", 25, "'decade' is not one of visit, stay, year")]
    [InlineData("6 x income", "6 x outcome", 19, "statistic 'outcome' is not known")]
    [InlineData("6 x income", "six x income", 19, "is no factor")]
    [InlineData("6 x income", "10 yuan + 1 % above 5 yuan of total", 19, "only in an own-cost cap")]
    [InlineData("values: [{amount: 1000 yuan, source: T article 2}]", "values: [{amount: 1000 yuan, source: T article 2}, {amount: 2000 yuan, source: T article 2}]", 9, "overlap those of line 9")]
    [InlineData("{to: 10000 yuan, ratio: 50 %}, {ratio: 70 %}", "{to: 10000 yuan, ratio: 50 %}", 36, "the last band has no 'to'")]
    [InlineData("{to: 10000 yuan, ratio: 50 %}, {ratio: 70 %}", "{ratio: 50 %}, {ratio: 70 %}", 36, "follows the one without an end")]
    [InlineData("ratio: 50 %}", "ratio: 50 %}, {to: 10000 yuan, ratio: 60 %}", 36, "not above the band before")]
    [InlineData("maximum: none, ", "", 36, "'maximum' is missing")]
    [InlineData("bands_over: above_deductible", "bands_over: somewhere", 36, "neither above_deductible nor whole_burden")]
    [InlineData("pays: hifmi_pay", "pays: hifxx_pay", 31, "no pay field")]
    [InlineData("    when: {visit: inpatient}\n    cumulative", "    when: {visit: inpatient}\n    ratio: {values: [{ratio: 1 %, source: T 1}]}\n    cumulative", 28, "exactly one of")]
    [InlineData("    when: {visit: inpatient}\n    cumulative", "    when: {visit: inpatient}\n    maximum: {per: year, values: [{amount: 1 yuan, source: T 1}]}\n    cumulative", 28, "only a layer with 'ratio'")]
    [InlineData("    when: {visit: inpatient}\n    cumulative", "    when: {visit: inpatient}\n    of: cut_off\n    cumulative", 34, "annual cap cut off")]
    [InlineData("    when: {visit: inpatient}\n    cumulative", "    when: {visit: inpatient}\n    counts: everything\n    cumulative", 34, "is not one of in_scope")]
    [InlineData("med_type: 21-28", "med_type: 2101", 13, "neither two digits nor a span")]
    [InlineData("id: child", "id: child, age_below: ten", 11, "no whole number")]
    [InlineData("name: {zh: 测试, en: test}", "name: test", 4, "a mapping is expected")]
    [InlineData("version: \"1\"", "version: [1]", 2, "a single value is expected")]
    [InlineData("    ratio: {source", "    ratio: {values: [{ratio: 1 %}]}\n      ratio: {source", 27, "Duplicate key")]
    [InlineData("name: {zh", "name: {{zh", 1, "not readable as YAML")]
    [InlineData("en: test}", "en: 'test}", 4, "")]
    public void Mistake_IsRefusedWithItsLine(string find, string replace, int line, string message)
    {
        var refusal = Refusal(find, replace);
        Assert.StartsWith($"test/good.yaml:{line}: ", refusal);
        Assert.Contains(message, refusal);
    }

    [Fact]
    public void RatioAndBandsTogether_AreRefused() => Assert.Contains("either 'ratio' or 'bands'", Refusal("{ratio: 70 %}]}\nlayers", "{ratio: 70 %, bands: [{ratio: 1 %}]}]}\nlayers"));

    [Fact]
    public void MoreThanEightLayers_AreRefused()
    {
        var layer = "\n  - {id: l#, zh: 层, en: layer, pays: oth_pay, fund: \"999997\", when: {}, ratio: {values: [{ratio: 1 %, source: T 1}]}}";
        var text = Good + string.Concat(Enumerable.Range(1, 8).Select(i => layer.Replace("#", i.ToString(), StringComparison.Ordinal)));
        Assert.Contains("more than 8 layers", Assert.Throws<PolicyFormatException>(() => PolicyReader.Read("test/good.yaml", text)).Message);
    }

    [Fact]
    public void ContentHash_DoesNotDependOnLineEndsOrByteOrderMark()
    {
        var unix = PolicyReader.Read("a.yaml", Good.Replace("\r\n", "\n", StringComparison.Ordinal));
        var windows = PolicyReader.Read("a.yaml", '\uFEFF' + Good.Replace("\r\n", "\n", StringComparison.Ordinal).Replace("\n", "\r\n", StringComparison.Ordinal));
        Assert.Equal(unix.ContentHash, windows.ContentHash);
        Assert.NotEqual(unix.ContentHash, PolicyReader.Read("a.yaml", Good.Replace("70 %", "71 %", StringComparison.Ordinal)).ContentHash);
    }
}
