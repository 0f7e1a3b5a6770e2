using System.Text;
using MedInsure.Enrollment.Tests.Persons;

namespace MedInsure.Enrollment.Tests.Register;

/// <summary>Rows of the household register; what a test does not set agrees with the person.</summary>
public sealed record RegisterCsv
{
    public const string Header = "certno,name,sex,birth,household_no,township,village,address,state\n";

    public string Certno { get; init; } = "";
    public string Name { get; init; } = "王小明";
    public string Sex { get; init; } = "1";
    public string Birth { get; init; } = "1980-05-06";
    public string Household { get; init; } = "H1";
    public string Township { get; init; } = "650201100";
    public string Village { get; init; } = "650201100201";
    public string Address { get; init; } = "";
    public string State { get; init; } = "living";

    public override string ToString() => string.Join(',', Certno, Name, Sex, Birth, Household, Township, Village, Address, State) + "\n";

    public static RegisterCsv Of(PersonCsv person) => new() { Certno = person.Certno, Name = person.Name, Sex = person.Gend, Birth = person.Brdy, Household = person.Household };

    public static string File(params IEnumerable<RegisterCsv> rows)
    {
        var text = new StringBuilder(Header);
        foreach (var row in rows) text.Append(row);
        return text.ToString();
    }
}
