using System.Globalization;
using System.Text;

namespace MedInsure.Local.Tests.Year;

/// <param name="StopsAfter">The last month; 0: goes on.</param>
/// <param name="RaiseFen">From July; 0: none.</param>
/// <param name="CorrectedFen">Of April to June, as the employer finds out in October; 0: as declared.</param>
public sealed record GeneratedEmployee(string PsnNo, string Certno, string Name, char Sex, DateOnly Birth, string EmployerNo, bool Maternity, long WageFen, long RaiseFen, long CorrectedFen, int StopsAfter)
{
    /// <summary>As it is in the end, of a month of 2020; 0: not employed.</summary>
    public long WageOf(int month) => StopsAfter > 0 && month > StopsAfter ? 0 : CorrectedFen > 0 && month is >= 202004 and <= 202006 ? CorrectedFen : RaiseFen > 0 && month >= 202007 ? RaiseFen : WageFen;
}

/// <summary>A month's contributions of one employee by the rules of the Harbin plan (Hb, 000_55dbde39a5535a1d.txt), written down again here in whole fen: 6 % + 2 % of the base,
/// which is the wage between 60 % and 300 % of a month's average (assumed), 0.5 % for maternity (assumed); the account gets the employee's part and 30 % of the employer's (assumed).</summary>
public readonly record struct MonthDue(long Employer, long Employee, long Maternity, long Account)
{
    // 56,000 a year (assumed): 4,666.67 a month; 60 % = 2,800.00, 300 % = 14,000.01.
    private const long FloorFen = 2_800_00, CeilingFen = 14_000_01;

    public static MonthDue Of(long wageFen, bool maternity)
    {
        if (wageFen == 0) return default;
        var (employer, employee) = (Percent(Math.Clamp(wageFen, FloorFen, CeilingFen), 600), Percent(Math.Clamp(wageFen, FloorFen, CeilingFen), 200));
        return new(employer, employee, maternity ? Percent(Math.Clamp(wageFen, FloorFen, CeilingFen), 50) : 0, employee + Percent(employer, 3_000));
    }

    public static MonthDue operator +(MonthDue a, MonthDue b) => new(a.Employer + b.Employer, a.Employee + b.Employee, a.Maternity + b.Maternity, a.Account + b.Account);

    private static long Percent(long fen, long bp) => (fen * bp + 5_000) / 10_000;
}

/// <summary>A county's employers with their staff, made up as <see cref="GeneratedCounty"/> makes up residents. Wages lie on both sides of floor and ceiling.</summary>
public sealed class GeneratedStaff(CountyFigures figures)
{
    private static readonly DateOnly FirstBirth = new(1962, 1, 1);

    public IEnumerable<string> Employers() => Enumerable.Range(0, figures.Employers).Select(Employer);

    private string Employer(int number) => $"U{figures.County}{number:D5}";

    public IEnumerable<GeneratedEmployee> Employees()
    {
        for (var i = 0; i < figures.Employees; i++)
        {
            var birth = FirstBirth.AddDays(i % 14_000);
            // Above all residents' sequences, so that nobody is both.
            var sequence = 900 + i / 14_000 * 2 + i % 2;
            var wage = 2_000_00 + i * 7_919L % 20_000 * 1_00 + i % 97;
            yield return new($"E{i:D8}", GeneratedCounty.WithCheckDigit($"{figures.County}{birth:yyyyMMdd}{sequence:D3}"), $"职工{i}", sequence % 2 == 1 ? '1' : '2', birth, Employer(i % figures.Employers), i % 5 == 0, wage,
                i % 10 == 0 ? wage * 108 / 100 : 0, i % 200 == 3 ? wage + 500_55 : 0, i % 50 == 7 ? 202006 : 0);
        }
    }

    /// <summary>persons.csv, covered by the old system until the end of 2019.</summary>
    public void WritePersons(TextWriter file)
    {
        file.Write("psn_no,psn_cert_type,certno,psn_name,gend,brdy,county,household_no,insutype,psn_type,categories,cover_from,cover_to,employer_no,account_balance\n");
        foreach (var e in Employees()) file.Write(string.Create(CultureInfo.InvariantCulture, $"{e.PsnNo},01,{e.Certno},{e.Name},{e.Sex},{e.Birth:yyyy-MM-dd},{figures.County},,310,1101,,2019-01-01,2019-12-31,{e.EmployerNo},\n"));
    }

    public void WriteEmployers(TextWriter file)
    {
        file.Write("employer_no,employer_name,uscc,county,kind,headcount\n");
        foreach (var no in Employers()) file.Write($"{no},单位{no},,{figures.County},enterprise,\n");
    }

    /// <summary>One employer's declaration: what of its staff is so, as rows of one act each.</summary>
    public static string Declaration(IEnumerable<GeneratedEmployee> staff, Func<GeneratedEmployee, string?> row)
    {
        var file = new StringBuilder("certno,psn_name,action,month,last_month,wage,maternity,why\n");
        foreach (var e in staff)
            if (row(e) is { } said) file.Append(CultureInfo.InvariantCulture, $"{e.Certno},{e.Name},{said}\n");
        return file.ToString();
    }
}
