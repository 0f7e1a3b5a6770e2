using System.Text.Json;
using MedInsure.Protos.Settlement.V1;

namespace MedInsure.Settlement.Statements;

/// <summary>What was granted after the year for the visit of a bill, as JSON and on the page.</summary>
internal static class StatementBenefits
{
    public static void Write(Utf8JsonWriter json, Statement statement)
    {
        json.WriteStartArray("year_end_benefits");
        foreach (var benefit in statement.Benefit)
        {
            json.WriteStartObject();
            json.WriteString("benefit_no", benefit.BenefitNo);
            json.WriteString("booked_at", StatementJson.Time(benefit.BookedAtMs));
            json.WriteString("name", benefit.Name);
            json.WriteNumber("year", benefit.Year);
            json.WriteString("rule", benefit.RuleId);
            json.WriteString("clause", benefit.Clause);
            json.WriteString("fund_pay_type", benefit.FundPayType);
            json.WriteString("run_no", benefit.RunNo);
            StatementJson.Yuan(json, "amount", benefit.AmountFen);
            json.WriteString("paid_on", StatementJson.Day(benefit.PaidOn));
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }

    public static void Write(StatementPage.Page page, Statement statement)
    {
        if (statement.Benefit.Count == 0) return;
        page.Raw("<h2>年终待遇（直接支付给个人）</h2><table><thead><tr><th>项目</th><th>年度</th><th>依据</th><th>基金</th><th>支付日期</th><th class=\"n\">金额</th></tr></thead><tbody>");
        foreach (var benefit in statement.Benefit)
        {
            page.Raw("<tr><td>").Text(benefit.Name).Raw("</td><td>").Text($"{benefit.Year}").Raw("</td><td>").Text(benefit.Clause.Length > 0 ? benefit.Clause : "重新计算后不再享受，予以冲回").Raw("</td><td>").Text(benefit.FundPayType);
            page.Raw("</td><td>").Text(benefit.PaidOn == 0 ? "待支付" : StatementJson.Day(benefit.PaidOn)).Raw("</td>").Number(benefit.AmountFen).Raw("</tr>");
        }
        page.Raw("</tbody></table>");
    }
}
