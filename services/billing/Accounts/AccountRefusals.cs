using MedInsure.Kernel;

namespace MedInsure.Billing.Accounts;

/// <summary>Why money of a personal account is not paid out, or no interest is credited.</summary>
internal static class AccountRefusals
{
    public static readonly Refusal CauseUnknown = new(RefusalKind.Invalid, "payout.cause_unknown", "支取原因须为inheritance、transfer_out或pay_out", "cause is none of inheritance, transfer_out, pay_out", "cause");
    public static readonly Refusal AmountInvalid = new(RefusalKind.Invalid, "payout.amount_invalid", "金额须为大于零、最多两位小数的元，留空为全部余额", "the amount is no positive number of yuan with at most two decimals; without one it is all that is there", "amount");
    public static readonly Refusal PersonUnknown = new(RefusalKind.NotFound, "payout.person_unknown", "查无此参保人", "there is no such person in this county", "psn_no");
    public static readonly Refusal PersonMerged = new(RefusalKind.Precondition, "payout.person_merged", "该档案已合并，请以保留的人员编号办理", "the record became part of another one: name that one", "psn_no");
    public static readonly Refusal PersonAlive = new(RefusalKind.Precondition, "payout.person_alive", "该人员未登记死亡，不能办理继承", "the person is not registered as dead", "psn_no");
    public static readonly Refusal TransferUnknown = new(RefusalKind.NotFound, "payout.transfer_unknown", "没有该人员的转出记录", "there is no such transfer of the person to another area", "transfer_no");
    public static readonly Refusal TransferPaid = new(RefusalKind.Conflict, "payout.transfer_taken", "该转出已有支取申请", "the transfer has its pay-out already", "transfer_no");
    public static readonly Refusal PayeesInvalid = new(RefusalKind.Invalid, "payout.payees_invalid", $"须有1至{PayeesMax}名收款人，每人有姓名及关系，且账户与人员编号二者择一；非继承仅限一名并填账户", $"1 to {PayeesMax} payees are needed, each with a name, a relation and either a bank account or a person's number; one with a bank account unless it is an inheritance", "payees");
    public static readonly Refusal SharesWrong = new(RefusalKind.Invalid, "payout.shares_wrong", "各收款人份额合计须为100%", "the payees' shares do not add up to the whole", "payees");
    public static readonly Refusal HeirUnfit = new(RefusalKind.Precondition, "payout.heir_unfit", "继承人不是本县在世的其他职工参保人，请改填银行账户", "an heir is nobody else who lives and has employees' insurance here: name a bank account", "payees");
    public static readonly Refusal PayoutUnknown = new(RefusalKind.NotFound, "payout.unknown", "没有该支取申请", "there is no such pay-out", "payout_no");
    public static readonly Refusal StateForbids = new(RefusalKind.Conflict, "payout.state_forbids", "支取申请的当前状态不允许此操作", "the pay-out's state does not allow it", "state");
    public static readonly Refusal StateUnknown = new(RefusalKind.Invalid, "payout.state_unknown", "状态须为proposed、approved、rejected、withdrawn或all", "state is none of proposed, approved, rejected, withdrawn, all", "state");
    public static readonly Refusal PayeeUnknown = new(RefusalKind.NotFound, "payout.payee_unknown", "没有该收款人，或其份额已计入个人账户", "there is no such payee, or the share was credited to an account", "line_no");
    public static readonly Refusal ReferenceUsed = new(RefusalKind.Conflict, "payout.reference_used", "该付款流水号已用于另一笔支取", "the reference paid another payee", "reference");

    public static readonly Refusal InterestYearInvalid = new(RefusalKind.Invalid, "interest.year_invalid", "计息年度须为2000至2100且已结束", "the year is none of 2000 to 2100, or has not ended", "year");
    public static readonly Refusal RateInvalid = new(RefusalKind.Invalid, "interest.rate_invalid", "年利率须为0至10000个基点", "the yearly rate is none of 0 to 10,000 basis points", "rate_bp");
    public static readonly Refusal RateSourceMissing = new(RefusalKind.Invalid, "interest.source_missing", "缺少利率依据，或超过200个字符", "where the rate comes from is missing, or longer than 200 characters", "source");
    public static readonly Refusal InterestGoesOn = new(RefusalKind.Conflict, "interest.run_goes_on", "个人账户计息正在进行", "interest is being credited already");
    public static readonly Refusal InterestRunUnknown = new(RefusalKind.NotFound, "interest.run_unknown", "没有该计息批次", "there is no such run", "run_no");

    public const int PayeesMax = 20;
}
