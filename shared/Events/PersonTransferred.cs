namespace MedInsure.Events;

/// <summary>A person came from another pooling area with what counts from there, or went to one: enrollment has recorded it with its papers and two people's names. Billing carries the
/// months and the account's money. Months are counts, days yyyyMMdd, money fen. Aggregate: psn_no.</summary>
/// <param name="TransferNo">Of the county.</param>
/// <param name="Direction">in, out.</param>
/// <param name="OtherArea">Division code of the other area.</param>
/// <param name="PaidMonths">In: really paid there. Out: 0, billing's certificate says it.</param>
/// <param name="DeemedMonths">In: counted there without payment.</param>
/// <param name="AccountFen">In: what the other area sends of the personal account. Out: 0, billing pays out what is left.</param>
public sealed record PersonTransferred(long TransferNo, string PsnNo, string Insutype, string Direction, string OtherArea, int TransferredOn, int PaidMonths, int DeemedMonths, long AccountFen);
