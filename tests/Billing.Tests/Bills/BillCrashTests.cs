using System.Net;
using MedInsure.Billing.Bills;
using MedInsure.Embedded;
using MedInsure.Kernel;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using static MedInsure.Billing.Tests.Bills.BillingSteps;

namespace MedInsure.Billing.Tests.Bills;

/// <summary>The database, flushed as in production, is killed while bills are made and paid: runs go on, banks' advices are sent again until they are answered.</summary>
[Trait("Category", "Crash")]
public sealed class BillCrashTests : IAsyncLifetime
{
    private const int Employers = 40, StaffEach = 5, Crashes = 3;
    private PostgresServer server = null!;

    public async Task InitializeAsync() => server = await PostgresServer.Start(new PostgresOptions { Durable = true });
    public async Task DisposeAsync() => await server.DisposeAsync();

    [Fact]
    public async Task KilledWhileBillsAreMadeAndPaid_EachIsMadeOnceAndPaidOnce()
    {
        await using var host = await BillingHost.Start(server, "659991", new Dictionary<string, string> { ["390"] = "guichi/resident", ["310"] = "harbin/employee" }, workers: false);
        await host.Hear([.. Enumerable.Range(0, Employers * StaffEach).Select(i => Staff(i + 1, $"P{i:D3}", $"E{i / StaffEach:D2}", 10_000_00))]);
        var run = await Ok(host.Post("/bill-runs", new { request_key = "k", insutype = "310", month = 2026_11, started_by = "王经办", reason = "按月出账" }));
        var worker = host.Services.GetRequiredService<BillWorker>();
        var (steps, crashes) = (0, 0);

        var making = Task.Run(() => Retried(async () =>
        {
            while (await worker.Part(host.County, 3, default)) Interlocked.Increment(ref steps);
            return await host.Sql<string>("SELECT state FROM bill_run") == "done";
        }));
        // Each employer's bank sends its advice as soon as there is a bill, twice.
        var paying = Enumerable.Range(0, 4).Select(caller => Task.Run(async () =>
        {
            foreach (var employer in Enumerable.Range(0, Employers).Where(i => i % 4 == caller).Select(i => $"E{i:D2}"))
            {
                await Retried(async () => await host.Sql<long>($"SELECT count(*) FROM bill WHERE payer_no = '{employer}'") == 1);
                for (var again = 0; again < 2; again++)
                    await Retried(async () =>
                    {
                        var (status, body) = await host.PayBill(employer, StaffEach * 800_00, "2026-11-21", employer);
                        Assert.True(status is HttpStatusCode.OK or HttpStatusCode.ServiceUnavailable, body.GetRawText());
                        if (status == HttpStatusCode.OK) Assert.Equal("4000.00", body.GetProperty("allocated").GetString());
                        return status == HttpStatusCode.OK;
                    });
                Interlocked.Increment(ref steps);
            }
        })).ToArray();
        while (crashes < Crashes && !(making.IsCompleted && paying.All(p => p.IsCompleted)))
        {
            // The work decides when.
            if (Volatile.Read(ref steps) < (crashes + 1) * 10) { await Task.Delay(1); continue; }
            crashes++;
            await server.KillImmediate();
            await server.StartAgain();
        }
        await Task.WhenAll([making, .. paying]);

        Assert.Equal(Crashes, crashes);
        Assert.Equal((Employers, Employers * StaffEach), ((int)await host.Sql<long>("SELECT count(*) FROM bill WHERE settlement_no IS NOT NULL"), (int)await host.Sql<long>("SELECT count(*) FROM bill_line")));
        run = await Ok(host.Get($"/bill-runs/{run.GetProperty("run_no").GetInt64()}"));
        Assert.Equal((Employers, new Fen(Employers * StaffEach * 800_00L).ToString()), (run.GetProperty("bills").GetInt32(), run.GetProperty("amount").GetString()));
        // Each account once: 200.00 + 30 % of 600.00; told once each.
        Assert.Equal(Employers * StaffEach * 380_00L, await host.Sql<long>("SELECT sum(credited_fen)::bigint FROM account"));
        Assert.Equal((long)Employers * StaffEach, await host.Sql<long>("SELECT count(*) FROM outbox WHERE type = 'AccountCredited'"));
        await host.BillsAddUp();
    }

    private static async Task Retried(Func<Task<bool>> act)
    {
        for (var waited = System.Diagnostics.Stopwatch.StartNew(); ; await Task.Delay(20))
        {
            try { if (await act()) return; }
            catch (NpgsqlException) { }
            Assert.True(waited.Elapsed < TimeSpan.FromMinutes(2));
        }
    }
}
