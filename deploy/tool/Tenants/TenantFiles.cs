using System.Text;
using MedInsure.Kernel;

namespace MedInsure.Tool.Tenants;

/// <summary>charts/tenants: of every division in charts/divisions.csv the values file of its release, with what is its own and nothing else.</summary>
public static class TenantFiles
{
    private const string Header = "code,name,city,packs";

    private sealed record Division(string Code, string Name, string City, IReadOnlyList<(string Insutype, string Pack)> Packs)
    {
        public bool IsCity => Code == City;
    }

    /// <param name="csv">Rows of code, name, city (its own code: a city), packs (of a city and all its counties, or of one county alone: "310=harbin/employee 390=…").</param>
    /// <returns>By file name, in the order of the codes.</returns>
    /// <exception cref="ToolException">A row is wrong; the message names it.</exception>
    public static IReadOnlyList<(string Name, string Text)> Write(string csv)
    {
        var divisions = Read(csv);
        return [.. divisions.Values.OrderBy(d => d.Code, StringComparer.Ordinal).Select(d => ($"{d.Code}.yaml", Text(d, divisions)))];
    }

    private static Dictionary<string, Division> Read(string csv)
    {
        var lines = csv.ReplaceLineEndings("\n").Split('\n', StringSplitOptions.RemoveEmptyEntries);
        if (lines is not [Header, ..]) throw new ToolException($"the first line must be {Header}");
        var divisions = new Dictionary<string, Division>();
        foreach (var line in lines.Skip(1))
        {
            if (line.Split(',') is not [var code, var name, var city, var packs] || name.Length == 0 || !DivisionCode.TryParse(code, out _) || !DivisionCode.TryParse(city, out _))
                throw new ToolException($"not a division: {line}");
            var pairs = packs.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(p => p.Split('=') is [var insutype, var pack] ? (insutype, pack) : throw new ToolException($"not a pack: {p} in {line}"));
            if (!divisions.TryAdd(code, new Division(code, name, city, [.. pairs]))) throw new ToolException($"{code} stands twice");
        }
        foreach (var orphan in divisions.Values.Where(d => divisions.GetValueOrDefault(d.City) is not { IsCity: true })) throw new ToolException($"{orphan.Code}: {orphan.City} is no city of the list");
        return divisions;
    }

    private static string Text(Division division, Dictionary<string, Division> divisions)
    {
        var city = divisions[division.City];
        var counties = divisions.Values.Where(d => d.City == city.Code && !d.IsCity).OrderBy(d => d.Code, StringComparer.Ordinal).ToList();
        IReadOnlyList<(string Insutype, string Pack)> PacksOf(Division of) => of.Packs.Count > 0 ? of.Packs : city.Packs;
        var packs = PacksOf(division);
        var text = new StringBuilder();
        text.Append($"# {(division.IsCity ? division.Name : $"{city.Name} {division.Name}")}. Written by deploy/tenants from charts/divisions.csv.\n");
        text.Append($"tenant:\n  code: \"{division.Code}\"\n  name: {division.Name}\n  city: \"{city.Code}\"\n");
        if (packs.Count > 0 && !division.IsCity)
        {
            text.Append("  packs:\n");
            foreach (var (insutype, pack) in packs) text.Append($"    \"{insutype}\": {pack}\n");
        }
        text.Append($"city:\n  name: {city.Name}\n  counties:\n");
        foreach (var county in counties) text.Append($"    \"{county.Code}\": {county.Name}\n");
        // What its counties settle by: the city publishes these packs.
        if (division.IsCity && counties.Exists(c => PacksOf(c).Count > 0))
        {
            text.Append("  packs:\n");
            foreach (var county in counties) text.Append($"    \"{county.Code}\": {{{string.Join(", ", PacksOf(county).Select(p => $"\"{p.Insutype}\": {p.Pack}"))}}}\n");
        }
        return text.ToString();
    }
}
