using System.Diagnostics;

namespace MedInsure.Repo.Tests;

/// <summary>The files a rule looks at: the repository's own (tracked, or new and not ignored), or a made-up few that must fail it. Paths have forward slashes.</summary>
public sealed class RepositoryTree
{
    private readonly Func<string, string> read;

    private RepositoryTree(IReadOnlyList<string> paths, Func<string, string> read) => (Paths, this.read) = (paths, read);

    public static RepositoryTree Own { get; } = FromGit(FindRoot());

    public IReadOnlyList<string> Paths { get; }

    public string Text(string path) => read(path);

    public IEnumerable<string> Under(string folder, string extension) =>
        Paths.Where(p => p.StartsWith(folder, StringComparison.Ordinal) && p.EndsWith(extension, StringComparison.Ordinal));

    /// <summary>Its lines by number from 1.</summary>
    public IEnumerable<(int Number, string Text)> Lines(string path) => Text(path).Split('\n').Select((line, i) => (i + 1, line.TrimEnd('\r')));

    public static RepositoryTree Of(params (string Path, string Text)[] files)
    {
        var texts = files.ToDictionary(f => f.Path, f => f.Text);
        return new RepositoryTree([.. texts.Keys], p => texts[p]);
    }

    private static RepositoryTree FromGit(string root)
    {
        var start = new ProcessStartInfo("git") { WorkingDirectory = root, RedirectStandardOutput = true };
        foreach (var word in (string[])["-c", "safe.directory=*", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]) start.ArgumentList.Add(word);
        using var git = Process.Start(start) ?? throw new InvalidOperationException("git did not start");
        var listed = git.StandardOutput.ReadToEnd();
        git.WaitForExit();
        if (git.ExitCode != 0) throw new InvalidOperationException($"git ls-files in {root} failed: these tests need a clone");
        // A file deleted but not yet committed is still listed; a merge lists a path once per side.
        var paths = listed.Split('\0', StringSplitOptions.RemoveEmptyEntries).Distinct().Where(p => File.Exists(Path.Combine(root, p))).Order(StringComparer.Ordinal).ToList();
        return new RepositoryTree(paths, p => File.ReadAllText(Path.Combine(root, p)));
    }

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            if (File.Exists(Path.Combine(folder.FullName, "MedInsure.Platform.sln"))) return folder.FullName;
        throw new InvalidOperationException("MedInsure.Platform.sln is in no folder above the tests");
    }
}
