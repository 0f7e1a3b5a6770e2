namespace MedInsure.Reporting.Reports.Definitions;

/// <summary>资助参保: whole and fixed amounts (Gc, seed-facts.md 6.6), as assessments stand now.</summary>
internal static class PremiumAid
{
    public static readonly ReportDefinition Report = new()
    {
        Code = "premium_aid", Zh = "资助参保情况表", En = "Premium aid by category", Purpose = "statutory", PeriodKinds = [ReportPeriod.Year],
        From = """
            SELECT a.county || ':' || a.insutype || a.year || ':' || a.person_class || ':' || a.psn_type || ':' || array_to_string(a.categories, '+') || ':' || a.aid_id || ':' || a.aid_payer AS number, make_date(a.year, 1, 1) AS on_day, a.*
            FROM assessed a WHERE a.aid_fen <> 0
            """,
        Columns =
        [
            ClaimColumns.County, ClaimColumns.Category with { Definition = "征缴核定时的困难身份；有多种身份的按特困、低保、建档立卡……顺序计一次（顺序为假定）" },
            new Measure("persons", "资助人数", "aided persons", ReportUnit.Count, "获资助参保的人数；来源：各县区征缴核定，seed-facts.md 6.6", "f.persons"),
            new Measure("whole", "全额资助人数", "aided whole", ReportUnit.Count, "个人无需缴费的人数；来源：各县区征缴核定，seed-facts.md 6.6", "f.aided_whole_persons"),
            new Measure("fixed", "定额资助人数", "aided by a fixed amount", ReportUnit.Count, "资助后个人仍需缴费的人数；来源：各县区征缴核定，seed-facts.md 6.6", "f.persons - f.aided_whole_persons"),
            new Measure("aid", "资助金额", "aid", ReportUnit.Yuan, "资助参保金额；来源：各县区征缴核定，seed-facts.md 6.6", "f.aid_fen"),
            new Derived("aid_per_person", "人均资助", "aid per person", ReportUnit.Yuan, "资助金额÷资助人数", "aid", "persons"),
            .. ClaimColumns.Growth(new Measure("persons", "资助人数", "aided persons", ReportUnit.Count, "获资助参保的人数；来源：各县区征缴核定", "f.persons")),
            .. ClaimColumns.Growth(new Measure("aid", "资助金额", "aid", ReportUnit.Yuan, "资助参保金额；来源：各县区征缴核定", "f.aid_fen")),
        ],
        Notes = ["按当前核定数统计，以参保年度计。"],
    };
}
