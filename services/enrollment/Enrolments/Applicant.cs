using MedInsure.Enrollment.Changes;
using MedInsure.Enrollment.Persons;
using MedInsure.Kernel;
using MedInsure.Protos.Enrollment.V1;

namespace MedInsure.Enrollment.Enrolments;

/// <summary>Somebody who is to be enrolled, as a desk or a list says; what is on file need not be said again.</summary>
/// <param name="PsnNo">Of a person on file; in its place the certificate.</param>
internal sealed record Applicant(string? PsnNo, string? PsnCertType, string? Certno, string? PsnName, string? Gend, DateOnly? BirthOn, string? PsnType)
{
    private const string ResidentIdentity = "01";

    /// <summary>What a newborn or foetus without a certificate has instead: kind 99 (other), and its own number.</summary>
    public const string NoCertificate = "99";

    public string CertType => string.IsNullOrEmpty(PsnCertType) ? ResidentIdentity : PsnCertType;
    public string Number => CertType == ResidentIdentity ? (Certno ?? "").Trim().ToUpperInvariant() : (Certno ?? "").Trim();

    /// <returns>Why nobody new is enrolled with these data; null: they do.</returns>
    public Refusal? CheckNew(DateOnly today)
    {
        foreach (var (value, field) in new[] { (Number, "certno"), (PsnName, "psn_name"), (Gend, "gend"), (PsnType, "psn_type") })
            if (string.IsNullOrWhiteSpace(value)) return EnrolRefusals.FieldMissing.At(field);
        if (BirthOn is not { } birth) return EnrolRefusals.FieldMissing.At("birth_on");
        return new KeyData(CertType, Number, PsnName!, Gend!, birth).Check(new Person(), today);
    }

    /// <returns>Why this is not the person on file; null: what is said agrees.</returns>
    public Refusal? CheckKnown(Person person)
    {
        if (!string.IsNullOrEmpty(PsnName) && PsnName != person.PsnName) return EnrolRefusals.KeyDataDiffer.At("psn_name");
        if (!string.IsNullOrEmpty(Gend) && Gend != person.Gend) return EnrolRefusals.KeyDataDiffer.At("gend");
        if (BirthOn is { } birth && DayNumber.Of(birth) != person.BirthOn) return EnrolRefusals.KeyDataDiffer.At("birth_on");
        return !string.IsNullOrEmpty(PsnNo) && Number.Length > 0 && Number != person.Certno ? EnrolRefusals.KeyDataDiffer.At("certno") : null;
    }

    public static bool IsType(string psnType, string insutype) => PersonRow.IsPersonType(psnType) && PersonRow.Fits(insutype, psnType);
}
