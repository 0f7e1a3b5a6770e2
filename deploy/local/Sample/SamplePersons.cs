using MedInsure.Kernel;

namespace MedInsure.Local.Sample;

/// <summary>A row of persons.csv (import-formats.md).</summary>
public sealed record SamplePerson(
    string PsnNo, string Certno, string Name, char Gender, DateOnly Birth, string County, string HouseholdNo, string Insutype, string PsnType,
    IReadOnlyList<string> Categories, DateOnly CoverFrom, DateOnly? CoverTo, string EmployerNo, int? AccountFen)
{
    public const string Header = "psn_no,psn_cert_type,certno,psn_name,gend,brdy,county,household_no,insutype,psn_type,categories,cover_from,cover_to,employer_no,account_balance";

    public string ToCsv() => string.Join(',', PsnNo, "01", Certno, Name, Gender, SampleDay.Text(Birth), County, HouseholdNo, Insutype, PsnType,
        string.Join(';', Categories), SampleDay.Text(CoverFrom), SampleDay.Text(CoverTo), EmployerNo, AccountFen is { } fen ? SampleDay.Yuan(fen) : "");
}

/// <summary>Households of one to six persons: couples, children, the old, the single.</summary>
internal sealed class SamplePersons(SampleSize size, IReadOnlyDictionary<string, IReadOnlyList<SampleEmployer>> employers)
{
    private const string Surnames = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段漕钱汤尹黎易常武乔贺赖龚文";
    private const string MaleNames = "伟强磊军洋勇杰涛超明刚平辉鹏华飞鑫波斌宇浩凯健俊帆帅旭宁龙林浩然子轩博文志远建国建军永强德福玉山";
    private const string FemaleNames = "芳娜敏静丽艳娟霞秀英玲桂兰婷雪梅琳洁慧莹倩颖燕红萍佳欣怡梦雨涵思淑珍凤琴玉华春晓丹阳";

    private readonly SampleRandom random = new(size.Seed, "persons");
    private readonly HashSet<string> certificates = [];
    private int household, person;

    public IEnumerable<SamplePerson> All()
    {
        var counties = SampleCity.All.SelectMany(c => c.Counties.Select(county => (City: c, County: county))).ToList();
        var weights = counties.Sum(c => c.County.Weight);
        var given = 0;
        foreach (var (i, (city, county)) in counties.Index())
        {
            var share = i == counties.Count - 1 ? size.Persons - given : size.Persons * county.Weight / weights;
            given += share;
            for (var left = share; left > 0;)
                foreach (var member in Household(city, county).Take(left))
                {
                    left--;
                    yield return member;
                }
        }
    }

    private IEnumerable<SamplePerson> Household(SampleCity city, SampleCounty county)
    {
        var number = $"{county.Code}H{++household:D7}";
        var poor = Poverty(city);
        var surname = random.Pick(Surnames.ToCharArray());
        switch (random.Weighted(14, 22, 40, 14, 10))
        {
            case 0: // alone
                yield return Member(city, county, number, surname, random.Chance(500) ? '1' : '2', random.Between(19, 92), poor);
                break;
            case 1: // a couple whose children have left
                var age = random.Between(48, 82);
                yield return Member(city, county, number, surname, '1', age, poor);
                yield return Member(city, county, number, random.Pick(Surnames.ToCharArray()), '2', Math.Max(20, age - random.Between(-1, 4)), poor);
                break;
            case 2: // parents and children
                foreach (var member in Family(city, county, number, surname, poor, children: random.Between(1, 2))) yield return member;
                break;
            case 3: // three generations
                foreach (var member in Family(city, county, number, surname, poor, children: random.Between(1, 3))) yield return member;
                yield return Member(city, county, number, surname, random.Chance(400) ? '1' : '2', random.Between(62, 88), poor);
                break;
            default: // one parent
                var parent = random.Between(26, 50);
                yield return Member(city, county, number, random.Pick(Surnames.ToCharArray()), '2', parent, poor);
                yield return Member(city, county, number, surname, random.Chance(520) ? '1' : '2', random.Between(0, Math.Min(18, parent - 22)), poor);
                break;
        }
    }

    private IEnumerable<SamplePerson> Family(SampleCity city, SampleCounty county, string number, char surname, string? poor, int children)
    {
        var father = random.Between(25, 47);
        yield return Member(city, county, number, surname, '1', father, poor);
        yield return Member(city, county, number, random.Pick(Surnames.ToCharArray()), '2', Math.Max(22, father - random.Between(-1, 4)), poor);
        for (var i = 0; i < children; i++)
            yield return Member(city, county, number, surname, random.Chance(520) ? '1' : '2', random.Between(0, Math.Min(21, father - 22)), poor);
    }

    /// <summary>What a whole household is recognised as.</summary>
    private string? Poverty(SampleCity city) => random.Weighted(city.Code == "341700" ? 110 : 40, 40, 850) switch { 0 => "registered_poor", 1 => "low_income", _ => null };

    private SamplePerson Member(SampleCity city, SampleCounty county, string number, char surname, char gender, int age, string? poor)
    {
        var birth = SampleDay.Reference.AddYears(-age).AddDays(-1 - random.Next(365));
        var retired = age >= (gender == '1' ? 60 : 55);
        var employee = city.Packs.ContainsKey("310") && poor is null && age >= 22 && random.Chance(retired ? 480 : 560);
        var works = employee && !retired ? random.Pick(employers[county.Code]) : null;
        var from = new DateOnly(random.Between(2018, 2021), 1, 1);
        if (from < birth) from = birth;
        // A few left the scheme: their claims must be refused.
        DateOnly? to = random.Chance(6) ? new DateOnly(2025, 12, 31) : null;
        return new SamplePerson(
            $"{county.Code}{++person:D12}", Certificate(city, birth, gender), Name(surname, gender), gender, birth, county.Code, number,
            employee ? "310" : "390", employee ? (retired ? "1201" : "1101") : Resident(age), employee ? [] : Categories(age, poor),
            from, to, works?.Number ?? "", employee ? random.Chance(60) ? 0 : random.Between(1_000, retired ? 900_000 : 600_000) : null);
    }

    private static string Resident(int age) => age switch { 0 => "1401", <= 6 => "1402", <= 18 => "1403", <= 21 => "1404", < 60 => "1501", _ => "16" };

    private List<string> Categories(int age, string? poor)
    {
        var all = new List<string>();
        if (poor is not null) all.Add(poor);
        if (poor is null && age >= 60 && random.Chance(25)) all.Add("extreme_hardship");
        if (random.Chance(18)) all.Add("severely_disabled");
        if (age >= 60 && poor == "low_income") all.Add("low_income_elderly");
        if (age >= 60 && random.Chance(8)) all.Add("family_planning_aided");
        if (random.Chance(4)) all.Add("priority_group");
        return all;
    }

    private string Name(char surname, char gender)
    {
        var given = (gender == '1' ? MaleNames : FemaleNames).ToCharArray();
        return random.Chance(350) ? $"{surname}{random.Pick(given)}" : $"{surname}{random.Pick(given)}{random.Pick(given)}";
    }

    /// <summary>Right in form, sex and check digit, under a division number that was never given out: nobody's.</summary>
    private string Certificate(SampleCity city, DateOnly birth, char gender)
    {
        while (true)
        {
            var order = random.Next(500) * 2 + (gender == '1' ? 1 : 0);
            var digits = $"{city.Code.AsSpan(0, 4)}99{birth:yyyyMMdd}{order:D3}";
            var number = digits + ResidentIdNumber.CheckDigit(digits);
            if (certificates.Add(number)) return number;
        }
    }
}
