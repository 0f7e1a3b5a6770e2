using MedInsure.Gateway.Calls;
using MedInsure.Gateway.Fields;
using MedInsure.Gateway.Transactions.Shapes;
using MedInsure.Kernel;
using MedInsure.Protos.Settlement.V1;
using static MedInsure.Gateway.Fields.FieldNotation;

namespace MedInsure.Gateway.Transactions.Outpatient;

/// <summary>Outpatient registration: opens a visit.</summary>
public sealed class T2201Register : Transaction
{
    private static readonly Node Data = Node.One("data", "挂号信息",
        VisitShape.PsnNo.Y, VisitShape.Insutype.Y, Time("begntime", "开始时间").Y, VisitShape.CertType.Y, VisitShape.CertNo.Y,
        C("ipt_otp_no", "住院/门诊号", 30).Y, C("atddr_no", "医师编码", 30), C("dr_name", "医师姓名", 50),
        C("dept_code", "科室编码", 30), C("dept_name", "科室名称", 100), C("caty", "科别", 6));

    public override IReadOnlyList<string> Numbers => ["2201"];
    public override string Title => "门诊挂号";
    public override string Service => "outpatientDocInfoService";
    public override IReadOnlyList<Node> Nodes => [Data];
    public override string OutputNodes => "data{mdtrt_id, psn_no, ipt_otp_no}";
    public override bool CreatesCost => true;
    public override bool IsCommand => true;

    public override async Task<Refusal?> Answer(Call call)
    {
        var data = call.Input.One(Data);
        var request = new OpenEncounterRequest
        {
            Key = call.Key(),
            FixmedinsCode = call.Envelope.FixmedinsCode,
            PsnNo = data.Text("psn_no"),
            Insutype = data.Text("insutype"),
            Details = new EncounterDetails
            {
                BeginAtMs = data.InstantMs("begntime"),
                VisitNo = data.Text("ipt_otp_no"),
                DoctorCode = data.Text("atddr_no"),
                DoctorName = data.Text("dr_name"),
                DepartmentCode = data.Text("dept_code"),
                DepartmentName = data.Text("dept_name"),
            },
        };
        VisitShape.Keep(request.Details.Particulars, data, "mdtrt_cert_type", "caty");
        var reply = await call.Ask(o => call.Backends.Settlement.OpenEncounterAsync(request, o));

        call.Output.WriteStartObject("data");
        call.Output.WriteString("mdtrt_id", reply.MdtrtId);
        call.Output.WriteString("psn_no", reply.PsnNo);
        call.Output.WriteString("ipt_otp_no", reply.VisitNo);
        call.Output.WriteEndObject();
        return null;
    }
}
