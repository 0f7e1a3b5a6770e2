using MedInsure.Tool;

namespace MedInsure.Local.Sample;

/// <summary>Rows of doctors.csv (services/provider-registry/README.md): some doctors at every hospital, more at large ones; every tenth has a second post at the next hospital of the county.</summary>
internal static class SampleDoctors
{
    public const string Header = "doctor_code,doctor_name,fixmedins_code,department_code,title,agreement_no,from_on,to_on";

    private static readonly string[] Surnames = ["李", "王", "张", "刘", "陈", "杨", "赵", "黄", "周", "吴", "徐", "孙"], Titles = ["主治医师", "副主任医师", "主任医师"];

    /// <param name="providers">Of one city.</param>
    public static IEnumerable<string> Rows(IEnumerable<SampleProvider> providers)
    {
        foreach (var county in providers.Where(p => p.Type == "1").GroupBy(p => p.County))
        {
            var (hospitals, made) = (county.ToList(), 0);
            foreach (var (index, hospital) in hospitals.Index())
                for (var number = 1; number <= CountAt(hospital.PolicyLevel); number++)
                {
                    yield return Row(hospital, number, hospital);
                    if (++made % 10 == 0 && hospitals.Count > 1) yield return Row(hospital, number, hospitals[(index + 1) % hospitals.Count]);
                }
        }
    }

    private static int CountAt(string level) => level switch { "3" => 12, "2" => 6, "village" => 1, _ => 3 };

    private static string Row(SampleProvider own, int number, SampleProvider at)
    {
        var code = RunProvider.DoctorOf(own.Code, number);
        return string.Join(',', code, number == 1 ? RunProvider.DoctorName : Surnames[(number + own.Code[^1]) % Surnames.Length] + "医生", at.Code, number % 2 == 1 ? "D01" : "D02", Titles[number % Titles.Length], $"YS{code}", "2020-01-01", "");
    }
}
