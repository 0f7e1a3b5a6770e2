using MedInsure.Kernel;

namespace MedInsure.Settlement.ProviderStatements;

/// <summary>Refusals of what becomes of a provider's claim on the agency. The order of checks is that of each file.</summary>
internal static class StatementRefusals
{
    public static readonly Refusal ClearingTypeUnknown = new(RefusalKind.Invalid, "statement.clearing_type_unknown", "清算类别须为11、21或41", "The kind of clearing is 11, 21 or 41", "clr_type");
    public static readonly Refusal ClearingWayInvalid = new(RefusalKind.Invalid, "statement.clearing_way_invalid", "清算方式无效", "The way of clearing is a code of at most 6 characters", "clr_way");
    public static readonly Refusal MonthInvalid = new(RefusalKind.Invalid, "statement.month_invalid", "清算年月无效", "The month is no month (yyyyMM)", "setlym");
    public static readonly Refusal PeriodInvalid = new(RefusalKind.Invalid, "statement.period_invalid", "起止日期无效：截止日期须在清算年月内，且不早于开始日期", "The days are invalid: the last one lies in the month, the first not after it", "enddate");
    public static readonly Refusal PeriodNotOver = new(RefusalKind.Precondition, "statement.period_not_over", "清算期间尚未结束", "The days are not over yet", "enddate");
    public static readonly Refusal NothingToApply = new(RefusalKind.Precondition, "statement.nothing_to_apply", "该期间没有未申请的结算", "There is no settlement in these days that no application has", "setlym");
    public static readonly Refusal ApplicationUnknown = new(RefusalKind.NotFound, "statement.application_unknown", "未找到清算申请", "No such application of this provider", "clr_appy_evt_id");
    public static readonly Refusal InReview = new(RefusalKind.Precondition, "statement.in_review", "清算申请已进入审核，不能撤销", "The review has begun: the application cannot be withdrawn any more", "clr_appy_evt_id");
    public static readonly Refusal Rejected = new(RefusalKind.Precondition, "statement.rejected", "清算申请已被驳回，可重新申请", "The application was rejected; apply again", "clr_appy_evt_id");
    public static readonly Refusal ReasonInvalid = new(RefusalKind.Invalid, "statement.reason_invalid", "须写明原因，且不超过500字", "The reason is missing or longer than 500 characters", "reason");

    /// <summary>With the number of the one that is.</summary>
    public static Refusal AppliedBefore(string applicationNo) => new(RefusalKind.Conflict, "statement.applied_before", $"该月该清算类别已有申请{applicationNo}", $"Application {applicationNo} claims this month and kind of clearing", "setlym");

    /// <summary>With both figures: people or yuan.</summary>
    public static Refusal TotalsDiffer(string field, string chinese, string theirs, string ours) =>
        new(RefusalKind.Precondition, "statement.totals_differ", $"{chinese}不符：机构{theirs}，中心{ours}", $"{field} differs: the provider has {theirs}, the platform {ours}", field);

