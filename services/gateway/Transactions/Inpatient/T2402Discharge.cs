using MedInsure.Gateway.Calls;
using MedInsure.Gateway.Fields;
using MedInsure.Gateway.Transactions.Shapes;
using MedInsure.Kernel;
using MedInsure.Protos.Settlement.V1;
using static MedInsure.Gateway.Fields.FieldNotation;

namespace MedInsure.Gateway.Transactions.Inpatient;

/// <summary>Discharge: ends a stay and gives its discharge diagnoses.</summary>
public sealed class T2402Discharge : Transaction
{
    private static readonly Node Discharge = Node.One("dscginfo", "出院信息",
        VisitShape.MdtrtId.Y, VisitShape.PsnNo.Y, VisitShape.Insutype, Time("endtime", "结束时间").Y,
        VisitShape.DiseaseCode, VisitShape.DiseaseName, C("oprn_oprt_code", "手术操作代码", 30), C("oprn_oprt_name", "手术操作名称", 500),
        C("fpsc_no", "计划生育服务证号", 50), C("matn_type", "生育类别", 6, Codes.MaternityType), C("birctrl_type", "计划生育手术类别", 6),
        C("latechb_flag", "晚育标志", 3, Codes.YesNo), N("geso_val", "孕周数", 2), N("fetts", "胎次", 3), N("fetus_cnt", "胎儿数", 3),
        C("pret_flag", "早产标志", 3, Codes.YesNo), Day("birctrl_matn_date", "计划生育手术或生育日期"), C("cop_flag", "伴有并发症标志", 3, Codes.YesNo),
        C("dscg_dept_codg", "出院科室编码", 30), C("dscg_dept_name", "出院科室名称", 100), C("dscg_bed", "出院床位", 30),
        C("dscg_way", "离院方式", 3, Codes.DischargeWay).Y, Day("die_date", "死亡日期"), N("oprn_eye_cnt", "手术眼数", 1));
    private static readonly Node Diagnoses = VisitShape.Diagnoses();

    public override IReadOnlyList<string> Numbers => ["2402"];
    public override string Title => "出院办理";
    public override string Service => "dscgService";
    public override IReadOnlyList<Node> Nodes => [Discharge, Diagnoses];
    public override bool IsCommand => true;

    public override async Task<Refusal?> Answer(Call call)
    {
        var discharge = call.Input.One(Discharge);
        var request = new DischargeEncounterRequest
        {
            Key = call.Key(),
            FixmedinsCode = call.Envelope.FixmedinsCode,
            MdtrtId = discharge.Text("mdtrt_id"),
            PsnNo = discharge.Text("psn_no"),
            EndAtMs = discharge.InstantMs("endtime"),
            Way = discharge.Text("dscg_way"),
            Details = new EncounterDetails
            {
                DiseaseCode = discharge.Text("dise_codg"),
                DiseaseName = discharge.Text("dise_name"),
                DepartmentCode = discharge.Text("dscg_dept_codg"),
                DepartmentName = discharge.Text("dscg_dept_name"),
                Bed = discharge.Text("dscg_bed"),
                OperationCode = discharge.Text("oprn_oprt_code"),
                OperationName = discharge.Text("oprn_oprt_name"),
                OperatedEyes = discharge.Count("oprn_eye_cnt"),
            },
        };
        VisitShape.Keep(request.Details.Particulars, discharge, "fpsc_no", "matn_type", "birctrl_type", "latechb_flag", "geso_val", "fetts", "fetus_cnt", "pret_flag", "birctrl_matn_date", "cop_flag", "die_date");
        VisitShape.AddDiagnoses(request.Diagnosis, call.Input.Rows(Diagnoses));
        await call.Ask(o => call.Backends.Settlement.DischargeEncounterAsync(request, o));
        return null;
    }
}
