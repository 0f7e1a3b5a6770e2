using System.Globalization;
using System.Text;
using MedInsure.Kernel;

namespace MedInsure.Local.Tests.Year;

/// <summary>Who pays how for the covered year.</summary>
public enum Payment { None, Village, Bank, Online, Counter, Late }

/// <param name="Category">Empty: none.</param>
/// <param name="TwinOf">Psn_no of the first record of the same person; empty: this is the first.</param>
public sealed record GeneratedPerson(string PsnNo, string CertType, string Certno, string Name, char Sex, DateOnly Birth, string PsnType, string Household, string Village, string Category, long DueFen, Payment Pays, string TwinOf)
{
    /// <summary>As the household register has the number: with 18 digits.</summary>
    public string Identity => Certno.Length == 18 ? Certno : GeneratedCounty.WithCheckDigit($"{Certno[..6]}19{Certno[6..]}");
}

/// <summary>A county's residents, made up one by one, the same each time: who they are follows from their number, so that any count of them follows from the figures alone.</summary>
public sealed class GeneratedCounty(CountyFigures figures)
{
    public const long PersonalFen = 250_00, FixedAidFen = 17_80, SubsidyFen = 550_00;
    private const int HouseholdSize = 4, VillageHouseholds = 75, VillagesOfTownship = 20, BirthDays = 25_000, Stride = 104_729;
    private static readonly DateOnly FirstBirth = new(1945, 1, 1), YearBegins = new(2020, 1, 1);
    private static readonly string[] Surnames = ["王", "李", "张", "刘", "陈", "杨", "赵", "黄", "周", "吴", "徐", "孙", "胡", "朱", "高", "林", "何", "郭", "马", "罗"], Given = ["伟", "芳", "娜", "敏", "静", "丽", "强", "磊", "军", "洋", "勇", "艳", "杰", "娟", "涛", "明", "超", "秀", "霞", "平"];

    private readonly (string Category, bool Full)[] groups =
        [.. figures.FullAid.SelectMany(c => Enumerable.Repeat((c.Key, true), c.Value)), .. figures.FixedAid.SelectMany(c => Enumerable.Repeat((c.Key, false), c.Value))];

    public CountyFigures Figures => figures;

    /// <summary>Every record of the old system: persons first, then the second records of those who have two.</summary>
    public IEnumerable<GeneratedPerson> Records()
    {
        for (var i = 0; i < figures.Residents; i++) yield return Person(i);
        foreach (var twin in Twins()) yield return twin;
    }

    /// <summary>Half of them under the same number, half under the old one of 15 digits; ordinary persons, who pay like everybody in their village.</summary>
    public IEnumerable<GeneratedPerson> Twins()
    {
        var left = figures.Duplicates;
        for (var i = figures.Residents - 1; left > 0; i--)
        {
            var person = Person(i);
            if (person.Category.Length > 0 || person.Pays == Payment.Late || person.Birth.Year > 1999) continue;
            var old = left % 2 == 0;
            yield return person with
            {
                PsnNo = $"D{person.PsnNo[1..]}", CertType = old ? "99" : person.CertType, Certno = old ? $"{person.Certno[..6]}{person.Certno[8..17]}" : person.Certno, Household = $"D{person.Household[1..]}", Pays = Payment.Village, TwinOf = person.PsnNo,
            };
            left--;
        }
    }

    /// <summary>The rank decides what a person is, the number where the person lives: the kinds are spread over all villages.</summary>
    private GeneratedPerson Person(int i)
    {
        var rank = (int)((long)i * Stride % figures.Residents);
        var (category, full) = rank < groups.Length ? groups[rank] : ("", false);
        var birth = FirstBirth.AddDays(rank % BirthDays);
        var sequence = rank / BirthDays * 2 + rank % 2;
        var certno = WithCheckDigit($"{figures.County}{birth:yyyyMMdd}{sequence:D3}");
        var age = YearBegins.Year - birth.Year;
        var due = full ? 0 : category.Length > 0 ? PersonalFen - FixedAidFen : PersonalFen;
        var household = i / HouseholdSize;
        var village = household / VillageHouseholds;
        var pays = due == 0 ? Payment.None : rank >= figures.Residents - figures.PaidLate ? Payment.Late : (rank % 50) switch { 0 or 1 => Payment.Bank, 2 => Payment.Online, 3 => Payment.Counter, _ => Payment.Village };
        return new($"R{i:D8}", "01", certno, Surnames[rank % 20] + Given[rank / 20 % 20] + Given[rank / 400 % 20], sequence % 2 == 1 ? '1' : '2', birth, age < 7 ? "1402" : age < 18 ? "1403" : "1501", $"H{household:D8}",
            $"{figures.County}{100 + village / VillagesOfTownship:D3}{200 + village % VillagesOfTownship:D3}", category, due, pays, "");
    }

    public static string WithCheckDigit(string digits) => digits + ResidentIdNumber.CheckDigit(digits);

    /// <summary>persons.csv, covered in the year before. Who has two numbers has the second from another system, and so from another file: in one file it would be refused.</summary>
    public void WritePersons(TextWriter file, bool twins)
    {
        file.Write("psn_no,psn_cert_type,certno,psn_name,gend,brdy,county,household_no,insutype,psn_type,categories,cover_from,cover_to,employer_no,account_balance\n");
        foreach (var p in Records().Where(p => p.TwinOf.Length > 0 == twins))
            file.Write(string.Create(CultureInfo.InvariantCulture, $"{p.PsnNo},{p.CertType},{p.Certno},{p.Name},{p.Sex},{p.Birth:yyyy-MM-dd},{figures.County},{p.Household},390,{p.PsnType},,2019-01-01,2019-12-31,,\n"));
    }

    /// <summary>The household register: everybody once.</summary>
    public void WriteRegister(TextWriter file)
    {
        file.Write("certno,name,sex,birth,household_no,township,village,address,state\n");
        foreach (var p in Records().Where(p => p.TwinOf.Length == 0))
            file.Write(string.Create(CultureInfo.InvariantCulture, $"{p.Certno},{p.Name},{p.Sex},{p.Birth:yyyy-MM-dd},{p.Household},{p.Village[..9]},{p.Village},,living\n"));
    }

    /// <summary>An authority's full list.</summary>
    public (string File, int Rows) CategoryList(IReadOnlyCollection<string> categories)
    {
        var (file, rows) = (new StringBuilder("certno,name,category,action,effective_on\n"), 0);
        foreach (var p in Records().Where(p => p.TwinOf.Length == 0 && categories.Contains(p.Category)))
        {
            file.Append(CultureInfo.InvariantCulture, $"{p.Certno},{p.Name},{p.Category},add,2019-09-01\n");
            rows++;
        }
        return (file.ToString(), rows);
    }
}
