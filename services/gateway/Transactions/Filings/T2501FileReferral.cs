using MedInsure.Gateway.Calls;
using MedInsure.Gateway.Fields;
using MedInsure.Gateway.Transactions.Shapes;
using MedInsure.Kernel;
using MedInsure.Protos.Settlement.V1;
using static MedInsure.Gateway.Fields.FieldNotation;

namespace MedInsure.Gateway.Transactions.Filings;

/// <summary>Files a referral or off-site care.</summary>
public sealed class T2501FileReferral : Transaction
{
    private static readonly Node Referral = Node.One("refmedin", "转院备案信息",
        VisitShape.PsnNo.Y, VisitShape.Insutype.Y, C("tel", "联系电话", 50), C("addr", "联系地址", 200), C("insu_optins", "参保机构医保区划", 6),
        C("diag_code", "诊断代码", 20).Y, C("diag_name", "诊断名称", 100).Y, C("dise_cond_dscr", "疾病病情描述", 2000),
        C("reflin_medins_no", "转往定点医药机构编号", 12).Y, C("reflin_medins_name", "转往医院名称", 200).Y, C("mdtrtarea_admdvs", "就医地行政区划", 6).Y,
        C("hosp_agre_refl_flag", "医院同意转院标志", 3, Codes.YesNo), C("refl_type", "转院类型", 30).Y, Day("refl_date", "转院日期").Y,
        C("refl_rea", "转院原因", 100).Y, C("refl_opnn", "转院意见", 200).Y, Day("begndate", "开始日期"), Day("enddate", "结束日期"),
        C("refl_used_flag", "转院使用标志", 3, Codes.YesNo));

    public override IReadOnlyList<string> Numbers => ["2501"];
    public override string Title => "转院备案";
    public override string Service => "filingService";
    public override IReadOnlyList<Node> Nodes => [Referral];
    public override string OutputNodes => "result{trt_dcla_detl_sn}";
    public override bool CreatesCost => true;
    public override bool IsCommand => true;

    public override async Task<Refusal?> Answer(Call call)
    {
        var referral = call.Input.One(Referral);
        var request = new FileTreatmentRequest
        {
            Key = call.Key(),
            FixmedinsCode = call.Envelope.FixmedinsCode,
            PsnNo = referral.Text("psn_no"),
            Insutype = referral.Text("insutype"),
            Kind = FilingKind.Referral,
            DiseaseCode = referral.Text("diag_code"),
            DiseaseName = referral.Text("diag_name"),
            FromOn = referral.DayNumberOf(referral.Has("begndate") ? "begndate" : "refl_date"),
            ToOn = referral.DayNumberOf("enddate"),
            OtherFixmedinsCode = referral.Text("reflin_medins_no"),
            OtherArea = referral.Text("mdtrtarea_admdvs"),
        };
        if (request.ToOn != 0 && request.ToOn < request.FromOn) return GatewayRefusals.DaysReversed.At("enddate");
        VisitShape.Keep(request.Particulars, referral, "tel", "addr", "insu_optins", "dise_cond_dscr", "reflin_medins_name", "hosp_agre_refl_flag", "refl_type", "refl_date", "refl_rea", "refl_opnn", "refl_used_flag");
        FilingShape.WriteNumber(call, await call.Ask(o => call.Backends.Settlement.FileTreatmentAsync(request, o)));
        return null;
    }
}
