namespace MedInsure.Events;

/// <summary>Income of the fund, from billing: settlement books it in the ledger. Each <see cref="IncomeNo"/> once; what must be taken back is a further one with a negative amount.
/// The county is the message's tenant. Days are yyyyMMdd, money fen. Aggregate: income.</summary>
/// <param name="IncomeNo">Counts the county's from 1 without a gap.</param>
/// <param name="Source">personal, central, province, city, county, employer, employee, collective, aid, interest, late_charge, transfer_in; or suspense: money that has come and whose
/// owner is not known (positive), or was found, or went back (negative).</param>
/// <param name="Period">The covered year (2027), or of monthly contributions the month (202701); 0 of suspense.</param>
/// <param name="AmountFen">Signed. All amounts of one <see cref="PostingNo"/> are what the county's revenue account received (or paid back) by it.</param>
/// <param name="AccountFen">The part of it that belongs to personal accounts; same sign.</param>
/// <param name="ValueOn">When the money moved.</param>
/// <param name="Channel">counter, bank-…, online-…, village, treasury …</param>
/// <param name="PostingNo">What was posted together in billing.</param>
public sealed record IncomeReceived(
    long IncomeNo, string Source, string Insutype, int Period, long AmountFen, long AccountFen, int ValueOn, string Channel, string Payer, long PostingNo, string Reference);
