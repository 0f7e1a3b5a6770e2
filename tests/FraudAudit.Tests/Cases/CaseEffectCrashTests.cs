using System.Diagnostics;

namespace MedInsure.FraudAudit.Tests.Cases;

/// <summary>The service as a process of its own, killed (SIGKILL) between a released decision and what it does to money and agreement.</summary>
[Trait("Category", "Crash")]
[Collection("audit")]
public sealed class CaseEffectCrashTests(AuditFixture fixture)
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    [Fact]
    public async Task ProcessKilledWhileTheNoticeIsBooked_TheNextOneSendsTheSameNumber_AndTheCaseSaysItOnce()
    {
        await using var desk = await CaseDesk.Start(fixture);
        var no = await desk.InForce(); // by a process that ended after the release: nothing is done yet
        Assert.Equal(["book_notice pending", "suspend pending", "resume pending"], await desk.Effects(no));
        await desk.Sql("UPDATE case_effect SET due_on = CASE kind WHEN 'resume' THEN date '9999-12-31' ELSE date '2000-01-01' END"); // the process has the machine's clock
        var (reached, released) = (new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously), new TaskCompletionSource());
        desk.Neighbours.Hold = () =>
        {
            reached.TrySetResult();
            return released.Task;
        };

        using (var first = Start(desk))
        {
            await reached.Task.WaitAsync(Patience); // settlement has the notice; its answer does not come
            await Kill(first);
        }
        Assert.Equal(["book_notice pending", "suspend pending", "resume pending"], await desk.Effects(no));
        desk.Neighbours.Hold = null;
        released.SetResult();

        var book = $"book {await desk.Notice(no, "deduction")} 2798520";
        Assert.Equal([book], desk.Neighbours.Calls);
        using (var next = Start(desk))
        {
            await CaseDesk.Until(async () => (await desk.Effects(no)).SequenceEqual(["book_notice done", "suspend done", "resume pending"]));
            await Kill(next);
        }
        Assert.Equal([$"Suspended {CaseNeighbours.Hospital} 20261122", book, book], desk.Neighbours.Calls.Order(StringComparer.Ordinal));
        Assert.Equal("book_notice_done 1, suspend_done 1", await desk.Host.Sql<string>("SELECT string_agg(act || ' ' || n, ', ' ORDER BY act) FROM (SELECT act, count(*) AS n FROM case_act WHERE act LIKE '%_done' GROUP BY act) AS a"));
    }

    private Process Start(CaseDesk desk)
    {
        var county = desk.Host.County;
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "MedInsure.FraudAudit.dll")]) { RedirectStandardOutput = true, RedirectStandardError = true }; // read, so that neither pipe fills
        foreach (var (name, value) in new Dictionary<string, string>
        {
            ["ASPNETCORE_URLS"] = "http://127.0.0.1:0", ["Secrets:ServiceToken"] = AuditHost.ServiceToken, ["Secrets:OperatorToken"] = AuditHost.OperatorToken,
            [$"Tenants:{county.Code}:Name"] = county.Name, [$"Tenants:{county.Code}:City"] = AuditHost.City, [$"Tenants:{county.Code}:Database"] = fixture.Server.Address, [$"Tenants:{AuditHost.City}:Name"] = "测试市",
            [$"Secrets:Database:{county.Code}:{FraudAuditModule.Service}"] = $"secret-{county.Code}", ["Services:settlement:Address"] = desk.Neighbours.Address, ["Services:provider-registry:Address"] = desk.Neighbours.Address,
        }) start.Environment[name.Replace(":", "__", StringComparison.Ordinal)] = value;
        var process = Process.Start(start)!;
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return process;
    }

    private static async Task Kill(Process process)
    {
        process.Kill();
        await process.WaitForExitAsync().WaitAsync(Patience);
        Assert.NotEqual(0, process.ExitCode);
    }
}
