namespace MedInsure.Local.Tests.Year;

/// <summary>How many persons of which kind a generated county has, before anybody is enrolled twice.</summary>
/// <param name="FullAid">By the pack, guichi/resident 2020, whose premium is paid for them whole; by category.</param>
/// <param name="FixedAid">For whom 17.80 of it is paid; by category.</param>
/// <param name="Duplicates">Persons enrolled under a second number, who pay twice.</param>
/// <param name="PaidLate">Of the residents, migrant workers who pay in the year itself.</param>
public sealed record CountyFigures(string Name, string County, int Residents, IReadOnlyDictionary<string, int> FullAid, IReadOnlyDictionary<string, int> FixedAid, int Duplicates, int PaidLate, int Employees, int Employers)
{
    /// <summary>Seed facts 6.2 (000_55dbde39a5535a1d.txt): 461,843 = 424,886 ordinary + 21,494 low-income + 7,608 disabled + 1,231 extreme hardship + 1,990 priority groups + 4,634 family-planning
    /// aided; 27,586 employees; employers by the proportion of 6.3 (1,211 persons of 39). Duplicates and late payers as 6.6 (004_afb7baf3ebb51254.txt) counted them.</summary>
    public static readonly CountyFigures Shizhu = new("shizhu", "500240", 461_843,
        new Dictionary<string, int> { ["low_income"] = 21_494, ["extreme_hardship"] = 1_231, ["priority_group"] = 1_990 },
        new Dictionary<string, int> { ["severely_disabled"] = 7_608, ["family_planning_aided"] = 4_634 }, 1_381, 4_943, 27_586, 888);

    /// <summary>Seed facts 6.6 (004_afb7baf3ebb51254.txt): 562,914 residents, aided 53,888 = 47,665 full + 6,223 fixed (their division by category is assumed), 1,381 duplicates, 4,943 paid late.</summary>
    public static readonly CountyFigures Guichi = new("guichi", "341702", 562_914,
        new Dictionary<string, int> { ["low_income"] = 27_665, ["extreme_hardship"] = 4_000, ["registered_poor"] = 16_000 },
        new Dictionary<string, int> { ["severely_disabled"] = 6_223 }, 1_381, 4_943, 0, 0);

    public string City => $"{County[..4]}00";
    public int FullAided => FullAid.Values.Sum();
    public int FixedAided => FixedAid.Values.Sum();

    /// <summary>A county so many times smaller, with at least two of everything that there is.</summary>
    public CountyFigures Smaller(int times)
    {
        int Less(int count) => count == 0 ? 0 : Math.Max(2, count / times);
        return this with
        {
            Residents = Less(Residents), FullAid = FullAid.ToDictionary(c => c.Key, c => Less(c.Value)), FixedAid = FixedAid.ToDictionary(c => c.Key, c => Less(c.Value)), Duplicates = Less(Duplicates),
            PaidLate = Less(PaidLate), Employees = Less(Employees), Employers = Less(Employers),
        };
    }
}
