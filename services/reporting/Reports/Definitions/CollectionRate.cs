namespace MedInsure.Reporting.Reports.Definitions;

/// <summary>征缴率: of a covered year what is due from persons and governments, and what has come (Sz, Gc; seed-facts.md 6.2, 6.6).</summary>
internal static class CollectionRate
{
    private const string OfAssessment = "；来源：各县区征缴核定（现时状态，参保年度口径），seed-facts.md 6.2";

    public static readonly ReportDefinition Report = new()
    {
        Code = "collection_rate", Zh = "居民筹资应收实收情况表", En = "Due and paid of a covered year", Purpose = "statutory", PeriodKinds = [ReportPeriod.Year],
        From = """
            SELECT a.county || ':' || a.insutype || a.year || ':' || a.person_class || ':' || a.psn_type || ':' || array_to_string(a.categories, '+') || ':' || a.aid_id || ':' || a.aid_payer AS number, make_date(a.year, 1, 1) AS on_day, a.county,
              a.insutype, a.categories, a.persons, a.settled_persons, a.due_fen, a.paid_fen, a.aid_fen + a.collective_fen AS others_fen, a.central_fen + a.province_fen + a.city_fen + a.county_fen AS subsidy_fen, 0::bigint AS arrived_fen
            FROM assessed a
            UNION ALL
            SELECT 'I' || i.county || ':' || lpad(i.income_no::text, 12, '0'), make_date(CASE WHEN i.period > 9999 THEN i.period / 100 ELSE i.period END, 1, 1), i.county, i.insutype, '{}', 0, 0, 0, 0, 0, 0, i.amount_fen
            FROM income i WHERE i.source IN ('central', 'province', 'city', 'county') AND i.period > 0
            """,
        Columns =
        [
            ClaimColumns.County with { Definition = "征缴县区（行政区划代码）" }, new Dimension("insutype", "险种", "insurance", "险种代码", "f.insutype", ReportNames.Insutype),
            new Measure("persons", "核定人数", "assessed persons", ReportUnit.Count, "参保年度核定应保的人数" + OfAssessment, "f.persons"),
            new Measure("settled", "缴清人数", "paid up", ReportUnit.Count, "个人部分已缴清或无需缴费的人数" + OfAssessment, "f.settled_persons"),
            new Derived("settled_rate", "缴清率", "share paid up", ReportUnit.Percent, "缴清人数÷核定人数", "settled", "persons"),
            new Measure("due", "个人应缴", "due", ReportUnit.Yuan, "扣除资助和集体扶持后的个人应缴额" + OfAssessment, "f.due_fen"),
            new Measure("paid", "个人实缴", "paid", ReportUnit.Yuan, "个人已缴额" + OfAssessment, "f.paid_fen"),
            new Derived("collection_rate", "征缴率", "collection rate", ReportUnit.Percent, "个人实缴÷个人应缴；seed-facts.md 6.2", "paid", "due"),
            new Measure("others", "资助及集体扶持", "aid and collectives", ReportUnit.Yuan, "资助参保和集体扶持金额" + OfAssessment, "f.others_fen"),
            new Measure("subsidy_due", "财政补助应到", "subsidies due", ReportUnit.Yuan, "按核定人数应到的各级财政补助" + OfAssessment, "f.subsidy_fen"),
            new Measure("subsidy_arrived", "财政补助已到", "subsidies arrived", ReportUnit.Yuan, "该参保年度已到账的各级财政补助；来源：各县区基金收入流水，seed-facts.md 6.2", "f.arrived_fen"),
            new Derived("subsidy_rate", "补助到位率", "share of subsidies arrived", ReportUnit.Percent, "财政补助已到÷财政补助应到；seed-facts.md 4", "subsidy_arrived", "subsidy_due"),
        ],
    };
}
