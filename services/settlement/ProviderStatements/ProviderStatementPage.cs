using MedInsure.Hosting.Tenancy;
using MedInsure.Kernel;
using MedInsure.Settlement.Statements;

namespace MedInsure.Settlement.ProviderStatements;

/// <summary>A provider's statement as one printable page in Chinese (A4), without scripts.</summary>
internal static class ProviderStatementPage
{
    private const string Style = """
        :root{color-scheme:light}*{box-sizing:border-box}body{font:14px/1.5 "Noto Sans CJK SC","Source Han Sans SC","Microsoft YaHei",sans-serif;color:#1c2430;margin:0;background:#eef1f5}
        main{max-width:297mm;margin:12px auto;background:#fff;padding:12mm;box-shadow:0 1px 6px #0002}h1{font-size:20px;text-align:center;margin:0 0 4px}h2{font-size:15px;margin:18px 0 6px;border-left:4px solid #1d6fb8;padding-left:8px}
        .sub{text-align:center;color:#5a6675;margin:0 0 12px}dl{display:grid;grid-template-columns:auto 1fr auto 1fr;gap:2px 10px;margin:0}dt{color:#5a6675}dd{margin:0}
        table{border-collapse:collapse;width:100%}th,td{border:1px solid #ccd3dc;padding:3px 6px;text-align:left;vertical-align:top}th{background:#f4f6f9;font-weight:600}
        td.n,th.n{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}tr.sum td{font-weight:bold;background:#f9fbfd}.pay{display:flex;justify-content:space-between;font-size:18px;font-weight:bold;border:2px solid #1d6fb8;padding:8px 12px;margin-top:12px}
        @page{size:A4 landscape}@media print{body{background:#fff}main{margin:0;padding:0;box-shadow:none;max-width:none}thead{display:table-header-group}tr{break-inside:avoid}}
        """;

    public static string Render(Tenant tenant, string providerName, ProviderStatement s)
    {
        var page = new StatementPage.Page();
        var no = s.Row.No(tenant.Code);
        page.Raw("<!doctype html><html lang=\"zh-CN\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\"><title>").Text($"定点医药机构结算单 {no}")
            .Raw("</title><style>").Raw(Style).Raw("</style></head><body><main><h1>定点医药机构医疗保障费用结算单</h1><p class=\"sub\">").Text($"{tenant.Name} · {ClaimMonth.Text(s.Row.Month)} · {no} · {State(s.Row.State)}").Raw("</p><dl>");
        page.Pair("机构编码", s.Row.FixmedinsCode).Pair("机构名称", providerName);
        page.Pair("收款户名", s.Account?.Name ?? "未登记").Pair("开户行及账号", s.Account is { } account ? $"{account.Bank} {account.No}" : "未登记");
        page.Pair("初审 / 复核", $"{Name(s.Row.FirstReviewer)} / {Name(s.Row.SecondReviewer)}").Pair("审批 / 付款", $"{Name(s.Row.Approver)} / {Name(s.Row.Payer)}").Raw("</dl>");
        Totals(page, s);
        Funds(page, s);
        Lines(page, s);
        page.Raw("<div class=\"pay\"><span>本期应付</span><span>").Text($"¥ {new Fen(s.Lines.Sum(l => l.AmountFen))}").Raw("</span></div><h2>办理记录</h2><table><thead><tr><th>时间</th><th>事项</th><th>经办人</th><th>说明</th></tr></thead><tbody>");
        foreach (var act in s.Acts) page.Raw("<tr><td>").Text(CountyDesk.Time(act.At)!).Raw("</td><td>").Text(Act(act.Name)).Raw("</td><td>").Text(act.By).Raw("</td><td>").Text(act.Note).Raw("</td></tr>");
        return page.Raw("</tbody></table></main></body></html>").ToString();
    }

