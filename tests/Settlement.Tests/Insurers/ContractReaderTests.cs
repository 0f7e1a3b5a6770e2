using MedInsure.Kernel;
using MedInsure.Protos.Insurer.V1;
using MedInsure.Settlement.Insurers;
using MedInsure.Settlement.Policies;

namespace MedInsure.Settlement.Tests.Insurers;

/// <summary>What a contract's file may say, and that everything else is refused with its file and line.</summary>
[Trait("Category", "Unit")]
public sealed class ContractReaderTests
{
    private const string Illness = """
        contract_no: T-CI
        insurer: CXTEST
        kind: critical_illness
        name: {zh: 大病, en: Critical illness}
        city: "230100"
        counties: ["230102", "230103"]
        insutype: "390"
        fund_pay_type: "390200"
        from: 2026-01-01
        to: 2028-12-31
        personal_data: true
        sources:
          Hb: {file: 000_55dbde39a5535a1d.txt, title: plan}
        premium:
          per_head: {amount: 30 yuan, source: "Hb 大病保险"}
          head_count_on: {month: 1, day: 31, assumed: true, reason: none named}
          instalments:
            source: "Hb: quarterly"
            values:
              - {due: {month: 2, day: 15}, share: 40 %}
              - {due: {month: 8, day: 15}, share: 60 %}
        risk_sharing:
          assumed: true
          reason: none named
          operating_cost: 3 %
          gain:
            - {up_to: 3 %, fund_share: 0 %}
            - {fund_share: 100 %}
          loss:
            - {up_to: 5 %, fund_share: 0 %}
            - {up_to: 10 %, fund_share: 50 %}
            - {fund_share: 100 %}
        """;

    private const string Policy = """
        contract_no: T-SUP
        insurer: HMTEST
        kind: supplement
        name: {zh: 惠民保, en: Supplement}
        city: "230100"
        counties: all
        insutype: null
        fund_pay_type: "620100"
        from: 2026-01-01
        to: 2028-12-31
        assumed: true
        reason: an example
        supplement:
          deadline_ms: 400
          ask_days_max: 30
        """;

    [Fact]
    public void CriticalIllness_IsReadWholly()
    {
        var contract = ContractReader.Read("a.yaml", Illness);
        Assert.Equal(("T-CI", "CXTEST", ContractKind.CriticalIllness, "大病", "Critical illness", "230100", "390", "390200", true),
            (contract.Number, contract.Insurer, contract.Kind, contract.ChineseName, contract.EnglishName, contract.City, contract.Insutype, contract.FundPayType, contract.ShowsPersonalData));
        Assert.Equal(["230102", "230103"], contract.Counties!.Order());
        Assert.Equal(new DatePeriod(new DateOnly(2026, 1, 1), new DateOnly(2028, 12, 31)), contract.Period);
        Assert.Equal((new Fen(3_000), new DayOfYear(1, 31)), (contract.Premium!.PerHead, contract.Premium.HeadsOn));
        Assert.Equal([new Instalment(new DayOfYear(2, 15), new BasisPoints(4_000)), new Instalment(new DayOfYear(8, 15), new BasisPoints(6_000))], contract.Premium.Instalments);
        Assert.Equal(new BasisPoints(300), contract.Sharing!.OperatingCost);
        Assert.Equal([new SharingStep(new BasisPoints(300), new BasisPoints(0)), new SharingStep(null, new BasisPoints(10_000))], contract.Sharing.Gain);
        Assert.Equal([new SharingStep(new BasisPoints(500), new BasisPoints(0)), new SharingStep(new BasisPoints(1_000), new BasisPoints(5_000)), new SharingStep(null, new BasisPoints(10_000))], contract.Sharing.Loss);
        Assert.Null(contract.Supplement);
    }

    [Fact]
    public void Supplement_IsReadWholly()
    {
        var contract = ContractReader.Read("a.yaml", Policy);
        Assert.Equal((ContractKind.Supplement, null, null, false), (contract.Kind, contract.Counties, contract.Insutype, contract.ShowsPersonalData));
        Assert.Equal(new SupplementTerms(TimeSpan.FromMilliseconds(400), 30), contract.Supplement);
        Assert.Equal((null, null), (contract.Premium, contract.Sharing));
    }

    [Theory]
    [InlineData("230102", "390", 2026, true)]
    [InlineData("230103", "390", 2028, true)]
    [InlineData("230104", "390", 2026, false)]
    [InlineData("230102", "310", 2026, false)]
    [InlineData("230102", "390", 2029, false)]
    public void Contract_CoversWhatItSays(string county, string insutype, int year, bool covered) => Assert.Equal(covered, ContractReader.Read("a.yaml", Illness).Covers(county, insutype, new DateOnly(year, 6, 1)));

