namespace MedInsure.Events;

/// <summary>What a person owed for a period has come, to the fen: enrollment opens the cover by the policy's windows. Days are yyyyMMdd, 0 = none. Aggregate: psn_no.</summary>
/// <param name="Period">The covered year (2027), or of monthly contributions the month (202701).</param>
/// <param name="PaidOn">When the money moved: what decides the window and from which waiting days count.</param>
/// <param name="Who">As the packs' windows name kinds of persons, by which the payment was in time: everyone, migrant_worker, newborn …</param>
/// <param name="EventOn">Of the birth, marriage, move or recognition, where the window counts from one.</param>
public sealed record ContributionPaid(string PsnNo, string Insutype, int Period, int PaidOn, string Who, int EventOn);

/// <summary>A period's contribution is paid back: the person is not insured for it by that payment. Aggregate: psn_no.</summary>
/// <param name="RefundedOn">yyyyMMdd, the day of the approval.</param>
/// <param name="Cause">duplicate, death, overpaid, withdrawn.</param>
/// <param name="StillPaid">True: what is left covers the period all the same (overpaid).</param>
public sealed record ContributionRefunded(string PsnNo, string Insutype, int Period, int RefundedOn, string Cause, bool StillPaid);
