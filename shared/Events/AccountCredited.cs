namespace MedInsure.Events;

/// <summary>What billing has credited to a person's account in all, beside what enrollment says was credited before (<see cref="InsuredCoverage.AccountCreditFen"/>): contributions'
/// shares, interest, transfers in and inheritances, less corrections of these. What was spent or withdrawn is settlement's. A later one (higher <see cref="Version"/>) replaces an
/// earlier one. Money is fen. Aggregate: psn_no.</summary>
public sealed record AccountCredited(string PsnNo, long TotalFen, long Version);

/// <summary>What settlement took from a person's account: a bill's part (negative of a reversal), a relative's bill's part, a withdrawal. Each once. Money is fen. Aggregate: psn_no,
/// whose account it is.</summary>
/// <param name="Cause">settlement, correction, mutual_aid, withdrawal.</param>
/// <param name="Reference">The settlement's, reversal's, correction's or withdrawal's number: with cause and psn_no it is unique.</param>
/// <param name="BeneficiaryNo">Whose bill it was; the owner's own number, except of mutual aid.</param>
/// <param name="DebitedOn">yyyyMMdd.</param>
public sealed record AccountDebited(string PsnNo, string Cause, string Reference, string BeneficiaryNo, long AmountFen, int DebitedOn);
