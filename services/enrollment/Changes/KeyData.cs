using System.Globalization;
using MedInsure.Enrollment.Identity;
using MedInsure.Enrollment.Persons;
using MedInsure.Kernel;
using MedInsure.Protos.Enrollment.V1;

namespace MedInsure.Enrollment.Changes;

/// <summary>Who a person is on file: what is changed by approval only (supervises/approves changes to insured data, 000_55dbde39a5535a1d.txt). Pure.</summary>
internal sealed record KeyData(string PsnCertType, string Certno, string PsnName, string Gend, DateOnly BirthOn)
{
    private const string ResidentIdentity = "01";

    public static KeyData Of(Person person) => new(person.PsnCertType, person.Certno, person.PsnName, person.Gend, DayNumber.ToDate(person.BirthOn));

    /// <returns>Why these are nobody's key data on that day; null: they may be this person's.</returns>
    public Refusal? Check(Person person, DateOnly today)
    {
        if (!PersonRow.CertificateTypes.Contains(PsnCertType)) return ChangeRefusals.CertificateTypeUnknown;
        if ((EnrollmentTexts.Check(Certno, 50, "certno") ?? EnrollmentTexts.Check(PsnName, 50, "psn_name")) is { } text) return text;
        if (Certno != Certno.Trim() || PsnName != PsnName.Trim()) return IdentityRefusals.TextInvalid.At(Certno != Certno.Trim() ? "certno" : "psn_name");
        if (!PersonRow.Genders.Contains(Gend)) return ChangeRefusals.SexUnknown;
        var birth = DayNumber.Of(BirthOn);
        if (BirthOn > today || (person.DiedOn != 0 && birth > person.DiedOn) || person.Coverage.Any(c => c.ToOn != 0 && c.ToOn < birth)) return ChangeRefusals.BirthImpossible;
        if (PsnCertType != ResidentIdentity) return null;
        if (!ResidentIdNumber.TryRead(Certno, out var statedBirth, out var statedSex)) return ChangeRefusals.CertificateWrong;
        if (BirthOn != statedBirth) return ChangeRefusals.BirthDiffers;
        return Gend[0] != statedSex ? ChangeRefusals.SexDiffers : null;
    }

    /// <summary>The fields in which this differs from another, by name, with what this says.</summary>
    public SortedDictionary<string, string> Beside(KeyData other)
    {
        var differing = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var ((name, mine), (_, theirs)) in Fields().Zip(other.Fields()))
            if (mine != theirs) differing[name] = mine;
        return differing;
    }

    /// <summary>With these fields in place of its own.</summary>
    public KeyData With(IReadOnlyDictionary<string, string> fields) => new(
        fields.GetValueOrDefault("psn_cert_type", PsnCertType), fields.GetValueOrDefault("certno", Certno), fields.GetValueOrDefault("psn_name", PsnName), fields.GetValueOrDefault("gend", Gend),
        fields.TryGetValue("birth_on", out var birth) ? DateOnly.ParseExact(birth, "yyyy-MM-dd", CultureInfo.InvariantCulture) : BirthOn);

    private (string Name, string Value)[] Fields() =>
        [("psn_cert_type", PsnCertType), ("certno", Certno), ("psn_name", PsnName), ("gend", Gend), ("birth_on", BirthOn.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture))];
}
