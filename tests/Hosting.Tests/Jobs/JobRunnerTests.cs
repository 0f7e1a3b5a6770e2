using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using MedInsure.Hosting.Jobs;
using MedInsure.Hosting.Tenancy;
using MedInsure.Hosting.Tests.Dapr;
using MedInsure.Hosting.Tests.Messaging;
using Microsoft.Extensions.DependencyInjection;

namespace MedInsure.Hosting.Tests.Jobs;

[Trait("Category", "Storage")]
[Collection(PostgresCollection.Name)]
public sealed class JobRunnerTests(PostgresFixture fixture) : IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private Tenant[] tenants = [];
    private Dictionary<string, string?> settings = [];

    public async Task InitializeAsync()
    {
        tenants = [PostgresFixture.NewTenant(), PostgresFixture.NewTenant()];
        foreach (var tenant in tenants) await fixture.Migrated(tenant, CounterProcess.Publisher, CounterProcess.Consumer);
        settings = fixture.Settings(tenants, CounterProcess.Publisher, CounterProcess.Consumer);
    }

    public Task DisposeAsync() => Task.CompletedTask;

    private static async Task<(HttpStatusCode Status, JsonElement Body)> Send(CounterProcess process, HttpMethod method, string path, string? token = "service")
    {
        using var client = new HttpClient();
        using var request = new HttpRequestMessage(method, new Uri(new Uri(process.App.Urls.Single()), path));
        if (token is not null) request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        using var answer = await client.SendAsync(request);
        return (answer.StatusCode, JsonDocument.Parse(await answer.Content.ReadAsStringAsync()).RootElement.Clone());
    }

    private static string[] Steps(JsonElement report) => [.. report.GetProperty("steps").EnumerateArray().Select(s => $"{s.GetProperty("tenant")} {s.GetProperty("state")} {(s.TryGetProperty("report", out var r) ? r.GetRawText() : "")}".TrimEnd())];

    [Fact]
    public async Task Post_RunsForEveryTenantAndAnswersTheReport()
    {
        await using var process = await JobProcess.Start(settings, async (place, cancellation) =>
        {
            await using var command = place.Database.CreateCommand("SELECT current_user::text");
            return new JobOutcome(true, new { User = await command.ExecuteScalarAsync(cancellation), place.Tenant.Name });
        });
        Assert.Equal((HttpStatusCode.NotFound, "job.never_ran"), (await Send(process, HttpMethod.Get, "/jobs/count")) is var none ? (none.Status, none.Body.GetProperty("code").GetString()) : default);
        var (status, body) = await Send(process, HttpMethod.Post, "/jobs/count", "operator");
        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Equal(tenants.Select(t => $$"""{{t.Code}} done {"user":"{{TenantNames.Runtime(t.Code, CounterProcess.Consumer)}}","name":"测试县"}"""), Steps(body));
        Assert.True(body.TryGetProperty("endedAt", out _));
        Assert.Equal(body.GetRawText(), (await Send(process, HttpMethod.Get, "/jobs/count")).Body.GetRawText());
    }

    [Theory]
    [InlineData("/jobs/count", null, HttpStatusCode.Unauthorized, "auth.not_authenticated")]
    [InlineData("/jobs/count", "wrong", HttpStatusCode.Unauthorized, "auth.not_authenticated")]
    [InlineData("/jobs/no-such", null, HttpStatusCode.Unauthorized, "auth.not_authenticated")]
    [InlineData("/jobs/no-such", "service", HttpStatusCode.NotFound, "job.unknown")]
    public async Task Refusals_ComeInThisOrder(string path, string? token, HttpStatusCode status, string code)
    {
        await using var process = await JobProcess.Start(settings, (_, _) => throw new InvalidOperationException("must not run"));
        foreach (var method in (HttpMethod[])[HttpMethod.Post, HttpMethod.Get])
        {
            var answer = await Send(process, method, path, token);
            Assert.Equal((status, code), (answer.Status, answer.Body.GetProperty("code").GetString()));
        }
        Assert.Null(process.App.Services.GetRequiredService<JobRunner>().Find(JobProcess.Job));
    }

    [Fact]
    public async Task FailureOfOneTenant_IsAnsweredAndDoesNotKeepTheOtherFromItsTurn()
    {
        await using var process = await JobProcess.Start(settings, (place, _) => place.Tenant == tenants[0] || place.Tenant.Code == tenants[0].Code
            ? throw new InvalidOperationException("Host=10.0.0.1;Password=secret") : Task.FromResult(new JobOutcome(false, new { Findings = 2 })));
        var (status, body) = await Send(process, HttpMethod.Post, "/jobs/count");
        Assert.Equal(HttpStatusCode.InternalServerError, status);
        Assert.Equal([$$"""{{tenants[0].Code}} failed {"error":"InvalidOperationException"}""", $$"""{{tenants[1].Code}} failed {"findings":2}"""], Steps(body));
    }

    [Fact]
    public async Task SecondCaller_JoinsTheRunAndACallerThatLeavesDoesNotEndIt()
    {
        var (ran, gate) = (0, new TaskCompletionSource());
        await using var process = await JobProcess.Start(settings, async (_, cancellation) =>
        {
            Interlocked.Increment(ref ran);
            await gate.Task.WaitAsync(cancellation);
            return new JobOutcome(true);
        });
        var jobs = process.App.Services.GetRequiredService<JobRunner>();
        using (var leaving = new CancellationTokenSource())
        {
            var first = jobs.Go(JobProcess.Job, leaving.Token);
            await CounterProcess.Until(() => Task.FromResult(Volatile.Read(ref ran) == 1), "the first tenant's turn");
            await leaving.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
        }
        Assert.Equal([$"{tenants[0].Code} running", $"{tenants[1].Code} waiting"], Steps((await Send(process, HttpMethod.Get, "/jobs/count")).Body));
        var joined = Enumerable.Range(0, 5).Select(_ => jobs.Go(JobProcess.Job)).ToArray();
        gate.SetResult();
        var reports = await Task.WhenAll(joined).WaitAsync(Patience);
        Assert.Equal(2, ran);
        Assert.All(reports, report => Assert.Same(reports[0], report));
        // The next one is a run of its own.
        await jobs.Go(JobProcess.Job).WaitAsync(Patience);
        Assert.Equal(4, ran);
    }

    [Fact]
    public async Task TwoProcesses_DoATenantsWorkOnce()
    {
        var (ran, gate) = (0, new TaskCompletionSource());
        Func<JobPlace, CancellationToken, Task<JobOutcome>> handler = async (_, cancellation) =>
        {
            Interlocked.Increment(ref ran);
            await gate.Task.WaitAsync(cancellation);
            return new JobOutcome(true);
        };
        await using var one = await JobProcess.Start(settings, handler);
        await using var other = await JobProcess.Start(settings, handler);
        var first = one.App.Services.GetRequiredService<JobRunner>().Go(JobProcess.Job);
        await CounterProcess.Until(() => Task.FromResult(Volatile.Read(ref ran) == 1), "the first process's turn");

        // The other finds the first tenant taken and waits in the second one's work.
        var jobs = other.App.Services.GetRequiredService<JobRunner>();
        var second = jobs.Go(JobProcess.Job);
        await CounterProcess.Until(() => Task.FromResult(Volatile.Read(ref ran) == 2), "the second tenant's turn");
        Assert.Equal([JobState.Elsewhere, JobState.Running], jobs.Find(JobProcess.Job)!.Steps.Select(s => s.State));
        gate.SetResult();
        Assert.Equal([JobState.Elsewhere, JobState.Done], (await second.WaitAsync(Patience)).Steps.Select(s => s.State));
        await first.WaitAsync(Patience);
        // The lock was given back.
        Assert.Equal([JobState.Done, JobState.Done], (await jobs.Go(JobProcess.Job).WaitAsync(Patience)).Steps.Select(s => s.State));
    }

    [Fact]
    public async Task StopOfTheProcess_EndsTheRun()
    {
        var started = new TaskCompletionSource();
        Task<JobReport> run;
        await using (var process = await JobProcess.Start(settings, async (_, cancellation) =>
        {
            started.TrySetResult();
            await Task.Delay(Timeout.Infinite, cancellation);
            return new JobOutcome(true);
        }))
        {
            run = process.App.Services.GetRequiredService<JobRunner>().Go(JobProcess.Job);
            await started.Task.WaitAsync(Patience);
        }
        Assert.Equal([JobState.Failed, JobState.Failed], (await run.WaitAsync(Patience)).Steps.Select(s => s.State));
    }

    [Fact]
    public async Task InboxCleanup_IsAJobOfEveryServiceThatHandlesEvents()
    {
        await fixture.AsAdmin<int>(tenants[0], "WITH old AS (INSERT INTO settlement.inbox SELECT gen_random_uuid(), now() - interval '61 days' FROM generate_series(1, 3) RETURNING 1) SELECT count(*)::int FROM old");
        await using var process = await JobProcess.Start(settings, (_, _) => Task.FromResult(new JobOutcome(true)));
        var (status, body) = await Send(process, HttpMethod.Post, "/jobs/inbox-cleanup");
        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Equal([$$"""{{tenants[0].Code}} done {"forgotten":3}""", $$"""{{tenants[1].Code}} done {"forgotten":0}"""], Steps(body));
    }

    [Fact]
    public async Task CronBindings_StartTheJobsOfTheirNames()
    {
        var fails = false;
        settings["APP_API_TOKEN"] = "of the sidecar";
        await using var sidecar = await StandInSidecar.Start();
        var ran = 0;
        await using var process = await JobProcess.Start(settings, (_, _) => { Interlocked.Increment(ref ran); return Task.FromResult(new JobOutcome(!fails)); });
        var application = new Uri(process.App.Urls.Single());

        sidecar.AppToken = "of the sidecar";
        Assert.Equal(["count", "inbox-cleanup"], await sidecar.AskWhichBindings(application, "count", "inbox-cleanup", "verify-of-another"));
        // Nothing in the answer that the sidecar could take for a state or an output.
        Assert.Equal((HttpStatusCode.OK, ""), await sidecar.Fire(application, "count"));
        Assert.Equal(2, ran);
        fails = true;
        Assert.Equal(HttpStatusCode.InternalServerError, (await sidecar.Fire(application, "count")).Status);

        foreach (var token in (string?[])[null, "", "guessed"])
        {
            sidecar.AppToken = token;
            Assert.Equal(HttpStatusCode.Unauthorized, (await sidecar.Fire(application, "count")).Status);
        }
        Assert.Equal(4, ran);
    }

    [Fact]
    public async Task WithoutTheSidecarsToken_NoBindingIsServed()
    {
        await using var sidecar = await StandInSidecar.Start();
        await using var process = await JobProcess.Start(settings, (_, _) => throw new InvalidOperationException("must not run"));
        var application = new Uri(process.App.Urls.Single());
        Assert.Empty(await sidecar.AskWhichBindings(application, "count", "inbox-cleanup"));
        Assert.Equal(HttpStatusCode.NotFound, (await sidecar.Fire(application, "count")).Status);
    }
}
