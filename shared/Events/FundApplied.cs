namespace MedInsure.Events;

/// <summary>A county asks its city for money, or for the consent to its budget; two of its people have signed. Money fen. Aggregate: the number.</summary>
/// <param name="Number">Begins with the county's division code.</param>
/// <param name="Kind">allocation, risk_fund, budget.</param>
/// <param name="Year">Of a budget its year, of the risk fund that of the overspend, of an allocation that of its month.</param>
/// <param name="Month">1 to 12 of an allocation, else 0.</param>
public sealed record FundApplied(string Number, string Kind, int Year, int Month, string Reason, IReadOnlyList<string> People, IReadOnlyList<FundAppliedLine> Lines);

/// <param name="Line">Of a budget revenue or expenditure, else empty.</param>
public sealed record FundAppliedLine(string Fund, string Line, long AmountFen);

/// <summary>The city decided what <see cref="FundApplied"/> asked. Aggregate: the number.</summary>
/// <param name="State">approved or refused.</param>
/// <param name="GrantedFen">What it gives, where it gives less than was asked.</param>
/// <param name="Years">Of the risk fund: in how many years it is drawn; else 0.</param>
public sealed record FundApplicationDecided(string Number, string County, string State, long GrantedFen, IReadOnlyList<string> People, string Reason, int Years = 0);
