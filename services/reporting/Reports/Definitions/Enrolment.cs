namespace MedInsure.Reporting.Reports.Definitions;

/// <summary>参保情况: insured persons at the period's end by county, scheme and category (Sz, Gc; seed-facts.md 6.2, 6.6).</summary>
internal static class Enrolment
{
    /// <summary>A row is a person's cover that holds on the period's last day, or began or ended in the period.</summary>
    private const string Covers = """
        SELECT c.psn_no || ':' || c.insutype || ':' || to_char(c.from_on, 'YYYYMMDD') AS number, $2::date AS on_day, c.county, c.insutype, c.psn_type, c.psn_no, p.gend, p.birth_on, p.household_no, l.township, l.village,
          coalesce((SELECT array_agg(k.name) FROM category_fact k WHERE k.county = p.county AND k.build = p.build AND k.psn_no = p.psn_no AND k.from_on <= $2 AND (k.to_on IS NULL OR k.to_on >= $2)), '{}') AS categories,
          c.from_on <= $2 AND (c.to_on IS NULL OR c.to_on >= $2) AS holds, c.from_on BETWEEN $1 AND $2 AS began, c.to_on BETWEEN $1 AND $2 AND c.to_on < $2 AS ended
        FROM person p JOIN cover_fact c ON c.county = p.county AND c.build = p.build AND c.psn_no = p.psn_no LEFT JOIN place l ON l.county = p.county AND l.household_no = p.household_no AND p.household_no <> ''
        WHERE p.merged_into = '' AND (p.died_on IS NULL OR p.died_on > $2) AND c.from_on <= $2 AND (c.to_on IS NULL OR c.to_on >= $1)
        """;

    private const string OfPersons = "；来源：各县区参保登记（现时状态按期末日取数），seed-facts.md 6.2";

    private static readonly Dimension Insutype = new("insutype", "险种", "insurance", "险种代码，national-interface.md 3", "f.insutype", ReportNames.Insutype);

    private static readonly IReadOnlyList<ReportColumn> Figures =
    [
        new Measure("insured", "期末参保人数", "insured", ReportUnit.Count, "期末日参保有效的人数（不含死亡、已合并人员），同一险种每人计一次" + OfPersons, "CASE WHEN f.holds THEN 1 ELSE 0 END"),
        new Measure("men", "其中：男性", "men", ReportUnit.Count, "期末参保的男性人数" + OfPersons, "CASE WHEN f.holds AND f.gend = '1' THEN 1 ELSE 0 END"),
        new Measure("minors", "其中：未满18岁", "under 18", ReportUnit.Count, "期末日未满18周岁的参保人数" + OfPersons, "CASE WHEN f.holds AND f.birth_on > $2::date - interval '18 years' THEN 1 ELSE 0 END"),
        new Measure("elders", "其中：满60岁", "60 and older", ReportUnit.Count, "期末日满60周岁的参保人数" + OfPersons, "CASE WHEN f.holds AND f.birth_on <= $2::date - interval '60 years' THEN 1 ELSE 0 END"),
        new Measure("began", "本期新增", "cover begun", ReportUnit.Count, "参保待遇在本期开始的人次" + OfPersons, "CASE WHEN f.began THEN 1 ELSE 0 END"),
        new Measure("ended", "本期终止", "cover ended", ReportUnit.Count, "参保待遇在本期内（期末日前）终止的人次" + OfPersons, "CASE WHEN f.ended THEN 1 ELSE 0 END"),
    ];

    public static readonly ReportDefinition Report = new()
    {
        Code = "enrolment", Zh = "参保情况表", En = "Enrolment by county and category", Purpose = "statutory", From = Covers,
        Columns =
        [
            ClaimColumns.County, Insutype, new Dimension("category", "人员身份", "category", "期末日有效的困难身份；有多种身份的按特困、低保、建档立卡……顺序计一次（顺序为假定）", ReportNames.FirstCategory, ReportNames.Category), .. Figures,
        ],
        Notes = ["参保状态为登记系统现时数据；已报月份以月度快照为准。"],
    };

    public static readonly ReportDefinition ByPlace = Report with
    {
        Code = "enrolment_by_place", Zh = "参保情况表（按乡镇、村）", En = "Enrolment by township and village", Purpose = "management",
        Columns =
        [
            ClaimColumns.County, new Dimension("township", "乡镇街道", "township", "户籍所在乡镇（征缴花名册）", "f.township", CodeNames.Plain),
            new Dimension("village", "村社区", "village", "户籍所在村（征缴花名册）", "f.village", CodeNames.Plain), Insutype, .. Figures,
        ],
    };
}
