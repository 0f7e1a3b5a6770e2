using System.Text;
using MedInsure.Kernel;

namespace MedInsure.Enrollment.Tests.Persons;

/// <summary>Rows of persons.csv; what a test does not set is right.</summary>
public sealed record PersonCsv(string County)
{
    public const string Header = "psn_no,psn_cert_type,certno,psn_name,gend,brdy,county,household_no,insutype,psn_type,categories,cover_from,cover_to,employer_no,account_balance\n";

    private static int last;

    public string PsnNo { get; init; } = "P1";
    public string CertType { get; init; } = "01";
    public string Certno { get; init; } = Identity(1);
    public string Name { get; init; } = "王小明";
    public string Gend { get; init; } = "1";
    public string Brdy { get; init; } = "1980-05-06";
    public string Household { get; init; } = "H1";
    public string Insutype { get; init; } = "390";
    public string PsnType { get; init; } = "1501";
    public string Categories { get; init; } = "";
    public string From { get; init; } = "2020-01-01";
    public string To { get; init; } = "";
    public string Employer { get; init; } = "";
    public string Balance { get; init; } = "";

    public override string ToString() => string.Join(',', PsnNo, CertType, Certno, Name, Gend, Brdy, County, Household, Insutype, PsnType, Categories, From, To, Employer, Balance) + "\n";

    /// <summary>Another person than any before.</summary>
    public static PersonCsv New(string county)
    {
        var n = Interlocked.Increment(ref last);
        return new PersonCsv(county) { PsnNo = $"N{n:D8}", Certno = Identity(n) };
    }

    /// <summary>The n-th certificate of men born on 1980-05-06; different for different n.</summary>
    public static string Identity(int n)
    {
        var digits = $"{650_000 + n / 500:D6}19800506{n % 500 * 2 + 1:D3}";
        return digits + ResidentIdNumber.CheckDigit(digits);
    }

    public static string File(params IEnumerable<PersonCsv> rows)
    {
        var text = new StringBuilder(Header);
        foreach (var row in rows) text.Append(row);
        return text.ToString();
    }
}
