using MedInsure.Kernel;

namespace MedInsure.Settlement;

/// <summary>Every business refusal of this service: stable code, Chinese and English text. The order of checks is that of each use case's file.</summary>
public static class Refusals
{
    public static readonly Refusal NotTheWriter = new(RefusalKind.Unavailable, "settlement.not_the_writer", "结算服务正在切换，请稍后用同一报文重试", "The settlement writer is moving; send the same message again");
    public static readonly Refusal Unavailable = new(RefusalKind.Unavailable, "settlement.unavailable", "结算服务暂不可用，结果未知，请用同一报文重试", "Settlement is unavailable and the outcome unknown; send the same message again");
    public static readonly Refusal Internal = new(RefusalKind.Unavailable, "settlement.internal", "系统内部错误，本笔未受理", "Internal error; nothing was booked");
    public static readonly Refusal ProjectionLags = new(RefusalKind.Unavailable, "settlement.projection_lags", "数据正在更新，请稍后查询", "The tables behind the journal are catching up; ask again");
    public static readonly Refusal RequestKeyReused = new(RefusalKind.Conflict, "request.key_reused", "报文ID已被使用且内容不同", "The message id was used before with other content", "msgid");
    public static readonly Refusal RequestVoided = new(RefusalKind.Conflict, "request.voided", "该报文已被冲正作废，不再受理", "The message was reversed before it came and is void", "msgid");
    public static readonly Refusal RequestKeyMissing = new(RefusalKind.Invalid, "request.key_missing", "缺少报文ID或内容摘要", "Sender, message id or content hash is missing or malformed", "msgid");
    public static readonly Refusal TextMalformed = new(RefusalKind.Invalid, "request.text_malformed", "编号类字段过长或含有非法字符", "A number or code is too long or holds a NUL character");
    public static readonly Refusal OriginalNotReversible = new(RefusalKind.Precondition, "request.not_reversible", "该交易不允许冲正", "This transaction cannot be reversed", "oinfno");
    public static readonly Refusal OriginalOfOtherTransaction = new(RefusalKind.Invalid, "request.other_transaction", "原交易编号与报文不符", "The original message belongs to another transaction", "oinfno");
    public static readonly Refusal ReversesItself = new(RefusalKind.Invalid, "request.reverses_itself", "不能冲正本报文", "A message cannot reverse itself", "omsgid");

