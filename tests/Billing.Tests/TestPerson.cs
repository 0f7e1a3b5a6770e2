using MedInsure.Events;

namespace MedInsure.Billing.Tests;

/// <summary>Insured persons as enrollment tells of them.</summary>
internal static class TestPerson
{
    private static int last;

    public static string NextNumber() => $"T{Interlocked.Increment(ref last):D8}";

    public static InsuredPersonChanged New(string? psnNo = null, string psnType = "1501", int birthOn = 1980_05_01, string household = "", string insutype = "390", int from = 2020_01_01, int to = 0, long version = 1, params string[] categories) => new(
        psnNo ?? NextNumber(), "01", "11010519491231002X", "李四", "1", birthOn, "", version,
        [new InsuredCoverage(insutype, psnType, from, to, "", 0)], [.. categories.Select(c => new InsuredCategory(c, 2020_01_01, 0))], household);

    public static InsuredPersonChanged With(this InsuredPersonChanged person, params InsuredCategory[] categories) => person with { Version = person.Version + 1, Categories = categories };

    public static InsuredPersonChanged Covered(this InsuredPersonChanged person, params InsuredCoverage[] coverage) => person with { Version = person.Version + 1, Coverage = coverage };
}
