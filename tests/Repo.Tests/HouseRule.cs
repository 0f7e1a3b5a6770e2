namespace MedInsure.Repo.Tests;

/// <summary>A rule that the repository keeps: the failure names every place that does not.</summary>
internal static class HouseRule
{
    public static void Holds(IEnumerable<string> violations)
    {
        var all = violations.ToList();
        Assert.True(all.Count == 0, string.Join('\n', all.Prepend($"{all.Count} places break the rule:")));
    }
}