    public static readonly Refusal PersonUnknown = new(RefusalKind.NotFound, "person.unknown", "未找到参保人", "No such insured person in this county", "psn_no");
    /// <summary>With the number to use.</summary>
    public static Refusal PersonMerged(string survivingNo) => new(RefusalKind.Precondition, "person.merged", $"该人员编号已并入{survivingNo}，请使用新编号", $"The number became part of {survivingNo}; use that one", "psn_no");
    public static readonly Refusal NotCovered = new(RefusalKind.Precondition, "coverage.none_on_date", "就诊日期不在参保有效期内", "The person is not covered under this scheme on the date", "insutype");
    public static readonly Refusal NoPolicy = new(RefusalKind.Precondition, "policy.none_in_force", "该险种在结算日期无有效待遇政策", "No benefit policy of this scheme is in force on the policy date", "insutype");
    public static readonly Refusal PolicyOfOtherScope = new(RefusalKind.Invalid, "policy.other_scope", "该政策版本不适用于本统筹区", "The version was published for another county", "scope");
    public static readonly Refusal PolicyTextMalformed = new(RefusalKind.Invalid, "policy.text_malformed", "政策文本无法解析", "The pack cannot be read", "text");
    public static readonly Refusal PolicyHashMismatch = new(RefusalKind.Invalid, "policy.hash_mismatch", "政策文本与摘要不符", "The text is not the one with this hash", "sha256");
    public static readonly Refusal PolicyVersionExists = new(RefusalKind.Conflict, "policy.version_exists", "该版本号已存在，已发布的政策不可更改", "The version exists with other content: a published pack never changes", "version");
    public static readonly Refusal PolicyTextMissing = new(RefusalKind.Invalid, "policy.text_missing", "缺少政策文本，或文本超过1兆字符", "The pack is missing or longer than a million characters", "text");
    public static readonly Refusal PolicyFaulty = new(RefusalKind.Invalid, "policy.faulty", "政策文本有错误", "The pack has errors", "text");
    public static readonly Refusal PolicyVersionInvalid = new(RefusalKind.Invalid, "policy.version_invalid", "版本号超过40个字符", "The version number has more than 40 characters", "version");
    public static readonly Refusal PolicyPackNotUsed = new(RefusalKind.Precondition, "policy.pack_not_used", "该统筹区的险种不使用此政策包", "The scope does not settle this scheme by this pack", "pack");
    public static readonly Refusal PolicyDayInvalid = new(RefusalKind.Invalid, "policy.effective_on_invalid", "生效日期无效或不在政策施行期内", "The first day is no day, or the pack is not in force on it", "effective_on");
    public static readonly Refusal PolicyNoteTooLong = new(RefusalKind.Invalid, "policy.note_too_long", "说明超过2000字", "The note is longer than 2,000 characters", "note");
    public static readonly Refusal PolicyScopeUnknown = new(RefusalKind.Invalid, "policy.scope_unknown", "适用范围须为本市或其所辖统筹区", "The scope is neither this city nor one of its counties", "scope");
    public static readonly Refusal PolicyUnknown = new(RefusalKind.NotFound, "policy.unknown", "未找到政策版本", "No such version", "no");
    public static readonly Refusal PolicyOtherVersion = new(RefusalKind.Precondition, "policy.other_version", "修订稿的政策包或版本号与原稿不符", "The text is of another pack or version", "text");
    public static readonly Refusal PolicyTextChanged = new(RefusalKind.Precondition, "policy.text_changed", "所依据的稿次或内容摘要不是最新文本，请重新阅读", "The revision and hash are not those of the latest text; read it again", "sha256");
    public static readonly Refusal PolicyTextTampered = new(RefusalKind.Precondition, "policy.text_tampered", "所存政策文本与其摘要不符，请立即核查", "The stored text is not the one with its hash; look into it at once", "sha256");
    public static readonly Refusal PolicyPublishedAlready = new(RefusalKind.Precondition, "policy.published", "该版本已发布，不可再更改", "The version is published and never changes", "no");
    public static readonly Refusal PolicyWithdrawn = new(RefusalKind.Precondition, "policy.withdrawn", "该版本已撤回", "The version was withdrawn", "no");
    public static readonly Refusal PolicyNotInState = new(RefusalKind.Precondition, "policy.not_in_state", "该版本目前的状态不允许此操作", "The version is not in the state for this", "no");
    public static readonly Refusal PolicyConsentMissing = new(RefusalKind.Precondition, "policy.consent_missing", "统筹区的政策须经市级同意后方可发布", "A county's version needs the city's consent before it is published", "no");
    public static readonly Refusal PolicyIsTheCitys = new(RefusalKind.Precondition, "policy.consent_not_needed", "市级政策无须同意", "The city's own version needs no consent", "no");
    public static readonly Refusal PolicyReasonMissing = new(RefusalKind.Invalid, "policy.reason_missing", "须说明理由，且不超过2000字", "The reason is missing or longer than 2,000 characters", "reason");
    public static readonly Refusal PolicyStateUnknown = new(RefusalKind.Invalid, "policy.state_unknown", "状态无效", "There is no such state", "state");
    public static readonly Refusal ProviderUnknown = new(RefusalKind.NotFound, "provider.unknown", "未找到定点医药机构", "No such designated provider", "fixmedins_code");
    public static readonly Refusal ProviderWithoutAgreement = new(RefusalKind.Precondition, "provider.no_agreement", "机构在该日期无有效服务协议", "The provider has no agreement in force on the date", "fixmedins_code");
    public static readonly Refusal ProviderSuspended = new(RefusalKind.Precondition, "provider.suspended", "机构服务协议已暂停", "The provider's agreement is suspended", "fixmedins_code");
    public static readonly Refusal ProviderTerminated = new(RefusalKind.Precondition, "provider.terminated", "机构服务协议已解除", "The provider's agreement is terminated", "fixmedins_code");

