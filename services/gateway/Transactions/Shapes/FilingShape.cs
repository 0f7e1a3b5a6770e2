using MedInsure.Gateway.Calls;
using MedInsure.Gateway.Fields;
using MedInsure.Protos.Settlement.V1;
using static MedInsure.Gateway.Fields.FieldNotation;

namespace MedInsure.Gateway.Transactions.Shapes;

/// <summary>Filings and their withdrawal (national-interface.md 2.7).</summary>
public static class FilingShape
{
    public static void WriteNumber(Call call, Filing filing)
    {
        call.Output.WriteStartObject("result");
        call.Output.WriteString("trt_dcla_detl_sn", filing.FilingId);
        call.Output.WriteEndObject();
    }

    public static Node Withdrawal() => Node.One("data", "备案撤销信息", C("trt_dcla_detl_sn", "待遇申报明细流水号", 30).Y, VisitShape.PsnNo.Y, C("memo", "备注", 500));

    public static WithdrawFilingRequest Request(Call call, Row data, FilingKind kind) => new()
    {
        Key = call.Key(),
        FixmedinsCode = call.Envelope.FixmedinsCode,
        PsnNo = data.Text("psn_no"),
        FilingId = data.Text("trt_dcla_detl_sn"),
        Kind = kind,
        Memo = data.Text("memo"),
    };
}
