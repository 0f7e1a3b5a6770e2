using MedInsure.Kernel;

namespace MedInsure.FraudAudit.Samples;

internal static class SampleRefusals
{
    public static readonly Refusal PeriodInvalid = new(RefusalKind.Invalid, "sample.period_invalid", "期间须为yyyy-MM-dd，起日不晚于止日，止日早于今日，且不超过一年", "the period is no two days in order before today, at most a year apart", "from_on");
    public static readonly Refusal ShareInvalid = new(RefusalKind.Invalid, "sample.share_invalid", "抽样比例须为0.01至1", "the share is not from 0.01 to 1", "share");
    public static readonly Refusal StrataUnknown = new(RefusalKind.Invalid, "sample.strata_unknown", "分层须为provider、level或cost", "the strata are none of provider, level, cost", "strata");
    public static readonly Refusal SeedInvalid = new(RefusalKind.Invalid, "sample.seed_invalid", "随机种子须为1至64位字母或数字", "the seed is not 1 to 64 letters or digits", "seed");
    public static readonly Refusal NothingToDraw = new(RefusalKind.Precondition, "sample.nothing_to_draw", "期间内没有可抽取的住院结算", "no stay was settled in the period");
    public static readonly Refusal Unknown = new(RefusalKind.NotFound, "sample.unknown", "没有该抽样", "there is no such sample", "sample_no");
    public static readonly Refusal ItemUnknown = new(RefusalKind.NotFound, "sample.item_unknown", "该结算不在抽样中", "the settlement was not drawn", "setl_id");
    public static readonly Refusal WrongInvalid = new(RefusalKind.Invalid, "sample.wrong_invalid", "违规金额须为0至该结算政策范围内金额的元角分", "the wrong money is not from 0 to the settlement's in-scope money", "wrong");
    public static readonly Refusal TwoOpinionsGiven = new(RefusalKind.Conflict, "sample.two_opinions_given", "该结算已有两名专家的意见", "two experts have given their opinions", "setl_id");
    public static readonly Refusal OpinionStands = new(RefusalKind.Conflict, "sample.opinion_stands", "该专家已就此结算给出不同意见，意见不可更改", "the expert has given another opinion of it; opinions stand", "expert");
    public static readonly Refusal NothingToArbitrate = new(RefusalKind.Precondition, "sample.nothing_to_arbitrate", "两名专家的意见未齐或一致，无需裁定", "there are not two opinions that differ", "setl_id");
    public static readonly Refusal Arbitrated = new(RefusalKind.Conflict, "sample.arbitrated", "该结算已经裁定", "it has been decided", "setl_id");
    public static readonly Refusal NotReviewed = new(RefusalKind.Precondition, "sample.not_reviewed", "尚有抽中的结算没有评审结论，不能推算", "some drawn settlements have no outcome yet");
}