    public static readonly Refusal EncounterUnknown = new(RefusalKind.NotFound, "encounter.unknown", "未找到就诊登记", "No such encounter", "mdtrt_id");
    public static readonly Refusal EncounterOfOtherProvider = new(RefusalKind.Denied, "encounter.other_provider", "就诊登记不属于本机构", "The encounter belongs to another provider", "mdtrt_id");
    public static readonly Refusal EncounterOfOtherPerson = new(RefusalKind.Invalid, "encounter.other_person", "就诊登记与人员编号不符", "The encounter belongs to another person", "psn_no");
    public static readonly Refusal EncounterCancelled = new(RefusalKind.Precondition, "encounter.cancelled", "就诊登记已撤销", "The encounter is cancelled", "mdtrt_id");
    public static readonly Refusal EncounterSettled = new(RefusalKind.Precondition, "encounter.settled", "就诊已结算，请先撤销结算", "The encounter is settled; cancel the settlement first", "mdtrt_id");
    public static readonly Refusal EncounterHasLines = new(RefusalKind.Precondition, "encounter.has_lines", "存在未撤销的费用明细", "The encounter still has fee lines", "mdtrt_id");
    public static readonly Refusal EncounterDischarged = new(RefusalKind.Precondition, "encounter.discharged", "已办理出院，请先撤销出院", "The stay is discharged; undo the discharge first", "mdtrt_id");
    public static readonly Refusal EncounterNotDischarged = new(RefusalKind.Precondition, "encounter.not_discharged", "尚未办理出院", "The stay is not discharged", "mdtrt_id");
    public static readonly Refusal EncounterIsNoStay = new(RefusalKind.Precondition, "encounter.no_stay", "不是住院就诊", "The encounter is not a stay", "mdtrt_id");
    public static readonly Refusal VisitNumberTaken = new(RefusalKind.Conflict, "encounter.visit_number_taken", "门诊/住院号在本机构已存在", "The visit number exists already in this provider", "ipt_otp_no");
    public static readonly Refusal VisitNumberMismatch = new(RefusalKind.Invalid, "encounter.visit_number_mismatch", "门诊/住院号与就诊登记不符", "The visit number is not that of the encounter", "ipt_otp_no");
    public static readonly Refusal EncounterChangedSince = new(RefusalKind.Precondition, "encounter.changed_since", "撤销之后该就诊已有变动，请重新结算", "The encounter changed since the cancellation; settle anew", "omsgid");
    public static readonly Refusal BeginMissing = new(RefusalKind.Invalid, "encounter.begin_missing", "缺少开始时间", "The begin time is missing", "begntime");
    public static readonly Refusal BeginInFuture = new(RefusalKind.Invalid, "encounter.begin_in_future", "开始时间不能晚于当前时间", "The encounter cannot begin in the future", "begntime");
    public static readonly Refusal VisitNumberMissing = new(RefusalKind.Invalid, "encounter.visit_number_missing", "缺少门诊/住院号", "The visit number is missing", "ipt_otp_no");
    public static readonly Refusal KindMayNotChange = new(RefusalKind.Precondition, "encounter.kind_may_not_change", "门诊与住院之间不能变更医疗类别", "An outpatient visit cannot become a stay, nor a stay a visit", "med_type");
    public static readonly Refusal DischargeBeforeAdmission = new(RefusalKind.Invalid, "discharge.before_admission", "出院时间不能早于入院时间", "Discharge lies before admission", "endtime");
    public static readonly Refusal DischargeInFuture = new(RefusalKind.Invalid, "discharge.in_future", "出院时间不能晚于当前时间", "Discharge lies in the future", "endtime");
    public static readonly Refusal DischargeBeforeLines = new(RefusalKind.Precondition, "discharge.before_lines", "存在出院日期之后的费用明细", "There are fee lines after the discharge day", "endtime");

    public static readonly Refusal LinesMissing = new(RefusalKind.Invalid, "line.none", "缺少费用明细", "There are no fee lines", "feedetail");
    public static readonly Refusal TooManyLines = new(RefusalKind.Exhausted, "line.too_many", "一次上传的费用明细超过1000条", "More than 1,000 fee lines in one request", "feedetail");
    public static readonly Refusal TooManyLinesInEncounter = new(RefusalKind.Exhausted, "line.too_many_in_encounter", "一次就诊的费用明细超过50000条", "More than 50,000 fee lines in one encounter", "feedetail");
    public static readonly Refusal LineAmountTooLarge = new(RefusalKind.Invalid, "line.amount_too_large", "明细金额超过一千亿元", "A line of more than a hundred billion yuan", "det_item_fee_sumamt");
    public static readonly Refusal ClaimTooLarge = new(RefusalKind.Invalid, "claim.total_too_large", "医疗费总额超过一千亿元", "A bill of more than a hundred billion yuan", "medfee_sumamt");
    public static readonly Refusal LineNumberMissing = new(RefusalKind.Invalid, "line.number_missing", "费用明细流水号不能为空", "A fee line has no number", "feedetl_sn");
    public static readonly Refusal LineNumberTaken = new(RefusalKind.Conflict, "line.duplicate_number", "费用明细流水号重复", "The fee line number exists already in the encounter", "feedetl_sn");
    public static readonly Refusal LineUnknown = new(RefusalKind.NotFound, "line.unknown", "未找到费用明细", "No such unsettled fee line", "feedetl_sn");
    public static readonly Refusal LineAmountMismatch = new(RefusalKind.Invalid, "line.amount_mismatch", "明细金额不等于数量乘单价", "The line's amount is not quantity times price", "det_item_fee_sumamt");
    public static readonly Refusal LinePriceNegative = new(RefusalKind.Invalid, "line.price_negative", "单价不能为负", "A unit price cannot be negative", "pric");
    public static readonly Refusal LineQuantityZero = new(RefusalKind.Invalid, "line.quantity_zero", "数量不能为零", "A quantity cannot be zero", "cnt");
    public static readonly Refusal LineInFuture = new(RefusalKind.Invalid, "line.date_in_future", "费用发生时间不能晚于当前时间", "A fee cannot lie in the future", "fee_ocur_time");
    public static readonly Refusal LineBeforeBegin = new(RefusalKind.Invalid, "line.before_begin", "费用发生时间早于就诊开始日期", "A fee lies before the encounter begins", "fee_ocur_time");
    public static readonly Refusal LineAfterEnd = new(RefusalKind.Invalid, "line.after_end", "费用发生时间晚于出院日期", "A fee lies after the discharge", "fee_ocur_time");
    public static readonly Refusal LineOriginalUnknown = new(RefusalKind.Invalid, "line.original_unknown", "冲销的原费用明细不存在或项目不同", "The corrected line does not exist or has another code", "init_feedetl_sn");
    public static readonly Refusal CorrectionExceeds = new(RefusalKind.Precondition, "line.correction_exceeds", "冲销后该项目费用为负", "The correction takes the code's total below zero", "cnt");

