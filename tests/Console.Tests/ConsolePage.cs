using MedInsure.Tool;
using Microsoft.Playwright;

namespace MedInsure.Console.Tests;

/// <summary>One browser page. Whatever the browser's console says is remembered; <see cref="Check"/> asks that it was nothing, and that axe finds nothing.</summary>
public sealed class ConsolePage : IAsyncDisposable
{
    private static readonly Lazy<string> Axe = new(() => File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "axe.min.js")));
    private readonly IBrowserContext context;
    private readonly List<string> errors = [];

    public ConsolePage(IBrowserContext context, IPage page)
    {
        (this.context, Page) = (context, page);
        page.Console += (_, message) => { if (message.Type is "error" or "warning") lock (errors) errors.Add($"{message.Type}: {message.Text} at {message.Location}"); };
        page.PageError += (_, error) => { lock (errors) errors.Add(error); };
    }

    public IPage Page { get; }

    /// <summary>Of the browser's console since the page was opened.</summary>
    public IReadOnlyList<string> Errors { get { lock (errors) return [.. errors]; } }

    /// <summary>Opens an address of the console and waits until nothing on it is waiting for a service.</summary>
    public async Task<IResponse?> Go(string path)
    {
        var answer = await Page.GotoAsync(path);
        await Settled();
        return answer;
    }

    /// <summary>The page's heading stands, and nothing is being asked for.</summary>
    public async Task Settled()
    {
        await Page.Locator("h1").First.WaitForAsync();
        await Assertions.Expect(Page.Locator("[aria-busy=true]")).ToHaveCountAsync(0);
    }

    public async Task Click(string button) => await Page.GetByRole(AriaRole.Button, new() { Name = button, Exact = true }).ClickAsync();

    public async Task Shows(string text) => await Assertions.Expect(Page.GetByText(text).First).ToBeVisibleAsync();

    public async Task SignIn(RunOperator user, string to = "")
    {
        await Page.GotoAsync("/sign-in" + to);
        if (await Page.Locator("#city").CountAsync() > 0) await Page.Locator("#city").SelectOptionAsync(user.County[..4] + "00");
        await Page.Locator("#user").FillAsync(user.User);
        await Page.Locator("#password").FillAsync(user.Password);
        await Click("登录");
        await Page.WaitForURLAsync(url => !url.Contains("/sign-in", StringComparison.Ordinal));
        await Settled();
    }

    public Task<string> State() => context.StorageStateAsync();

    public Task Offline(bool offline) => context.SetOfflineAsync(offline);

    /// <summary>Takes the picture artifacts/NAME.png; no error in the browser's console, no finding of axe (WCAG 2.1 A and AA).</summary>
    public async Task Check(string name)
    {
        await Settled();
        await Page.ScreenshotAsync(new() { Path = Path.Combine(ConsoleHarness.Artifacts, name + ".png"), FullPage = true });
        // By the debugger's door: the page's own policy lets no script in from outside.
        await Page.EvaluateAsync(Axe.Value);
        var found = await Page.EvaluateAsync<string[]>("async () => (await axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa'] })).violations.flatMap(v => v.nodes.map(n => v.id + ': ' + n.target + ' ' + n.failureSummary))");
        Assert.Empty(found);
        Assert.Empty(Errors);
    }

    public async ValueTask DisposeAsync() => await context.DisposeAsync();
}
