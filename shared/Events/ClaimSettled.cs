namespace MedInsure.Events;

/// <summary>A settlement or, with <see cref="ReversesSetlId"/> set, a reversal with every amount negated. Money is fen, days yyyyMMdd.
/// Aggregate: psn_no. Contains no name or certificate.</summary>
/// <param name="FamilyAccountFen">Relatives' accounts (acct_mulaid_pay), beside AccountFen.</param>
public sealed record ClaimSettled(
    string SetlId, string MdtrtId, string PsnNo, string HomeCounty, string FixmedinsCode, string ProviderCounty, string PolicyLevel,
    string Insutype, string PsnType, IReadOnlyList<string> Categories, string MedType, int PolicyOn, long SettledAtMs, string? ReversesSetlId,
    long TotalFen, long FullSelfPayFen, long OverLimitFen, long FirstPayFen, long InScopeFen, long DeductibleFen,
    long BasicFundFen, long CivilServantFen, long EnterpriseFen, long CriticalIllnessFen, long LargeSumFen, long AssistanceFen, long OtherFundsFen,
    long FundTotalFen, long PersonShareFen, long AccountFen, long CashFen, long HospitalShareFen,
    string PolicyPack, string PolicyVersion, long CatalogVersion, long JournalSeq,
    ClaimSupplement? Supplement = null, long FamilyAccountFen = 0);

/// <summary>What a supplementary policy (a person's own, who consented) had to do with a settlement or reversal. A reversal negates both amounts.</summary>
/// <param name="ContractNo">Of the contract with the insurer.</param>
/// <param name="PolicyNo">The insurer's own.</param>
/// <param name="BillId">Under which the insurer was asked.</param>
/// <param name="DecisionNo">The insurer's own; null while pending.</param>
/// <param name="OnBillFen">Paid on the bill: part of <see cref="ClaimSettled.OtherFundsFen"/>.</param>
/// <param name="LateFen">In a reversal: minus what <see cref="SupplementCaughtUp"/> had told.</param>
/// <param name="Pending">The bill settled without the insurer's answer.</param>
public sealed record ClaimSupplement(string ContractNo, string PolicyNo, string BillId, string? DecisionNo, long OnBillFen, long LateFen, bool Pending);

/// <summary>The insurer answered after the bill had settled without it: the amount (0 = nothing) is for the insurer to pay to the person directly. Once per
/// settlement at most. Aggregate: psn_no.</summary>
public sealed record SupplementCaughtUp(string SetlId, string PsnNo, string HomeCounty, string ContractNo, string PolicyNo, string BillId, string DecisionNo, long AmountFen, long DecidedAtMs);
