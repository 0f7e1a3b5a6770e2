using System.Text.Json;
using MedInsure.Kernel;
using MedInsure.Protos.Settlement.V1;

namespace MedInsure.Settlement.Statements;

/// <summary>The part of a bill that says how it was computed anew: as JSON and on the page.</summary>
internal static class StatementCorrections
{
    public static void Write(Utf8JsonWriter json, Statement statement)
    {
        json.WriteStartArray("corrections");
        foreach (var correction in statement.Correction)
        {
            json.WriteStartObject();
            json.WriteString("setl_id", correction.SetlId);
            json.WriteString("booked_at", StatementJson.Time(correction.BookedAtMs));
            json.WriteString("cause", correction.Cause);
            json.WriteString("text", correction.Text);
            json.WriteString("run_no", correction.RunNo);
            json.WriteStartObject("policy");
            json.WriteString("pack", correction.PolicyPack);
            json.WriteString("version", correction.PolicyVersion);
            json.WriteString("sha256", Convert.ToHexStringLower(correction.PolicyHash.Span));
            json.WriteEndObject();
            json.WriteStartArray("categories");
            foreach (var category in correction.Category) json.WriteStringValue(category);
            json.WriteEndArray();
            json.WriteStartObject("differences");
            foreach (var (field, _, fen) in Sums(correction)) StatementJson.Yuan(json, field, fen);
            json.WriteEndObject();
            json.WriteStartArray("shares");
            foreach (var share in correction.Share)
            {
                json.WriteStartObject();
                json.WriteString("fund_pay_type", share.FundPayType);
                json.WriteString("name", share.Name);
                json.WriteString("rule", share.RuleId);
                StatementJson.Yuan(json, "difference", share.AmountFen);
                json.WriteEndObject();
            }
            json.WriteEndArray();
            json.WriteStartArray("changed_rules");
            foreach (var rule in correction.Rule)
            {
                json.WriteStartObject();
                json.WriteString("rule", rule.RuleId);
                json.WriteString("name_zh", rule.ChineseName);
                json.WriteString("name_en", rule.EnglishName);
                json.WriteString("clause", rule.Clause);
                json.WriteBoolean("assumed", rule.Assumed);
                StatementJson.Yuan(json, "before", rule.BeforeFen);
                StatementJson.Yuan(json, "after", rule.AfterFen);
                json.WriteEndObject();
            }
            json.WriteEndArray();
            StatementJson.Rules(json, correction.Trace);
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }

    public static void Write(StatementPage.Page page, Statement statement)
    {
        foreach (var correction in statement.Correction)
        {
            page.Raw("<h2>").Text($"待遇更正 {correction.SetlId}").Raw("</h2><p>").Text($"{StatementJson.Time(correction.BookedAtMs)} · {correction.Text}");
            if (correction.RunNo.Length > 0) page.Text($"（批次 {correction.RunNo}）");
            if (correction.PolicyVersion.Length > 0) page.Raw("<br><small>").Text($"按待遇政策 {correction.PolicyPack} {correction.PolicyVersion}（内容摘要 {Convert.ToHexStringLower(correction.PolicyHash.Span)}）重新计算；上列结算金额不变，差额直接与个人结清。").Raw("</small>");
            page.Raw("</p>");
            if (correction.Rule.Count > 0)
            {
                page.Raw("<table><thead><tr><th>规则</th><th>依据</th><th class=\"n\">更正前</th><th class=\"n\">更正后</th><th class=\"n\">差额</th></tr></thead><tbody>");
                foreach (var rule in correction.Rule)
                {
                    page.Raw("<tr><td>").Text(rule.ChineseName).Raw("</td><td>");
                    if (rule.Assumed) page.Raw("<span class=\"assumed\">暂定参数，待统筹区文件公布</span>");
                    else page.Text(rule.Clause);
                    page.Raw("</td>").Number(rule.BeforeFen).Number(rule.AfterFen).Number(rule.AfterFen - rule.BeforeFen).Raw("</tr>");
                }
                page.Raw("</tbody></table>");
            }
            page.Raw("<table><tbody>");
            foreach (var share in correction.Share)
                if (share.AmountFen != 0) page.Raw("<tr><td>").Text($"{share.Name}（{share.FundPayType}）增减").Raw("</td>").Number(share.AmountFen).Raw("</tr>");
            foreach (var (_, chinese, fen) in Sums(correction))
                if (fen != 0) page.Raw("<tr class=\"sum\"><td>").Text(chinese).Raw("</td>").Number(fen).Raw("</tr>");
            page.Raw("</tbody></table>");
        }
    }

    private static IEnumerable<(string Field, string Chinese, long Fen)> Sums(StatementCorrection c) =>
    [
        ("fund_pay_sumamt", "基金支付总额增减", c.FundTotalFen),
        ("psn_part_amt", "个人负担增减", c.PersonShareFen),
        ("acct_pay", "个人账户支出增减", c.AccountFen),
        ("acct_mulaid_pay", "家庭共济账户支出增减", c.FamilyAccountFen),
        ("psn_cash_pay", c.CashFen < 0 ? "个人现金增减（负数为应退个人）" : "个人现金增减（正数为个人应补）", c.CashFen),
    ];
}
