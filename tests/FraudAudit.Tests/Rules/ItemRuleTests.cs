using MedInsure.FraudAudit.Rules;

namespace MedInsure.FraudAudit.Tests.Rules;

/// <summary>Rules of which each line is a violation or none by itself, and which look at the bill's head only.</summary>
[Trait("Category", "Golden")]
public sealed class ItemRuleTests
{
    // The woman of the cases is 46 from 2026-06-15 on.
    [Theory]
    [InlineData("GZ10000101007000", 45, 1)] // 限儿童支付
    [InlineData("GZ10000101007000", 46, 0)]
    [InlineData("GZ10000301002000", 45, 1)] // 儿童专用药品
    [InlineData("GZ10000301002000", 46, 0)]
    [InlineData("GZ10000302003000", 45, 1)] // 儿童项目
    [InlineData("GZ10000302003000", 46, 0)]
    public void ChildOnly_OlderThanThePointSays(string rule, int ageMax, int count) =>
        Assert.Equal(count, Bill.Audit(rule, Bill.Visit(lines: [Bill.Line("X1")]), points: [Bill.Point(rule, "X1", ageMax: ageMax)]).Count);

    [Theory]
    [InlineData(20081102, 1)] // 18 on the day
    [InlineData(20081103, 0)] // 17 for the last day
    [InlineData(0, 0)]
    public void ChildOnly_PointWithoutAge_TheParameterHolds(int birthOn, int count)
    {
        var visit = Bill.Visit(lines: [Bill.Line("X1")]);
        visit.BirthOn = birthOn;
        Assert.Equal(count, Bill.Audit("GZ10000301002000", visit, points: [Bill.Point("GZ10000301002000", "X1")]).Count);
    }

    [Fact]
    public void PaidForChildrenOnly_AdultPaysHimself_Nothing()
    {
        var line = Bill.Line("X1");
        line.InScopeFen = 0;
        Assert.Empty(Bill.Audit("GZ10000101007000", Bill.Visit(lines: [line]), points: [Bill.Point("GZ10000101007000", "X1", ageMax: 14)]));
        Assert.Single(Bill.Audit("GZ10000301002000", Bill.Visit(lines: [line]), points: [Bill.Point("GZ10000301002000", "X1", ageMax: 14)]));
    }

    [Theory]
    [InlineData("MI10000301054000", 47, null, 1)] // 限年龄, drug
    [InlineData("MI10000301054000", 46, null, 0)]
    [InlineData("MI10000302051000", null, 45, 1)] // item
    [InlineData("MI10000302051000", 18, 46, 0)]
    public void AgeLimit_OutsideOfBothEnds(string rule, int? min, int? max, int count) =>
        Assert.Equal(count, Bill.Audit(rule, Bill.Visit(lines: [Bill.Line("X1")]), points: [Bill.Point(rule, "X1", ageMin: min, ageMax: max)]).Count);

    [Theory]
    [InlineData("GZ10000101001000", "", "", 1)] // 限工伤
    [InlineData("GZ10000101001000", "390", "", 0)]
    [InlineData("GZ10000101002000", "510", "51", 1)] // 限生育
    [InlineData("GZ10000101002000", "510;390", "", 0)]
    [InlineData("GZ10000101002000", "510", "11", 0)]
    public void SchemeOnly_UnderAnotherScheme(string rule, string insutypes, string medTypes, int count) => Assert.Equal(count, Bill.Audit(rule, Bill.Visit(lines: [Bill.Line("X1")]),
        points: [Bill.Point(rule, "X1", insutypes: insutypes.Split(';', StringSplitOptions.RemoveEmptyEntries), medTypes: medTypes.Split(';', StringSplitOptions.RemoveEmptyEntries))]).Count);

    [Theory]
    [InlineData("MI10000101053000", "21", 1)] // 限就医方式
    [InlineData("MI10000101053000", "11", 0)]
    [InlineData("MI10000101053000", "1", 0)]
    public void VisitWay_OtherCare(string rule, string medType, int count) => Assert.Equal(count, Bill.Audit(rule, Bill.Visit(lines: [Bill.Line("X1")]), points: [Bill.Point(rule, "X1", medTypes: [medType])]).Count);

    [Theory]
    [InlineData("GZ10000101012000", "3", 1)] // 限医疗机构级别, at a provider of level 2
    [InlineData("GZ10000101012000", "2", 0)]
    [InlineData("MI10000102054000", "3", 1)]
    [InlineData("MI10000102054000", "community", 0)]
    public void ProviderGrade_LowerThanThePoint(string rule, string level, int count) => Assert.Equal(count, Bill.Audit(rule, Bill.Visit(lines: [Bill.Line("X1")]), points: [Bill.Point(rule, "X1", levelMin: level)]).Count);

