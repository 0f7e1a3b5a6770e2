using System.Text.Json;
using MedInsure.Gateway.Fields;
using MedInsure.Kernel;
using static MedInsure.Gateway.Fields.FieldNotation;

namespace MedInsure.Gateway.Calls;

/// <summary>The outer fields of a request (national-interface.md section 1), checked; <see cref="Input"/> is not yet.</summary>
public sealed record Envelope(
    string Infno, string Msgid, string TreatmentArea, string InsuredArea, string OperatorType, string Operator, string FixmedinsCode, string SignNo, JsonElement Input)
{
    /// <summary>fixmedins_name is checked for length only: names change before registries do.</summary>
    public static readonly Node Fields = Node.One("envelope", "报文头",
        C("infno", "交易编号", 6).Y,
        C("msgid", "发送方报文ID", 30).Y,
        C("mdtrtarea_admvs", "就医地医保区划", 6).Y,
        C("insuplc_admdvs", "参保地医保区划", 6),
        C("recer_sys_code", "接收方系统代码", 10).Y,
        C("dev_no", "设备编号", 100),
        C("dev_safe_info", "设备安全信息", 2000),
        C("cainfo", "数字签名信息", 1024),
        C("signtype", "签名类型", 10),
        C("infver", "接口版本号", 6).Y,
        C("opter_type", "经办人类别", 3, Codes.OperatorType).Y,
        C("opter", "经办人", 30).Y,
        C("opter_name", "经办人姓名", 50).Y,
        Time("inf_time", "交易时间").Y,
        C("fixmedins_code", "定点医药机构编号", 12).Y,
        C("fixmedins_name", "定点医药机构名称", 200).Y,
        C("sign_no", "交易签到流水号", 30));

    public static Refusal? Read(JsonElement root, out Envelope envelope)
    {
        envelope = null!;
        if (root.ValueKind != JsonValueKind.Object) return GatewayRefusals.EnvelopeNotObject;
        if (FieldReader.ReadRow(root, Fields, 0, out var row) is { } refusal) return refusal;
        if (!root.TryGetProperty("input", out var input) || input.ValueKind != JsonValueKind.Object) return GatewayRefusals.InputMissing;
        envelope = new Envelope(
            row.Text("infno"), row.Text("msgid"), row.Text("mdtrtarea_admvs"), row.Text("insuplc_admdvs"),
            row.Text("opter_type"), row.Text("opter"), row.Text("fixmedins_code"), row.Text("sign_no"), input);
        return null;
    }

    /// <summary>What of a request that cannot be read further still goes into the log line.</summary>
    public static (string Infno, string Msgid) Peek(JsonElement root) => (Short(root, "infno"), Short(root, "msgid"));

    private static string Short(JsonElement root, string name)
    {
        if (root.ValueKind != JsonValueKind.Object || !root.TryGetProperty(name, out var value) || value.ValueKind != JsonValueKind.String) return "";
        try { return value.GetString() is { Length: <= 30 } text && text.All(char.IsAsciiLetterOrDigit) ? text : ""; }
        catch (InvalidOperationException) { return ""; }
    }
}
