using System.Collections.Concurrent;
using MedInsure.Local;
using MedInsure.Local.Sample;
using MedInsure.Tool;
using Microsoft.Playwright;

namespace MedInsure.Console.Tests;

[CollectionDefinition("console")]
public sealed class ConsoleCollection : ICollectionFixture<ConsoleHarness>;

/// <summary>One local platform with the small sample and one Chromium for all tests of the assembly.</summary>
public sealed class ConsoleHarness : IAsyncLifetime
{
    private readonly string folder = Directory.CreateTempSubdirectory("medinsure-console-").FullName;
    private readonly ConcurrentDictionary<string, string> states = new();
    private IPlaywright playwright = null!;
    private IBrowser browser = null!;
    private LocalPlatform? platform;

    public RunFile Run { get; private set; } = null!;
    public const string County = "230102", OtherCounty = "230103", City = "230100";

    /// <summary>Screenshots, beside the solution and not in git.</summary>
    public static string Artifacts { get; } = FindArtifacts();

    public async Task InitializeAsync()
    {
        // Debian's Chromium is used; the package's own downloads are not.
        Environment.SetEnvironmentVariable("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1");
        // While pages are being written: MEDINSURE_RUN names the run.json of a platform that runs already.
        if (Environment.GetEnvironmentVariable("MEDINSURE_RUN") is { Length: > 0 } running) Run = RunFile.Read(running);
        else Run = (platform = await LocalPlatform.Start(new LocalOptions { Folder = folder, Port = 0, Durable = false, Sample = SampleSize.Small })).Run;
        playwright = await Playwright.CreateAsync();
        browser = await playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions
        {
            ExecutablePath = "/usr/bin/chromium",
            Args = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
        });
    }

    public async Task DisposeAsync()
    {
        await browser.DisposeAsync();
        playwright.Dispose();
        if (platform is not null) await platform.DisposeAsync();
        Directory.Delete(folder, recursive: true);
    }

    /// <summary>A page of its own browser context, nobody signed in.</summary>
    public async Task<ConsolePage> Open(string? state = null)
    {
        var context = await browser.NewContextAsync(new BrowserNewContextOptions { BaseURL = Run.Console, ViewportSize = new() { Width = 1280, Height = 900 }, Locale = "zh-CN", StorageState = state });
        context.SetDefaultTimeout(20_000);
        return new ConsolePage(context, await context.NewPageAsync());
    }

    /// <summary>The same, signed in: As("county_reviewer"), As("city_manager", City).</summary>
    /// <param name="name">Without the place: LocalConsole.Operators lists them.</param>
    public async Task<ConsolePage> As(string name, string place = County)
    {
        var user = $"{name}-{place}";
        if (!states.TryGetValue(user, out var state))
        {
            await using var first = await Open();
            await first.SignIn(Run.Operators.Single(o => o.User == user));
            states[user] = state = await first.State();
        }
        return await Open(state);
    }

    private static string FindArtifacts()
    {
        var at = new DirectoryInfo(AppContext.BaseDirectory);
        while (at is not null && !File.Exists(Path.Combine(at.FullName, "MedInsure.Platform.sln"))) at = at.Parent;
        return Directory.CreateDirectory(Path.Combine(at?.FullName ?? AppContext.BaseDirectory, "artifacts")).FullName;
    }
}
