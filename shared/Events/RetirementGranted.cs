namespace MedInsure.Events;

/// <summary>The years of contribution suffice (or were completed by a payment): from <see cref="FromMonth"/> the person is covered as retired without contributions; enrollment opens
/// that cover. Months are yyyyMM. Aggregate: psn_no.</summary>
/// <param name="PsnType">National psn_type of the retired: 1201 …</param>
/// <param name="Months">Counted, deemed ones included.</param>
/// <param name="PaidMonths">Of which really paid.</param>
public sealed record RetirementGranted(string PsnNo, string Insutype, int FromMonth, string PsnType, int Months, int PaidMonths);
