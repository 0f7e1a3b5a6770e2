namespace MedInsure.Settlement.Tests.Calculation;

/// <summary>The golden cases of every pack: exact to the fen, arithmetic in the files' comments.</summary>
[Trait("Category", "Golden")]
public sealed class GoldenTests
{
    public static TheoryData<string, string> Cases()
    {
        var data = new TheoryData<string, string>();
        foreach (var path in Directory.EnumerateFiles(GoldenYear.Folder, "*.yaml").Order(StringComparer.Ordinal))
            foreach (var year in GoldenYear.In(path)) data.Add(year.File, year.Name);
        return data;
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Year_SettlesToTheFen(string file, string name)
    {
        var year = GoldenYear.In(Path.Combine(GoldenYear.Folder, file)).Single(y => y.Name == name);
        var differences = year.Differences();
        Assert.True(differences.Count == 0, string.Join('\n', differences));
    }
}
