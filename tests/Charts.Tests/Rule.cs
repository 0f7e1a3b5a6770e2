namespace MedInsure.Charts.Tests;

/// <summary>A rule on rendered charts: it holds for every release, and finds what breaks it.</summary>
public static class Rule
{
    public static void Holds(IEnumerable<string> violations)
    {
        var found = violations.Distinct().ToList();
        Assert.True(found.Count == 0, $"{found.Count} violations:\n{string.Join('\n', found.Take(30))}");
    }

    public static async Task HoldsEverywhere(Func<Release, IEnumerable<string>> rule) =>
        Holds((await Release.All).SelectMany(r => rule(r).Select(v => $"{v}   ({r.Case.Chart} {r.Case.Tenant}, e.g.)")).GroupBy(v => v[..v.IndexOf("   (", StringComparison.Ordinal)]).Select(g => g.First()));
}
