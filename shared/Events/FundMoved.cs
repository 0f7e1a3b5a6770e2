namespace MedInsure.Events;

/// <summary>Money of the fund, or a claim on it, moved between a county and its city, and whoever began it has booked it. A remittance, the county's payment of its deficit and an allocation move money: the other
/// side books when the money is there. The others move none and are booked as they are heard. Days are yyyyMMdd, money fen. Aggregate: the number.</summary>
/// <param name="Number">Begins with the division code of who began it; booked once on each side.</param>
/// <param name="Kind">remittance, deficit_payment (by the county), allocation (by the city); surplus, deficit, risk_payment, risk_draw, interest, year_end (by the city, no money).</param>
/// <param name="County">Whose money it is.</param>
/// <param name="Year">What it is for; 0: no year in particular.</param>
/// <param name="People">Who acted, in the order of their acts; empty where a rule did.</param>
/// <param name="BankReference">Of the sender's bank; empty where no money moves.</param>
/// <param name="MovedOn">When it takes effect.</param>
/// <param name="BookedOn">The sender's ledger has it under this day.</param>
public sealed record FundMoved(string Number, string Kind, string County, int Year, string Reason, IReadOnlyList<string> People, string BankReference, int MovedOn, int BookedOn, IReadOnlyList<FundMovedLine> Lines);

/// <param name="Fund">Fund code: 390100.</param>
/// <param name="AmountFen">Of transfers positive; else positive: the county may have more of the pool.</param>
public sealed record FundMovedLine(string Fund, long AmountFen);

/// <summary>The other side has booked what <see cref="FundMoved"/> told of. Aggregate: the number.</summary>
/// <param name="ArrivedOn">When the money was there, yyyyMMdd; of moves without money the day of booking.</param>
/// <param name="BankReference">Of the receiver's bank.</param>
/// <param name="BookedOn">The receiver's ledger has it under this day.</param>
public sealed record FundMirrored(string Number, string County, int ArrivedOn, string BankReference, int BookedOn);
