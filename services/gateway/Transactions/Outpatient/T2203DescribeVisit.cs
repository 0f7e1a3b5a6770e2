using MedInsure.Gateway.Calls;
using MedInsure.Gateway.Fields;
using MedInsure.Gateway.Transactions.Shapes;
using MedInsure.Kernel;
using MedInsure.Protos.Settlement.V1;
using static MedInsure.Gateway.Fields.FieldNotation;

namespace MedInsure.Gateway.Transactions.Outpatient;

/// <summary>What a visit is for: med_type, disease, diagnoses. 2203A adds maindiag_flag.</summary>
public sealed class T2203DescribeVisit : Transaction
{
    private static readonly Node Visit = Node.One("mdtrtinfo", "就诊信息",
        VisitShape.MdtrtId.Y, VisitShape.PsnNo.Y, VisitShape.MedType.Y, Time("begntime", "开始时间"), C("main_cond_dscr", "主要病情描述", 1000),
        VisitShape.DiseaseCode, VisitShape.DiseaseName, C("birctrl_type", "计划生育手术类别", 6), Day("birctrl_matn_date", "计划生育手术或生育日期"), C("ttp_resp", "第三方责任标志", 3, Codes.YesNo));
    private static readonly Node Diagnoses = VisitShape.RequiredDiagnoses();

    public override IReadOnlyList<string> Numbers => ["2203", "2203A"];
    public override string Title => "门诊就诊信息上传";
    public override string Service => "outpatientDocInfoService";
    public override IReadOnlyList<Node> Nodes => [Visit, Diagnoses];
    public override bool CreatesCost => true;
    public override bool IsCommand => true;

    public override async Task<Refusal?> Answer(Call call)
    {
        var visit = call.Input.One(Visit);
        var medType = visit.Text("med_type");
        // Chronic and special outpatient care is paid by disease.
        if (medType.StartsWith("14", StringComparison.Ordinal) && !visit.Has("dise_codg")) return GatewayRefusals.FieldMissing(VisitShape.DiseaseCode);

        var request = new ChangeEncounterRequest
        {
            Key = call.Key(),
            FixmedinsCode = call.Envelope.FixmedinsCode,
            MdtrtId = visit.Text("mdtrt_id"),
            PsnNo = visit.Text("psn_no"),
            Details = new EncounterDetails
            {
                MedType = medType,
                BeginAtMs = visit.InstantMs("begntime"),
                DiseaseCode = visit.Text("dise_codg"),
                DiseaseName = visit.Text("dise_name"),
                MainCondition = visit.Text("main_cond_dscr"),
                ThirdPartyLiable = visit.Flag("ttp_resp"),
                Injury = VisitShape.IsInjury(medType),
            },
        };
        VisitShape.Keep(request.Details.Particulars, visit, "birctrl_type", "birctrl_matn_date");
        VisitShape.AddDiagnoses(request.Diagnosis, call.Input.Rows(Diagnoses));
        await call.Ask(o => call.Backends.Settlement.ChangeEncounterAsync(request, o));
        return null;
    }
}