    private static void Totals(StatementPage.Page page, ProviderStatement s)
    {
        page.Raw("<h2>结算汇总</h2><table><thead><tr><th>清算类别</th><th>险种</th>");
        foreach (var head in (string[])["人次", "结算笔数", "医疗费总额", "全自费", "政策范围内", "基金支付", "个人账户", "家庭共济", "现金", "机构负担"]) page.Raw("<th class=\"n\">").Text(head).Raw("</th>");
        page.Raw("</tr></thead><tbody>");
        foreach (var t in s.Schemes)
            page.Raw("<tr><td>").Text(t.ClrType switch { "11" => "门诊", "21" => "住院", _ => "药店" }).Raw("</td><td>").Text(t.Insutype).Raw("</td><td class=\"n\">").Text($"{t.PersonTimes}").Raw("</td><td class=\"n\">").Text($"{t.Rows}").Raw("</td>")
                .Number(t.TotalFen).Number(t.FullSelfPayFen).Number(t.InScopeFen).Number(t.FundTotalFen).Number(t.AccountFen).Number(t.FamilyAccountFen).Number(t.CashFen).Number(t.HospitalShareFen).Raw("</tr>");
        page.Raw("<tr class=\"sum\"><td colspan=\"2\">合计</td><td class=\"n\">").Text($"{s.Schemes.Sum(t => t.PersonTimes)}").Raw("</td><td class=\"n\">").Text($"{s.Schemes.Sum(t => t.Rows)}").Raw("</td>")
            .Number(s.Schemes.Sum(t => t.TotalFen)).Number(s.Schemes.Sum(t => t.FullSelfPayFen)).Number(s.Schemes.Sum(t => t.InScopeFen)).Number(s.Schemes.Sum(t => t.FundTotalFen)).Number(s.Schemes.Sum(t => t.AccountFen))
            .Number(s.Schemes.Sum(t => t.FamilyAccountFen)).Number(s.Schemes.Sum(t => t.CashFen)).Number(s.Schemes.Sum(t => t.HospitalShareFen)).Raw("</tr></tbody></table>");
    }

    /// <summary>A row a fund, a column a kind of line.</summary>
    private static void Funds(StatementPage.Page page, ProviderStatement s)
    {
        string[] kinds = ["claim", "method", "brought_forward", "restitution", "indicator", "deduction", "deposit", "offset"];
        page.Raw("<h2>各基金应付</h2><table><thead><tr><th>基金</th>");
        foreach (var kind in kinds) page.Raw("<th class=\"n\">").Text(Kind(kind)).Raw("</th>");
        page.Raw("<th class=\"n\">应付</th></tr></thead><tbody>");
        foreach (var fund in s.Lines.GroupBy(l => l.Fund, StringComparer.Ordinal).OrderBy(f => f.Key, StringComparer.Ordinal))
        {
            page.Raw("<tr><td>").Text(fund.Key).Raw("</td>");
            foreach (var kind in kinds) page.Number(fund.Where(l => l.Kind == kind).Sum(l => l.AmountFen));
            page.Number(fund.Sum(l => l.AmountFen)).Raw("</tr>");
        }
        page.Raw("<tr class=\"sum\"><td>合计</td>");
        foreach (var kind in kinds) page.Number(s.Lines.Where(l => l.Kind == kind).Sum(l => l.AmountFen));
        page.Number(s.Lines.Sum(l => l.AmountFen)).Raw("</tr></tbody></table>");
    }

    private static void Lines(StatementPage.Page page, ProviderStatement s)
    {
        page.Raw("<h2>支付方式、扣款与冲抵说明</h2><table><thead><tr><th>类别</th><th>基金</th><th class=\"n\">金额</th><th>编号</th><th>说明</th></tr></thead><tbody>");
        foreach (var line in s.Lines.Where(l => l.Kind != "claim"))
        {
            var deduction = line.Kind == "deduction" ? s.Deductions.FirstOrDefault(d => $"{d.Number}" == line.Reference) : null;
            page.Raw("<tr><td>").Text(Kind(line.Kind)).Raw("</td><td>").Text(line.Fund).Raw("</td>").Number(line.AmountFen).Raw("<td>").Text(line.Reference).Raw("</td><td>").Text(line.Explanation);
            if (deduction is not null) page.Text($"；依据{deduction.Evidence}").Text(deduction.SetlIds.Count > 0 ? $"；涉及结算{string.Join("、", deduction.SetlIds)}" : "");
            page.Raw("</td></tr>");
        }
        page.Raw("</tbody></table>");
    }

    private static string Kind(string kind) => kind switch
    {
        "claim" => "结算应付", "method" => "支付方式", "brought_forward" => "上期结转", "restitution" => "申诉退还", "indicator" => "指标扣款", "deduction" => "审核扣款", "deposit" => "质量保证金", _ => "冲抵预付",
    };

    private static string State(string state) => state switch
    {
        "accepted" => "已受理", "in_review" => "初审中", "first_reviewed" => "待复核", "reviewed" => "待审批", "approved" => "待付款", "paid" => "已付款", _ => "已驳回",
    };

    private static string Act(string act) => act switch
    {
        "accepted" => "受理", "review_begun" => "开始初审", "deduction_entered" => "录入扣款", "deduction_withdrawn" => "撤销扣款", "sample_drawn" => "抽取样本", "sample_checked" => "样本核查", "first_reviewed" => "初审",
        "second_reviewed" => "复核", "approved" => "审批", "sent_back" => "退回", "rejected" => "驳回", "payment_sent" => "送银行付款", "paid" => "付款", "payment_returned" => "银行退回", _ => act,
    };

    private static string Name(string name) => name.Length > 0 ? name : "—";
}
