using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Unicode;
using MedInsure.Hosting.Tenancy;
using MedInsure.Kernel;
using MedInsure.Protos.Settlement.V1;

namespace MedInsure.Settlement.Statements;

/// <summary>The bill as JSON: money in yuan with two decimals, days as yyyy-MM-dd.</summary>
internal static class StatementJson
{
    private static readonly JsonWriterOptions Options = new() { Indented = true, Encoder = JavaScriptEncoder.Create(UnicodeRanges.All) };

    public static byte[] Render(Tenant tenant, Statement statement)
    {
        var s = statement.Settlement;
        var buffer = new ArrayBufferWriter<byte>(4096);
        using (var json = new Utf8JsonWriter(buffer, Options))
        {
            json.WriteStartObject();
            json.WriteString("setl_id", s.SetlId);
            json.WriteString("mdtrt_id", s.MdtrtId);
            json.WriteString("reverses_setl_id", s.ReversesSetlId);
            json.WriteString("reversed_by_setl_id", s.ReversedBySetlId);
            json.WriteString("county", tenant.Code);
            json.WriteString("county_name", tenant.Name);
            json.WriteString("psn_no", s.Person.PsnNo);
            json.WriteString("psn_name", s.Person.PsnName);
            json.WriteString("insutype", s.Person.Insutype);
            json.WriteString("psn_type", s.Person.PsnType);
            json.WriteString("fixmedins_code", s.FixmedinsCode);
            json.WriteString("fixmedins_name", s.FixmedinsName);
            json.WriteString("policy_level", s.PolicyLevel);
            json.WriteString("med_type", s.MedType);
            json.WriteString("begin_on", Day(s.BeginOn));
            json.WriteString("end_on", Day(s.EndOn));
            json.WriteString("policy_on", Day(s.PolicyOn));
            json.WriteString("settled_at", Time(s.SettledAtMs));
            if (s.ManualClaimNo.Length > 0)
            {
                json.WriteString("setl_type", "1");
                json.WriteString("pay_loc", "1");
                json.WriteString("manl_reim_rea", s.ManualReason);
                json.WriteString("manual_claim_no", s.ManualClaimNo);
                json.WriteString("invoice_no", s.InvoiceNo);
            }
            json.WriteStartObject("policy");
            json.WriteString("pack", s.PolicyPack);
            json.WriteString("version", s.PolicyVersion);
            json.WriteString("sha256", Convert.ToHexStringLower(s.PolicyHash.Span));
            json.WriteEndObject();
            json.WriteNumber("catalog_version", s.CatalogVersion);
            json.WriteNumber("journal_seq", s.JournalSeq);
            json.WriteStartObject("amounts");
            foreach (var (field, _, _, fen) in StatementAmounts.Of(s)) Yuan(json, field, fen);
            json.WriteEndObject();
            json.WriteStartArray("shares");
            foreach (var share in s.Share)
            {
                json.WriteStartObject();
                json.WriteString("fund_pay_type", share.FundPayType);
                json.WriteString("name", share.Name);
                json.WriteString("rule", share.RuleId);
                Yuan(json, "in_scope", share.InScopeFen);
                if (share.HasLimitLeftFen) Yuan(json, "limit_left", share.LimitLeftFen);
                Yuan(json, "amount", share.AmountFen);
                json.WriteEndObject();
            }
            json.WriteEndArray();
            Rules(json, statement.Trace);
            StatementCorrections.Write(json, statement);
            StatementBenefits.Write(json, statement);
            json.WriteStartArray("lines");
            foreach (var line in statement.Line)
            {
                json.WriteStartObject();
                json.WriteString("feedetl_sn", line.FeedetlSn);
                json.WriteString("med_list_codg", line.MedListCode);
                json.WriteString("name", line.ItemName);
                json.WriteString("on", Day(DayNumber.Of(ChinaCalendar.DayOf(line.OccurredAtMs))));
                json.WritePropertyName("cnt");
                json.WriteRawValue(new Quantity(line.QuantityE4).ToString());
                json.WritePropertyName("pric");
                json.WriteRawValue(new UnitPrice(line.UnitPriceMicroYuan).ToString());
                json.WriteString("chrgitm_lv", line.ChrgitmLv);
                Yuan(json, "amount", line.AmountFen);
                Yuan(json, "fulamt_ownpay_amt", line.FullSelfPayFen);
                Yuan(json, "overlmt_amt", line.OverLimitFen);
                Yuan(json, "preselfpay_amt", line.FirstPayFen);
                Yuan(json, "inscp_scp_amt", line.InScopeFen);
                json.WriteString("memo", line.Memo);
                json.WriteEndObject();
            }
            json.WriteEndArray();
            json.WriteEndObject();
        }
        return buffer.WrittenSpan.ToArray();
    }

    internal static void Rules(Utf8JsonWriter json, IEnumerable<TraceRow> rows)
    {
        json.WriteStartArray("rules");
        foreach (var row in rows)
        {
            json.WriteStartObject();
            json.WriteString("rule", row.RuleId);
            json.WriteString("name_zh", row.ChineseName);
            json.WriteString("name_en", row.EnglishName);
            json.WriteString("clause", row.Clause);
            json.WriteBoolean("assumed", row.Assumed);
            json.WriteStartArray("inputs");
            foreach (var input in row.Input)
            {
                json.WriteStartObject();
                json.WriteString("name_zh", input.ChineseName);
                json.WriteString("name_en", input.EnglishName);
                json.WriteString("value", input.Value);
                json.WriteEndObject();
            }
            json.WriteEndArray();
            Yuan(json, "result", row.ResultFen);
            if (row.HasLeftFen) Yuan(json, "left_of_ceiling", row.LeftFen);
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }

    public static string Day(int number) => number == 0 ? "" : DayNumber.ToDate(number).ToString("yyyy-MM-dd");
    public static string Time(long ms) => DateTimeOffset.FromUnixTimeMilliseconds(ms).ToOffset(ChinaCalendar.Offset).ToString("yyyy-MM-dd HH:mm:ss");

    internal static void Yuan(Utf8JsonWriter json, string name, long fen)
    {
        json.WritePropertyName(name);
        json.WriteRawValue(new Fen(fen).ToString());
    }
}
