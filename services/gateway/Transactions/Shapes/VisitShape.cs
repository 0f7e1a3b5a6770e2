using Google.Protobuf.Collections;
using MedInsure.Gateway.Fields;
using MedInsure.Protos.Settlement.V1;
using static MedInsure.Gateway.Fields.FieldNotation;

namespace MedInsure.Gateway.Transactions.Shapes;

/// <summary>What several transactions say alike of a visit or stay (national-interface.md 2.3, 2.5).</summary>
public static class VisitShape
{
    public const int DiagnosesMax = 100;

    public static readonly Field PsnNo = C("psn_no", "人员编号", 30);
    public static readonly Field MdtrtId = C("mdtrt_id", "就诊ID", 30);
    public static readonly Field Insutype = C("insutype", "险种类型", 6, Codes.InsuranceType);
    public static readonly Field MedType = C("med_type", "医疗类别", 6, Codes.MedicalType);
    public static readonly Field CertType = C("mdtrt_cert_type", "就诊凭证类型", 3, Codes.Visit);
    public static readonly Field CertNo = C("mdtrt_cert_no", "就诊凭证编号", 50);
    public static readonly Field DiseaseCode = C("dise_codg", "病种编码", 30);
    public static readonly Field DiseaseName = C("dise_name", "病种名称", 500);

    public static Node Diagnoses() => Node.Any("diseinfo", "诊断信息", DiagnosesMax, DiagnosisFields);

    /// <summary>At least one diagnosis.</summary>
    public static Node RequiredDiagnoses() => Node.Many("diseinfo", "诊断信息", DiagnosesMax, DiagnosisFields);

    private static Field[] DiagnosisFields =>
    [
        MdtrtId, PsnNo,
        C("diag_type", "诊断类别", 3, Codes.DiagnosisType).Y,
        C("maindiag_flag", "主诊断标志", 3, Codes.YesNo),
        N("diag_srt_no", "诊断排序号", 2).Y,
        C("diag_code", "诊断代码", 20).Y,
        C("diag_name", "诊断名称", 100).Y,
        C("adm_cond", "入院病情", 500),
        C("diag_dept", "诊断科室", 50),
        C("dise_dor_no", "诊断医生编码", 30),
        C("dise_dor_name", "诊断医生姓名", 50),
        Time("diag_time", "诊断时间"),
        C("vali_flag", "有效标志", 3, Codes.YesNo),
    ];

    /// <summary>The fields of 2401's and 2403's mdtrtinfo; in a change only the two numbers are required.</summary>
    public static Node Stay(bool isChange)
    {
        Field Y(Field field) => isChange ? field : field.Y;
        Field[] fields =
        [
            PsnNo.Y, Y(Insutype),
            C("coner_name", "联系人姓名", 50), C("tel", "联系电话", 50),
            Y(Time("begntime", "开始时间")),
            Y(CertType), Y(CertNo), Y(MedType),
            Y(C("ipt_no", "住院号", 30)), C("medrcdno", "病历号", 30),
            Y(C("atddr_no", "主治医生编码", 30)), Y(C("chfpdr_name", "主诊医师姓名", 50)),
            Y(C("adm_diag_dscr", "入院诊断描述", 200)),
            Y(C("adm_dept_codg", "入院科室编码", 30)), Y(C("adm_dept_name", "入院科室名称", 100)), Y(C("adm_bed", "入院床位", 30)),
            Y(C("dscg_maindiag_code", "住院主诊断代码", 20)), Y(C("dscg_maindiag_name", "住院主诊断名称", 300)),
            C("main_cond_dscr", "主要病情描述", 1000),
            DiseaseCode, DiseaseName,
            C("oprn_oprt_code", "手术操作代码", 30), C("oprn_oprt_name", "手术操作名称", 500),
            C("fpsc_no", "计划生育服务证号", 50), C("matn_type", "生育类别", 6, Codes.MaternityType), C("birctrl_type", "计划生育手术类别", 6),
            C("latechb_flag", "晚育标志", 3, Codes.YesNo), N("geso_val", "孕周数", 2), N("fetts", "胎次", 3), N("fetus_cnt", "胎儿数", 3),
            C("pret_flag", "早产标志", 3, Codes.YesNo), Day("birctrl_matn_date", "计划生育手术或生育日期"),
            C("dise_type_code", "病种类型代码", 6, Codes.DiseaseType),
            Money("advpay", "预付款"), C("repeat_ipt_flag", "重复住院标志", 3, Codes.YesNo), C("ttp_resp", "第三方责任标志", 3, Codes.YesNo),
            C("merg_setl_flag", "合并结算标志", 3, Codes.YesNo), C("er_flag", "急诊标志", 3, Codes.YesNo),
            // Ours: the national table has no place for what a per-eye amount is multiplied by.
            N("oprn_eye_cnt", "手术眼数", 1),
        ];
        return Node.One("mdtrtinfo", "就诊信息", isChange ? [MdtrtId.Y, .. fields] : fields);
    }

