using MedInsure.Kernel;
using MedInsure.Protos.FraudAudit.V1;
using MedInsure.Reference;

namespace MedInsure.FraudAudit.Rules;

/// <summary>A bill with what rules look at beside it.</summary>
/// <param name="earlier">The person's standing bills settled before, at most <see cref="HistoryDays"/> back, the oldest first. Neither this bill nor reversals.</param>
/// <param name="reference">The city's catalog and providers.</param>
internal sealed class BillUnderAudit(AuditClaim claim, IReadOnlyList<AuditClaim> earlier, CityReference reference)
{
    /// <summary>A year's windows, and the stay before them.</summary>
    public const int HistoryDays = 400;

    private IReadOnlyList<AuditLine>? lines;

    public AuditClaim Claim => claim;
    public IReadOnlyList<AuditClaim> Earlier => earlier;
    public CityReference Reference => reference;
    public List<Violation> Found { get; } = [];

    /// <summary>Corrections taken off the lines that they correct; what corrects a line of another bill stays, negative.</summary>
    public IReadOnlyList<AuditLine> Lines => lines ??= NetLines.Of(claim.Line);

    public bool IsStay => IsStayOf(claim);
    public static bool IsStayOf(AuditClaim claim) => claim.MedType.StartsWith('2') || claim.MedType.StartsWith("52", StringComparison.Ordinal);
    public bool IsPharmacy => claim.MedType.StartsWith("41", StringComparison.Ordinal);

    public void Find(BillRule rule, string subject, IReadOnlyList<AuditLine> about, long inScopeFen, string text, string textEn, params IReadOnlyList<AuditClaim> resting) =>
        Found.Add(new Violation(rule.Number, subject, claim, about, inScopeFen, text, textEn, resting));

    /// <summary>Whole years on the day.</summary>
    public int AgeOn(int day)
    {
        var (birth, on) = (DayNumber.ToDate(claim.BirthOn), DayNumber.ToDate(day));
        var years = on.Year - birth.Year;
        return birth.AddYears(years) > on ? years - 1 : years;
    }

    public bool HasDiagnosis(IReadOnlyList<string> prefixes)
    {
        foreach (var prefix in prefixes)
        {
            if (claim.DiseaseCode.StartsWith(prefix, StringComparison.Ordinal)) return true;
            foreach (var diagnosis in claim.Diagnosis)
                if (diagnosis.Code.StartsWith(prefix, StringComparison.Ordinal)) return true;
        }
        return false;
    }
}
