using System.Globalization;
using MedInsure.Gateway.Calls;
using MedInsure.Gateway.Fields;
using MedInsure.Kernel;
using MedInsure.Protos.FraudAudit.V1;
using static MedInsure.Gateway.Fields.FieldNotation;

namespace MedInsure.Gateway.Transactions.Shapes;

/// <summary>
/// What 3101 and 3102 ask and answer (national-interface.md 2.10): per patient the current encounter with its diagnoses, orders and operations. Of the many fields that systems send only
/// those are in the tables that rules look at; the others are ignored. Lists may be one object, an empty text or missing.
/// </summary>
public sealed class CheckShape
{
    private const int PatientsMax = 20, EncountersMax = 50, OrdersMax = 2_000;

    private readonly Node diagnoses = Node.Any("fsi_diagnose_dtos", "诊断信息", VisitShape.DiagnosesMax,
        C("maindise_flag", "主诊断标志", 3), C("dise_codg", "诊断(疾病)编码", 30));

    private readonly Node orders = Node.Any("fsi_order_dtos", "处方(医嘱)信息", OrdersMax,
        C("rx_id", "处方(医嘱)标识", 50).Y, C("rxno", "处方号", 50), C("hilist_code", "医保目录编码", 50).Y, C("hilist_name", "医保目录名称", 200), C("hilist_type", "目录类别", 6), C("chrg_type", "收费类别", 6),
        C("hosplist_code", "医院目录编码", 150), N("cnt", "数量", 16, 4).Y, N("pric", "单价", 16, 6), Money("sumamt", "总费用"), Time("drord_begn_date", "医嘱开始日期"),
        C("drord_dept_codg", "开处方(医嘱)科室编码", 30), C("drord_dr_codg", "开处方(医嘱)医生编码", 30), C("curr_drord_flag", "是否当前处方(医嘱)", 3));

    private readonly Node operations = Node.Any("fsi_operation_dtos", "手术操作信息", 100,
        C("oprn_oprt_code", "手术操作代码", 50));

    private readonly Node encounters, patients;

    public CheckShape()
    {
        encounters = Node.Many("fsi_encounter_dtos", "就诊信息", EncountersMax,
            C("mdtrt_id", "就诊标识", 50).Y, C("medins_lv", "医疗机构等级", 6), C("bedno", "床位号", 30), Time("adm_date", "入院日期"), Time("dscg_date", "出院日期"),
            C("dscg_main_dise_codg", "主诊断编码", 30), C("dr_codg", "医师标识", 30), C("adm_dept_codg", "入院科室标识", 50), C("dscg_dept_codg", "出院科室标识", 50), C("med_type", "医疗类别", 6),
            C("insutype", "险种", 6)).With(diagnoses, orders, operations);
        patients = Node.Many("patient_dtos", "参保人信息", PatientsMax,
            C("patn_id", "参保人标识", 50).Y, C("gend", "性别", 6), Day("brdy", "出生日期"), C("curr_mdtrt_id", "当前就诊标识", 50)).With(encounters);
        Data = Node.One("data", "审核信息", C("syscode", "系统编码", 50), C("task_id", "任务ID", 50), C("trig_scen", "触发场景", 3), Texts("rule_ids", "规则标识集合", 50)).With(patients);
    }

    public Node Data { get; }

    /// <summary>Asks about each patient's current encounter and writes what is found.</summary>
    public async Task<Refusal?> Answer(Call call, CheckStage stage)
    {
        var data = call.Input.One(Data);
        var asked = new List<(CheckClaimRequest Request, HashSet<string> Current)>();
        foreach (var patient in data.Rows(patients))
        {
            var visits = patient.Rows(encounters);
            var visit = visits.FirstOrDefault(v => v.Text("mdtrt_id") == patient.Text("curr_mdtrt_id")) ?? visits[^1];
            // Nothing is ordered yet.
            if (visit.Rows(orders).Count == 0) continue;
            var request = new CheckClaimRequest { Stage = stage, TaskId = data.Text("task_id"), Claim = ClaimOf(call, patient, visit) };
            request.Rule.AddRange(data.TextsOf("rule_ids"));
            asked.Add((request, [.. visit.Rows(orders).Where(o => o.Text("curr_drord_flag") == "1").Select(o => o.Text("rx_id"))]));
        }
        var answers = new List<CheckClaimReply>(asked.Count);
        foreach (var (request, _) in asked) answers.Add(await call.Ask(o => call.Backends.FraudAudit.CheckClaimAsync(request, o)));

        call.Output.WriteStartArray("result");
        for (var i = 0; i < asked.Count; i++)
        {
            var (request, current) = asked[i];
            foreach (var finding in answers[i].Finding)
                // Where the system marks what is being ordered, what was ordered before is not held up to the doctor again.
                if (current.Count == 0 || finding.Line.Count == 0 || finding.Line.Any(l => current.Contains(l.FeedetlSn))) Write(call, request, finding);
        }
        call.Output.WriteEndArray();
        return null;
    }

