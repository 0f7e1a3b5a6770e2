using MedInsure.Kernel;

namespace MedInsure.Reporting;

/// <summary>Every business refusal of this service.</summary>
internal static class ReportingRefusals
{
    public const int PageMax = 500;

    public static readonly Refusal CityNotServed = new(RefusalKind.NotFound, "tenant.city_not_served", "本平台不承办该市的报表业务", "the reports of this city are not made here", "city");
    public static readonly Refusal BodyMalformed = new(RefusalKind.Invalid, "request.body_malformed", "请求内容不是规定格式的JSON", "the body is no JSON of the documented form");
    public static readonly Refusal ReportUnknown = new(RefusalKind.NotFound, "report.unknown", "没有该报表", "there is no such report", "code");
    public static readonly Refusal PeriodInvalid = new(RefusalKind.Invalid, "report.period_invalid", "报表期间须为该报表可用的日(yyyyMMdd)、月(yyyyMM)、季(yyyyQ1至yyyyQ4)或年(yyyy)", "the period is no day (yyyyMMdd), month (yyyyMM), quarter (yyyyQ1 to yyyyQ4) or year (yyyy) that the report has", "period");
    public static readonly Refusal CountyUnknown = new(RefusalKind.Invalid, "report.county_unknown", "该县区不属于本市", "the county is none of this city's", "county");
    public static readonly Refusal ColumnUnknown = new(RefusalKind.Invalid, "report.column_unknown", "该报表没有可查明细的该列", "the report has no such column with rows behind it", "column");
    public static readonly Refusal KeyUnknown = new(RefusalKind.Invalid, "report.key_unknown", "该报表没有该维度", "the report has no such dimension", "key");
    public static readonly Refusal FormatUnknown = new(RefusalKind.Invalid, "report.format_unknown", "导出格式须为csv、xlsx或html", "exports are csv, xlsx or html", "format");
    public static readonly Refusal MonthInvalid = new(RefusalKind.Invalid, "position.month_invalid", "月份须为yyyyMM", "the month is no yyyyMM", "month");
    public static readonly Refusal ScenarioInvalid = new(RefusalKind.Invalid, "position.scenario_invalid", "情景参数须为数字：增长率和提高比例为百分数(-100至1000，至多两位小数)，弥补金额为元(不小于零)", "a scenario's growth and rise are percents (-100 to 1000, two decimals), its deficit payment yuan from zero");
    public static readonly Refusal SnapshotUnknown = new(RefusalKind.NotFound, "snapshot.unknown", "没有该快照", "there is no such snapshot", "number");
    public static readonly Refusal PageInvalid = new(RefusalKind.Invalid, "page.size_invalid", $"每页行数须为1至{PageMax}", $"a page has 1 to {PageMax} rows", "page_size");
}
