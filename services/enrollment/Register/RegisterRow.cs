using MedInsure.Hosting.Imports;
using MedInsure.Kernel;

namespace MedInsure.Enrollment.Register;

/// <summary>One row of the police's household register (README.md) that is right in itself.</summary>
/// <param name="Number">The 18-digit number, also where the register has the person's old one of 15 digits.</param>
internal sealed record RegisterRow(
    long Line, string Certno, string Number, string Name, string Gend, DateOnly BirthOn, string HouseholdNo, string Township, string Village, string Address, string State)
{
    public static readonly string[] Columns = ["certno", "name", "sex", "birth", "household_no", "township", "village", "address", "state"];

    private static readonly HashSet<string> Sexes = ["0", "1", "2", "9"];
    private static readonly HashSet<string> States = ["living", "dead", "moved_out"];

    /// <returns>Null: the row has an error.</returns>
    public static RegisterRow? Parse(CsvRow row)
    {
        var certno = row.Text("certno", 18).ToUpperInvariant();
        var number = OldAndNewNumber.Number(certno);
        if (certno.Length > 0 && number is null) row.Fail("certno", "register.certno_wrong", "不是18位或15位居民身份证号码", "is no resident identity number of 18 or 15 digits");
        var name = row.Text("name", 50);
        var sex = row.Code("sex", Sexes);
        var birth = row.Date("birth");
        var household = row.Text("household_no", 30, required: false);
        var township = row.Text("township", 9);
        if (township.Length > 0 && !IsDigits(township, 9)) row.Fail("township", "register.place_wrong", "不是9位乡级代码", "is no township's code of 9 digits");
        var village = row.Text("village", 12, required: false);
        if (village.Length > 0 && (!IsDigits(village, 12) || !village.StartsWith(township, StringComparison.Ordinal)))
            row.Fail("village", "register.place_wrong", "不是所在乡级的12位村级代码", "is no code of 12 digits of a village in this township");
        var address = row.Text("address", 200, required: false);
        var state = row.Code("state", States);
        return row.HasErrors ? null : new RegisterRow(row.Line, certno, number!, name, sex, birth!.Value, household, township, village, address, state);
    }

    private static bool IsDigits(string text, int length) => text.Length == length && text.AsSpan().IndexOfAnyExceptInRange('0', '9') < 0;
}

/// <summary>A resident's identity number before and after 1999: the old one has no century and no check digit.</summary>
internal static class OldAndNewNumber
{
    /// <summary>In SQL, of a person's certno.</summary>
    public const string KeySql = "CASE WHEN length(certno) = 15 THEN left(certno, 6) || '19' || right(certno, 9) ELSE left(certno, 17) END";

    /// <summary>In SQL, of such a person the 18-digit number; number_of_18 is the schema's. Numbers compared whole cost less than their first 17 digits.</summary>
    public const string NumberSql = "CASE WHEN psn_cert_type = '01' THEN certno ELSE number_of_18(certno) END";

    /// <summary>In SQL, which persons have such a number: the old one is stored under another type than 01, which asks for a check digit.</summary>
    public const string IsResidentSql = "(psn_cert_type = '01' OR (length(certno) = 15 AND certno ~ '^[0-9]{15}$'))";

    /// <returns>Null: neither a right number of 18 digits nor one of 15.</returns>
    public static string? Key(string certno) => Number(certno)?[..17];

    /// <returns>The number of 18 digits; null: neither a right one nor one of 15.</returns>
    public static string? Number(string certno) => certno.Length switch
    {
        18 when ResidentIdNumber.TryRead(certno, out _, out _) => certno,
        15 when certno.AsSpan().IndexOfAnyExceptInRange('0', '9') < 0 && New(certno) is var number && ResidentIdNumber.TryRead(number, out _, out _) => number,
        _ => null,
    };

    private static string New(string old)
    {
        var digits = $"{old[..6]}19{old[6..]}";
        return digits + ResidentIdNumber.CheckDigit(digits);
    }
}
