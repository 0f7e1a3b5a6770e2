namespace MedInsure.Events;

/// <summary>The whole present state of one insured person, from enrollment. A later one (higher <see cref="Version"/>) replaces an earlier one.
/// Days are yyyyMMdd, 0 = none; money is fen. Aggregate: psn_no.</summary>
/// <param name="MergedInto">This record became part of that one (<see cref="PersonMerged"/>) and has no cover any more.</param>
/// <param name="HouseholdNo">Null: an older release did not say it.</param>
/// <param name="DiedOn">0: alive, as far as is known.</param>
public sealed record InsuredPersonChanged(
    string PsnNo, string PsnCertType, string Certno, string PsnName, string Gend, int BirthOn, string County, long Version,
    IReadOnlyList<InsuredCoverage> Coverage, IReadOnlyList<InsuredCategory> Categories, string? HouseholdNo = null, string? MergedInto = null, int DiedOn = 0);

/// <summary>One period of cover under one scheme, both ends included. <see cref="AccountCreditFen"/>: all ever credited to the personal account.</summary>
public sealed record InsuredCoverage(string Insutype, string PsnType, int FromOn, int ToOn, string EmployerNo, long AccountCreditFen);

/// <summary>A category (import-formats.md) with both ends included.</summary>
public sealed record InsuredCategory(string Name, int FromOn, int ToOn);
