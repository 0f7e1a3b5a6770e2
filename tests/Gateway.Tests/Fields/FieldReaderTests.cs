using System.Text.Json;
using MedInsure.Gateway.Fields;
using MedInsure.Kernel;
using static MedInsure.Gateway.Fields.FieldNotation;

namespace MedInsure.Gateway.Tests.Fields;

[Trait("Category", "Unit")]
public sealed class FieldReaderTests
{
    private static readonly Node Data = Node.One("data", "测试数据",
        C("psn_no", "人员编号", 6).Y,
        C("insutype", "险种类型", 6, Codes.InsuranceType),
        Money("medfee_sumamt", "医疗费总额"),
        N("cnt", "数量", 16, 4).OrNegative,
        N("pric", "单价", 16, 6),
        N("page_num", "当前页数", 4),
        Time("begntime", "开始时间"),
        Day("begndate", "开始日期"));
    private static readonly Node Lines = Node.Many("lines", "明细", 3, C("sn", "流水号", 4).Y, N("amt", "金额", 16, 2).Y);
    private static readonly Node Extra = Node.Any("extra", "附加", 2, C("code", "代码", 4).Y);
    private static readonly Node Agent = Node.Optional("agent", "代办人", C("name", "姓名", 4).Y);

    private static Refusal? Read(string json, out Input input, params Node[] nodes)
    {
        using var document = JsonDocument.Parse(json);
        return FieldReader.ReadInput(document.RootElement.Clone(), nodes.Length == 0 ? [Data] : nodes, out input);
    }

    private static Row ReadRow(string fields)
    {
        Assert.Null(Read($"{{\"data\":{{\"psn_no\":\"P1\",{fields}}}}}", out var input));
        return input.One(Data);
    }

    private static Refusal RefusalOf(string fields)
    {
        var refusal = Read($"{{\"data\":{{\"psn_no\":\"P1\",{fields}}}}}", out _);
        Assert.NotNull(refusal);
        return refusal;
    }

    [Theory]
    [InlineData("""{"data":{}}""")]
    [InlineData("""{"data":{"psn_no":null}}""")]
    [InlineData("""{"data":{"psn_no":""}}""")]
    [InlineData("""{"data":{"psn_no":"  "}}""")]
    public void RequiredFieldEmpty_IsNamedInChinese(string json)
    {
        var refusal = Read(json, out _)!;
        Assert.Equal(("field.missing", "人员编号(psn_no)不能为空", "psn_no"), (refusal.Code, refusal.Chinese, refusal.Field));
    }

    [Theory]
    [InlineData("{}", "field.missing")]
    [InlineData("""{"data":null}""", "field.missing")]
    [InlineData("""{"data":[]}""", "field.bad_kind")]
    [InlineData("""{"data":"x"}""", "field.bad_kind")]
    [InlineData("""{"data":{"psn_no":true}}""", "field.bad_kind")]
    [InlineData("""{"data":{"psn_no":{}}}""", "field.bad_kind")]
    [InlineData("""{"data":{"psn_no":["P1"]}}""", "field.bad_kind")]
    public void NodeOrFieldOfWrongKind_IsRefused(string json, string code) => Assert.Equal(code, Read(json, out _)!.Code);

    [Theory]
    [InlineData("\"123456\"", true)]
    [InlineData("\"1234567\"", false)]
    [InlineData("\"一二三四五六\"", true)]
    [InlineData("\"一二三四五六七\"", false)]
    [InlineData("\"𠀀𠀀𠀀𠀀𠀀𠀀\"", true)] // six characters, twelve UTF-16 units
    [InlineData("\"𠀀𠀀𠀀𠀀𠀀𠀀𠀀\"", false)]
    [InlineData("123456", true)]
    [InlineData("1234567", false)]
    public void Length_CountsCharacters(string value, bool fits)
    {
        var refusal = Read($"{{\"data\":{{\"psn_no\":{value}}}}}", out _);
        if (fits) Assert.Null(refusal);
        else Assert.Equal(("field.too_long", "人员编号(psn_no)长度不能超过6个字符"), (refusal!.Code, refusal.Chinese));
    }

