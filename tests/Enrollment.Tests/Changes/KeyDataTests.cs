using MedInsure.Enrollment.Changes;
using MedInsure.Enrollment.Tests.Persons;
using MedInsure.Protos.Enrollment.V1;

namespace MedInsure.Enrollment.Tests.Changes;

/// <summary>What may be a person's key data, in the order of the checks.</summary>
[Trait("Category", "Unit")]
public sealed class KeyDataTests
{
    private static readonly DateOnly Today = new(2026, 11, 21);
    private static readonly KeyData Good = new("01", PersonCsv.Identity(7), "王小明", "1", new DateOnly(1980, 5, 6));

    private static Person Enrolled(int died = 0, int to = 0) => new() { DiedOn = died, Coverage = { new Coverage { Insutype = "390", FromOn = 20200101, ToOn = to } } };

    [Fact]
    public void EachField_IsChecked()
    {
        (string Code, string Field, KeyData Data)[] wrong =
        [
            ("person.certificate_type_unknown", "psn_cert_type", Good with { PsnCertType = "18" }),
            ("field.invalid", "certno", Good with { Certno = "" }), ("field.invalid", "certno", Good with { Certno = new string('1', 51) }), ("field.invalid", "psn_name", Good with { PsnName = " " }),
            ("field.invalid", "psn_name", Good with { PsnName = "王\n" }), ("field.invalid", "psn_name", Good with { PsnName = "王 " }), ("field.invalid", "certno", Good with { PsnCertType = "03", Certno = " G1" }),
            ("person.gend_unknown", "gend", Good with { Gend = "3" }), ("person.birth_impossible", "birth_on", Good with { BirthOn = Today.AddDays(1) }),
            ("person.certno_wrong", "certno", Good with { Certno = Good.Certno[..17] + (Good.Certno[17] == '0' ? '1' : '0') }),
            ("person.birth_differs_from_certno", "birth_on", Good with { BirthOn = new DateOnly(1980, 5, 7) }), ("person.gend_differs_from_certno", "gend", Good with { Gend = "2" }),
        ];
        Assert.Equal(wrong.Select(w => (w.Code, w.Field)), wrong.Select(w => (w.Data.Check(Enrolled(), Today)!.Code, w.Data.Check(Enrolled(), Today)!.Field!)));
        Assert.Null(Good.Check(Enrolled(), Today));
        Assert.Null((Good with { PsnCertType = "03", Certno = "G12345678", Gend = "2" }).Check(Enrolled(), Today));
    }

    [Fact]
    public void Birth_LiesBeforeDeathAndTheEndOfAnyCover()
    {
        Assert.Equal("person.birth_impossible", Good.Check(Enrolled(died: 19800505), Today)!.Code);
        Assert.Null(Good.Check(Enrolled(died: 19800506), Today));
        Assert.Equal("person.birth_impossible", Good.Check(Enrolled(to: 19800505), Today)!.Code);
        // A newborn's insured year begins before the birth.
        Assert.Null(Good.Check(Enrolled(to: 19800506), Today));
    }

    [Fact]
    public void Beside_NamesWhatDiffersAndWithPutsItBack()
    {
        var changed = Good with { PsnName = "王大明", BirthOn = new DateOnly(1980, 5, 7) };
        var (before, after) = (Good.Beside(changed), changed.Beside(Good));
        Assert.Equal([("birth_on", "1980-05-07"), ("psn_name", "王大明")], after.Select(f => (f.Key, f.Value)));
        Assert.Equal((changed, Good), (Good.With(after), changed.With(before)));
    }
}
