namespace MedInsure.Events;

/// <summary>A settlement or, with <see cref="ReversesSetlId"/> set, a reversal with every amount negated. Money is fen, days yyyyMMdd.
/// Aggregate: psn_no. Contains no name or certificate.</summary>
public sealed record ClaimSettled(
    string SetlId, string MdtrtId, string PsnNo, string HomeCounty, string FixmedinsCode, string ProviderCounty, string PolicyLevel,
    string Insutype, string PsnType, IReadOnlyList<string> Categories, string MedType, int PolicyOn, long SettledAtMs, string? ReversesSetlId,
    long TotalFen, long FullSelfPayFen, long OverLimitFen, long FirstPayFen, long InScopeFen, long DeductibleFen,
    long BasicFundFen, long CivilServantFen, long EnterpriseFen, long CriticalIllnessFen, long LargeSumFen, long AssistanceFen, long OtherFundsFen,
    long FundTotalFen, long PersonShareFen, long AccountFen, long CashFen, long HospitalShareFen,
    string PolicyPack, string PolicyVersion, long CatalogVersion, long JournalSeq);
