using MedInsure.Gateway.Calls;
using MedInsure.Gateway.Fields;
using MedInsure.Gateway.Transactions.Shapes;
using MedInsure.Kernel;
using MedInsure.Protos.Settlement.V1;
using static MedInsure.Gateway.Fields.FieldNotation;

namespace MedInsure.Gateway.Transactions.Queries;

/// <summary>The provider's own visits and stays of a person.</summary>
public sealed class T5201QueryVisits : Transaction
{
    private static readonly Node Data = Node.One("data", "就诊查询条件",
        VisitShape.PsnNo.Y, Time("begntime", "开始时间"), Time("endtime", "结束时间"), VisitShape.MedType, VisitShape.MdtrtId, PageShape.NumberField, PageShape.SizeField);

    public override IReadOnlyList<string> Numbers => ["5201"];
    public override string Title => "就诊信息查询";
    public override string Service => "fsiIntegratedQueryService";
    public override IReadOnlyList<Node> Nodes => [Data];
    public override string OutputNodes => "mdtrtinfo[], recordCounts, pages, pageNum, pageSize";

    public override async Task<Refusal?> Answer(Call call)
    {
        var data = call.Input.One(Data);
        var page = PageShape.Of(data);
        var reply = await call.Ask(o => call.Backends.Settlement.ListEncountersAsync(new ListEncountersRequest
        {
            PsnNo = data.Text("psn_no"),
            FixmedinsCode = call.Envelope.FixmedinsCode,
            MdtrtId = data.Text("mdtrt_id"),
            BeginFromOn = data.DayNumberOf("begntime"),
            BeginToOn = data.DayNumberOf("endtime"),
            MedType = data.Text("med_type"),
            PageNumber = page.Number,
            PageSize = page.Size,
        }, o));

        var json = call.Output;
        json.WriteStartArray("mdtrtinfo");
        foreach (var visit in reply.Encounter)
        {
            var details = visit.Details ?? new EncounterDetails();
            var main = visit.Diagnosis.FirstOrDefault(d => d.Main) ?? visit.Diagnosis.FirstOrDefault();
            json.WriteStartObject();
            json.WriteString("mdtrt_id", visit.MdtrtId);
            json.WriteString("psn_no", visit.PsnNo);
            json.WriteString("insutype", visit.Insutype);
            json.WriteString("fixmedins_code", visit.FixmedinsCode);
            json.WriteString("fixmedins_name", call.Provider.Name);
            json.WriteString("ipt_otp_no", details.VisitNo);
            json.WriteString("med_type", details.MedType);
            json.Time("begntime", details.BeginAtMs);
            json.Time("endtime", visit.EndAtMs);
            json.WriteString("dise_codg", details.DiseaseCode);
            json.WriteString("dise_name", details.DiseaseName);
            json.WriteString("dscg_maindiag_code", main?.Code ?? "");
            json.WriteString("dscg_maindiag_name", main?.Name ?? "");
            json.WriteString("dept_code", details.DepartmentCode);
            json.WriteString("dept_name", details.DepartmentName);
            json.WriteString("atddr_no", details.DoctorCode);
            json.WriteString("dr_name", details.DoctorName);
            json.WriteString("adm_bed", details.Bed);
            json.WriteString("dscg_way", visit.DischargeWay);
            json.WriteString("inhosp_stas", visit.State == "open" ? "1" : "0");
            json.Flag("vali_flag", visit.State != "cancelled");
            json.WriteString("mdtrt_stas", visit.State); // ours: open, discharged, settled, cancelled
            json.WriteEndObject();
        }
        json.WriteEndArray();
        page.Write(json, reply.Total);
        return null;
    }
}
