namespace MedInsure.Local.Sample;

/// <summary>The rows of diseases.csv (import-formats.md) of one city.</summary>
internal static class SampleDiseases
{
    public const string Header = "code,name,kind,insutype,begndate,enddate,amount,unit";

    private static readonly (string Code, string Name, string Kind)[] Listed =
    [
        ("M00500", "恶性肿瘤放化疗", "special_outpatient"), ("M07800", "慢性肾衰竭透析", "special_outpatient"), ("M08300", "器官移植抗排异治疗", "special_outpatient"),
        ("M01100", "血友病", "special_outpatient"), ("M00800", "再生障碍性贫血", "special_outpatient"),
        ("M03900", "高血压", "chronic_outpatient"), ("M01600", "糖尿病", "chronic_outpatient"), ("M04600", "冠心病", "chronic_outpatient"),
        ("M05300", "慢性阻塞性肺疾病", "chronic_outpatient"), ("M06900", "类风湿关节炎", "chronic_outpatient"), ("M02300", "帕金森病", "chronic_outpatient"),
        ("M01200", "苯丙酮尿症（儿童）", "special_outpatient_child"), ("M02200", "脑瘫康复（儿童）", "special_outpatient_child"),
    ];

    public static IEnumerable<string> Rows(SampleCity city)
    {
        foreach (var insutype in city.Packs.Keys)
            foreach (var (code, name, kind) in Listed)
                if (insutype == "390" || kind != "special_outpatient_child") yield return $"{code},{name},{kind},{insutype},2020-01-01,,,";
        // The mean of the year 2020 in Guichi; Harbin's packs know no fixed amounts (policy-parameters.md).
        if (city.Code == "341700") yield return "FM0001,住院分娩,delivery,390,2020-01-01,,900.00,次";
        yield return "DB0001,腹腔镜胆囊切除术,per_disease,390,2020-01-01,2020-12-31,3000.00,例";
        yield return "DB0002,白内障超声乳化摘除术,per_eye,390,2020-01-01,2020-12-31,800.00,眼";
    }
}
