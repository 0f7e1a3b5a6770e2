namespace MedInsure.Reporting.Reports.Definitions;

/// <summary>How codes are called in reports. Kinds of visit: national-interface.md section 3; categories: import-formats.md; sources of income: seed-facts.md section 4.</summary>
internal static class ReportNames
{
    public static readonly CodeNames Care = CodeNames.Of(
        ("inpatient", "住院", "inpatient"), ("delivery", "住院分娩", "delivery"), ("special", "特殊疾病门诊", "special outpatient"), ("chronic", "慢性病门诊", "chronic outpatient"), ("ordinary", "普通门诊", "ordinary outpatient"),
        ("pharmacy", "药店购药", "pharmacy"), ("other", "其他门诊", "other outpatient"), ("year_end", "年终补助", "year-end benefit"));

    public static readonly CodeNames CareType = CodeNames.Of(("11", "门诊", "outpatient"), ("21", "住院", "inpatient"), ("41", "药店", "pharmacy"), ("", "其他", "other"));

    public static readonly CodeNames Level = CodeNames.Of(
        ("3", "三级", "level 3"), ("2", "二级", "level 2"), ("1", "一级", "level 1"), ("community", "社区乡镇", "community and township"), ("village", "村卫生室", "village clinic"), ("pharmacy", "药店", "pharmacy"), ("", "未定级", "none"));

    public static readonly CodeNames Insutype = CodeNames.Of(
        ("310", "职工基本医疗保险", "employees"), ("320", "公务员医疗补助", "civil servants' supplement"), ("330", "大额医疗费用补助", "large-sum fund"), ("340", "离休人员医疗保障", "retired veterans"), ("380", "新型农村合作医疗", "NCMS"),
        ("390", "城乡居民基本医疗保险", "residents"), ("510", "生育保险", "maternity"), ("610", "医疗救助", "medical assistance"), ("640", "其他补助", "other supplements"), ("310200", "个人账户", "personal accounts"), ("", "未分险种", "none"));

    public static readonly CodeNames Category = CodeNames.Of(
        ("extreme_hardship", "特困人员", "extreme hardship"), ("low_income", "低保对象", "low income"), ("registered_poor", "建档立卡人口", "registered poor"), ("low_income_elderly", "低收入老年人", "low-income elderly"),
        ("severely_disabled", "重度残疾人", "severely disabled"), ("priority_group", "重点优抚对象", "priority groups"), ("family_planning_aided", "计生特殊家庭", "family planning aided"), ("retired_veteran", "离休人员", "retired veterans"),
        ("", "普通参保人", "none"));

    /// <summary>A person of several counts under the first: the order of assistance, the neediest first; assumed, the sources count everyone once and do not say under which.</summary>
    public const string FirstCategory = """
        (SELECT k FROM unnest(ARRAY['extreme_hardship', 'low_income', 'registered_poor', 'low_income_elderly', 'severely_disabled', 'priority_group', 'family_planning_aided', 'retired_veteran']) WITH ORDINALITY AS o (k, no)
         WHERE k = ANY (f.categories) ORDER BY no LIMIT 1)
        """;

    /// <summary>困难人员: fraud-audit counts the same.</summary>
    public const string IsPoor = "f.categories && ARRAY['extreme_hardship', 'low_income', 'registered_poor', 'low_income_elderly']";

    public static readonly CodeNames Source = CodeNames.Of(
        ("personal", "个人缴费", "personal"), ("central", "中央财政补助", "central subsidy"), ("province", "省级财政补助", "provincial subsidy"), ("city", "市级财政补助", "city subsidy"), ("county", "县级财政补助", "county subsidy"),
        ("employer", "单位缴费", "employers"), ("employee", "职工缴费", "employees"), ("collective", "集体扶持", "collectives"), ("aid", "资助参保", "premium aid"), ("interest", "利息", "interest"), ("late_charge", "滞纳金", "late charges"),
        ("transfer_in", "转移接续收入", "transfers in"), ("suspense", "待确认收入", "suspense"));

    public static readonly CodeNames Channel = CodeNames.Of(
        ("treasury", "财政专户", "treasury"), ("bank", "银行代收", "bank"), ("tax", "税务征收", "tax"), ("cash", "现金", "cash"), ("counter", "经办窗口", "counter"), ("online", "网上缴费", "online"), ("wechat", "微信", "WeChat"),
        ("alipay", "支付宝", "Alipay"), ("withholding", "代扣代缴", "withholding"), ("", "未注明", "none"));

    /// <summary>Lines of the fund's income and expenditure: purpose, of benefits also the fund that pays.</summary>
    public static readonly CodeNames Line = CodeNames.Of(
        [.. Source.List.Select(s => ("revenue_" + s.Key, s.Value.Zh, s.Value.En)),
        ("benefit_expense:310100", "职工统筹基金待遇支出", "employees' pooled benefits"), ("benefit_expense:330100", "大额补助支出", "large-sum benefits"), ("benefit_expense:380100", "新农合待遇支出", "NCMS benefits"),
        ("benefit_expense:390100", "居民统筹基金待遇支出", "residents' pooled benefits"), ("benefit_expense:390200", "居民大病保险支出", "residents' critical illness benefits"), ("benefit_expense:610100", "医疗救助支出", "medical assistance"),
        ("benefit_expense:640100", "其他补助支出", "other supplements"), ("insurer_premium", "大病保险保费支出", "critical illness premiums"), ("payment_method_result", "支付方式清算", "results of payment methods"),
        ("deduction_income", "违规及考核扣款", "deductions"), ("personal_account", "个人账户", "personal accounts")]);

    public static readonly CodeNames Filed = CodeNames.Of(("filed", "已备案", "filed"), ("unfiled", "未备案", "not filed"));

    public static readonly CodeNames FixedKind = CodeNames.Of(
        ("per_disease", "按病种", "per disease"), ("per_diem", "按床日", "per diem"), ("per_eye", "按眼", "per eye"), ("delivery", "分娩定额", "delivery"), ("congenital_heart", "先心病", "congenital heart disease"), ("", "其他付费方式", "other"));

    public static readonly CodeNames SubjectKind = CodeNames.Of(("provider", "定点机构", "provider"), ("person", "参保人", "person"));

    public static readonly CodeNames Event = CodeNames.Of(
        ("case", "案件", "cases"), ("finding", "智能审核疑点", "findings"), ("call_back", "回访", "call-backs"), ("ward_check", "查房", "ward checks"), ("sample", "病历抽查", "samples"), ("self_refund", "自查自纠退款", "self-refunds"),
        ("tip", "举报", "tips"), ("reward", "举报奖励", "rewards"), ("doctor", "医保医师处理", "doctors"), ("review", "专家评审", "expert reviews"), ("credit", "信用评价", "credit"));
}
