namespace MedInsure.Reporting.Reports.Definitions;

/// <summary>贫困人口综合医保五条线: basic, critical illness, assistance, backstop 351, supplement 180 (Gc, seed-facts.md 2.8, 6.6).</summary>
internal static class PoorLines
{
    public static readonly ReportDefinition Report = new()
    {
        Code = "poor_lines", Zh = "困难群众综合保障情况表（三保障一兜底一补充）", En = "Poor persons' five lines", Purpose = "statutory", Who = "f.psn_no",
        From = """
            SELECT c.setl_id || ':' || c.seq || '.' || c.idx || '.' || c.part AS number, c.settled_on AS on_day, c.*, coalesce(s.backstop_fen, 0) AS backstop_fen, coalesce(s.supplement180_fen, 0) AS supplement180_fen
            FROM claim c LEFT JOIN LATERAL (
              SELECT sum(h.amount_fen) FILTER (WHERE h.rule_id LIKE 'backstop%') AS backstop_fen, sum(h.amount_fen) FILTER (WHERE h.rule_id LIKE 'supplement\_%') AS supplement180_fen
              FROM share_fact h WHERE h.county = c.county AND h.build = c.build AND h.seq = c.seq AND h.idx = c.idx AND h.part = c.part) s ON true
            WHERE c.categories && ARRAY['extreme_hardship', 'low_income', 'registered_poor', 'low_income_elderly']
            """,
        Columns =
        [
            ClaimColumns.Category, ClaimColumns.Visits, ClaimColumns.Persons, ClaimColumns.Total, ClaimColumns.InScope, ClaimColumns.Basic, ClaimColumns.Critical, ClaimColumns.Assistance,
            new Measure("backstop", "351兜底支付", "backstop 351", ReportUnit.Yuan, "兜底保障规则（backstop）支付；来源：各县区结算日志，seed-facts.md 2.8、6.6", "f.backstop_fen"),
            new Measure("supplement", "180补充支付", "supplement 180", ReportUnit.Yuan, "慢性病补充保障规则（supplement）支付；来源：各县区结算日志，seed-facts.md 2.8、6.6", "f.supplement180_fen"),
            new Measure("five_lines", "五条线合计", "five lines", ReportUnit.Yuan, "基本、大病、救助、兜底、补充支付之和；来源：各县区结算日志，seed-facts.md 6.6",
                "f.basic_fund_fen + f.critical_illness_fen + f.assistance_fen + f.backstop_fen + f.supplement180_fen"),
            new Derived("five_lines_ratio", "综合补偿比", "actual ratio of five lines", ReportUnit.Percent, "五条线合计÷医疗总费用；seed-facts.md 6.6", "five_lines", "total"),
            new Measure("supplement_visits", "180补充人次", "supplement 180 visits", ReportUnit.Count, "补充保障有支付的人次；来源：各县区结算日志，seed-facts.md 6.6", "CASE WHEN f.supplement180_fen <> 0 THEN f.visits ELSE 0 END"),
        ],
    };
}
