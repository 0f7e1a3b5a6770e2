using MedInsure.Settlement.Policies;

namespace MedInsure.Settlement.Tests.Policies;

/// <summary>Every kind of mistake is found with its line, all of a file at once, and nothing is found where nothing is wrong.</summary>
[Trait("Category", "Unit")]
public sealed class PolicyLintTests
{
    private const string Good = """
        pack: test/good
        version: "1"
        insutype: "390"
        name: {zh: 测试, en: test}
        sources:
          T: {file: a.txt, title: a decree}
        in_force: {from: 2020-01-01, to: null, source: T article 1}
        person_classes:
          - {id: child, zh: 儿童, en: children, psn_type: "14"}
          - {id: adult, zh: 成年人, en: adults}
        visits:
          - {id: inpatient, zh: 住院, en: inpatient, med_type: 21-28, stay: true}
          - {id: ordinary, zh: 门诊, en: outpatient, med_type: ["11", "13"]}
        basic_fund:
          id: basic
          zh: 统筹基金
          en: fund
          fund: "390100"
          rules:
            - id: inpatient
              zh: 住院
              en: inpatient
              when: {visit: inpatient}
              source: T article 4
              deductible:
                per: stay
                values:
                  - {when: {person: child}, amount: 100 yuan}
                  - {when: {level: "3"}, amount: 700 yuan, from: 2020-01-01, to: 2025-12-31}
                  - {when: {level: "3"}, amount: 720 yuan, from: 2026-01-01, to: null}
                  - {when: {level: "2"}, amount: 480 yuan}
                  - {when: {level: ["1", community]}, amount: 240 yuan}
              ratio:
                values:
                  - {when: {off_site: true, filed: false}, ratio: 60 %}
                  - {ratio: 70 %}
            - id: ordinary
              zh: 门诊
              en: outpatient
              when: {visit: ordinary}
              source: T article 5
              ratio: {values: [{ratio: 50 %}]}
        layers:
          - id: critical
            zh: 大病
            en: critical
            pays: hifmi_pay
            fund: "390200"
            when: {visit: inpatient}
            cumulative:
              values:
                - deductible: 14000 yuan
                  bands_over: above_deductible
                  maximum: none
                  source: T article 6
                  bands:
                    - {from: 0 yuan, to: 10000 yuan, ratio: 50 %}
                    - {from: 10000 yuan, to: 20000 yuan, ratio: 60 %}
                    - {ratio: 70 %}
        stated:
          - {id: premium, zh: 保费, en: premium, amount: 30 yuan, source: T article 7, from: 2020-01-01, to: 2025-12-31}
          - {id: premium, zh: 保费, en: premium, amount: 40 yuan, source: T article 7, from: 2026-01-01, to: null}
        """;

    private static string[] Lint(string text) => [.. PolicyLint.Check("good.yaml", text).Select(p => p.Message)];

    private static string With(string text, string find, string replace)
    {
        Assert.Contains(find, text);
        return text.Replace(find, replace, StringComparison.Ordinal);
    }

    [Fact]
    public void GoodPack_HasNothingWrong() => Assert.Empty(Lint(Good));

    [Fact]
    public void EveryPackOfTheProgramAndOfTheTests_HasNothingWrong()
    {
        var packs = TestPacks.Files().ToArray();
        Assert.Equal(TestPacks.Library.All.Count, packs.Length);
        Assert.All(packs, p => Assert.Empty(PolicyLint.Check(p.File, p.Text)));
    }

