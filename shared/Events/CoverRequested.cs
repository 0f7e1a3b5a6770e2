namespace MedInsure.Events;

/// <summary>A person is enrolled for a covered year in a scheme and is covered when the contribution is paid: billing assesses. A later one for the same person,
/// scheme and year replaces it. The person's own state has been told before (<see cref="InsuredPersonChanged"/>, perhaps without any cover). Days are yyyyMMdd,
/// 0 = none. Aggregate: psn_no.</summary>
/// <param name="PsnType">National psn_type, which decides the class of contribution.</param>
/// <param name="Who">As the packs' windows name kinds of persons: everyone, migrant_worker, newborn, foetus, married_in, moved_in, recognised.</param>
/// <param name="EventOn">Of the birth (expected, of a foetus), marriage, move or recognition.</param>
/// <param name="Withdrawn">The person is not enrolled after all.</param>
public sealed record CoverRequested(string PsnNo, string Insutype, int Year, string PsnType, string Who, int RequestedOn, int EventOn, bool Withdrawn = false);
