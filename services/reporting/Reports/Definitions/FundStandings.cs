namespace MedInsure.Reporting.Reports.Definitions;

/// <summary>预算执行与可支付月数: budget against actual, months of reserve, forecast (Bj, Zy; seed-facts.md 4), by settlement's own figures.</summary>
internal static class FundStandings
{
    private const string OfPosition = "；来源：市级结算系统基金运行状况（各县区已关账日），seed-facts.md 4";

    public static readonly ReportDefinition Report = new()
    {
        Code = "fund_position", Zh = "基金预算执行与可支付月数表", En = "Budget against actual, months of reserve", Purpose = "statutory", PeriodKinds = [ReportPeriod.Month],
        From = "SELECT p.month || ':' || p.county || ':' || p.pool AS number, (make_date(p.month / 100, p.month % 100, 1) + interval '1 month - 1 day')::date AS on_day, p.* FROM fund_position p WHERE p.county <> ''",
        Columns =
        [
            ClaimColumns.County with { Definition = "基金所属县区（行政区划代码）" }, new Dimension("pool", "险种", "insurance", "基金所属险种；个人账户单列", "f.pool", ReportNames.Insutype),
            new Dimension("level", "预警等级", "level", "按可支付月数划分的预警等级，等级由市级基金条款规定", "f.level", CodeNames.Of(("red", "红色", "red"), ("yellow", "黄色", "yellow"), ("surplus", "结余过多", "surplus"), ("", "正常", "sound"))),
            new Measure("revenue", "本月收入", "revenue", ReportUnit.Yuan, "本月基金收入" + OfPosition, "f.revenue_fen"), new Measure("expenditure", "本月支出", "expenditure", ReportUnit.Yuan, "本月基金支出" + OfPosition, "f.expenditure_fen"),
            new Measure("year_revenue", "本年累计收入", "revenue, year to date", ReportUnit.Yuan, "1月至本月收入" + OfPosition, "f.year_revenue_fen"),
            new Measure("budget_revenue", "收入预算", "revenue budget", ReportUnit.Yuan, "市级批准的年度收入预算" + OfPosition, "f.budget_revenue_fen"),
            new Derived("revenue_execution", "收入预算执行率", "revenue of budget", ReportUnit.Percent, "本年累计收入÷收入预算", "year_revenue", "budget_revenue"),
            new Measure("year_expenditure", "本年累计支出", "expenditure, year to date", ReportUnit.Yuan, "1月至本月支出" + OfPosition, "f.year_expenditure_fen"),
            new Measure("budget_expenditure", "支出预算", "expenditure budget", ReportUnit.Yuan, "市级批准的年度支出预算" + OfPosition, "f.budget_expenditure_fen"),
            new Derived("expenditure_execution", "支出预算执行率", "expenditure of budget", ReportUnit.Percent, "本年累计支出÷支出预算", "year_expenditure", "budget_expenditure"),
            new Measure("held", "累计结余", "held", ReportUnit.Yuan, "月末累计结余" + OfPosition, "f.held_fen"), new Measure("mean", "月均支出", "mean month", ReportUnit.Yuan, "近12个月（不足的按实际月数）月均支出" + OfPosition, "f.mean_fen"),
            new Derived("months", "可支付月数", "months of reserve", ReportUnit.Months, "累计结余÷月均支出", "held", "mean"),
            new Measure("forecast_revenue", "预计全年收入", "forecast revenue", ReportUnit.Yuan, "按上年各月进度（不足的按本年进度）推算的全年收入" + OfPosition, "f.forecast_revenue_fen"),
            new Measure("forecast_expenditure", "预计全年支出", "forecast expenditure", ReportUnit.Yuan, "按上年各月进度（不足的按本年进度）推算的全年支出" + OfPosition, "f.forecast_expenditure_fen"),
            new Measure("forecast_held", "预计年末结余", "forecast held", ReportUnit.Yuan, "累计结余＋预计剩余收入－预计剩余支出" + OfPosition, "f.forecast_held_fen"),
        ],
    };
}
