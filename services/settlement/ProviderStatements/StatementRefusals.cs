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
}
