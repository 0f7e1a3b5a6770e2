using MedInsure.Gateway.Fields;
using MedInsure.Kernel;

namespace MedInsure.Gateway;

/// <summary>
/// Every refusal the gateway itself gives, in the order in which they are checked. The services behind it add their own
/// (person.unknown, claim.amount_mismatch …), which pass through unchanged.
/// </summary>
public static class GatewayRefusals
{
    // 1. The carrier. No body has been read yet, apart from its length.
    public static readonly Refusal WrongContentType = Invalid("request.content_type", "请求内容类型应为application/json，字符集为UTF-8", "content type must be application/json in UTF-8");
    public static Refusal BodyTooLarge(long bytesMax) => new(RefusalKind.Exhausted, "request.body_too_large", $"请求报文超过{bytesMax}字节的上限", $"the body is longer than {bytesMax} bytes");

    // 2. The signature.
    public static readonly Refusal SignatureMissing = Unsigned("signature.missing", "缺少签名请求头x-tif-paasid、x-tif-timestamp、x-tif-nonce或x-tif-signature", "a signature header is missing");
    public static readonly Refusal SignatureHeaderTooLong = Unsigned("signature.header_too_long", "签名请求头超过长度上限", "a signature header is too long");
    public static readonly Refusal UnknownCaller = Unsigned("signature.unknown_paasid", "x-tif-paasid未登记", "x-tif-paasid is not registered");
    public static readonly Refusal ClockOff = Unsigned("signature.clock", "x-tif-timestamp与平台时间相差超过300秒", "x-tif-timestamp is more than 300 seconds off");
    public static readonly Refusal SignatureWrong = Unsigned("signature.wrong", "签名x-tif-signature不正确", "x-tif-signature is wrong");
    public static readonly Refusal NonceUsed = Unsigned("signature.nonce_used", "x-tif-nonce已使用过", "x-tif-nonce was used before");
    public static readonly Refusal TooManyNonces = new(RefusalKind.Exhausted, "signature.too_many_requests", "该机构短时间内请求过多，请稍后再试", "too many requests of this caller inside the signature window");

    // 3. The envelope.
    public static readonly Refusal MalformedJson = Invalid("request.malformed_json", "请求报文不是规范的JSON（UTF-8，键不重复，嵌套不超过16层）", "the body is not well-formed JSON (UTF-8, no repeated keys, at most 16 levels)");
    public static readonly Refusal EnvelopeNotObject = Invalid("request.not_object", "请求报文应为JSON对象", "the body must be a JSON object");
    public static Refusal UnknownTransaction(string infno) => Invalid("transaction.unknown", $"交易编号(infno){Shown(infno)}不存在或未开通", "unknown transaction", "infno");
    public static Refusal AddressMismatch(string infno, string address) =>
        Invalid("transaction.address_mismatch", $"交易编号(infno){Shown(infno)}与请求地址{Shown(address)}不一致", "infno disagrees with the address", "infno");
    public static readonly Refusal InputMissing = Invalid("field.missing", "交易输入(input)不能为空，且应为JSON对象", "input is missing or no object", "input");
    public static readonly Refusal OtherProvider = Unsigned("signature.other_provider", "定点医药机构编号(fixmedins_code)与签名所属机构不一致", "fixmedins_code is not the signer's", "fixmedins_code");

    // 4. The provider and its session.
    public static readonly Refusal UnknownProvider = new(RefusalKind.NotFound, "provider.unknown", "定点医药机构编号(fixmedins_code)未登记", "unknown provider", "fixmedins_code");
    public static Refusal WrongArea(string county) =>
        Invalid("request.wrong_area", $"就医地医保区划(mdtrtarea_admvs)应为该机构所属区划{county}", $"mdtrtarea_admvs must be the provider's county {county}", "mdtrtarea_admvs");
    public static readonly Refusal SignInInvalid = Precondition("sign_in.invalid", "签到流水号(sign_no)无效或已过期，请重新签到", "sign_no is not valid, sign in again", "sign_no");
    public static readonly Refusal ProviderSuspended = Precondition("provider.suspended", "该机构的服务协议已中止，暂不能发生新的医保费用", "the provider's agreement is suspended", "fixmedins_code");
    public static readonly Refusal ProviderTerminated = Precondition("provider.terminated", "该机构的服务协议已解除，不能发生新的医保费用", "the provider's agreement has ended", "fixmedins_code");
    public static readonly Refusal ProviderWithoutAgreement = Precondition("provider.no_agreement", "该机构当前没有有效的服务协议", "the provider has no agreement in force", "fixmedins_code");