    public static Node Agent() => Node.Optional("agnterinfo", "代办人信息",
        C("agnter_name", "代办人姓名", 50), C("agnter_rlts", "代办人关系", 3), C("agnter_cert_type", "代办人证件类型", 6, Codes.PersonCertificate),
        C("agnter_certno", "代办人证件号码", 50), C("agnter_tel", "代办人联系电话", 30), C("agnter_addr", "代办人联系地址", 200));

    public static EncounterDetails StayDetails(Row stay, Row? agent)
    {
        var medType = stay.Text("med_type");
        var details = new EncounterDetails
        {
            MedType = medType,
            BeginAtMs = stay.InstantMs("begntime"),
            VisitNo = stay.Text("ipt_no"),
            DiseaseCode = stay.Text("dise_codg"),
            DiseaseName = stay.Text("dise_name"),
            DepartmentCode = stay.Text("adm_dept_codg"),
            DepartmentName = stay.Text("adm_dept_name"),
            DoctorCode = stay.Text("atddr_no"),
            DoctorName = stay.Text("chfpdr_name"),
            Bed = stay.Text("adm_bed"),
            MainCondition = stay.Text("main_cond_dscr"),
            OperationCode = stay.Text("oprn_oprt_code"),
            OperationName = stay.Text("oprn_oprt_name"),
            OperatedEyes = stay.Count("oprn_eye_cnt"),
            ThirdPartyLiable = stay.Flag("ttp_resp"),
            Injury = IsInjury(medType),
        };
        Keep(details.Particulars, stay, "coner_name", "tel", "mdtrt_cert_type", "medrcdno", "adm_diag_dscr", "dscg_maindiag_code", "dscg_maindiag_name", "fpsc_no", "matn_type",
            "birctrl_type", "latechb_flag", "geso_val", "fetts", "fetus_cnt", "pret_flag", "birctrl_matn_date", "dise_type_code", "advpay", "repeat_ipt_flag", "merg_setl_flag", "er_flag");
        if (agent is not null) Keep(details.Particulars, agent, "agnter_name", "agnter_rlts", "agnter_cert_type", "agnter_certno", "agnter_tel", "agnter_addr");
        return details;
    }

    /// <summary>med_type 22 is injury inpatient, 18 and 19 accidents where a province uses them (national-interface.md section 3).</summary>
    public static bool IsInjury(string medType) => medType is "18" or "19" or "22";

    /// <summary>Diagnoses withdrawn by vali_flag 0 are left out.</summary>
    public static void AddDiagnoses(RepeatedField<Diagnosis> to, IReadOnlyList<Row> rows)
    {
        foreach (var row in rows)
        {
            if (row.Text("vali_flag") == "0") continue;
            to.Add(new Diagnosis
            {
                Type = row.Text("diag_type"),
                Order = row.Count("diag_srt_no"),
                Code = row.Text("diag_code"),
                Name = row.Text("diag_name"),
                Main = row.Flag("maindiag_flag"),
                Department = row.Text("diag_dept"),
                DoctorCode = row.Text("dise_dor_no"),
                DoctorName = row.Text("dise_dor_name"),
                AtMs = row.InstantMs("diag_time"),
                AdmissionCondition = row.Text("adm_cond"),
            });
        }
    }

    /// <summary>National fields that no rule reads, kept under their names for documents.</summary>
    public static void Keep(MapField<string, string> particulars, Row row, params ReadOnlySpan<string> names)
    {
        foreach (var name in names)
            if (row.Has(name)) particulars[name] = row.Text(name);
    }
}
