namespace MedInsure.Local.Sample;

/// <summary>A row of employers.csv (import-formats.md).</summary>
public sealed record SampleEmployer(string Number, string Name, string CreditCode, string County, string Kind, int Headcount)
{
    public const string Header = "employer_no,employer_name,uscc,county,kind,headcount";

    public string ToCsv() => string.Join(',', Number, Name, CreditCode, County, Kind, Headcount);
}

internal static class SampleEmployers
{
    private static readonly string[] First = ["松江", "北辰", "华瑞", "新程", "龙安", "东和", "秋林", "雪原", "青禾", "永泰", "九和", "长岭"];
    private static readonly string[] Trade = ["机械", "食品", "物流", "建筑", "软件", "纺织", "餐饮", "商贸", "印刷", "包装"];
    private static readonly string[] Office = ["市政服务中心", "第二中学", "图书馆", "园林管理处", "文化馆"];

    public static IEnumerable<SampleEmployer> All(SampleSize size)
    {
        var random = new SampleRandom(size.Seed, "employers");
        foreach (var city in SampleCity.All)
            foreach (var county in city.Counties)
                for (var i = 1; i <= 12; i++)
                {
                    var (name, kind) = i <= 3
                        ? ($"{county.Name}{Office[i]}", "institution")
                        : ($"{city.Name}{First[(i * 5 + county.Weight) % First.Length]}{random.Pick(Trade)}有限公司{county.Name}分公司", "enterprise");
                    yield return new SampleEmployer($"{county.Code}{i:D6}", name, CreditCode(county.Code, kind, random), county.Code, kind, random.Between(12, 900));
                }
    }

    /// <summary>A unified social credit code: 17 characters and the check character of GB 32100.</summary>
    private static string CreditCode(string county, string kind, SampleRandom random)
    {
        const string alphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY";
        var body = (kind == "enterprise" ? "91" : "12") + county + "99";
        while (body.Length < 17) body += alphabet[random.Next(alphabet.Length)];
        var (sum, weight) = (0, 1);
        foreach (var c in body)
        {
            sum += alphabet.IndexOf(c) * weight;
            weight = weight * 3 % 31;
        }
        return body + alphabet[(31 - sum % 31) % 31];
    }
}