    public static readonly Refusal NothingToSettle = new(RefusalKind.Precondition, "claim.nothing_to_settle", "没有待结算的费用明细", "There are no unsettled fee lines", "mdtrt_id");
    public static readonly Refusal TotalMismatch = new(RefusalKind.Invalid, "claim.total_mismatch", "医疗费总额与费用明细合计不符", "The total is not the sum of the fee lines", "medfee_sumamt");
    public static readonly Refusal PartsMismatch = new(RefusalKind.Invalid, "claim.parts_mismatch", "自费、超限价、先行自付、政策范围内金额与明细合计不符", "The four parts are not the sums over the fee lines", "inscp_scp_amt");
    public static readonly Refusal NegativeTotal = new(RefusalKind.Precondition, "claim.negative_total", "待结算费用中冲销多于收费，请先撤销前次结算后一并结算", "More is taken back than charged since the last settlement; cancel that one and settle both together", "medfee_sumamt");
    public static readonly Refusal InterimDayInvalid = new(RefusalKind.Invalid, "claim.interim_day_invalid", "中途结算日期须在入院日期与今天之间，且不早于费用发生日期", "An interim settlement's day lies before admission or a fee, or in the future", "dscgTime");
    public static readonly Refusal SchemeMismatch = new(RefusalKind.Invalid, "claim.scheme_mismatch", "险种与就诊登记不符", "The scheme is not that of the encounter", "insutype");
    public static readonly Refusal MedTypeMismatch = new(RefusalKind.Invalid, "claim.med_type_mismatch", "医疗类别与就诊登记不符", "The kind of visit is not that of the encounter", "med_type");
    public static readonly Refusal InterimOnlyForStays = new(RefusalKind.Invalid, "claim.interim_only_for_stays", "仅住院可以中途结算", "Only a stay can be settled in between", "mid_setl_flag");
    public static readonly Refusal FilingMissing = new(RefusalKind.Precondition, "filing.missing", "就诊日期无该病种的门诊慢特病备案", "No filing of this disease is in force on the visit date", "dise_codg");
    public static readonly Refusal DiseaseNotListed = new(RefusalKind.Invalid, "filing.disease_not_listed", "病种不在门诊慢特病目录内", "The disease is not on the list of special and chronic diseases", "opsp_dise_code");
    public static readonly Refusal FilingKindMissing = new(RefusalKind.Invalid, "filing.kind_missing", "缺少备案类别", "The kind of filing is missing", "refl_type");
    public static readonly Refusal FilingUnknown = new(RefusalKind.NotFound, "filing.unknown", "未找到备案", "No such filing in force", "trt_dcla_detl_sn");
    public static readonly Refusal FilingOverlaps = new(RefusalKind.Conflict, "filing.overlaps", "该病种已有有效备案", "A filing of this disease is in force in the period", "begndate");
    public static readonly Refusal FilingPeriodInvalid = new(RefusalKind.Invalid, "filing.period_invalid", "备案开始日期缺失或晚于结束日期", "The filing's begin is missing or after its end", "begndate");

    public static readonly Refusal WithdrawalCauseUnknown = new(RefusalKind.Invalid, "account.cause_unknown", "支取原因须为inheritance、transfer_out或pay_out", "The cause is none of inheritance, transfer_out, pay_out", "cause");
    public static readonly Refusal WithdrawalAmountInvalid = new(RefusalKind.Invalid, "account.amount_invalid", "支取金额不能为负", "The amount is negative", "amount");
    public static readonly Refusal AccountBalanceShort = new(RefusalKind.Precondition, "account.balance_short", "个人账户余额不足", "The account holds less than that", "amount");

