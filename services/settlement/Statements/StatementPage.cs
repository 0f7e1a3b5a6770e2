using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using MedInsure.Hosting.Tenancy;
using MedInsure.Kernel;
using MedInsure.Protos.Settlement.V1;

namespace MedInsure.Settlement.Statements;

/// <summary>The bill as one printable page in Chinese (A4), without scripts: who bears what, every rule with its clause, what is left of each ceiling, every line.</summary>
internal static class StatementPage
{
    private const string Style = """
        :root{color-scheme:light}*{box-sizing:border-box}body{font:14px/1.5 "Noto Sans CJK SC","Source Han Sans SC","Microsoft YaHei",sans-serif;color:#1c2430;margin:0;background:#eef1f5}
        main{max-width:210mm;margin:12px auto;background:#fff;padding:14mm 12mm;box-shadow:0 1px 6px #0002}h1{font-size:20px;text-align:center;margin:0 0 4px}h2{font-size:15px;margin:18px 0 6px;border-left:4px solid #1d6fb8;padding-left:8px}
        .sub{text-align:center;color:#5a6675;margin:0 0 12px}.mark{border:2px solid #b3261e;color:#b3261e;padding:2px 10px;font-weight:bold;display:inline-block}
        dl{display:grid;grid-template-columns:auto 1fr auto 1fr;gap:2px 10px;margin:0}dt{color:#5a6675}dd{margin:0}
        table{border-collapse:collapse;width:100%}th,td{border:1px solid #ccd3dc;padding:3px 6px;text-align:left;vertical-align:top}th{background:#f4f6f9;font-weight:600}
        td.n,th.n{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}tr.sum td{font-weight:bold;background:#f9fbfd}.pay{display:flex;justify-content:space-between;font-size:18px;font-weight:bold;border:2px solid #1d6fb8;padding:8px 12px;margin-top:12px}
        small{color:#5a6675}.assumed{color:#8a5a00}@media print{body{background:#fff}main{margin:0;padding:0;box-shadow:none;max-width:none}thead{display:table-header-group}tr{break-inside:avoid}}
        """;

    public static string Render(Tenant tenant, Statement statement)
    {
        var s = statement.Settlement;
        var page = new Page();
        page.Raw("<!doctype html><html lang=\"zh-CN\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\"><title>").Text($"医疗费用一站式结算单 {s.SetlId}")
            .Raw("</title><style>").Raw(Style).Raw("</style></head><body><main><h1>医疗费用“一站式”结算单</h1><p class=\"sub\">").Text($"{tenant.Name} · 结算编号 {s.SetlId}").Raw("</p>");
        if (s.ReversesSetlId.Length > 0) page.Raw("<p class=\"sub\"><span class=\"mark\">").Text($"撤销结算 · 原结算 {s.ReversesSetlId}").Raw("</span></p>");
        if (s.ReversedBySetlId.Length > 0) page.Raw("<p class=\"sub\"><span class=\"mark\">").Text($"本结算已被 {s.ReversedBySetlId} 撤销").Raw("</span></p>");
        Particulars(page, s);
        Amounts(page, s);
        Funds(page, s);
        Rules(page, statement);
        StatementCorrections.Write(page, statement);
        StatementBenefits.Write(page, statement);
        Lines(page, statement);
        page.Raw("<p><small>").Text($"待遇政策 {s.PolicyPack} {s.PolicyVersion}（内容摘要 {Convert.ToHexStringLower(s.PolicyHash.Span)}），医保目录版本 {s.CatalogVersion}，账本序号 {s.JournalSeq}。各项金额由所存结算资料重新计算核对一致。标有“暂定”的参数待统筹区文件公布后替换。")
            .Raw("</small></p></main></body></html>");
        return page.ToString();
    }

    private static void Particulars(Page page, SettlementReply s)
    {
        page.Raw("<dl>");
        page.Pair("姓名", s.Person.PsnName).Pair("人员编号", s.Person.PsnNo);
        page.Pair("证件号码", PersonalData.MaskCertificate(s.Person.Certno)).Pair("险种 / 人员类别", $"{SchemeName(s.Person.Insutype)} / {s.Person.PsnType}");
        page.Pair("医药机构", s.FixmedinsName).Pair("机构编号 / 待遇级别", $"{s.FixmedinsCode} / {LevelName(s.PolicyLevel)}");
        page.Pair("医疗类别", VisitName(s.MedType)).Pair("就诊编号", s.MdtrtId);
        page.Pair("就诊起止", $"{StatementJson.Day(s.BeginOn)} 至 {StatementJson.Day(s.EndOn)}").Pair("结算时间", StatementJson.Time(s.SettledAtMs));
        if (s.ManualClaimNo.Length > 0) page.Pair("结算方式", $"中心手工（零星）报销 · {ReasonName(s.ManualReason)}").Pair("报销编号 / 发票", $"{s.ManualClaimNo} / {s.InvoiceNo}");
        page.Raw("</dl>");
    }

    /// <summary>manl_reim_rea, national-interface.md section 3.</summary>
    private static string ReasonName(string reason) => reason switch
    {
        "01" => "普通", "02" => "未持卡", "03" => "异地就医", "04" => "急诊", "05" => "异地转诊", "06" => "救助补报", "08" => "年度二次报销", _ => "其他",
    };

