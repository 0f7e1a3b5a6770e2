namespace MedInsure.Events;

/// <summary>A county closed a day of its ledger: what was booked since the closing before, by purpose, fund and year. The city keeps it: the head hash shows a later change of the county's ledger, the sums are its
/// fund position. Days are yyyyMMdd, money fen. Aggregate: ledger.</summary>
/// <param name="PreviousDay">The closing before; 0: this is the first one.</param>
/// <param name="HeadHash">Of the day's closing voucher, hexadecimal.</param>
public sealed record FundDayClosed(int Day, int PreviousDay, long VoucherNo, string HeadHash, IReadOnlyList<FundFlow> Flows);

/// <param name="Purpose">As the ledger names accounts: benefit_expense, revenue_personal, city_pool …</param>
/// <param name="Counterparty">Of city_pool: empty, or accumulated_surplus; else empty, whoever it was.</param>
/// <param name="Year">In which it takes effect; of revenue paid ahead the covered year.</param>
/// <param name="Carried">The year's carry-over itself: what it takes from revenue and expense is no further revenue or expense.</param>
public sealed record FundFlow(string Purpose, string Fund, string Counterparty, int Year, bool Carried, long DebitFen, long CreditFen);
