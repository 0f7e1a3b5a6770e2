using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace MedInsure.Hosting.Tests.Observability;

/// <summary>A process that was told to stop: not ready at once, answering for a while, then finishing what it has begun.</summary>
[Trait("Category", "Unit")]
public sealed class DrainTests
{
    private static async Task<WebApplication> Start(double drainSeconds, Func<HttpContext, Task> slow)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Shutdown:DrainSeconds"] = FormattableString.Invariant($"{drainSeconds}"), ["Logging:LogLevel:Default"] = "None", ["Logging:LogLevel:Microsoft.Hosting.Lifetime"] = "None",
        });
        builder.WebHost.ConfigureKestrel(k => k.Listen(IPAddress.Loopback, 0));
        builder.AddPlatform("drained");
        var app = builder.Build();
        app.MapPlatform();
        app.MapGet("/quick", () => "done");
        app.MapGet("/slow", slow);
        await app.StartAsync();
        return app;
    }

    [Fact]
    public async Task ToldToStop_IsNotReadyButAnswersAndAsksToConnectElsewhere()
    {
        await using var app = await Start(60, _ => Task.CompletedTask);
        using var http = new HttpClient { BaseAddress = new Uri(app.Urls.Single()) };
        using (var before = await http.GetAsync("/quick")) Assert.Null(before.Headers.ConnectionClose);
        Assert.Equal(HttpStatusCode.OK, (await http.GetAsync("/health/ready")).StatusCode);

        // The host's own limit cuts the draining short.
        using var enough = new CancellationTokenSource();
        var stopping = Stop(app, enough.Token);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await http.GetAsync("/health/ready")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await http.GetAsync("/health/live")).StatusCode);
        using (var during = await http.GetAsync("/quick"))
        {
            Assert.Equal("done", await during.Content.ReadAsStringAsync());
            Assert.True(during.Headers.ConnectionClose);
        }
        await enough.CancelAsync();
        try { await stopping; }
        catch (OperationCanceledException) { /* The limit is reported as well. */ }
        await Assert.ThrowsAsync<HttpRequestException>(() => http.GetAsync("/quick"));
    }

    [Fact]
    public async Task CallInFlight_IsFinished()
    {
        var (begun, finish) = (new TaskCompletionSource(), new TaskCompletionSource());
        await using var app = await Start(0, async context =>
        {
            begun.SetResult();
            await finish.Task;
            await context.Response.WriteAsync("finished");
        });
        using var http = new HttpClient { BaseAddress = new Uri(app.Urls.Single()) };
        var call = http.GetStringAsync("/slow");
        await begun.Task;
        var stopping = Stop(app, default);
        Assert.False(stopping.IsCompleted);
        finish.SetResult();
        Assert.Equal("finished", await call);
        await stopping;
    }

    /// <summary>As the host does on SIGTERM.</summary>
    private static Task Stop(WebApplication app, CancellationToken limit)
    {
        app.Lifetime.StopApplication();
        return app.StopAsync(limit);
    }
}