    private static void Amounts(Page page, SettlementReply s)
    {
        page.Raw("<h2>费用与负担</h2><table><tbody>");
        foreach (var (field, chinese, _, fen) in StatementAmounts.Of(s))
        {
            // Layers that do not exist for this person would only confuse; the sums always show.
            var always = field is "medfee_sumamt" or "inscp_scp_amt" or "fund_pay_sumamt" or "psn_part_amt" or "psn_cash_pay";
            if (fen == 0 && !always) continue;
            page.Raw(always ? "<tr class=\"sum\"><td>" : "<tr><td>").Text(chinese).Raw("</td>").Number(fen).Raw("</tr>");
        }
        // Of a paper bill the person has paid the provider already.
        var (label, due) = s.ManualClaimNo.Length > 0 ? ("基金应付个人", s.FundTotalFen) : ("个人应付现金", s.CashFen);
        page.Raw("</tbody></table><div class=\"pay\"><span>").Text(label).Raw("</span><span>").Text($"¥ {new Fen(due)}").Raw("</span></div>");
    }

    private static void Funds(Page page, SettlementReply s)
    {
        if (s.Share.Count == 0) return;
        page.Raw("<h2>各基金支付</h2><table><thead><tr><th>基金</th><th>代码</th><th class=\"n\">计入费用</th><th class=\"n\">支付</th><th class=\"n\">限额剩余</th></tr></thead><tbody>");
        foreach (var share in s.Share)
        {
            page.Raw("<tr><td>").Text(share.Name).Raw("</td><td>").Text(share.FundPayType).Raw("</td>").Number(share.InScopeFen).Number(share.AmountFen);
            if (share.HasLimitLeftFen) page.Number(share.LimitLeftFen); else page.Raw("<td class=\"n\">—</td>");
            page.Raw("</tr>");
        }
        page.Raw("</tbody></table>");
    }

    private static void Rules(Page page, Statement statement)
    {
        page.Raw("<h2>计算过程</h2><table><thead><tr><th>规则</th><th>依据</th><th>计算所用数据</th><th class=\"n\">结果</th><th class=\"n\">限额剩余</th></tr></thead><tbody>");
        foreach (var row in statement.Trace)
        {
            page.Raw("<tr><td>").Text(row.ChineseName).Raw("</td><td>");
            // Why a value was assumed is for the bureau (JSON has it); a patient needs to know that it is provisional.
            if (row.Assumed) page.Raw("<span class=\"assumed\">暂定参数，待统筹区文件公布</span>");
            else page.Text(row.Clause);
            page.Raw("</td><td>").Text(string.Join("；", row.Input.Select(i => $"{i.ChineseName} {i.Value}"))).Raw("</td>").Number(row.ResultFen);
            if (row.HasLeftFen) page.Number(row.LeftFen); else page.Raw("<td class=\"n\">—</td>");
            page.Raw("</tr>");
        }
        page.Raw("</tbody></table>");
    }

    private static void Lines(Page page, Statement statement)
    {
        page.Raw("<h2>费用明细</h2><table><thead><tr><th>日期</th><th>项目</th><th>等级</th><th class=\"n\">数量</th><th class=\"n\">单价</th><th class=\"n\">金额</th><th class=\"n\">全自费</th><th class=\"n\">超限价</th><th class=\"n\">先行自付</th><th class=\"n\">政策范围内</th></tr></thead><tbody>");
        foreach (var line in statement.Line)
        {
            page.Raw("<tr><td>").Text(ChinaCalendar.DayOf(line.OccurredAtMs).ToString("MM-dd", CultureInfo.InvariantCulture)).Raw("</td><td>").Text(line.ItemName.Length > 0 ? line.ItemName : line.MedListCode);
            if (line.Memo.Length > 0) page.Raw("<br><small>").Text(line.Memo).Raw("</small>");
            page.Raw("</td><td>").Text(line.ChrgitmLv switch { "01" => "甲", "02" => "乙", _ => "丙" }).Raw("</td><td class=\"n\">").Text(new Quantity(line.QuantityE4).ToString())
                .Raw("</td><td class=\"n\">").Text(new UnitPrice(line.UnitPriceMicroYuan).ToString()).Raw("</td>")
                .Number(line.AmountFen).Number(line.FullSelfPayFen).Number(line.OverLimitFen).Number(line.FirstPayFen).Number(line.InScopeFen).Raw("</tr>");
        }
        page.Raw("</tbody></table>");
    }

    private static string SchemeName(string insutype) => insutype switch { "310" => "310 职工基本医疗保险", "390" => "390 城乡居民基本医疗保险", _ => insutype };

    private static string VisitName(string medType) => medType + (medType.Length < 2 ? "" : medType[..2] switch
    {
        "11" => " 普通门诊", "13" => " 急诊", "14" => " 门诊慢特病", "16" => " 中医门诊", "41" => " 定点药店购药", "51" => " 生育门诊", "52" => " 生育住院", "21" => " 普通住院",
        "22" => " 外伤住院", "23" => " 转外诊治住院", "24" => " 急诊转住院", "25" => " 异地住院", "26" => " 单病种住院", "27" => " 自行异地住院", "28" => " 日间手术", _ => "",
    });

    private static string LevelName(string level) => level switch
    {
        "3" => "三级", "2" => "二级", "1" => "一级", "community" => "社区及乡镇", "village" => "村级", "pharmacy" => "药店", _ => level,
    };

    /// <summary>Text is always encoded; only the page's own mark-up is raw.</summary>
    internal sealed class Page
    {
        private readonly StringBuilder html = new(8192);

        public Page Raw(string markup) { html.Append(markup); return this; }
        public Page Text(string text) { html.Append(HtmlEncoder.Default.Encode(text)); return this; }
        public Page Pair(string name, string value) => Raw("<dt>").Text(name).Raw("</dt><dd>").Text(value).Raw("</dd>");
        public Page Number(long fen) => Raw("<td class=\"n\">").Text(new Fen(fen).ToString()).Raw("</td>");
        public override string ToString() => html.ToString();
    }
}