    public static readonly Refusal SettlementUnknown = new(RefusalKind.NotFound, "settlement.unknown", "未找到结算记录", "No such settlement", "setl_id");
    public static readonly Refusal AlreadyReversed = new(RefusalKind.Precondition, "settlement.already_reversed", "结算已撤销", "The settlement is reversed already", "setl_id");
    public static readonly Refusal LaterSettlementOfStay = new(RefusalKind.Precondition, "settlement.later_one_first", "请先撤销该次住院较晚的结算", "Cancel the later settlement of this stay first", "setl_id");
    public static readonly Refusal LaterSettlementOfPerson = new(RefusalKind.Precondition, "settlement.later_exists", "撤销之后该人员已有新的结算，请重新结算", "The person was settled since the cancellation; settle anew", "omsgid");
    public static readonly Refusal PageInvalid = new(RefusalKind.Invalid, "query.page_invalid", "页码或每页条数超出范围", "The page number or size is out of range", "page_num");
    public static readonly Refusal NoContributions = new(RefusalKind.Precondition, "policy.no_contributions", "该险种的待遇政策未规定缴费标准", "The scheme's benefit policy says nothing of contributions", "insutype");
    public static readonly Refusal DayInvalid = new(RefusalKind.Invalid, "query.day_invalid", "日期无效", "Not a day of the calendar", "begntime");
    public static readonly Refusal QueryTooWide = new(RefusalKind.Invalid, "query.too_wide", "请给出人员、机构、就诊或结算编号之一", "Give a person, a provider, an encounter or a settlement", "psn_no");
    public static readonly Refusal TenantSuspended = new(RefusalKind.Precondition, "tenant.suspended", "该统筹区已暂停医保结算，暂不能登记就诊或结算，可查询和撤销", "Settlement of this county is suspended: nothing new is registered or settled, queries and cancellations go on", "insuplc_admdvs");
    public static readonly Refusal TenantUnknown = new(RefusalKind.NotFound, "tenant.unknown", "统筹区未在本平台运行", "This county is not served here", "insuplc_admdvs");

    public static readonly Refusal ContractIsNoSupplement = new(RefusalKind.Precondition, "contract.no_supplement", "该合同不是补充医疗保险合同", "The contract is not about a supplementary policy", "contract_no");
    public static readonly Refusal TooManyConsents = new(RefusalKind.Exhausted, "consent.too_many", "一次提交的授权超过1000条", "More than 1,000 consents in one request", "consent");
    public static readonly Refusal PolicyNumberInvalid = new(RefusalKind.Invalid, "consent.policy_number_invalid", "保单号缺失或超过40个字符", "The policy number is missing or longer than 40 characters", "policy_no");
    public static readonly Refusal EvidenceTooLong = new(RefusalKind.Invalid, "consent.evidence_too_long", "授权凭证超过200个字符", "The evidence is longer than 200 characters", "evidence");
    public static readonly Refusal CountyNotCovered = new(RefusalKind.Precondition, "consent.county_not_covered", "合同不覆盖该统筹区", "The contract does not cover this county", "county");
    public static readonly Refusal ConsentPeriodInvalid = new(RefusalKind.Invalid, "consent.period_invalid", "授权期间无效或超出合同期间", "The period is none, or not within the contract's", "from_on");
    public static readonly Refusal ConsentOfOtherPolicy = new(RefusalKind.Conflict, "consent.other_policy", "该人员在此期间已授权另一保单", "The person has consented to another policy for a day of this period", "policy_no");
    public static readonly Refusal NameMismatch = new(RefusalKind.Invalid, "person.name_mismatch", "姓名与参保登记不符", "The name is not the insured person's", "name");

    public static readonly Refusal FamilyRelationUnknown = new(RefusalKind.Invalid, "family.relation_unknown", "亲属关系须为spouse、parent、child、sibling、grandparent或grandchild", "The relation is spouse, parent, child, sibling, grandparent or grandchild", "relation");
    public static readonly Refusal FamilyPeriodInvalid = new(RefusalKind.Invalid, "family.period_invalid", "共济期间无效", "The period is none", "from_on");
    public static readonly Refusal FamilyPayerNotHere = new(RefusalKind.NotFound, "family.payer_not_here", "账户所有人未在本统筹县参保，家庭共济限于同一县", "The account's owner is not insured in this county; family accounts pay within one county", "payer_cert_no");
    public static readonly Refusal FamilyRelativeNotHere = new(RefusalKind.NotFound, "family.relative_not_here", "共济亲属未在本统筹县参保，家庭共济限于同一县", "The relative is not insured in this county; family accounts pay within one county", "relative_cert_no");
    public static readonly Refusal FamilyIsOneself = new(RefusalKind.Invalid, "family.is_oneself", "账户所有人与共济亲属为同一人", "The account's owner and the relative are one person", "relative_cert_no");
    public static readonly Refusal FamilyPayerWithoutAccount = new(RefusalKind.Precondition, "family.payer_without_account", "该人员没有可共济的个人账户", "The person has no personal account that could pay", "payer_cert_no");
    public static readonly Refusal FamilyTooMany = new(RefusalKind.Exhausted, "family.too_many", "为同一人共济的账户超过8个", "More than 8 accounts would pay for one person", "relative_cert_no");

