namespace MedInsure.Charts.Tests;

/// <summary>Where the tests find the charts and the code that the charts must fit.</summary>
public static class Repository
{
    public static string Root { get; } = FindRoot();

    public static string At(params string[] path) => Path.Combine([Root, .. path]);

    public static string Text(params string[] path) => File.ReadAllText(At(path));

    /// <summary>The C# files under a folder, without what a build leaves there.</summary>
    public static IEnumerable<string> Code(params string[] path) =>
        Directory.EnumerateFiles(At(path), "*.cs", SearchOption.AllDirectories)
            .Where(f => !f.Contains($"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}", StringComparison.Ordinal) && !f.Contains($"{Path.DirectorySeparatorChar}bin{Path.DirectorySeparatorChar}", StringComparison.Ordinal));

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            if (File.Exists(Path.Combine(folder.FullName, "MedInsure.Platform.sln"))) return folder.FullName;
        throw new InvalidOperationException("MedInsure.Platform.sln is in no folder above the tests");
    }
}