    [Theory]
    [InlineData("E11.900", 0)]
    [InlineData("I10.x00", 1)]
    public void DrugIndication_NoDiagnosisOfThePoint(string diagnosis, int count)
    {
        var visit = Bill.Visit(lines: [Bill.Line("X1", 8m)]);
        visit.Diagnosis.Add(Bill.Diagnosis(diagnosis));
        var found = Bill.Audit("GZ10000101008000", visit, points: [Bill.Point("GZ10000101008000", "X1", diagnoses: ["E11", "E10"])]);
        Assert.Equal(count, found.Count);
        Assert.All(found, f => Assert.Equal(800, f.InScopeFen));
    }

    [Fact]
    public void DrugIndication_BillWithoutAnyDiagnosis_SaysNothing() => Assert.Empty(Bill.Audit("GZ10000101008000", Bill.Visit(lines: [Bill.Line("X1")]), points: [Bill.Point("GZ10000101008000", "X1", diagnoses: ["E11"])]));

    [Fact]
    public void DrugIndication_TheChronicDiseaseOfTheBillCounts()
    {
        var visit = Bill.Visit(medType: "140104", lines: [Bill.Line("X1")]);
        visit.DiseaseCode = "E11.9";
        Assert.Empty(Bill.Audit("GZ10000101008000", visit, points: [Bill.Point("GZ10000101008000", "X1", diagnoses: ["E11"])]));
    }

    [Theory]
    [InlineData("MI10000101054000", false, "I10", 1)] // 超限定支付
    [InlineData("MI10000101054000", true, "I10", 0)]
    [InlineData("MI10000101054000", false, "E11", 0)]
    [InlineData("MI10000103051000", false, "I10", 1)]
    [InlineData("MI10000103051000", true, "I10", 0)]
    public void LimitedUse_NeitherApprovedNorDiagnosed(string rule, bool approved, string diagnosis, int count)
    {
        var line = Bill.Line("X1");
        line.Approved = approved;
        var visit = Bill.Visit(lines: [line]);
        visit.Diagnosis.Add(Bill.Diagnosis(diagnosis));
        Assert.Equal(count, Bill.Audit(rule, visit, points: [Bill.Point(rule, "X1", diagnoses: ["E11"])]).Count);
    }

    [Fact]
    public void LimitedUse_OutOfScope_Nothing()
    {
        var line = Bill.Line("X1");
        line.InScopeFen = 0;
        Assert.Empty(Bill.Audit("MI10000101054000", Bill.Visit(lines: [line]), points: [Bill.Point("MI10000101054000", "X1")]));
    }

    [Theory]
    [InlineData(100, 1)]
    [InlineData(0, 0)]
    public void HerbNeverPaid_InScopeAtAll(long inScope, int count)
    {
        var line = Bill.Line("T1", listType: "102", chargeType: "10");
        line.InScopeFen = inScope;
        Assert.Equal(count, Bill.Audit("GZ10000101003000", Bill.Visit(lines: [line, Bill.Line("T2", listType: "102")]), points: [Bill.Point("GZ10000101003000", "T1")]).Count);
    }

    [Theory]
    [InlineData("2", true, 1)] // single, whatever else is there
    [InlineData("", false, 1)]
    [InlineData("", true, 0)]
    [InlineData("1", false, 0)]
    public void HerbAlone_ByWhatTheLineSaysOrItsPrescription(string use, bool withAnother, int count)
    {
        var line = Bill.Line("T1", listType: "102", chargeType: "10");
        line.HerbUse = use;
        var visit = withAnother ? Bill.Visit(lines: [line, Bill.Line("T2", listType: "102", chargeType: "10")]) : Bill.Visit(lines: [line, Bill.Line("X1")]);
        Assert.Equal(count, Bill.Audit("GZ10000101004000", visit, points: [Bill.Point("GZ10000101004000", "T1")]).Count);
    }

    [Fact]
    public void OffOrOtherStage_Nothing()
    {
        var (visit, point) = (Bill.Visit(lines: [Bill.Line("X1")]), Bill.Point("MI10000101053000", "X1", medTypes: ["21"]));
        RuleSetting Setting(bool on, params string[] stages) => new("MI10000101053000", 20261102, on, stages, null, new Dictionary<string, decimal>());
        Assert.Empty(Bill.Audit("MI10000101053000", visit, points: [point], settings: [Setting(false, "after")]));
        Assert.Empty(Bill.Audit("MI10000101053000", visit, points: [point], settings: [Setting(true, "before")]));
        Assert.Single(Bill.Audit("MI10000101053000", visit, points: [point], settings: [Setting(true, "after")]));
    }
}
