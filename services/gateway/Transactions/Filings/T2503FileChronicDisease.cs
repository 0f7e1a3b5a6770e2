using MedInsure.Gateway.Calls;
using MedInsure.Gateway.Fields;
using MedInsure.Gateway.Transactions.Shapes;
using MedInsure.Kernel;
using MedInsure.Protos.Settlement.V1;
using static MedInsure.Gateway.Fields.FieldNotation;

namespace MedInsure.Gateway.Transactions.Filings;

/// <summary>Files a chronic or special outpatient disease.</summary>
public sealed class T2503FileChronicDisease : Transaction
{
    private static readonly Node Data = Node.One("data", "慢特病备案信息",
        VisitShape.PsnNo.Y, VisitShape.Insutype.Y, C("opsp_dise_code", "门慢门特病种目录代码", 30).Y, C("opsp_dise_name", "门慢门特病种名称", 300).Y,
        C("tel", "联系电话", 50), C("addr", "联系地址", 200), C("insu_optins", "参保机构医保区划", 6),
        C("ide_fixmedins_no", "鉴定定点医药机构编号", 30), C("ide_fixmedins_name", "鉴定定点医药机构名称", 200), Day("hosp_ide_date", "医院鉴定日期"),
        C("diag_dr_codg", "诊断医师编码", 30), C("diag_dr_name", "诊断医师姓名", 50), Day("begndate", "开始日期").Y, Day("enddate", "结束日期"));

    public override IReadOnlyList<string> Numbers => ["2503"];
    public override string Title => "人员慢特病备案";
    public override string Service => "filingService";
    public override IReadOnlyList<Node> Nodes => [Data];
    public override string OutputNodes => "result{trt_dcla_detl_sn}";
    public override bool CreatesCost => true;
    public override bool IsCommand => true;

    public override async Task<Refusal?> Answer(Call call)
    {
        var data = call.Input.One(Data);
        var request = new FileTreatmentRequest
        {
            Key = call.Key(),
            FixmedinsCode = call.Envelope.FixmedinsCode,
            PsnNo = data.Text("psn_no"),
            Insutype = data.Text("insutype"),
            Kind = FilingKind.ChronicSpecial,
            DiseaseCode = data.Text("opsp_dise_code"),
            DiseaseName = data.Text("opsp_dise_name"),
            FromOn = data.DayNumberOf("begndate"),
            ToOn = data.DayNumberOf("enddate"),
            OtherFixmedinsCode = data.Text("ide_fixmedins_no"),
        };
        if (request.ToOn != 0 && request.ToOn < request.FromOn) return GatewayRefusals.DaysReversed.At("enddate");
        VisitShape.Keep(request.Particulars, data, "tel", "addr", "insu_optins", "ide_fixmedins_name", "hosp_ide_date", "diag_dr_codg", "diag_dr_name");
        FilingShape.WriteNumber(call, await call.Ask(o => call.Backends.Settlement.FileTreatmentAsync(request, o)));
        return null;
    }
}