    // 5. The input's fields, in the order of the table.
    public static Refusal NodeMissing(Node node) => Invalid("field.missing", $"{node.Title}不能为空", $"{node.Name} is missing", node.Name);
    public static Refusal NodeNotObject(Node node) => Invalid("field.bad_kind", $"{node.Title}应为JSON对象", $"{node.Name} must be an object", node.Name);
    public static Refusal NodeNotList(Node node) => Invalid("field.bad_kind", $"{node.Title}应为JSON数组", $"{node.Name} must be an array", node.Name);
    public static Refusal NodeTooLong(Node node) => Invalid("field.too_many_rows", $"{node.Title}一次不能超过{node.RowsMax}条", $"{node.Name} has more than {node.RowsMax} rows", node.Name);
    public static Refusal RowNotObject(Node node, int number) => Invalid("field.bad_kind", $"{node.Title}第{number}条应为JSON对象", $"{node.Name} row {number} must be an object", $"{node.Name}[{number}]");
    public static Refusal FieldMissing(Field f) => Invalid("field.missing", $"{f.Title}不能为空", $"{f.Name} is missing", f.Name);
    public static Refusal FieldBadKind(Field f) => Invalid("field.bad_kind", $"{f.Title}应为{(f.Form == FieldForm.Number ? "数值" : "字符")}型", $"{f.Name} must be text or a number", f.Name);
    public static Refusal FieldBadText(Field f) => Invalid("field.bad_text", $"{f.Title}含有不允许的字符", $"{f.Name} holds characters that are not allowed", f.Name);
    public static Refusal FieldTooLong(Field f) => Invalid("field.too_long", $"{f.Title}长度不能超过{f.Length}个字符", $"{f.Name} is longer than {f.Length} characters", f.Name);
    public static Refusal FieldNotNumber(Field f) => Invalid("field.not_number", $"{f.Title}应为数值，格式{f.Notation}", $"{f.Name} is not a number", f.Name);
    public static Refusal FieldTooPrecise(Field f) => Invalid("field.too_precise", f.Decimals == 0 ? $"{f.Title}应为整数" : $"{f.Title}小数不能超过{f.Decimals}位", $"{f.Name} has more than {f.Decimals} decimals", f.Name);
    public static Refusal FieldTooLarge(Field f) => Invalid("field.too_large", $"{f.Title}超出数值范围{f.Notation}", $"{f.Name} is out of the range of {f.Notation}", f.Name);
    public static Refusal FieldNegative(Field f) => Invalid("field.negative", $"{f.Title}不能为负数", $"{f.Name} must not be negative", f.Name);
    public static Refusal FieldBadTime(Field f) => Invalid("field.bad_time", $"{f.Title}格式应为yyyy-MM-dd HH:mm:ss，且为有效时间", $"{f.Name} is not a time of the form yyyy-MM-dd HH:mm:ss", f.Name);
    public static Refusal FieldBadDay(Field f) => Invalid("field.bad_date", $"{f.Title}格式应为yyyy-MM-dd，且为有效日期", $"{f.Name} is not a date of the form yyyy-MM-dd", f.Name);
    public static Refusal FieldBadCode(Field f, string value) => Invalid("field.bad_code", $"{f.Title}的值{Shown(value)}不在代码表{f.Codes!.Name}内", $"{f.Name} is not in the code list {f.Codes.Name}", f.Name);
    public static Refusal FieldNotBytes(Field f) => Invalid("field.not_bytes", $"{f.Title}应为base64文本或字节数组", $"{f.Name} is neither base64 nor an array of bytes", f.Name);
    public static Refusal FileTooLarge(Field f) => new(RefusalKind.Exhausted, "provider_file.too_large", $"{f.Title}超过{f.Length}MiB，请按清算类别或日期拆分", $"{f.Name} is larger than {f.Length} MiB", f.Name);
    public static Refusal InRow(Refusal refusal, Node node, int number) =>
        refusal with { Chinese = $"{node.Title}第{number}条：{refusal.Chinese}", English = $"{node.Name} row {number}: {refusal.English}", Field = $"{node.Name}[{number}].{refusal.Field}" };

