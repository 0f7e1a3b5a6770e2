namespace MedInsure.Events;

/// <summary>The whole present state of one employment, or of a flexible worker's own enrolment, from enrollment: billing's monthly bills follow from it, also those of past months
/// when it is corrected. A later one (higher <see cref="Version"/>) replaces an earlier one. Months are yyyyMM, 0 = none; money is fen. Aggregate: psn_no.</summary>
/// <param name="EmployerNo">Empty: a flexible worker, who pays for himself.</param>
/// <param name="FromMonth">The first month for which contributions are due.</param>
/// <param name="ToMonth">The last one; 0 = until further notice. Before <see cref="FromMonth"/>: it never was.</param>
/// <param name="Ended">Why: stopped, transferred, retired, died, corrected; empty while it goes on.</param>
/// <param name="Maternity">The employer pays maternity insurance for this person too.</param>
/// <param name="FlexibleChoice">Id of the policy's choice of rates, of a flexible worker; else empty.</param>
/// <param name="FlexibleBaseBp">Of a flexible worker: the chosen base in basis points of a month's average wage; else 0.</param>
/// <param name="Wages">As declared, by first month; each holds until the next. Empty of a flexible worker.</param>
public sealed record EmploymentChanged(
    long EmploymentNo, string PsnNo, string EmployerNo, string Insutype, int FromMonth, int ToMonth, string Ended, bool Maternity,
    string FlexibleChoice, int FlexibleBaseBp, IReadOnlyList<DeclaredWage> Wages, long Version);

/// <summary>A month's wage as the employer declared it, before floor and ceiling.</summary>
public sealed record DeclaredWage(int FromMonth, long WageFen);

/// <summary>The whole present state of one employer, from enrollment. A later one (higher <see cref="Version"/>) replaces an earlier one. Aggregate: employer_no.</summary>
/// <param name="Uscc">Unified social credit code; empty = unknown.</param>
/// <param name="ClosedOn">yyyyMMdd; 0 = open.</param>
public sealed record EmployerChanged(string EmployerNo, string EmployerName, string Uscc, string County, string Kind, int ClosedOn, long Version);
