namespace MedInsure.Settlement.Simulation;

/// <summary>The names of a report's rows, Chinese and English. Kinds of visit: national-interface.md section 3, med_type; categories: import-formats.md.</summary>
internal static class SimulationLabels
{
    public static string Of(PaidBy payer) => payer switch
    {
        PaidBy.BasicFund => "基本医保统筹 basic fund",
        PaidBy.CriticalIllness => "大病保险 critical illness",
        PaidBy.LargeSum => "大额补助 large-sum fund",
        PaidBy.Assistance => "医疗救助 medical assistance",
        PaidBy.CivilServant => "公务员补助 civil servants' supplement",
        PaidBy.Enterprise => "企业补充 enterprise supplement",
        PaidBy.OtherFunds => "其他基金 other funds",
        PaidBy.Supplement => "商业补充保险 supplementary policies",
        PaidBy.Person => "个人负担 persons",
        PaidBy.Account => "  个人账户 from accounts",
        _ => "  现金 in cash",
    };

    public static string Level(string level) => level switch
    {
        "3" => "三级 level 3",
        "2" => "二级 level 2",
        "1" => "一级 level 1",
        "community" => "社区乡镇 community",
        "village" => "村卫生室 village",
        "pharmacy" => "药店 pharmacy",
        _ => level,
    };

    public static string MedType(string medType) => medType switch
    {
        "11" => "普通门诊 ordinary outpatient",
        "12" => "挂号 registration",
        "13" => "急诊 emergency",
        "14" => "门诊慢特病 chronic and special outpatient",
        "15" => "特药 special drugs",
        "16" => "中医 Chinese medicine",
        "18" or "19" => "意外伤害门诊 accident, outpatient",
        "21" => "普通住院 inpatient",
        "22" => "外伤住院 injury, inpatient",
        "23" => "转外住院 referred-out inpatient",
        "24" => "急诊转住院 emergency to inpatient",
        "25" => "异地住院 off-site inpatient",
        "26" => "单病种 single disease",
        "27" => "自行外出住院 self-arranged off-site inpatient",
        "28" => "日间手术 day surgery",
        "41" => "药店购药 pharmacy",
        "51" => "生育门诊 maternity outpatient",
        "52" => "生育住院 maternity inpatient",
        "53" => "计划生育手术 family-planning surgery",
        _ => $"其他 other ({medType})",
    };

    public static string Category(string category) => category switch
    {
        "" => "无身份 none",
        "low_income" => "低保 low income",
        "extreme_hardship" => "特困 extreme hardship",
        "registered_poor" => "建档立卡 registered poor",
        "severely_disabled" => "重度残疾 severely disabled",
        "priority_group" => "重点优抚 priority group",
        "family_planning_aided" => "计生特殊家庭 family planning aided",
        "retired_veteran" => "离休 retired veteran",
        "low_income_elderly" => "低收入老年人 low-income elderly",
        _ => category,
    };

    /// <summary>"2000–5000 yuan" of <see cref="SimulationTotals.BurdenBands"/>; the first band is nothing at all.</summary>
    public static string Burden(int band)
    {
        var ends = SimulationTotals.BurdenBands;
        return band == 0 ? "0" : band == ends.Length ? $"{ends[^1] / 100} 以上 and more" : $"{ends[band - 1] / 100}–{ends[band] / 100}";
    }
}
