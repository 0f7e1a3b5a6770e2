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
    public static bool IsStayOf(AuditClaim claim) => IsStayOf(claim.MedType);
    public static bool IsStayOf(string medType) => medType.StartsWith('2') || medType.StartsWith("52", StringComparison.Ordinal);
    public bool IsPharmacy => claim.MedType.StartsWith("41", StringComparison.Ordinal);

    public void Find(BillRule rule, string subject, IReadOnlyList<AuditLine> about, long inScopeFen, string text, string textEn, params IReadOnlyList<AuditClaim> resting) =>
        Found.Add(new Violation(rule.Number, subject, claim, about, inScopeFen, text, textEn, resting));

    /// <summary>About some lines, with their money.</summary>
    public void Find(BillRule rule, string subject, ReadOnlySpan<AuditLine> about, string text, string textEn, params IReadOnlyList<AuditClaim> resting) =>
        Find(rule, subject, about.ToArray(), about.InScope(), text, textEn, resting);

    /// <summary>Whether the bill says what the person has at all: a pharmacy's mostly does not.</summary>
    public bool NamesDisease => claim.DiseaseCode.Length > 0 || claim.Diagnosis.Count > 0;

    /// <summary>Whether a code begins with one of the prefixes.</summary>
    public static bool BeginsWithAny(string code, IReadOnlyList<string> prefixes)
    {
        for (var i = 0; i < prefixes.Count; i++)
            if (code.StartsWith(prefixes[i], StringComparison.Ordinal)) return true;
        return false;
    }

    /// <summary>Whole years on the day; null: no birthday is known.</summary>
    public int? AgeOn(int day)
    {
        if (claim.BirthOn == 0) return null;
        var (birth, on) = (DayNumber.ToDate(claim.BirthOn), DayNumber.ToDate(day));
        var years = on.Year - birth.Year;
        return birth.AddYears(years) > on ? years - 1 : years;
    }

    public bool HasDiagnosis(IReadOnlyList<string> prefixes) => HasDiagnosis(claim, prefixes);

    /// <summary>Whether what the bill is paid by, or any of its diagnoses, begins with one of the prefixes.</summary>
    public static bool HasDiagnosis(AuditClaim claim, IReadOnlyList<string> prefixes)
    {
        if (BeginsWithAny(claim.DiseaseCode, prefixes)) return true;
        for (var i = 0; i < claim.Diagnosis.Count; i++)
            if (BeginsWithAny(claim.Diagnosis[i].Code, prefixes)) return true;
        return false;
    }
}
