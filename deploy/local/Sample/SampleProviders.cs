namespace MedInsure.Local.Sample;

/// <summary>A row of providers.csv (import-formats.md).</summary>
public sealed record SampleProvider(string Code, string Name, string Type, string HospitalLevel, string PolicyLevel, string County, string AgreementNo, string Ownership)
{
    public const string Header = "fixmedins_code,fixmedins_name,fixmedins_type,hosp_lv,policy_level,county,agreement_no,agreement_from,agreement_to,ownership";

    public string ToCsv() => string.Join(',', Code, Name, Type, HospitalLevel, PolicyLevel, County, AgreementNo, "2020-01-01", "", Ownership);
}

internal static class SampleProviders
{
    private static readonly string[] Auspicious = ["康宁", "仁和", "惠民", "安泰", "同济堂", "博爱", "春晖", "颐和", "北苑", "松鹤", "新康", "百合"];
    private static readonly string[] Villages = ["靠山屯", "柳树村", "前进村", "新立村", "红旗村", "三合村", "永丰村", "大榆树村"];

    /// <summary>One of every level in every county first, then more of the small ones, as in life.</summary>
    public static IEnumerable<SampleProvider> All(SampleSize size)
    {
        var random = new SampleRandom(size.Seed, "providers");
        var counties = SampleCity.All.SelectMany(c => c.Counties).ToList();
        string[] levels = ["3", "2", "1", "community", "village", "pharmacy"];
        string[] more = ["community", "village", "pharmacy", "pharmacy", "1", "2"];
        var numbers = new Dictionary<string, int>();
        var made = 0;
        foreach (var county in counties)
            foreach (var level in levels)
                if (made++ < size.Providers) yield return Make(county, level, numbers, random);
        while (made < size.Providers)
        {
            yield return Make(counties[made % counties.Count], more[made / counties.Count % more.Length], numbers, random);
            made++;
        }
    }

    private static SampleProvider Make(SampleCounty county, string level, Dictionary<string, int> numbers, SampleRandom random)
    {
        var pharmacy = level == "pharmacy";
        var number = numbers[county.Code] = numbers.GetValueOrDefault(county.Code) + 1;
        var good = Auspicious[(number * 5 + county.Weight) % Auspicious.Length];
        var name = level switch
        {
            "3" => $"{county.Name}{good}总医院",
            "2" => $"{county.Name}{good}医院",
            "1" => $"{county.Name}{good}门诊医院",
            "community" => county.Name.EndsWith('县') ? $"{county.Name}{good}镇中心卫生院" : $"{county.Name}{good}社区卫生服务中心",
            "village" => $"{county.Name}{Villages[(number + county.Weight) % Villages.Length]}卫生室",
            _ => $"{good}大药房{county.Name}{random.Pick(["中央路", "民生街", "解放路", "学府路"])}店",
        };
        var code = $"{(pharmacy ? 'P' : 'H')}{county.Code}{number:D5}";
        var grade = level switch { "3" => random.Chance(600) ? "02" : "03", "2" => random.Chance(600) ? "05" : "06", "1" => "08", _ => "11" };
        return new SampleProvider(code, name, pharmacy ? "2" : "1", grade, level, county.Code, $"XY{code}", pharmacy || random.Chance(150) ? "private" : "public");
    }
}