    [Theory]
    // dates
    [InlineData("from: 2026-01-01, to: null}\n          - {when: {level: \"2\"}", "from: 2025-07-01, to: null}\n          - {when: {level: \"2\"}", 30, "overlap those of line 29")]
    [InlineData("source: T article 7, from: 2026-01-01", "source: T article 7, from: 2025-12-31", 62, "'premium' has two values whose dates overlap")]
    [InlineData("to: 2025-12-31}\n          - {when: {level: \"3\"}, amount: 720", "to: 2025-11-30}\n          - {when: {level: \"3\"}, amount: 720", 28, "none for level '3'")] // in December 2025
    // bands
    [InlineData("{from: 10000 yuan, to: 20000 yuan", "{from: 12000 yuan, to: 20000 yuan", 58, "the bands do not meet: this one begins at 12000.00 yuan, the one before ends at 10000.00 yuan")]
    [InlineData("{from: 10000 yuan, to: 20000 yuan", "{from: 9000 yuan, to: 20000 yuan", 58, "the bands do not meet")]
    [InlineData("{from: 0 yuan, to: 10000", "{from: 5000 yuan, to: 10000", 57, "the bands do not meet: this one begins at 5000.00 yuan, the first one must begin at 0.00 yuan")]
    [InlineData("{from: 10000 yuan, to: 20000 yuan", "{to: 10000 yuan", 58, "not above the band before")]
    [InlineData("            - {ratio: 70 %}\n", "", 57, "the last band has no 'to'")]
    // ratios
    [InlineData("ratio: 60 %}\n          - {ratio: 70 %}", "ratio: 60 %}\n          - {ratio: 100.01 %}", 36, "'100.01 %' is more than 100 %")]
    [InlineData("to: 10000 yuan, ratio: 50 %", "to: 10000 yuan, ratio: 150 %", 57, "more than 100 %")]
    // levels
    [InlineData("          - {when: {level: \"2\"}, amount: 480 yuan}\n", "", 28, "none for level '2'")]
    [InlineData("level: [\"1\", community]", "level: \"1\"", 28, "none for level 'community'")]
    // rules and rows that never decide
    [InlineData("when: {visit: ordinary}", "when: {med_type: 21-28}", 37, "unreachable: the rules above always apply first")]
    [InlineData("when: {visit: ordinary}", "when: {visit: ordinary, med_type: \"21\"}", 37, "unreachable: its condition never holds")]
    [InlineData("{when: {person: child}, amount: 100 yuan}", "{amount: 100 yuan}", 29, "unreachable: the rows above always apply first")]
    [InlineData("{when: {off_site: true, filed: false}, ratio: 60 %}\n          - {ratio: 70 %}", "{ratio: 70 %}\n          - {when: {off_site: true, filed: false}, ratio: 60 %}", 36, "unreachable: the rows above always apply first")]
    [InlineData("when: {off_site: true, filed: false}", "when: {visit: ordinary}", 35, "unreachable: its condition never holds where the table is used")]
    [InlineData("psn_type: \"14\"}", "}", 10, "unreachable: 'children' above is everybody")]
    [InlineData("med_type: [\"11\", \"13\"]", "med_type: \"24\"", 13, "unreachable: a kind of visit above always fits first")]
    [InlineData("fund: \"390200\"\n    when: {visit: inpatient}", "fund: \"390200\"\n    when: {visit: inpatient, med_type: \"11\"}", 44, "unreachable: its condition never holds")]
    // keys, origins, units, names
    [InlineData("when: {level: \"2\"}, amount", "when: {level: \"2\"}, amuont", 31, "'amuont' is not known here")]
    [InlineData("when: {level: \"2\"}, amount", "when: {level: \"2\"}, amuont", 31, "'amount' is missing")]
    [InlineData("      source: T article 5\n", "", 41, "neither a 'source' nor 'assumed: true'")]
    [InlineData("source: T article 6", "source: X article 6", 55, "not a tag of 'sources'")]
    [InlineData("source: T article 6", "assumed: true", 52, "needs a 'reason'")]
    [InlineData("amount: 480 yuan", "amount: 480", 31, "'480' is no amount")]
    [InlineData("when: {visit: ordinary}", "when: {visit: dentist}", 40, "'dentist' is not known")]
    public void Mistake_IsFoundWithItsLine(string find, string replace, int line, string what)
    {
        Assert.Contains(Lint(With(Good, find, replace)), m => m.StartsWith($"good.yaml:{line}: ", StringComparison.Ordinal) && m.Contains(what, StringComparison.Ordinal));
    }

    [Fact]
    public void SeveralMistakes_AreFoundAtOnceByLine()
    {
        var text = With(Good, "amount: 480 yuan", "amount: 480");
        text = With(text, "      source: T article 5\n", "      sourse: T article 5\n");
        text = With(text, "to: 10000 yuan, ratio: 50 %", "to: 10000 yuan, ratio: 150 %");
        text = With(text, "{from: 10000 yuan, to: 20000 yuan", "{from: 12000 yuan, to: 20000 yuan");
        text = With(text, "when: {off_site: true, filed: false}", "when: {visit: ordinary}");
        text = With(text, "source: T article 7, from: 2026-01-01", "source: T article 7, from: 2025-12-31");
        Assert.Equal([31, 35, 41, 42, 57, 58, 62], PolicyLint.Check("good.yaml", text).Select(p => p.Line));
    }

    /// <summary>Whatever is wrong is said, never thrown; and lint finds what the reader refuses.</summary>
    [Fact]
    public void AnyLineLeftOutOrTwice_IsExplained()
    {
        foreach (var (_, text) in TestPacks.Files().Prepend(("good.yaml", Good)))
        {
            var lines = text.Split('\n');
            for (var i = 0; i < lines.Length; i++)
                foreach (var changed in (string[][])[[.. lines[..i], .. lines[(i + 1)..]], [.. lines[..i], lines[i], .. lines[i..]]])
                {
                    var mistakes = Lint(string.Join('\n', changed));
                    if (Record.Exception(() => PolicyReader.Read("good.yaml", string.Join('\n', changed))) is not { } refused) continue;
                    Assert.IsType<PolicyFormatException>(refused);
                    Assert.Contains(refused.Message, mistakes);
                }
        }
    }

    [Theory]
    [InlineData("name: {zh", "name: {{zh", 1)]
    [InlineData("in_force:", "in_farce:", 1)]
    public void UnreadableFile_IsOneMistake(string find, string replace, int line) =>
        Assert.Equal(line, Assert.Single(PolicyLint.Check("good.yaml", With(Good, find, replace))).Line);
}
