using MedInsure.Kernel;

namespace MedInsure.FraudAudit;

/// <summary>Refusals that every subject of this service shares; each subject has its own beside it.</summary>
internal static class Refusals
{
    public const int PageMax = 500, RequestKeyMax = 40;

    public static readonly Refusal CountyNotServed = new(RefusalKind.NotFound, "tenant.county_not_served", "本平台不承办该县区的基金监管业务", "the bills of this county are not audited here", "county");
    public static readonly Refusal BodyMalformed = new(RefusalKind.Invalid, "request.body_malformed", "请求内容不是规定格式的JSON", "the body is no JSON of the documented form");
    public static readonly Refusal RequestKeyMissing = new(RefusalKind.Invalid, "request.key_missing", $"缺少请求流水号，或超过{RequestKeyMax}个字符", $"the request key is missing or longer than {RequestKeyMax} characters", "request_key");
    public static readonly Refusal RequestKeyReused = new(RefusalKind.Conflict, "request.key_reused", "该请求流水号已用于内容不同的请求", "the request key came before with other content", "request_key");
    public static readonly Refusal ReasonMissing = new(RefusalKind.Invalid, "request.reason_missing", "未说明原因，或超过500个字符", "the reason is missing, or longer than 500 characters", "reason");
    public static readonly Refusal PageInvalid = new(RefusalKind.Invalid, "page.size_invalid", $"页码从1起，每页行数须为1至{PageMax}", $"pages count from 1 and have 1 to {PageMax} rows", "page_size");
    public static readonly Refusal DayInvalid = new(RefusalKind.Invalid, "request.day_invalid", "日期格式须为yyyy-MM-dd", "a day is no yyyy-MM-dd");
}
