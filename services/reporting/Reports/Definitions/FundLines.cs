namespace MedInsure.Reporting.Reports.Definitions;

/// <summary>基金收支: income and expenditure by pool, line and county, as the ledgers of counties and city book it (seed-facts.md 4, 6.2, 6.6). The year's carry-over is neither.</summary>
internal static class FundLines
{
    private const string OfLedger = "；来源：各县区及市级基金总账（记账日口径，不含年终结转），seed-facts.md 6.2";

    /// <summary>As settlement's fund position counts revenue and expenditure.</summary>
    private const string IsRevenue = "f.purpose LIKE 'revenue\\_%'", IsExpense = "f.purpose IN ('benefit_expense', 'insurer_premium', 'payment_method_result', 'deduction_income')", IsAccount = "f.purpose = 'personal_account'";

    private static readonly Measure Revenue = new("revenue", "本期收入", "revenue", ReportUnit.Yuan, "本期记账的基金收入；个人账户为划入额" + OfLedger, $"CASE WHEN {IsRevenue} THEN -f.amount_fen WHEN {IsAccount} THEN greatest(-f.amount_fen, 0) ELSE 0 END");
    private static readonly Measure Expenditure = new("expenditure", "本期支出", "expenditure", ReportUnit.Yuan, "本期记账的基金支出；个人账户为支付额" + OfLedger, $"CASE WHEN {IsExpense} THEN f.amount_fen WHEN {IsAccount} THEN greatest(f.amount_fen, 0) ELSE 0 END");

    public static readonly ReportDefinition Report = new()
    {
        Code = "fund", Zh = "基金收支情况表", En = "Fund income and expenditure", Purpose = "statutory",
        From = """
            SELECT e.county || ':' || lpad(e.voucher_no::text, 12, '0') || '.' || lpad(e.entry_no::text, 6, '0') AS number, e.booked_on AS on_day, e.account_county AS county, e.purpose, e.fund, e.amount_fen FROM ledger_entry e
            WHERE (e.purpose LIKE 'revenue\_%' AND e.purpose <> 'revenue_account' OR e.purpose IN ('benefit_expense', 'insurer_premium', 'payment_method_result', 'deduction_income', 'personal_account'))
              AND NOT (e.kind = 'year_end' AND e.number LIKE 'carry %')
            """,
        Columns =
        [
            ClaimColumns.County with { Definition = "账户所属县区（行政区划代码）" },
            new Dimension("pool", "险种", "insurance", "基金所属险种；个人账户单列", "CASE WHEN f.fund LIKE '310200%' OR f.purpose = 'personal_account' THEN '310200' ELSE left(f.fund, 3) END", ReportNames.Insutype),
            new Dimension("line", "收支项目", "line", "收入按来源，待遇支出按基金，其余按总账用途", "CASE WHEN f.purpose = 'benefit_expense' THEN f.purpose || ':' || f.fund ELSE f.purpose END", ReportNames.Line),
            Revenue, Expenditure,
            new Measure("surplus", "本期结余", "surplus", ReportUnit.Yuan, "本期收入－本期支出" + OfLedger, "-f.amount_fen"),
            Revenue with { Key = "revenue_ytd", Zh = "本年累计收入", En = "revenue, year to date", Definition = "本年1月1日至期末的基金收入" + OfLedger, Span = ReportSpan.YearToDate },
            Expenditure with { Key = "expenditure_ytd", Zh = "本年累计支出", En = "expenditure, year to date", Definition = "本年1月1日至期末的基金支出" + OfLedger, Span = ReportSpan.YearToDate },
            .. ClaimColumns.Growth(Revenue), .. ClaimColumns.Growth(Expenditure),
        ],
        Notes = ["大病保险保费在市级总账按县区列支，待遇支出在县区总账按全额列支、由保险公司承担部分在市级总账冲减。"],
    };
}
