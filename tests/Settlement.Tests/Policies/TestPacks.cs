using MedInsure.Settlement.Policies;

namespace MedInsure.Settlement.Tests;

/// <summary>The program's packs and, beside them, small ones that show single building blocks.</summary>
internal static class TestPacks
{
    public static readonly PolicyLibrary Library = Load();

    public static string Folder => Path.Combine(AppContext.BaseDirectory, "Policies", "packs");

    public static BenefitPolicy Find(string pack) => Library.FindFor(pack, new DateOnly(2026, 6, 1)) ?? throw new InvalidOperationException($"no pack {pack}");

    /// <summary>The texts of all of them.</summary>
    public static IEnumerable<(string File, string Text)> Files()
    {
        var assembly = typeof(PolicyLibrary).Assembly;
        foreach (var name in assembly.GetManifestResourceNames().Where(n => n.StartsWith("policies/", StringComparison.Ordinal)).Order(StringComparer.Ordinal))
        {
            using var reader = new StreamReader(assembly.GetManifestResourceStream(name)!);
            yield return (name, reader.ReadToEnd());
        }
        foreach (var path in Directory.EnumerateFiles(Folder, "*.yaml", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
            yield return (Path.GetRelativePath(Folder, path).Replace('\\', '/'), File.ReadAllText(path));
    }

    private static PolicyLibrary Load()
    {
        var library = PolicyLibrary.LoadEmbedded();
        foreach (var path in Directory.EnumerateFiles(Folder, "*.yaml", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
            library.Add(Path.GetRelativePath(Folder, path).Replace('\\', '/'), File.ReadAllText(path));
        return library;
    }
}