    public static readonly Refusal SupplementStateUnknown = new(RefusalKind.Invalid, "supplement.state_unknown", "状态应为pending、answered、reversed或given_up", "The state is pending, answered, reversed or given_up", "state");

    public const string BillBlockedCode = "audit.blocked";
    public static Refusal BillBlocked(string chinese, string english) => new(RefusalKind.Precondition, BillBlockedCode, chinese, english);
    public static readonly Refusal AuditUnavailable = new(RefusalKind.Precondition, "audit.unavailable", "基金监管校验暂不可用，按本统筹区规定未予结算，请稍后用同一报文重试", "The audit rules cannot be asked now, and the county settles nothing unchecked: nothing was done, send the same message again shortly");

    // What a decision says to its own caller; never leaves the service.
    internal static readonly Refusal BillNotChecked = new(RefusalKind.Unavailable, "audit.not_checked", "待监管规则校验", "The audit rules must be asked first");
    internal static readonly Refusal SupplementNotAsked = new(RefusalKind.Unavailable, "supplement.not_asked", "待询问商业保险", "The insurer must be asked first");
    internal static readonly Refusal SupplementClosed = new(RefusalKind.Precondition, "supplement.closed", "该结算无待补付事项", "The settlement awaits no insurer's answer");
    internal static readonly Refusal ConsentUnchanged = new(RefusalKind.Conflict, "consent.unchanged", "授权无变化", "The consent is as it was");

    public static readonly Refusal RunKindUnknown = new(RefusalKind.Invalid, "run.kind_unknown", "没有此类批次", "There is no such kind of run", "kind");
    public static readonly Refusal RunTermsInvalid = new(RefusalKind.Invalid, "run.terms_invalid", "批次参数缺失或无效", "A run's terms are missing or wrong", "terms");
    public static readonly Refusal PolicyNotAdopted = new(RefusalKind.NotFound, "policy.not_adopted", "本县未接收该待遇政策版本", "The county has adopted no such version of a benefit policy", "terms");
    public static readonly Refusal CannotRecompute = new(RefusalKind.Precondition, "settlement.cannot_recompute", "该人员的结算无法按现行政策重算", "The person's settlements cannot be computed anew", "psn_no");
    public static readonly Refusal RunReasonInvalid = new(RefusalKind.Invalid, "run.reason_invalid", "事由缺失或超过500字", "The reason is missing or longer than 500 characters", "reason");
    public static readonly Refusal RequestNumberInvalid = new(RefusalKind.Invalid, "request.number_invalid", "请求编号须为1至40个字符", "The request number has 1 to 40 characters", "request_no");
    public static readonly Refusal RequestNumberReused = new(RefusalKind.Conflict, "request.number_reused", "请求编号已用于其他内容", "The request number was used before with other content", "request_no");
    public static readonly Refusal RunUnderWay = new(RefusalKind.Conflict, "run.under_way", "同一事项已有批次在办，请先完成或撤回", "A run of the same subject is under way; finish or withdraw it first", "terms");
    public static readonly Refusal RunUnknown = new(RefusalKind.NotFound, "run.unknown", "未找到批次", "No such run", "run_no");
    public static readonly Refusal RunStateUnknown = new(RefusalKind.Invalid, "run.state_unknown", "批次状态须为previewing、previewed、booking、booked或withdrawn", "A run's state is previewing, previewed, booking, booked or withdrawn", "state");
    public static readonly Refusal RunPersonStateUnknown = new(RefusalKind.Invalid, "run.person_state_unknown", "人员状态须为pending、previewed、nothing、booked或failed", "A person's state is pending, previewed, nothing, booked or failed", "state");
    public static readonly Refusal RunNotPreviewed = new(RefusalKind.Precondition, "run.not_previewed", "批次尚未试算完成，或已审批、已撤回", "The run is not previewed yet, or approved or withdrawn already", "run_no");
    public static readonly Refusal RunPreviewChanged = new(RefusalKind.Conflict, "run.preview_changed", "审批金额与试算合计不符，请重新查询", "The amount approved is not the preview's total; read it again", "amount");
    public static readonly Refusal RunNotWithdrawable = new(RefusalKind.Precondition, "run.not_withdrawable", "批次已审批或已撤回，不能撤回", "The run is approved or withdrawn already", "run_no");
    public static readonly Refusal YearEndRuleUnknown = new(RefusalKind.NotFound, "year_end.rule_unknown", "该险种当年政策没有此项年终待遇", "The scheme's policy of that year has no such year-end rule", "rule");
    public static readonly Refusal YearInvalid = new(RefusalKind.Invalid, "year_end.year_invalid", "年度无效或尚未开始", "No such year, or it has not begun", "year");

