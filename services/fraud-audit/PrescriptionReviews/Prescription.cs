using MedInsure.FraudAudit.Rules;
using MedInsure.Protos.FraudAudit.V1;

namespace MedInsure.FraudAudit.PrescriptionReviews;

/// <summary>The drug lines of one bill that one doctor ordered on one day; corrections are taken off.</summary>
/// <param name="DoctorCode">The line's, else the bill's; empty: nobody was named.</param>
/// <param name="PrescribedOn">yyyyMMdd.</param>
internal sealed record Prescription(string SetlId, string DoctorCode, int PrescribedOn, IReadOnlyList<AuditLine> Lines)
{
    public string Key => $"{SetlId}/{DoctorCode}/{PrescribedOn}";
    public long AmountFen => Lines.Sum(l => l.AmountFen);
    public long InScopeFen => Lines.Sum(l => l.InScopeFen);
    public string DepartmentCode => Lines[0].DepartmentCode;

    /// <summary>Of a prescription that was drawn of the bill; bills do not change.</summary>
    public static IReadOnlyList<AuditLine> LinesOf(AuditClaim claim, string key) => Of(claim).First(p => p.Key == key).Lines;

    public static IEnumerable<Prescription> Of(AuditClaim claim) => NetLines.Of(claim.Line).Where(l => l.ListType.StartsWith('1') && l.QuantityE4 > 0)
        .GroupBy(l => (Doctor: l.DoctorCode.Length > 0 ? l.DoctorCode : claim.DoctorCode, l.OccurredOn)).Select(g => new Prescription(claim.SetlId, g.Key.Doctor, g.Key.OccurredOn, [.. g]));
}
