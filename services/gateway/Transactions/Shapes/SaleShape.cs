using MedInsure.Gateway.Calls;
using MedInsure.Gateway.Fields;
using MedInsure.Protos.Settlement.V1;
using static MedInsure.Gateway.Fields.FieldNotation;

namespace MedInsure.Gateway.Transactions.Shapes;

/// <summary>A pharmacy's sale: visit, lines and settlement in one message (2101, 2102).</summary>
public static class SaleShape
{
    public static Node Sale() => Node.One("druginfo", "购药结算信息",
        VisitShape.PsnNo.Y, VisitShape.CertType, VisitShape.CertNo, Time("begntime", "开始时间").Y,
        Money("medfee_sumamt", "医疗费总额").Y, C("invono", "发票号", 50), VisitShape.Insutype.Y,
        VisitShape.DiseaseCode, VisitShape.DiseaseName, C("acct_used_flag", "个人账户使用标志", 1, Codes.YesNo), VisitShape.MedType.Y);

    public static SettleClaimRequest Request(Call call, Row sale, IReadOnlyList<Row> lines)
    {
        var request = new SettleClaimRequest
        {
            Key = call.Key(),
            FixmedinsCode = call.Envelope.FixmedinsCode,
            PsnNo = sale.Text("psn_no"),
            Insutype = sale.Text("insutype"),
            InlineEncounter = new EncounterDetails
            {
                MedType = sale.Text("med_type"),
                BeginAtMs = sale.InstantMs("begntime"),
                DiseaseCode = sale.Text("dise_codg"),
                DiseaseName = sale.Text("dise_name"),
            },
            TotalFen = sale.Whole("medfee_sumamt"),
            UseAccount = sale.Flag("acct_used_flag"),
            InvoiceNo = sale.Text("invono"),
            MedType = sale.Text("med_type"),
            CertificateType = sale.Text("mdtrt_cert_type"),
        };
        foreach (var line in lines) request.InlineLine.Add(FeeShape.Line(line, batch: "", original: ""));
        return request;
    }
}