    public static readonly Refusal NothingToPay = new(RefusalKind.Precondition, "payment_list.nothing_open", "没有可支付的待付金额", "Nothing is open that can be paid", "request_no");
    public static readonly Refusal PaymentListUnknown = new(RefusalKind.NotFound, "payment_list.unknown", "未找到支付清单", "No such payment list", "list_no");
    public static readonly Refusal PaymentListStateUnknown = new(RefusalKind.Invalid, "payment_list.state_unknown", "清单状态须为prepared、approved、paid或withdrawn", "A list's state is prepared, approved, paid or withdrawn", "state");
    public static readonly Refusal PaymentListNotPrepared = new(RefusalKind.Precondition, "payment_list.not_prepared", "清单已复核、已支付或已撤回", "The list is approved, paid or withdrawn already", "list_no");
    public static readonly Refusal PaymentListNotApproved = new(RefusalKind.Precondition, "payment_list.not_approved", "清单未复核，或已支付、已撤回", "The list is not approved, or paid or withdrawn already", "list_no");
    public static readonly Refusal PaymentListPaid = new(RefusalKind.Precondition, "payment_list.paid", "清单已支付或已撤回，不能撤回", "The list is paid or withdrawn already", "list_no");
    public static readonly Refusal PaymentListAmountMismatch = new(RefusalKind.Invalid, "payment_list.amount_mismatch", "金额与清单合计不符", "The amount is not the list's total", "amount");
    public static readonly Refusal PaymentListDayInvalid = new(RefusalKind.Invalid, "payment_list.paid_on_invalid", "支付日期无效，或晚于今天", "The day of payment is no day, or lies in the future", "paid_on");
    public static readonly Refusal PaymentListReferenceMissing = new(RefusalKind.Invalid, "payment_list.reference_missing", "缺少银行流水号，或超过100个字符", "The bank's reference is missing or longer than 100 characters", "reference");
    public static readonly Refusal PaymentListReferenceUsed = new(RefusalKind.Conflict, "payment_list.reference_used", "银行流水号已用于另一支付清单", "The bank's reference paid another list", "reference");

    public static readonly Refusal PersonMerging = new(RefusalKind.Unavailable, "person.merging", "该人员档案正在合并，请稍后用同一报文重试", "The person's records are being merged; send the same message again");
    internal static readonly Refusal MergedBefore = new(RefusalKind.Conflict, "person.merged_before", "该编号此前已并入其他编号", "The number became part of another one before");

    // Whoever computed outside the writer computes again.
    internal static readonly Refusal PersonChanged = new(RefusalKind.Unavailable, "person.changed_meanwhile", "该人员数据已变化，请重试", "The person was settled meanwhile; compute again");

    public static readonly Refusal ContractUnknown = new(RefusalKind.NotFound, "contract.unknown", "未找到合同", "No such contract of this insurer", "contract_no");
    public static readonly Refusal CursorUnknown = new(RefusalKind.Invalid, "stream.cursor_unknown", "游标超出最后一条记录", "The cursor lies beyond the last event, or is negative", "cursor");
    public static readonly Refusal TokenExpired = new(RefusalKind.Unauthenticated, "auth.token_expired", "访问令牌已过期，请用新令牌重新连接", "The token has expired; open the stream again with a fresh one");

