using MedInsure.Protos.Settlement.V1;

namespace MedInsure.Settlement.Statements;

/// <summary>The amounts of a bill by their national field names, in the order in which the bill shows them.</summary>
internal static class StatementAmounts
{
    public static IReadOnlyList<(string Field, string Chinese, string English, long Fen)> Of(SettlementReply s) =>
    [
        ("medfee_sumamt", "医疗费总额", "Total fee", s.TotalFen),
        ("fulamt_ownpay_amt", "全自费金额", "Wholly self-paid", s.FullSelfPayFen),
        ("overlmt_selfpay", "超限价自费", "Above price ceiling", s.OverLimitFen),
        ("preselfpay_amt", "先行自付", "First payment", s.FirstPayFen),
        ("inscp_scp_amt", "符合政策范围金额", "In policy scope", s.InScopeFen),
        ("act_pay_dedc", "实际支付起付线", "Deductible taken", s.DeductibleFen),
        ("hifp_pay", "基本医疗保险统筹基金支付", "Basic pooled fund", s.BasicFundFen),
        ("cvlserv_pay", "公务员医疗补助支付", "Civil-servant supplement", s.CivilServantFen),
        ("hifes_pay", "企业补充医疗保险支付", "Enterprise supplement", s.EnterpriseFen),
        ("hifmi_pay", "居民大病保险支付", "Critical illness insurance", s.CriticalIllnessFen),
        ("hifob_pay", "职工大额医疗费用补助支付", "Employees' large-sum fund", s.LargeSumFen),
        ("maf_pay", "医疗救助支付", "Medical assistance", s.AssistanceFen),
        ("oth_pay", "其他支付", "Other funds", s.OtherFundsFen),
        ("fund_pay_sumamt", "基金支付总额", "Funds together", s.FundTotalFen),
        ("hosp_part_amt", "医院负担金额", "Hospital's share", s.HospitalShareFen),
        ("psn_part_amt", "个人负担总金额", "Person's share", s.PersonShareFen),
        ("acct_pay", "个人账户支出", "Personal account", s.AccountFen),
        ("acct_mulaid_pay", "家庭共济账户支出", "Relatives' accounts", s.FamilyAccountFen),
        ("psn_cash_pay", "个人现金支出", "Cash", s.CashFen),
        ("balc", "账户余额", "Account balance", s.AccountBalanceFen),
    ];
}
