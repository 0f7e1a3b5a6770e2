using MedInsure.Kernel;

namespace MedInsure.ProviderRegistry;

/// <summary>Every business refusal of this service's calls. Those of import rows stand with the row's checks.</summary>
internal static class Refusals
{
    public static readonly Refusal PageInvalid = new(RefusalKind.Invalid, "page.invalid", "分页参数错误", "the page asked for is not valid");
    public static readonly Refusal DayInvalid = new(RefusalKind.Invalid, "day.invalid", "日期无效", "not a day of the calendar");
    public static readonly Refusal NoCity = new(RefusalKind.Precondition, "tenant.no_city", "本平台不提供该租户的目录与定点机构（由市级租户提供）", "catalogs and providers belong to a city's tenant, and this one is none or not served here");

    public static readonly Refusal ProviderUnknown = new(RefusalKind.NotFound, "provider.unknown", "无此定点机构", "there is no such provider", "fixmedins_code");
    public static readonly Refusal StatusMissing = new(RefusalKind.Invalid, "agreement.status_missing", "未指定协议状态", "the status is missing", "status");
    public static readonly Refusal FromDayMissing = new(RefusalKind.Invalid, "agreement.from_day_missing", "未指定生效日期", "the day from which it holds is missing", "from_on");
    public static readonly Refusal ReasonTooLong = new(RefusalKind.Invalid, "agreement.reason_too_long", "原因超过500字", "the reason is longer than 500 characters", "reason");
    public static readonly Refusal AgreementMissing = new(RefusalKind.Precondition, "agreement.missing", "该机构没有服务协议", "the provider has no agreement", "fixmedins_code");
    public static readonly Refusal AgreementTerminated = new(RefusalKind.Precondition, "agreement.terminated", "协议已终止，须另签协议", "the agreement was terminated; a new one is needed", "status");
    public static readonly Refusal AlreadySo = new(RefusalKind.Precondition, "agreement.already_so", "协议已处于该状态", "the agreement has that status already", "status");
    public static readonly Refusal BeforeLastChange = new(RefusalKind.Precondition, "agreement.before_last_change", "生效日期早于上一次变更", "the day lies before the last change", "from_on");
    public static readonly Refusal DoctorUnknown = new(RefusalKind.NotFound, "doctor.unknown", "无此医保医师", "there is no such doctor", "doctor_code");
    public static readonly Refusal DoctorTerminated = new(RefusalKind.Precondition, "doctor.terminated", "该医师的医保资格已终止", "the doctor's agreement was terminated", "status");
    public static readonly Refusal DoctorBeforeLastChange = new(RefusalKind.Precondition, "doctor.before_last_change", "生效日期早于上一次变更", "the day lies before the last change", "from_on");
    public static readonly Refusal DoctorEndsBeforeStart = new(RefusalKind.Invalid, "doctor.ends_before_start", "暂停的结束日期早于开始日期", "the last day lies before the first", "to_on");
    public static readonly Refusal DoctorOnlySuspensionEnds = new(RefusalKind.Invalid, "doctor.only_suspension_ends", "仅暂停可以有结束日期", "only a suspension has a last day", "to_on");

    public static readonly Refusal OutsidePeriod = new(RefusalKind.Precondition, "agreement.outside_period", "生效日期不在协议期内", "the day lies outside the agreement's period", "from_on");
}
