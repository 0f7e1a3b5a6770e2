namespace MedInsure.Events;

/// <summary>A settlement computed anew: every amount is the difference to what was booked, signed; total, parts of the bill and the hospital's share never change. A reversal
/// of a corrected settlement takes its corrections back, and a restoration brings them back, each by an event of this kind beside its <see cref="ClaimSettled"/>. The sums over both
/// kinds of events are what the funds bear. Money is fen, days yyyyMMdd. Aggregate: psn_no. Contains no name or certificate.</summary>
/// <param name="SetlId">The correction's own number, or the reversal's.</param>
/// <param name="RootSetlId">The settlement that is corrected.</param>
/// <param name="Kind">corrected, taken_back, brought_back.</param>
/// <param name="Categories">The person's, under which the settlement was computed anew; of a reversal: as first settled.</param>
/// <param name="Cause">policy, category; empty of a reversal.</param>
/// <param name="RunNo">Empty: no run.</param>
/// <param name="PolicyPack">Under which it was computed anew; of a reversal: as first settled.</param>
/// <param name="CriticalIllnessBeforeFen">What was booked before; 0 of a reversal.</param>
/// <param name="LargeSumBeforeFen">As above.</param>
public sealed record ClaimCorrected(
    string SetlId, string RootSetlId, string Kind, string MdtrtId, string PsnNo, string HomeCounty, string FixmedinsCode, string ProviderCounty, string PolicyLevel,
    string Insutype, string PsnType, IReadOnlyList<string> Categories, string MedType, int PolicyOn, long CorrectedAtMs, string Cause, string RunNo,
    long DeductibleFen, long BasicFundFen, long CivilServantFen, long EnterpriseFen, long CriticalIllnessFen, long LargeSumFen, long AssistanceFen, long OtherFundsFen,
    long FundTotalFen, long PersonShareFen, long AccountFen, long CashFen,
    long CriticalIllnessBeforeFen, long LargeSumBeforeFen, string PolicyPack, string PolicyVersion, long JournalSeq,
    ClaimSupplement? Supplement = null, long FamilyAccountFen = 0);
