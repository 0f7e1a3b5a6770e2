using MedInsure.Gateway.Calls;
using MedInsure.Gateway.Fields;
using MedInsure.Gateway.Transactions.Shapes;
using MedInsure.Kernel;
using MedInsure.Protos.Settlement.V1;
using static MedInsure.Gateway.Fields.FieldNotation;

namespace MedInsure.Gateway.Transactions.Persons;

/// <summary>Entitlement: one row per fund, whether it may pay on the day, and if not why.</summary>
public sealed class T2001CheckEntitlement : Transaction
{
    private static readonly Node Data = Node.One("data", "待遇检查条件",
        VisitShape.PsnNo.Y, VisitShape.Insutype.Y, C("fixmedins_code", "定点医药机构编号", 12), VisitShape.MedType.Y,
        Time("begntime", "开始时间").Y, Time("endtime", "结束时间"),
        VisitShape.DiseaseCode, VisitShape.DiseaseName,
        C("oprn_oprt_code", "手术操作代码", 30), C("oprn_oprt_name", "手术操作名称", 500),
        C("matn_type", "生育类别", 6, Codes.MaternityType), C("birctrl_type", "计划生育手术类别", 6));

    public override IReadOnlyList<string> Numbers => ["2001"];
    public override string Title => "人员待遇享受检查";
    public override string Service => "fsiPsnPriorityInfoService";
    public override IReadOnlyList<Node> Nodes => [Data];
    public override string OutputNodes => "trtinfo[]";

    public override async Task<Refusal?> Answer(Call call)
    {
        var data = call.Input.One(Data);
        var psnNo = data.Text("psn_no");
        var reply = await call.Ask(o => call.Backends.Settlement.CheckEntitlementAsync(new CheckEntitlementRequest
        {
            PsnNo = psnNo,
            Insutype = data.Text("insutype"),
            FixmedinsCode = data.Has("fixmedins_code") ? data.Text("fixmedins_code") : call.Envelope.FixmedinsCode,
            MedType = data.Text("med_type"),
            On = data.DayNumberOf("begntime"),
            DiseaseCode = data.Text("dise_codg"),
        }, o));

        call.Output.WriteStartArray("trtinfo");
        foreach (var fund in reply.Entitlement)
        {
            call.Output.WriteStartObject();
            call.Output.WriteString("psn_no", psnNo);
            call.Output.WriteString("trt_chk_type", "1"); // fund
            call.Output.WriteString("fund_pay_type", fund.FundPayType);
            call.Output.Flag("trt_enjymnt_flag", fund.MayPay);
            call.Output.Day("begndate", fund.FromOn);
            call.Output.Day("enddate", fund.ToOn);
            call.Output.WriteString("trt_chk_rslt", fund.Reason);
            call.Output.WriteEndObject();
        }
        call.Output.WriteEndArray();
        return null;
    }
}