    [Theory]
    [InlineData("\"a\\u0000b\"")]
    [InlineData("\"a\\u0007b\"")]
    [InlineData("\"a\\u001fb\"")]
    [InlineData("\"\\ud800\"")]
    public void TextThatCannotBeStored_IsRefused(string value) => Assert.Equal("field.bad_text", Read($"{{\"data\":{{\"psn_no\":{value}}}}}", out _)!.Code);

    [Fact]
    public void CodeSentAsNumber_IsItsDigits() => Assert.Equal("310", ReadRow("\"insutype\":310").Text("insutype"));

    [Fact]
    public void CodeOutsideItsList_IsRefusedWithTheValue()
    {
        var refusal = RefusalOf("\"insutype\":\"999\"");
        Assert.Equal(("field.bad_code", "险种类型(insutype)的值“999”不在代码表insutype内"), (refusal.Code, refusal.Chinese));
    }

    [Theory]
    [InlineData("39902", true)]
    [InlineData("3990", false)]
    [InlineData("3991x", false)]
    public void LocalCode_IsAdmittedByItsForm(string value, bool admitted)
    {
        var refusal = Read($"{{\"data\":{{\"psn_no\":\"P1\",\"insutype\":\"{value}\"}}}}", out _);
        Assert.Equal(admitted, refusal is null);
    }

    [Theory]
    [InlineData("4.52", 452)]
    [InlineData("\"4.52\"", 452)]
    [InlineData("\"4.5200\"", 452)]
    [InlineData("0", 0)]
    [InlineData("\"\"", 0)]
    [InlineData("null", 0)]
    [InlineData("99999999999999.99", 9_999_999_999_999_999)]
    public void Money_IsReadToTheFen(string value, long fen) => Assert.Equal(new Fen(fen), ReadRow($"\"medfee_sumamt\":{value}").Fen("medfee_sumamt"));

    [Theory]
    [InlineData("4.525", "field.too_precise", "医疗费总额(medfee_sumamt)小数不能超过2位")]
    [InlineData("\"0.001\"", "field.too_precise", "医疗费总额(medfee_sumamt)小数不能超过2位")]
    [InlineData("100000000000000", "field.too_large", "医疗费总额(medfee_sumamt)超出数值范围N16.2")]
    [InlineData("99999999999999999999999999", "field.too_large", "医疗费总额(medfee_sumamt)超出数值范围N16.2")]
    [InlineData("-0.01", "field.negative", "医疗费总额(medfee_sumamt)不能为负数")]
    [InlineData("1e2", "field.not_number", "医疗费总额(medfee_sumamt)应为数值，格式N16.2")]
    [InlineData("\"1,000.00\"", "field.not_number", "医疗费总额(medfee_sumamt)应为数值，格式N16.2")]
    [InlineData("\" 5\"", "field.not_number", "医疗费总额(medfee_sumamt)应为数值，格式N16.2")]
    [InlineData("\"abc\"", "field.not_number", "医疗费总额(medfee_sumamt)应为数值，格式N16.2")]
    [InlineData("\".\"", "field.not_number", "医疗费总额(medfee_sumamt)应为数值，格式N16.2")]
    public void MoneyNotToTheFen_IsRefusedNeverRounded(string value, string code, string text)
    {
        var refusal = RefusalOf($"\"medfee_sumamt\":{value}");
        Assert.Equal((code, text, "medfee_sumamt"), (refusal.Code, refusal.Chinese, refusal.Field));
    }

    [Fact]
    public void QuantityAndPrice_KeepTheirDecimals()
    {
        var row = ReadRow("\"cnt\":-1.2345,\"pric\":\"0.000001\"");
        Assert.Equal((-12_345, 1), (row.Whole("cnt"), row.Whole("pric")));
        Assert.Equal("field.too_precise", RefusalOf("\"cnt\":0.00001").Code);
        Assert.Equal("field.too_precise", RefusalOf("\"pric\":0.0000001").Code);
    }

    [Fact]
    public void WholeNumberWithFraction_IsRefused() => Assert.Equal("当前页数(page_num)应为整数", RefusalOf("\"page_num\":1.5").Chinese);

