namespace MedInsure.Reporting.Reports.Definitions;

/// <summary>大病保险: cases, money, ratio, premium and loss ratio (Gc, seed-facts.md 6.6). Premiums are the ledger's, paid by the city for each county.</summary>
internal static class CriticalIllnessCases
{
    public static readonly ReportDefinition Report = new()
    {
        Code = "critical_illness", Zh = "大病保险运行情况表", En = "Critical illness insurance", Purpose = "statutory", Who = "f.psn_no",
        From = """
            SELECT c.setl_id || ':' || c.seq || '.' || c.idx || '.' || c.part AS number, c.settled_on AS on_day, c.county, c.psn_no, c.visits, c.in_scope_fen, c.basic_fund_fen, c.critical_illness_fen, c.large_sum_fen, c.civil_servant_fen, c.enterprise_fen, 0::bigint AS premium_fen
            FROM claim c WHERE c.critical_illness_fen <> 0
            UNION ALL
            SELECT 'V' || e.county || ':' || e.voucher_no || '.' || e.entry_no, e.booked_on, e.account_county, '', 0, 0, 0, 0, 0, 0, 0, e.amount_fen FROM ledger_entry e WHERE e.purpose = 'insurer_premium'
            """,
        Columns =
        [
            ClaimColumns.County,
            ClaimColumns.Visits with { Key = "cases", Zh = "补偿人次", En = "cases", Definition = "大病保险有支付的结算人次；来源：各县区结算日志，seed-facts.md 6.6" },
            ClaimColumns.Persons with { Zh = "补偿人数", En = "persons", Definition = "大病保险有支付的人数，每人计一次；来源：各县区结算日志" },
            new Measure("burden", "政策范围内个人负担", "burden before", ReportUnit.Yuan, "补偿案例中政策范围内费用扣除基本统筹、公务员、企业和大额补助后的个人负担；来源：各县区结算日志", "f.in_scope_fen - f.basic_fund_fen - f.large_sum_fen - f.civil_servant_fen - f.enterprise_fen"),
            new Measure("paid", "大病保险赔付", "paid", ReportUnit.Yuan, "大病保险支付；来源：各县区结算日志，seed-facts.md 6.6", "f.critical_illness_fen"),
            new Derived("ratio", "政策范围内补偿比", "ratio", ReportUnit.Percent, "大病保险赔付÷政策范围内个人负担（含起付线以下部分）；seed-facts.md 6.6", "paid", "burden"),
            new Measure("premium", "保费支出", "premiums", ReportUnit.Yuan, "拨付承办保险公司的大病保险保费（记账日口径，含年度清算）；来源：市级基金总账 insurer_premium，seed-facts.md 6.6", "f.premium_fen"),
            new Derived("loss_ratio", "赔付率", "loss ratio", ReportUnit.Percent, "大病保险赔付÷保费支出；seed-facts.md 6.6", "paid", "premium"),
            .. ClaimColumns.Growth(new Measure("paid", "大病保险赔付", "paid", ReportUnit.Yuan, "大病保险支付；来源：各县区结算日志", "f.critical_illness_fen")),
            .. ClaimColumns.Growth(new Measure("cases", "补偿人次", "cases", ReportUnit.Count, "大病保险有支付的结算人次；来源：各县区结算日志", "f.visits")),
            .. ClaimColumns.Growth(new Measure("premium", "保费支出", "premiums", ReportUnit.Yuan, "大病保险保费；来源：市级基金总账", "f.premium_fen")),
        ],
    };
}
