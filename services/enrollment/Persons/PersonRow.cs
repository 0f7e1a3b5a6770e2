using System.Buffers;
using System.Collections.Frozen;
using MedInsure.Hosting.Imports;
using MedInsure.Kernel;

namespace MedInsure.Enrollment.Persons;

/// <summary>One row of persons.csv (import-formats.md) that is right in itself: a person under one period of cover.</summary>
internal sealed record PersonRow(
    long Line, string PsnNo, string PsnCertType, string Certno, string PsnName, string Gend, DateOnly BirthOn, string County, string HouseholdNo,
    string Insutype, string PsnType, string[] Categories, DateOnly FromOn, DateOnly? ToOn, string EmployerNo, Fen? AccountCredit)
{
    public static readonly string[] Columns =
    [
        "psn_no", "psn_cert_type", "certno", "psn_name", "gend", "brdy", "county", "household_no", "insutype", "psn_type", "categories", "cover_from", "cover_to", "employer_no", "account_balance",
    ];

    // national-interface.md section 3.
    internal static readonly FrozenSet<string> CertificateTypes = ["01", "02", "03", "04", "05", "06", "07", "08", "09", "10", "11", "12", "13", "14", "15", "16", "17", "90", "91", "99"];
    internal static readonly FrozenSet<string> Genders = ["0", "1", "2", "9"];
    internal static readonly FrozenSet<string> Schemes = ["310", "320", "330", "340", "350", "360", "370", "380", "390", "391", "392", "399", "410", "510"];
    private static readonly FrozenSet<string> CategoryNames =
        ["low_income", "extreme_hardship", "registered_poor", "severely_disabled", "priority_group", "family_planning_aided", "retired_veteran", "low_income_elderly"];

    private static readonly SearchValues<char> NumberCharacters = SearchValues.Create("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz-_");

    private const string EmployeeScheme = "310";
    private const string ResidentScheme = "390";
    private const string ResidentIdentity = "01";

    /// <param name="served">The counties whose persons this process keeps.</param>
    /// <returns>Null: the row has an error.</returns>
    public static PersonRow? Parse(CsvRow row, IReadOnlySet<string> served, DateOnly today)
    {
        var psnNo = row.Text("psn_no", 30);
        if (psnNo.Length > 0 && !IsNumber(psnNo)) row.Fail("psn_no", "person.number_malformed", "人员编号只能含字母、数字、-和_", "holds other characters than letters, digits, - and _");
        var certificateType = row.Code("psn_cert_type", CertificateTypes);
        var certno = row.Text("certno", 50);
        var name = row.Text("psn_name", 50);
        var gender = row.Code("gend", Genders);
        var birth = row.Date("brdy");
        if (birth > today) row.Fail("brdy", "person.born_in_future", "出生日期晚于今天", "lies after today");
        if (certificateType == ResidentIdentity && certno.Length > 0) certno = CheckIdentity(row, certno, birth, gender);

        var county = row.Division("county");
        if (DivisionCode.TryParse(county, out _) && !served.Contains(county))
            row.Fail("county", "import.county_not_served", $"本平台不承办县区{county}", $"county {county} is not served here");
        var household = row.Text("household_no", 30, required: false);

        var scheme = row.Code("insutype", Schemes);
        var personType = row.Text("psn_type", 6);
        if (personType.Length > 0 && !IsPersonType(personType)) row.Fail("psn_type", "person.type_unknown", "不是规定的人员类别", "is no psn_type: 11 to 16, or one of these and two digits");
        else if (!Fits(scheme, personType)) row.Fail("psn_type", "person.type_not_of_scheme", "人员类别与险种不符", "does not belong to this insutype");
        var categories = row.Codes("categories", CategoryNames);

        var from = row.Date("cover_from");
        var to = row.Date("cover_to", required: false);
        if (to < from) row.Fail("cover_to", "person.cover_ends_before_start", "参保结束日期早于开始日期", "lies before cover_from");
        if (to < birth) row.Fail("cover_to", "person.cover_ends_before_birth", "参保结束日期早于出生日期", "lies before brdy");
        var employer = row.Text("employer_no", 30, required: false);
        var credit = row.Money("account_balance", required: false);
        if (credit is { IsZero: false } && scheme != EmployeeScheme && Schemes.Contains(scheme))
            row.Fail("account_balance", "person.scheme_without_account", "该险种没有个人账户", "this insutype has no personal account");

        if (row.HasErrors) return null;
        return new PersonRow(
            row.Line, psnNo, certificateType, certno, name, gender, birth!.Value, county, household, scheme, personType,
            categories.Count == 0 ? [] : [.. categories.Order(StringComparer.Ordinal)], from!.Value, to, employer, credit);
    }

    /// <summary>The number with its check character in the one form that is stored, so that x and X are one person.</summary>
    private static string CheckIdentity(CsvRow row, string certno, DateOnly? birth, string gender)
    {
        // Any other small letter is wrong anyway.
        if (certno[^1] == 'x') certno = certno.ToUpperInvariant();
        if (!ResidentIdNumber.TryRead(certno, out var statedBirth, out var statedGender))
        {
            row.Fail("certno", "person.certno_wrong", "身份证号码格式或校验码错误", "is no resident identity number: form, date or check digit");
            return certno;
        }
        if (birth is { } day && day != statedBirth) row.Fail("brdy", "person.birth_differs_from_certno", "出生日期与身份证号码不符", "differs from the birth date in certno");
        if (Genders.Contains(gender) && gender[0] != statedGender) row.Fail("gend", "person.gend_differs_from_certno", "性别与身份证号码不符", "differs from the sex in certno");
        return certno;
    }

    private static bool IsNumber(string text) => text.AsSpan().IndexOfAnyExcept(NumberCharacters) < 0;

    /// <summary>11 … 16, with the two further digits that a region may use or leave out.</summary>
    internal static bool IsPersonType(string text) =>
        text is ['1', >= '1' and <= '6'] || (text is ['1', >= '1' and <= '6', _, _] && char.IsAsciiDigit(text[2]) && char.IsAsciiDigit(text[3]));

    /// <summary>11 to 13 are employees and the retired, 14 to 16 residents.</summary>
    internal static bool Fits(string scheme, string personType) => personType.Length < 2 || scheme switch
    {
        EmployeeScheme => personType[1] is '1' or '2' or '3',
        ResidentScheme => personType[1] is '4' or '5' or '6',
        _ => true,
    };
}
