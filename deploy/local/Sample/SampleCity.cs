using System.Globalization;

namespace MedInsure.Local.Sample;

/// <summary>A city of the sample with the counties that are its tenants. Codes and names: GB/T 2260.</summary>
/// <param name="Packs">insutype → policy pack of every county of the city.</param>
public sealed record SampleCity(string Code, string Name, IReadOnlyList<SampleCounty> Counties, IReadOnlyDictionary<string, string> Packs)
{
    private static readonly Dictionary<string, string> HarbinPacks = new() { ["390"] = "harbin/resident", ["310"] = "harbin/employee" };
    private static readonly Dictionary<string, string> ChizhouPacks = new() { ["390"] = "guichi/resident" };

    /// <summary>Two cities under different policies; the weights share out the sample's persons.</summary>
    public static IReadOnlyList<SampleCity> All { get; } =
    [
        new("230100", "哈尔滨市",
            [new("230102", "道里区", 22), new("230103", "南岗区", 24), new("230108", "平房区", 10), new("230110", "香坊区", 20), new("230123", "依兰县", 8)], HarbinPacks),
        new("341700", "池州市", [new("341702", "贵池区", 16)], ChizhouPacks),
    ];
}

public sealed record SampleCounty(string Code, string Name, int Weight);

/// <summary>How big a sample is and from which seed. The default is the local platform's.</summary>
public sealed record SampleSize(int Persons = 10_000, int Providers = 60, int CatalogRows = 3_000, int Seed = 20260101)
{
    /// <summary>For tests: every kind of row, loaded in a moment.</summary>
    public static readonly SampleSize Small = new(Persons: 240, Providers: 36, CatalogRows: 150);
}

/// <summary>The day the sample's ages and periods count from: fixed, so that the same seed gives the same files next year.</summary>
internal static class SampleDay
{
    public static readonly DateOnly Reference = new(2026, 1, 1);

    public static string Text(DateOnly? day) => day?.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture) ?? "";

    /// <summary>Yuan with two decimals out of whole fen.</summary>
    public static string Yuan(int fen) => (fen / 100m).ToString("0.00", CultureInfo.InvariantCulture);
}