    public static readonly Refusal ClaimUnknown = new(RefusalKind.NotFound, "claim.unknown", "本合同下无此结算记录", "No such claim under this contract", "setl_id");
    public static readonly Refusal DisputeNumberInvalid = new(RefusalKind.Invalid, "dispute.number_invalid", "异议编号须为1至40个字符", "The dispute's number has 1 to 40 characters", "dispute_no");
    public static readonly Refusal DisputeNumberReused = new(RefusalKind.Conflict, "dispute.number_reused", "异议编号已被使用且内容不同", "The dispute number was used before with other content", "dispute_no");
    public static readonly Refusal DisputeReasonMissing = new(RefusalKind.Invalid, "dispute.reason_missing", "缺少理由代码或说明，或说明超过2000字", "The reason is none of those listed, or its text is missing or longer than 2,000 characters", "reason_code");
    public static readonly Refusal DisputeAmountInvalid = new(RefusalKind.Invalid, "dispute.amount_invalid", "金额须大于零且不超过争议金额或合同承担的金额", "The amount is not between one fen and what is disputed or borne", "disputed_fen");
    public static readonly Refusal DisputeUnknown = new(RefusalKind.NotFound, "dispute.unknown", "本合同下无此异议", "No such dispute under this contract", "dispute_no");
    public static readonly Refusal DisputedClaimReversed = new(RefusalKind.Precondition, "dispute.claim_reversed", "该结算已撤销，或本身为撤销记录", "The claim is taken back, or takes one back itself", "setl_id");
    public static readonly Refusal DisputeTooLate = new(RefusalKind.Precondition, "dispute.too_late", "该年度清算已确认", "The year's reconciliation is agreed", "setl_id");
    public static readonly Refusal DisputeAlreadyOpen = new(RefusalKind.Precondition, "dispute.already_open", "该结算已有未决异议", "The claim has an open dispute already", "setl_id");
    public static readonly Refusal DisputeDecided = new(RefusalKind.Precondition, "dispute.decided", "异议已作出决定", "The dispute is decided", "dispute_no");
    public static readonly Refusal DisputeWithdrawn = new(RefusalKind.Precondition, "dispute.withdrawn", "异议已由商保公司撤回", "The insurer withdrew the dispute", "dispute_no");
    public static readonly Refusal DisputeOutcomeInvalid = new(RefusalKind.Invalid, "dispute.outcome_invalid", "决定须为upheld或rejected", "The outcome is upheld or rejected", "outcome");
    public static readonly Refusal DisputeStateUnknown = new(RefusalKind.Invalid, "dispute.state_unknown", "异议状态须为open、upheld、rejected或withdrawn", "A dispute's state is open, upheld, rejected or withdrawn", "state");
    public static readonly Refusal ContractWithoutPremium = new(RefusalKind.Precondition, "contract.without_premium", "该合同无保费划拨与清算", "The contract has no premium and no reconciliation: persons buy the policy themselves", "contract_no");
    public static readonly Refusal YearOutsideContract = new(RefusalKind.Invalid, "contract.year_outside", "年度不在合同期内", "The contract does not cover this year", "year");
    public static readonly Refusal HeadCountTooEarly = new(RefusalKind.Precondition, "premium.count_day_not_over", "参保人数核定日尚未结束", "The day on which heads are counted is not over", "year");
    public static readonly Refusal HeadCountMissing = new(RefusalKind.Precondition, "premium.heads_not_fixed", "本年度参保人数尚未核定", "The year's head count is not fixed yet", "year");
    public static readonly Refusal InstalmentUnknown = new(RefusalKind.NotFound, "premium.instalment_unknown", "无此期保费", "The year has no such instalment", "number");
    public static readonly Refusal InstalmentPaid = new(RefusalKind.Conflict, "premium.already_paid", "该期保费已划拨", "The instalment was paid before, by another transfer", "number");
    public static readonly Refusal PremiumAmountMismatch = new(RefusalKind.Invalid, "premium.amount_mismatch", "金额与该期保费不符", "The amount is not the instalment's", "amount");
    public static readonly Refusal PaymentDayInvalid = new(RefusalKind.Invalid, "premium.paid_on_invalid", "划拨日期无效或晚于今天", "The day of payment is no day, or lies in the future", "paid_on");
    public static readonly Refusal PaymentReferenceMissing = new(RefusalKind.Invalid, "premium.reference_missing", "缺少银行流水号，或超过100个字符", "The bank's reference is missing or longer than 100 characters", "reference");
    public static readonly Refusal PaymentReferenceUsed = new(RefusalKind.Conflict, "premium.reference_used", "银行流水号已用于另一期保费", "The bank's reference paid another instalment", "reference");
    public static readonly Refusal YearNotEnded = new(RefusalKind.Precondition, "reconciliation.year_not_ended", "年度尚未结束", "The year has not ended", "year");
    public static readonly Refusal DisputesOpen = new(RefusalKind.Precondition, "reconciliation.disputes_open", "本年度尚有未决异议", "Disputes of the year are open", "year");
    public static readonly Refusal ReconciliationOpen = new(RefusalKind.Precondition, "reconciliation.open", "本年度尚未清算", "The year is not closed yet", "year");
    public static readonly Refusal ReconciliationOtherVersion = new(RefusalKind.Precondition, "reconciliation.other_version", "清算已有另一版本，请重新查询", "The numbers that count are another version; read them again", "version");
    public static readonly Refusal ReconciliationAgreed = new(RefusalKind.Precondition, "reconciliation.agreed", "清算已确认，不能再提出异议", "The reconciliation is agreed already", "agree");
    public static readonly Refusal ObjectionWithoutText = new(RefusalKind.Invalid, "reconciliation.text_missing", "提出异议须说明理由，且不超过2000字", "An objection needs its reasons, at most 2,000 characters", "text");
    public static readonly Refusal ActorsAreOne = TwoPeople.SamePerson;
    public static readonly Refusal BodyMalformed = new(RefusalKind.Invalid, "request.body_malformed", "请求内容不是有效的JSON", "The body is not the JSON that is expected");
}