    /// <summary>A replacement in the critical-illness contract, and what the refusal names.</summary>
    [Theory]
    [InlineData("contract_no: T-CI", "", "contract_no")]
    [InlineData("insurer: CXTEST", "", "insurer")]
    [InlineData("kind: critical_illness", "kind: accident", "accident")]
    [InlineData("name: {zh: 大病, en: Critical illness}", "name: {zh: 大病}", "en")]
    [InlineData("name: {zh: 大病, en: Critical illness}", "name: {zh: 大病, en: a, fr: b}", "fr")]
    [InlineData("city: \"230100\"", "city: Harbin", "Harbin")]
    [InlineData("counties: [\"230102\", \"230103\"]", "", "counties")]
    [InlineData("counties: [\"230102\", \"230103\"]", "counties: [\"23010\"]", "23010")]
    [InlineData("fund_pay_type: \"390200\"", "fund_pay_type: \"390100\"", "390100")]
    [InlineData("fund_pay_type: \"390200\"", "", "fund_pay_type")]
    [InlineData("from: 2026-01-01", "", "from")]
    [InlineData("to: 2028-12-31", "", "to")]
    [InlineData("to: 2028-12-31", "to: 2025-12-31", "before the start")]
    [InlineData("to: 2028-12-31", "to: 2028-02-30", "2028-02-30")]
    [InlineData("personal_data: true", "personal_data: perhaps", "perhaps")]
    [InlineData("personal_data: true", "colour: red", "colour")]
    [InlineData("source: \"Hb 大病保险\"", "source: \"Gc 大病保险\"", "Gc")]
    [InlineData("{amount: 30 yuan, source: \"Hb 大病保险\"}", "{amount: 30 yuan}", "neither a source nor assumed")]
    [InlineData("{amount: 30 yuan, source: \"Hb 大病保险\"}", "{amount: 30, source: Hb}", "30")]
    [InlineData("assumed: true, reason: none named}", "assumed: true}", "reason")]
    [InlineData("{month: 1, day: 31,", "{month: 2, day: 29,", "no day of every year")]
    [InlineData("{month: 1, day: 31,", "{day: 31,", "month")]
    [InlineData("share: 60 %", "share: 59 %", "100 %")]
    [InlineData("due: {month: 8, day: 15}", "due: {month: 2, day: 15}", "order")]
    [InlineData("operating_cost: 3 %", "", "operating_cost")]
    [InlineData("    - {up_to: 3 %, fund_share: 0 %}\n    - {fund_share: 100 %}", "    - {up_to: 3 %, fund_share: 0 %}", "no upper end")]
    [InlineData("    - {up_to: 3 %, fund_share: 0 %}", "    - {fund_share: 0 %}", "no upper end")]
    [InlineData("up_to: 10 %", "up_to: 5 %", "order")]
    [InlineData("    - {up_to: 3 %, fund_share: 0 %}\n    - {fund_share: 100 %}", "    []", "gain")]
    [InlineData("risk_sharing:\n  assumed: true\n  reason: none named\n", "risk_sharing:\n", "neither a source nor assumed")]
    [InlineData("premium:\n", "premium:\n  bonus: 1\n", "bonus")]
    public void FileThatSaysOtherwise_IsRefusedWithItsLine(string from, string to, string named) => Refused(Illness, from, to, named);

    [Theory]
    [InlineData("deadline_ms: 400", "", "deadline_ms")]
    [InlineData("deadline_ms: 400", "deadline_ms: 0", "between 1 and 1000")]
    [InlineData("deadline_ms: 400", "deadline_ms: 1001", "between 1 and 1000")] // a patient waits
    [InlineData("ask_days_max: 30", "", "ask_days_max")]
    [InlineData("assumed: true\nreason: an example\n", "", "neither a source nor assumed")]
    [InlineData("ask_days_max: 30", "ask_days_max: 30\npremium: {}", "premium")]
    public void PolicyThatSaysOtherwise_IsRefusedWithItsLine(string from, string to, string named) => Refused(Policy, from, to, named);

    private static void Refused(string text, string from, string to, string named)
    {
        text = text.ReplaceLineEndings("\n");
        Assert.Contains(from, text, StringComparison.Ordinal);
        var refused = Assert.Throws<PolicyFormatException>(() => ContractReader.Read("contracts/t.yaml", text.Replace(from, to, StringComparison.Ordinal)));
        Assert.Contains(named, refused.Message, StringComparison.Ordinal);
        Assert.Matches(@"contracts/t\.yaml:\d+", refused.Message);
    }

    [Fact]
    public void NumberInTwoFiles_IsRefused() =>
        Assert.Contains("T-CI", Assert.Throws<PolicyFormatException>(() => ContractLibrary.Read([("a.yaml", Illness), ("b.yaml", Illness)])).Message, StringComparison.Ordinal);

    [Fact]
    public void ContractsOfTheProgram_AreReadAndTheirOwn()
    {
        var library = ContractLibrary.LoadEmbedded();
        Assert.Equal(["CX230100-CI-390", "CX341700-CI-390", "HM230100-SUP"], library.All.Select(c => c.Number));
        Assert.Same(library.All[0], library.Find("CX230100-CI-390"));
        Assert.Null(library.Find("CX230100"));
    }
}