    public static readonly Refusal StatementUnknown = new(RefusalKind.NotFound, "statement.unknown", "未找到结算单", "No such statement", "statement_no");
    public static readonly Refusal StateUnknown = new(RefusalKind.Invalid, "statement.state_unknown", "结算单状态无效", "There is no such state", "state");
    public static readonly Refusal NothingToAccept = new(RefusalKind.Precondition, "statement.nothing_to_accept", "该机构该月没有待受理的清算申请", "The provider has no application of the month that waits", "month");
    public static readonly Refusal YearHasNoMethod = new(RefusalKind.Precondition, "statement.no_year_result", "该年度没有按年结算的支付方式结果", "No payment method gives the provider anything for the year", "month");
    public static readonly Refusal NotInState = new(RefusalKind.Precondition, "statement.not_in_state", "结算单目前的状态不允许此操作", "The statement is not in the state for this", "statement_no");
    public static readonly Refusal NotTheReviewer = new(RefusalKind.Precondition, "statement.other_reviewer", "初审须由开始审核的人员完成", "The first review is finished by who began it", "reviewer");
    public static readonly Refusal AmountMismatch = new(RefusalKind.Invalid, "statement.amount_mismatch", "金额与结算单应付不符", "The amount is not what the statement comes to", "payable");
    public static readonly Refusal Changed = new(RefusalKind.Precondition, "statement.changed", "支付方式、指标或预付款结果已变化，请退回重审", "Methods, indicators or prepayments come to something else by now; send it back for review", "statement_no");
    public static readonly Refusal SampleOpen = new(RefusalKind.Precondition, "statement.sample_open", "抽查的结算尚未核查完毕", "Settlements that were drawn are not looked at yet", "statement_no");
    public static readonly Refusal SampleSizeInvalid = new(RefusalKind.Invalid, "statement.sample_size_invalid", "抽查数量须为1至1000", "From 1 to 1,000 settlements are drawn", "size");
    public static readonly Refusal NotSampled = new(RefusalKind.NotFound, "statement.not_sampled", "该结算不在抽查范围", "The settlement was not drawn", "setl_id");
    public static readonly Refusal VerdictUnknown = new(RefusalKind.Invalid, "statement.verdict_unknown", "核查结果须为passed或faulty，faulty须说明", "The verdict is passed, or faulty with a note", "verdict");
    public static readonly Refusal DeductionKindUnknown = new(RefusalKind.Invalid, "statement.deduction_kind_unknown", "扣款类别须为review、inspection或other", "A deduction's kind is review, inspection or other", "kind");
    public static readonly Refusal DeductionAmountInvalid = new(RefusalKind.Invalid, "statement.deduction_amount_invalid", "扣款金额须大于零，最多两位小数", "A deduction is more than zero, with at most two decimals", "amount");
    public static readonly Refusal EvidenceInvalid = new(RefusalKind.Invalid, "statement.evidence_invalid", "须写明证据编号，且不超过200字", "The evidence's reference is missing or longer than 200 characters", "evidence");
    public static readonly Refusal DeductedSettlementsInvalid = new(RefusalKind.Invalid, "statement.deducted_settlements_invalid", "所涉结算最多1000笔，且不得重复或为空", "At most 1,000 settlements are named, each once", "setl_ids");
    public static readonly Refusal DeductionUnknown = new(RefusalKind.NotFound, "statement.deduction_unknown", "未找到扣款", "No such deduction", "deduction");

    /// <summary>Which notice.</summary>
    public static Refusal DeductionOfNotice(string noticeNo) =>
        new(RefusalKind.Precondition, "statement.deduction_of_notice", $"该扣款出自扣款通知书{noticeNo}，须由稽核案件申诉变更", $"The deduction is of notice {noticeNo}: an appeal in its case changes it", "deduction");

    /// <summary>Which settlement.</summary>
    public static Refusal NotOnStatement(string setlId) => new(RefusalKind.Precondition, "statement.settlement_not_claimed", $"结算{setlId}不在本结算单", $"Settlement {setlId} is not on the statement", "setl_ids");

    /// <summary>With what is left.</summary>
    public static Refusal DeductionTooLarge(long leftFen) =>
        new(RefusalKind.Precondition, "statement.deduction_too_large", $"扣款大于本期剩余应付{new Fen(leftFen)}", $"The deduction is more than what is left of the claim, {new Fen(leftFen)}", "amount");

    /// <summary>Which kinds of clearing.</summary>
    public static Refusal ApplicationMissing(string clrTypes) =>
        new(RefusalKind.Precondition, "statement.application_missing", $"该月清算类别{clrTypes}有结算但未申请", $"The month has settlements of clearing type {clrTypes} that are not applied for", "month");

    /// <summary>Which statement.</summary>
    public static Refusal MonthHasStatement(string statementNo) =>
        new(RefusalKind.Conflict, "statement.month_has_statement", $"该月已有结算单{statementNo}，迟到的结算请以更早的开始日期并入下月申请", $"Statement {statementNo} is of this month; claim what came late with the next one, from an earlier day", "setlym");
}
