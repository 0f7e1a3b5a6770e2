using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace MedInsure.FraudAudit.Notices;

/// <summary>A notice, or a case's packet, as one printable page in Chinese (A4), without scripts. What it says is the kept document alone.</summary>
internal static class NoticePage
{
    private const string Style = """
        :root{color-scheme:light}*{box-sizing:border-box}body{font:15px/1.7 "Noto Sans CJK SC","Source Han Sans SC","Microsoft YaHei",sans-serif;color:#1c2430;margin:0;background:#eef1f5}
        main{max-width:210mm;margin:12px auto;background:#fff;padding:16mm 14mm;box-shadow:0 1px 6px #0002}h1{font-size:22px;text-align:center;margin:0 0 4px}h2{font-size:16px;margin:18px 0 6px;border-left:4px solid #1d6fb8;padding-left:8px}
        .sub{text-align:center;color:#5a6675;margin:0 0 14px}table{border-collapse:collapse;width:100%}th,td{border:1px solid #ccd3dc;padding:4px 6px;text-align:left;vertical-align:top;overflow-wrap:anywhere}th{background:#f4f6f9;font-weight:600}
        .pay{display:flex;justify-content:space-between;font-size:18px;font-weight:bold;border:2px solid #1d6fb8;padding:8px 12px;margin:12px 0}.sign{margin-top:40px;text-align:right}small{color:#5a6675}
        @media print{body{background:#fff}main{margin:0;padding:0;box-shadow:none;max-width:none}thead{display:table-header-group}tr{break-inside:avoid}}
        """;

    /// <summary>The fields of documents in the words of the papers; what is not named here is shown by its own name.</summary>
    private static readonly Dictionary<string, string> Words = new()
    {
        ["text"] = "内容", ["reason"] = "理由", ["evidence"] = "证据", ["statement_days"] = "陈述申辩期限（天，自送达起）", ["sanctions"] = "处理措施", ["appeal_days"] = "申诉期限（天，自送达起）", ["decided_by"] = "决定人", ["principal"] = "违规本金（元）",
        ["damages"] = "违约金（元）", ["fund"] = "所属基金", ["of_notice_no"] = "原通知书", ["appeal_no"] = "申诉", ["outcome"] = "申诉结果", ["authority"] = "移送机关", ["approved_by"] = "批准人", ["packet"] = "案卷", ["step"] = "措施代码", ["name"] = "措施",
        ["amount"] = "金额（元）", ["base"] = "基数（元）", ["multiplier"] = "倍数", ["months"] = "月数", ["days"] = "天数", ["kind"] = "类别", ["number"] = "编号", ["setl_id"] = "结算编号", ["evidence_no"] = "序号", ["added_by"] = "提交人", ["added_at"] = "提交时间",
        ["withdrawn_by"] = "撤下人", ["gone"] = "疑点状态", ["case"] = "案件", ["decisions"] = "决定", ["appeals"] = "申诉记录", ["notices"] = "文书", ["effects"] = "执行", ["timeline"] = "办理记录", ["act"] = "事项", ["by"] = "经办人", ["at"] = "时间",
        ["detail"] = "说明", ["case_no"] = "案件编号", ["subject_kind"] = "对象类别", ["subject"] = "对象", ["subject_county"] = "管理县区", ["title"] = "标题", ["state"] = "状态", ["state_name"] = "状态说明", ["opened_by"] = "登记人", ["opened_at"] = "登记时间",
        ["investigator"] = "调查人", ["decider"] = "决定人", ["releaser"] = "签发人", ["decision_no"] = "决定序号", ["statement_due_on"] = "陈述申辩截止", ["heard"] = "已陈述", ["appeal_due_on"] = "申诉截止", ["correction_due_on"] = "整改截止",
        ["correction"] = "整改", ["changed_at"] = "更新时间", ["notice_no"] = "文书编号", ["by_payment"] = "缴款退回", ["sha256"] = "内容摘要", ["issued_by"] = "签发人", ["issued_at"] = "签发时间", ["served_on"] = "送达日期", ["served_how"] = "送达方式",
        ["lane"] = "事项", ["due_on"] = "执行日期", ["attempts"] = "次数", ["note"] = "说明", ["done_at"] = "完成时间", ["effect_no"] = "序号", ["received_on"] = "收到日期", ["recorded_by"] = "登记人", ["recorded_at"] = "登记时间", ["released_by"] = "签发人",
        ["decided_at"] = "决定时间", ["ladder_sha256"] = "措施表摘要", ["elsewhere"] = "说明",
    };

