using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using MedInsure.Hosting.Tenancy;

namespace MedInsure.Billing.Payments;

/// <summary>A receipt as one printable page in Chinese, without scripts.</summary>
internal static class ReceiptPage
{
    private const string Style = """
        *{box-sizing:border-box}body{font:14px/1.5 "Noto Sans CJK SC","Source Han Sans SC","Microsoft YaHei",sans-serif;color:#1c2430;margin:0}main{max-width:190mm;margin:12px auto;padding:10mm}
        h1{font-size:20px;text-align:center;margin:0 0 8px}table{border-collapse:collapse;width:100%}th,td{border:1px solid #8a94a3;padding:3px 6px;text-align:left}td.n{text-align:right;font-variant-numeric:tabular-nums}
        p{display:flex;justify-content:space-between;margin:6px 0}@media print{main{margin:0;padding:0}}
        """;

    public static string Render(Tenant county, PaymentBook.Receipt receipt)
    {
        var page = new StringBuilder("<!doctype html><html lang=\"zh-CN\"><head><meta charset=\"utf-8\"><title>缴费票据</title><style>").Append(Style).Append("</style></head><body><main><h1>基本医疗保险费缴费票据</h1><p>");
        Text($"{county.Name}　票据号 {receipt.Number}").Append("</p><p>");
        Text($"缴款人 {receipt.Payer}　渠道 {Channel(receipt.Channel)}　开具时间 {receipt.IssuedAt}").Append("</p><table><thead><tr><th>人员编号</th><th>姓名</th><th>险种</th><th>年度</th><th>金额（元）</th></tr></thead><tbody>");
        foreach (var line in receipt.Lines)
        {
            page.Append("<tr><td>");
            Text(line.PsnNo).Append("</td><td>");
            Text(line.PsnName).Append("</td><td>");
            Text(line.Insutype).Append("</td><td>").Append(line.Year.ToString(CultureInfo.InvariantCulture)).Append("</td><td class=\"n\">").Append(line.Amount).Append("</td></tr>");
        }
        page.Append("<tr><td colspan=\"4\">合计</td><td class=\"n\">").Append(receipt.Amount).Append("</td></tr></tbody></table><p>");
        Text($"开票人 {receipt.IssuedBy}").Append("</p></main></body></html>");
        return page.ToString();

        StringBuilder Text(string text) => page.Append(HtmlEncoder.Default.Encode(text));
    }

    private static string Channel(string channel) => channel.Split('-') switch
    {
        ["counter"] => "窗口现金",
        ["village"] => "村（社区）代收",
        ["bank", var bank] => $"银行代扣 {bank}",
        ["online", var online] => $"网上缴费 {online}",
        _ => channel,
    };
}
