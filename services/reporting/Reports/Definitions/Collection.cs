namespace MedInsure.Reporting.Reports.Definitions;

/// <summary>基金征缴: what came in by source and channel (Sz, Gc; seed-facts.md 6.2, 6.6).</summary>
internal static class Collection
{
    private const string OfIncome = "；来源：各县区基金收入流水（到账日口径），seed-facts.md 6.2";

    private static readonly Measure Amount = new("amount", "到账金额", "received", ReportUnit.Yuan, "本期到账的基金收入" + OfIncome, "f.amount_fen");

    public static readonly ReportDefinition Report = new()
    {
        Code = "collection", Zh = "基金征缴情况表（按来源和渠道）", En = "Collection by source and channel", Purpose = "statutory",
        From = "SELECT i.county || ':' || lpad(i.income_no::text, 12, '0') AS number, i.value_on AS on_day, i.* FROM income i",
        Columns =
        [
            ClaimColumns.County with { Definition = "征缴县区（行政区划代码）" }, new Dimension("insutype", "险种", "insurance", "险种代码", "f.insutype", ReportNames.Insutype),
            new Dimension("source", "来源", "source", "收入来源：个人、各级财政、单位、资助等", "f.source", ReportNames.Source), new Dimension("channel", "渠道", "channel", "收款渠道代码", "f.channel", ReportNames.Channel),
            new Measure("payments", "笔数", "payments", ReportUnit.Count, "本期到账的收入笔数" + OfIncome, "1"), Amount,
            new Measure("to_accounts", "其中：划入个人账户", "of it to accounts", ReportUnit.Yuan, "划入个人账户的部分" + OfIncome, "f.account_fen"),
            new Measure("amount_ytd", "本年累计", "year to date", ReportUnit.Yuan, "本年1月1日至期末到账" + OfIncome, "f.amount_fen", ReportSpan.YearToDate), .. ClaimColumns.Growth(Amount),
        ],
    };
}