    private AuditClaim ClaimOf(Call call, Row patient, Row visit)
    {
        var (admitted, discharged) = (visit.DayNumberOf("adm_date"), visit.DayNumberOf("dscg_date"));
        var medType = visit.Text("med_type");
        var claim = new AuditClaim
        {
            MdtrtId = visit.Text("mdtrt_id"),
            PsnNo = patient.Text("patn_id"),
            FixmedinsCode = call.Envelope.FixmedinsCode,
            ProviderCounty = call.Provider.County,
            HospLv = visit.Text("medins_lv"),
            Insutype = visit.Text("insutype"),
            MedType = medType.Length > 0 ? medType : "11",
            Gend = patient.Text("gend"),
            BirthOn = patient.DayNumberOf("brdy"),
            BeginAtMs = visit.InstantMs("adm_date"),
            BeginOn = admitted,
            EndOn = discharged,
            DepartmentCode = visit.Text("dscg_dept_codg") is { Length: > 0 } left ? left : visit.Text("adm_dept_codg"),
            DoctorCode = visit.Text("dr_codg"),
            Bed = visit.Text("bedno"),
        };
        foreach (var diagnosis in visit.Rows(diagnoses))
            if (diagnosis.Text("dise_codg") is { Length: > 0 } code) claim.Diagnosis.Add(new AuditDiagnosis { Type = "1", Code = code, Main = diagnosis.Flag("maindise_flag") });
        if (visit.Text("dscg_main_dise_codg") is { Length: > 0 } main && claim.Diagnosis.All(d => d.Code != main)) claim.Diagnosis.Add(new AuditDiagnosis { Type = "1", Code = main, Main = true });
        foreach (var operation in visit.Rows(operations))
            if (operation.Text("oprn_oprt_code") is { Length: > 0 } code) claim.OperationCode.Add(code);
        foreach (var order in visit.Rows(orders)) claim.Line.Add(LineOf(order, claim));
        return claim;
    }

    private static AuditLine LineOf(Row order, AuditClaim claim)
    {
        var (quantity, price) = (order.Whole("cnt"), order.Whole("pric"));
        return new AuditLine
        {
            FeedetlSn = order.Text("rx_id"),
            PrescriptionNo = order.Text("rxno"),
            MedListCode = order.Text("hilist_code"),
            ItemName = order.Text("hilist_name"),
            ListType = order.Text("hilist_type"),
            MedChrgitmType = order.Text("chrg_type"),
            ProviderListCode = order.Text("hosplist_code"),
            OccurredAtMs = order.InstantMs("drord_begn_date"),
            QuantityE4 = quantity,
            UnitPriceMicroYuan = price,
            AmountFen = order.Has("sumamt") ? order.Whole("sumamt") : new UnitPrice(price).TimesHalfUp(new Quantity(quantity)).Value,
            DepartmentCode = order.Text("drord_dept_codg") is { Length: > 0 } department ? department : claim.DepartmentCode,
            DoctorCode = order.Text("drord_dr_codg") is { Length: > 0 } doctor ? doctor : claim.DoctorCode,
        };
    }

    // vola_amt_stas, vola_bhvr_type, vola_item_type: no source names their codes (national-interface.md 2.10 gives lengths alone). Assumed: 1 certain, 2 suspicious, of amount and conduct alike; an order's item is 1.
    private static void Write(Call call, CheckClaimRequest request, CheckFinding finding)
    {
        var json = call.Output;
        json.WriteStartObject();
        json.WriteString("jr_id", finding.FindingNo);
        json.WriteString("rule_id", finding.Rule);
        json.WriteString("rule_name", finding.RuleName);
        json.WriteString("vola_cont", finding.Text);
        json.WriteString("patn_id", request.Claim.PsnNo);
        json.WriteString("mdtrt_id", request.Claim.MdtrtId);
        json.Fen("vola_amt", finding.AmountFen);
        json.WriteString("vola_amt_stas", finding.Certain ? "1" : "2");
        json.WriteString("sev_deg", finding.Severity);
        json.WriteString("vola_evid", finding.Definition);
        json.WriteString("vola_bhvr_type", finding.Certain ? "1" : "2");
        json.WriteString("task_id", request.TaskId);
        json.WriteStartArray("judge_result_detail_dtos");
        for (var i = 0; i < finding.Line.Count; i++)
        {
            json.WriteStartObject();
            json.WriteString("jrd_id", string.Create(CultureInfo.InvariantCulture, $"{finding.FindingNo}-{i + 1}"));
            json.WriteString("patn_id", request.Claim.PsnNo);
            json.WriteString("mdtrt_id", request.Claim.MdtrtId);
            json.WriteString("rx_id", finding.Line[i].FeedetlSn);
            json.WriteString("vola_item_type", "1");
            json.Fen("vola_amt", finding.Line[i].AmountFen);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteEndObject();
    }
}
