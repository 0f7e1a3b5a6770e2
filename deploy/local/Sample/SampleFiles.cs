using System.Globalization;
using System.Text;

namespace MedInsure.Local.Sample;

/// <summary>One file of the sample and the import it goes through.</summary>
/// <param name="City">For kinds that a city publishes; empty: the rows name their county.</param>
public sealed record SampleFile(string Kind, string City, string Path, int Rows);

/// <summary>Writes the sample as the CSV files an agency would import. The same size and seed give the same bytes.</summary>
public static class SampleFiles
{
    /// <summary>In the order of import: what others refer to comes first.</summary>
    public static IReadOnlyList<SampleFile> Write(string folder, SampleSize size)
    {
        Directory.CreateDirectory(folder);
        var files = new List<SampleFile>();
        var employers = SampleEmployers.All(size).ToList();
        files.Add(Write(folder, "employers", "", SampleEmployer.Header, employers.Select(e => e.ToCsv())));
        var providers = SampleProviders.All(size).ToLookup(p => p.County);
        var catalog = new SampleCatalog(size).Rows().ToList();
        foreach (var city in SampleCity.All)
        {
            files.Add(Write(folder, "providers", city.Code, SampleProvider.Header, city.Counties.SelectMany(c => providers[c.Code]).Select(p => p.ToCsv())));
            files.Add(Write(folder, "catalog", city.Code, SampleCatalog.Header, catalog));
            files.Add(Write(folder, "doctors", city.Code, SampleDoctors.Header, SampleDoctors.Rows(city.Counties.SelectMany(c => providers[c.Code]))));
            files.Add(Write(folder, "diseases", city.Code, SampleDiseases.Header, SampleDiseases.Rows(city)));
        }
        files.Add(Write(folder, "persons", "", SamplePerson.Header, Persons(size).Select(p => p.ToCsv())));
        return files;
    }

    /// <summary>The sample's persons, in the order of the file.</summary>
    public static IEnumerable<SamplePerson> Persons(SampleSize size) =>
        new SamplePersons(size, SampleEmployers.All(size).GroupBy(e => e.County).ToDictionary(g => g.Key, IReadOnlyList<SampleEmployer> (g) => [.. g])).All();

    public static IEnumerable<SampleProvider> Providers(SampleSize size) => SampleProviders.All(size);

    private static SampleFile Write(string folder, string kind, string city, string header, IEnumerable<string> rows)
    {
        var path = Path.Combine(folder, city.Length == 0 ? $"{kind}.csv" : string.Create(CultureInfo.InvariantCulture, $"{kind}-{city}.csv"));
        using var writer = new StreamWriter(path, append: false, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false)) { NewLine = "\n" };
        writer.WriteLine(header);
        var count = 0;
        foreach (var row in rows)
        {
            writer.WriteLine(row);
            count++;
        }
        return new SampleFile(kind, city, path, count);
    }
}