    public static string Render(NoticeRow notice)
    {
        using var document = JsonDocument.Parse(notice.Document);
        var d = document.RootElement;
        var page = new Paper($"{Said(d, "title")} {notice.NoticeNo}", Said(d, "title"), $"{Said(d, "county_name")} · {Said(d, "printed_no")} · {notice.NoticeNo}");
        page.Raw("<p>").Text(Said(d, "subject_kind") == "provider" ? $"{Said(d, "subject_name")}（{Said(d, "subject")}）：" : $"参保人 {Said(d, "subject")}（姓名：____________）：").Raw("</p><p>").Text(Lead(notice.Kind, d)).Raw("</p>");
        if (notice.AmountFen > 0) page.Raw("<div class=\"pay\"><span>").Text(notice.Kind switch { "reversal" => "退还金额", "repayment" => "应退回金额", _ => "扣款金额" }).Raw("</span><span>").Text($"¥ {Said(d, "amount")}").Raw("</span></div>");
        page.Fields(d.GetProperty("content"));
        page.Raw("<p class=\"sign\">").Text($"签发：{Said(d, "issued_by")}　{Said(d, "issued_on")}").Raw("</p><p><small>").Text($"案件 {Said(d, "case_no")}（{Said(d, "case_title")}）；内容摘要 {notice.Sha256}");
        if (notice.ServedOn is { } served) page.Text(string.Create(CultureInfo.InvariantCulture, $"；{served:yyyy-MM-dd}送达（{notice.ServedHow}）"));
        return page.Raw("</small></p></main></body></html>").ToString();
    }

    /// <summary>A case's packet as it is now.</summary>
    public static string Packet(string caseNo, string json)
    {
        using var document = JsonDocument.Parse(json);
        return new Paper($"案卷 {caseNo}", "医疗保障基金稽核案卷", caseNo).Fields(document.RootElement).Raw("</main></body></html>").ToString();
    }

    private static string Lead(string kind, JsonElement d) => kind switch
    {
        "hearing" => "经查，你单位（你）涉嫌存在下列行为。你有权在期限内陈述、申辩并提交证据；逾期视为放弃。",
        "decision" => "经调查并听取陈述申辩，现作出下列处理决定。不服的，可在期限内提出申诉；申诉期间不停止执行。",
        "deduction" => "依据处理决定，下列违规本金及违约金从你单位后续医保结算款中扣回医疗保障基金。",
        "repayment" => "依据处理决定，请将下列款项退回医疗保障基金收入户。",
        "reversal" => "依据申诉处理结果，原通知书金额作如下更正；尚未扣回的不再扣回，已经扣回的予以退还。",
        _ => $"案件情节严重，现移送{Said(d.GetProperty("content"), "authority")}处理。",
    };

    private static string Said(JsonElement of, string name) => of.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString()! : "";

    /// <summary>Text is always encoded; only the page's own mark-up is raw.</summary>
    private sealed class Paper
    {
        private readonly StringBuilder html = new(8192);

        public Paper(string name, string heading, string below) => Raw("<!doctype html><html lang=\"zh-CN\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\"><title>").Text(name).Raw("</title><style>").Raw(Style)
            .Raw("</style></head><body><main><h1>").Text(heading).Raw("</h1><p class=\"sub\">").Text(below).Raw("</p>");

        public Paper Raw(string markup) { html.Append(markup); return this; }
        public Paper Text(string text) { html.Append(HtmlEncoder.Default.Encode(text)); return this; }

        /// <summary>Simple fields in one table, then each list of objects in one of its own, then each object likewise.</summary>
        public Paper Fields(JsonElement of)
        {
            var simple = of.EnumerateObject().Where(f => f.Value.ValueKind != JsonValueKind.Object && !IsRows(f.Value)).ToList();
            if (simple.Count > 0)
            {
                Raw("<table><tbody>");
                foreach (var field in simple) Raw("<tr><th>").Text(Word(field.Name)).Raw("</th><td>").Text(Plain(field.Value)).Raw("</td></tr>");
                Raw("</tbody></table>");
            }
            foreach (var field in of.EnumerateObject())
            {
                if (IsRows(field.Value)) Rows(field);
                else if (field.Value.ValueKind == JsonValueKind.Object) Raw("<h2>").Text(Word(field.Name)).Raw("</h2>").Fields(field.Value);
            }
            return this;
        }

        private void Rows(JsonProperty of)
        {
            string[] columns = [.. of.Value.EnumerateArray().SelectMany(r => r.EnumerateObject().Select(f => f.Name)).Distinct()];
            Raw("<h2>").Text(Word(of.Name)).Raw("</h2><table><thead><tr>");
            foreach (var column in columns) Raw("<th>").Text(Word(column)).Raw("</th>");
            Raw("</tr></thead><tbody>");
            foreach (var row in of.Value.EnumerateArray())
            {
                Raw("<tr>");
                foreach (var column in columns) Raw("<td>").Text(row.TryGetProperty(column, out var value) ? Plain(value) : "").Raw("</td>");
                Raw("</tr>");
            }
            Raw("</tbody></table>");
        }

        private static bool IsRows(JsonElement value) => value.ValueKind == JsonValueKind.Array && value.GetArrayLength() > 0 && value.EnumerateArray().All(r => r.ValueKind == JsonValueKind.Object);

        private static string Plain(JsonElement value) => value.ValueKind switch
        {
            JsonValueKind.True => "是",
            JsonValueKind.False => "否",
            JsonValueKind.Object => string.Join("，", value.EnumerateObject().Select(f => $"{Word(f.Name)}：{Plain(f.Value)}")),
            JsonValueKind.Array => string.Join("；", value.EnumerateArray().Select(Plain)),
            _ => value.ToString(),
        };

        private static string Word(string name) => Words.GetValueOrDefault(name, name);

        public override string ToString() => html.ToString();
    }
}
