using System.Diagnostics;
using System.Reflection;
using System.Text.RegularExpressions;
using MedInsure.Local;
using MedInsure.Local.Sample;
using MedInsure.Tool;

namespace MedInsure.Conformance.Tests;

/// <summary>One empty platform but for the small sample, on which each seed plays its own persons.</summary>
public sealed class ConformancePlatform : IAsyncLifetime
{
    private readonly string project = Directory.CreateTempSubdirectory("medinsure-conformance-").FullName;
    private LocalPlatform? platform;

    /// <summary>A folder as the check expects a project's: deploy/.local/run.json and deploy/import.</summary>
    public string Project => project;

    public async Task InitializeAsync()
    {
        var folder = Path.Combine(project, "deploy", ".local");
        platform = await LocalPlatform.Start(new LocalOptions { Folder = folder, Port = 0, Durable = false, Sample = SampleSize.Small });
        var import = Path.Combine(project, "deploy", "import");
        await File.WriteAllTextAsync(import, $"#!/bin/sh\nexec dotnet \"{typeof(RunFile).Assembly.Location}\" import --run \"{platform.RunPath}\" \"$@\"\n");
        File.SetUnixFileMode(import, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    public async Task DisposeAsync()
    {
        if (platform is not null) await platform.DisposeAsync();
        Directory.Delete(project, recursive: true);
    }
}

/// <summary>The second implementation of the settlement calculation agrees with every answer to the fen, whatever the seed.</summary>
[Trait("Category", "Conformance")]
public sealed partial class ConformanceTests(ConformancePlatform platform) : IClassFixture<ConformancePlatform>
{
    private static readonly string Folder = typeof(ConformanceTests).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(a => a.Key == "ConformanceFolder").Value!;

    [Theory]
    [InlineData(1, 12, 6)]
    [InlineData(2, 12, 6)]
    [InlineData(77, 4, 12)]
    public async Task Seed_AgreesToTheFen(int seed, int persons, int visits)
    {
        var start = new ProcessStartInfo("python3") { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var word in (string[])["-B", Path.Combine(Folder, "conformance.py"), "--project", platform.Project, "--seed", $"{seed}", "--persons", $"{persons}", "--visits", $"{visits}"]) start.ArgumentList.Add(word);
        using var python = Process.Start(start)!;
        var output = python.StandardOutput.ReadToEndAsync();
        var error = python.StandardError.ReadToEndAsync();
        await python.WaitForExitAsync();
        var said = await output + await error;
        Assert.True(python.ExitCode == 0, said);
        // Every person has a look-up and at least one visit with its lines and money: a run that compared little is none.
        Assert.True(int.Parse(Passed().Match(said).Groups[1].Value) > persons * 50, said);
    }

    [GeneratedRegex(@"^(\d+) passed, 0 failed$", RegexOptions.Multiline)]
    private static partial Regex Passed();
}