    [Theory]
    [InlineData("2026-11-21 08:00:00", 1_795_219_200_000)] // 08:00 in China = 00:00 UTC
    [InlineData("2026-11-21", 1_795_190_400_000)]
    public void Time_IsChinaStandardTime(string value, long unixMs) => Assert.Equal(unixMs, ReadRow($"\"begntime\":\"{value}\"").InstantMs("begntime"));

    [Theory]
    [InlineData("2021-01-01", 20210101)]
    [InlineData("2021-01-01 23:59:59", 20210101)]
    public void Day_DropsATimeOfDay(string value, int day) => Assert.Equal(day, ReadRow($"\"begndate\":\"{value}\"").DayNumberOf("begndate"));

    [Fact]
    public void DayOfATime_IsTheDayInChina() => Assert.Equal(20261121, ReadRow("\"begntime\":\"2026-11-21 00:30:00\"").DayNumberOf("begntime"));

    [Theory]
    [InlineData("2026-02-30 08:00:00")]
    [InlineData("2026-11-21T08:00:00")]
    [InlineData("20261121080000")]
    [InlineData("2026-11-21 24:00:00")]
    [InlineData("0001-01-01 00:00:00")]
    [InlineData("明天")]
    public void TimeOfOtherForm_IsRefused(string value)
    {
        Assert.Equal("field.bad_time", RefusalOf($"\"begntime\":\"{value}\"").Code);
        Assert.Equal("field.bad_date", RefusalOf($"\"begndate\":\"{value}\"").Code);
    }

    [Fact]
    public void SeveralFaults_TheFirstOfTheTableIsNamed()
    {
        Assert.Equal("insutype", Read("""{"data":{"begndate":"x","cnt":"x","insutype":"x","psn_no":"P1"}}""", out _)!.Field);
        Assert.Equal("psn_no", Read("""{"data":{"begndate":"x"},"lines":[]}""", out _, Data, Lines)!.Field);
    }

    [Fact]
    public void UnknownFieldsAndExtensions_AreTolerated() =>
        Assert.Null(Read("""{"data":{"psn_no":"P1","exp_content":{"a":[1]},"人员":1,"a_name_that_is_longer_than_every_name_of_the_table":1,"psn_n":2},"other":5}""", out _));

    [Fact]
    public void FaultInALaterRow_NamesTheRow()
    {
        var refusal = Read("""{"lines":[{"sn":"1","amt":1},{"sn":"2","amt":"x"}]}""", out _, Lines)!;
        Assert.Equal(("明细(lines)第2条：金额(amt)应为数值，格式N16.2", "lines[2].amt"), (refusal.Chinese, refusal.Field));
    }

    [Theory]
    [InlineData("{}", "明细(lines)不能为空")]
    [InlineData("""{"lines":[]}""", "明细(lines)不能为空")]
    [InlineData("""{"lines":"x"}""", "明细(lines)应为JSON数组")]
    [InlineData("""{"lines":[{"sn":1,"amt":1},5]}""", "明细(lines)第2条应为JSON对象")]
    [InlineData("""{"lines":[{"sn":1,"amt":1},{"sn":1,"amt":1},{"sn":1,"amt":1},{"sn":1,"amt":1}]}""", "明细(lines)一次不能超过3条")]
    public void ListOfWrongShape_IsRefused(string json, string text) => Assert.Equal(text, Read(json, out _, Lines)!.Chinese);

    [Fact]
    public void LoneObjectWhereAListBelongs_IsAListOfOne()
    {
        Assert.Null(Read("""{"lines":{"sn":"1","amt":2}}""", out var input, Lines));
        Assert.Equal(200, Assert.Single(input.Rows(Lines)).Whole("amt"));
    }

    [Fact]
    public void OptionalNodes_MayBeMissingButAreChecked()
    {
        Assert.Null(Read("{}", out var input, Extra, Agent));
        Assert.Empty(input.Rows(Extra));
        Assert.Null(input.OneOrNone(Agent));
        Assert.Equal("extra[1].code", Read("""{"extra":[{}]}""", out _, Extra, Agent)!.Field);
        Assert.Equal("name", Read("""{"agent":{}}""", out _, Extra, Agent)!.Field);
    }
}