    // 6. What ties fields together, and where the request goes.
    public static Refusal RowsDisagree(Node node, int number, Field field) => InRow(Invalid("field.rows_disagree", $"{field.Title}与第1条不一致", $"{field.Name} differs from row 1", field.Name), node, number);
    public static Refusal SumTooLarge(Node node, Field field) => Invalid("field.sum_too_large", $"{node.Title}的{field.Title}合计超出数值范围{field.Notation}", $"the sum of {field.Name} is out of range", node.Name);
    public static readonly Refusal ECredentialMalformed = Invalid("e_credential.malformed", "就诊凭证编号(mdtrt_cert_no)不是电子凭证的格式", "not the form of an e-credential", "mdtrt_cert_no");
    public static readonly Refusal ECredentialForeign = Precondition("e_credential.foreign", "电子凭证(mdtrt_cert_no)不属于本统筹区", "the e-credential was issued in another city", "mdtrt_cert_no");
    public static readonly Refusal CardSerialMissing = Invalid("field.missing", "就诊凭证类型(mdtrt_cert_type)为03时，卡识别码(card_sn)不能为空", "card_sn is required for cards", "card_sn");
    public static readonly Refusal CertificatesDisagree = Invalid("person.certificate_mismatch", "证件号码(certno)与就诊凭证编号(mdtrt_cert_no)不一致", "certno differs from mdtrt_cert_no", "certno");
    public static readonly Refusal PersonUnknown = new(RefusalKind.NotFound, "person.unknown", "未查到该人员的参保信息", "unknown person", "mdtrt_cert_no");
    public static readonly Refusal DaysReversed = Invalid("field.days_reversed", "结束日期不能早于开始日期", "the period ends before it starts");
    public static Refusal PeriodNeeded(string title, string field) => Invalid("field.missing", $"{title}不能为空", $"{field} is missing", field);
    public static Refusal FileElsewhere(string keptBy, string office) =>
        Invalid("provider_file.other_county", $"文件查询号(file_qury_no)属于{keptBy}，请以insuplc_admdvs={office}重新上传(9101)", $"the file is kept by {keptBy}; upload it again with insuplc_admdvs {office}", "file_qury_no");
    public static Refusal OtherClearingOffice(string county) =>
        Invalid("request.other_clearing_office", $"清算经办机构(clr_optins)应为本机构所属经办机构{county}", $"the provider's clearing office is {county}", "clr_optins");
    public static readonly Refusal MonthMalformed = Invalid("field.bad_month", "清算年月(setlym)格式应为yyyyMM", "setlym is no month of the form yyyyMM", "setlym");
    public static Refusal TotalsDisagree(string title, string field) => Invalid("field.totals_disagree", $"{title}({field})与医疗费总额(medfee_sumamt)不一致", $"{field} differs from medfee_sumamt", field);
    public static readonly Refusal SettlementUnknown = new(RefusalKind.NotFound, "settlement.unknown", "未查到该结算(setl_id)", "unknown settlement", "setl_id");
    public static Refusal UnknownCounty(string county) => new(RefusalKind.NotFound, "tenant.unknown", $"参保地医保区划(insuplc_admdvs){Shown(county)}不在本平台统筹范围内", "the insured area is not served here", "insuplc_admdvs");

    // 7. Broken infrastructure.
    public static readonly Refusal OutcomeUnknown = new(RefusalKind.Unavailable, "system.outcome_unknown", "系统繁忙，交易结果未知，请用原报文重发或以2601冲正", "the outcome is unknown: send the same request again or reverse it");
    public static readonly Refusal Busy = new(RefusalKind.Unavailable, "system.busy", "请求过于频繁，系统繁忙，本次未受理，请稍后用原报文重发", "too many requests at once; nothing was done, send the same request again");
    public static readonly Refusal Unavailable = new(RefusalKind.Unavailable, "system.unavailable", "系统繁忙，请稍后再试", "temporarily unavailable");
    public static readonly Refusal Internal = new(RefusalKind.Unavailable, "system.error", "系统内部错误", "internal error");

    private static Refusal Invalid(string code, string chinese, string english, string? field = null) => new(RefusalKind.Invalid, code, chinese, english, field);
    private static Refusal Precondition(string code, string chinese, string english, string? field = null) => new(RefusalKind.Precondition, code, chinese, english, field);
    private static Refusal Unsigned(string code, string chinese, string english, string? field = null) => new(RefusalKind.Unauthenticated, code, chinese, english, field);

    // A caller's own text goes back to it short and in one line.
    private static string Shown(string value) => $"“{(value.Length <= 20 ? value : value[..20] + "…").ReplaceLineEndings(" ")}”";
}
