using System.Net;
using System.Text.Json;
using MedInsure.Billing.Accounts;
using MedInsure.Events;
using MedInsure.Kernel;
using Microsoft.Extensions.DependencyInjection;

namespace MedInsure.Billing.Tests.Accounts;

[Trait("Category", "Golden")]
[Collection("billing")]
public sealed class StartInterestRunTests(BillingFixture fixture)
{
    private static object Order(string key, int year = 2025, int? rate = 150, string source = "人民银行一年期存款基准利率", string by = "王经办", string approver = "赵复核") =>
        new { request_key = key, year, rate_bp = rate, source, started_by = by, approver };

    [Fact]
    public async Task Interest_IsATwelfthForWhatEachMonthBeganWith()
    {
        await using var host = await fixture.Start(workers: false);
        await host.Hear(TestPerson.New("P1", insutype: "310") with { Coverage = [new InsuredCoverage("310", "1101", 2020_01_01, 0, "E1", 100_000)] }, TestPerson.New("P4"),
            TestPerson.New("P5", insutype: "310") with { Coverage = [new InsuredCoverage("310", "1101", 2025_12_02, 0, "E1", 100_000)] });
        // P2: 1,200 yuan from 1 July on (credited on 30 June), 200 spent in October: 7 to 10 with 1,200, 11 and 12 with 1,000.
        await host.Credited(new AccountPosting("P2", "credit", 120_000, 2025_06_30, "B1"), new AccountPosting("P3", "credit", 50, 2025_01_01, "B1"));
        await host.Debited(new AccountDebited("P2", "settlement", "S1", "P2", 20_000, 2025_10_15), new AccountDebited("P3", "settlement", "S2", "P3", 80, 2025_03_03));
        var run = await Run(host, "I1");
        // P1: 1,000 x 1.5 % = 15.00. P2: (4 x 1,200 + 2 x 1,000) x 1.5 % / 12 = 8.50. P3: 2 x 0.50 x 1.5 % / 12 = 0.00125, rounded to nothing. P5 joined after the last month began.
        Assert.Equal(1_500, (await host.Account("P1")).CreditedFen);
        Assert.Equal(120_000 + 850, (await host.Account("P2")).CreditedFen);
        Assert.Equal((50, 0), ((await host.Account("P3")).CreditedFen, (await host.Account("P5")).CreditedFen));
        Assert.Equal(("done", 4, 2, "23.50"), (run.GetProperty("state").GetString(), run.GetProperty("accounts").GetInt32(), run.GetProperty("credited").GetInt32(), run.GetProperty("credited_amount").GetString()));
        var entry = (await host.Account("P2")).Entry.Single(e => e.Kind == "interest");
        Assert.Equal((2025_12_31, "2025 1"), (entry.EffectiveOn, entry.Reference));

        // Again, after a credit for May came late and at another rate: the difference. P2: (1,000 x 7 + 6,800) x 2 % / 12 = 23.00 less 8.50; P1: 20.00 less 15.00.
        await host.Credited(new AccountPosting("P2", "credit", 100_000, 2025_05_31, "B2"));
        Assert.Equal("19.50", (await Run(host, "I2", 200)).GetProperty("credited_amount").GetString());
        Assert.Equal("0.00", (await Run(host, "I3", 200)).GetProperty("credited_amount").GetString());
        Assert.Equal("-43.00", (await Run(host, "I4", 0)).GetProperty("credited_amount").GetString());
        Assert.Equal(0, (await host.Account("P1")).CreditedFen);
        await host.AccountsAddUp("P1", "P2", "P3", "P4", "P5");
        // What the accounts got is the pool's no longer; no money came.
        Assert.Equal("", await host.Sql<string>("SELECT coalesce(string_agg(channel, ','), '') FROM income_difference"));
        Assert.Equal((0L, 0L), (await host.Sql<long>("SELECT sum(amount_fen)::bigint FROM income"), await host.Sql<long>("SELECT sum(account_fen)::bigint FROM income")));
    }

    [Fact]
    public async Task MergedRecords_BearInterestOnceForBoth()
    {
        await using var host = await fixture.Start(workers: false);
        await host.Credited(new AccountPosting("OLD", "credit", 100_000, 2024_12_31, "B1"), new AccountPosting("NEW", "credit", 20_000, 2024_12_31, "B1"));
        await Run(host, "I1", 100); // 10.00 and 2.00
        await host.Merged(host.Merge("OLD", "NEW"));
        Assert.Equal("0.00", (await Run(host, "I2", 100)).GetProperty("credited_amount").GetString());
        Assert.Equal("12.00", (await Run(host, "I3", 200)).GetProperty("credited_amount").GetString());
        Assert.Equal((0, 122_400), ((await host.Account("OLD")).BalanceFen, (await host.Account("NEW")).BalanceFen));
        await host.AccountsAddUp("OLD", "NEW");
    }

    [Fact]
    public async Task MergedWhileTheirPartIsDone_BearInterestOnceForBoth()
    {
        await using var host = await fixture.Start(workers: false);
        await host.Credited(new AccountPosting("OLD", "credit", 100_000, 2024_12_31, "B1"), new AccountPosting("NEW", "credit", 20_000, 2024_12_31, "B1"));
        await host.Post("/interest-runs", Order("I1", rate: 100));
        var part = Task.FromResult(false);
        await host.InTransaction(async (connection, transaction) =>
        {
            await MergedAccounts.Run(connection, transaction, [host.Merge("OLD", "NEW")], host.Services.GetRequiredService<ChinaCalendar>(), default);
            // It has read both numbers, and waits for their accounts.
            part = host.Services.GetRequiredService<InterestWorker>().Part(host.County, 20, default);
            while (!part.IsCompleted && await host.Sql<long>("SELECT count(*) FROM pg_locks WHERE NOT granted") == 0) await Task.Delay(10);
        });
        Assert.True(await part);
        Assert.Equal("12.00", (await host.Get("/interest-runs/1")).Body.GetProperty("credited_amount").GetString());
        Assert.Equal((0, 121_200), ((await host.Account("OLD")).BalanceFen, (await host.Account("NEW")).BalanceFen));
        await host.AccountsAddUp("OLD", "NEW");
    }

    [Fact]
    public async Task RunThatStops_GoesOnWhereItWas()
    {
        await using var host = await fixture.Start(workers: false);
        await host.Credited([.. Enumerable.Range(0, 50).Select(i => new AccountPosting($"P{i:D2}", "credit", 100_000, 2024_12_31, "B1"))]);
        var worker = host.Services.GetRequiredService<InterestWorker>();
        await host.Post("/interest-runs", Order("I1", rate: 100));
        Assert.Equal("interest.run_goes_on", (await host.Post("/interest-runs", Order("I2"))).Body.GetProperty("code").GetString());
        await worker.Part(host.County, 20, default);
        // Another process at the same time finds nothing to do, or goes on; nobody is credited twice.
        await Task.WhenAll(worker.Part(host.County, 20, default), worker.Part(host.County, 20, default));
        while (await worker.Part(host.County, 20, default)) { }
        Assert.Equal(50 * 1_000L, await host.Sql<long>("SELECT sum(amount_fen)::bigint FROM account_entry WHERE kind = 'interest'"));
        Assert.Equal(("done", 50), ((await host.Get("/interest-runs/1")).Body.GetProperty("state").GetString(), (await host.Get("/interest-runs")).Body.GetProperty("runs")[0].GetProperty("credited").GetInt32()));
    }

    [Fact]
    public async Task WhatIsWrong_IsRefusedByName()
    {
        await using var host = await fixture.Start(workers: false);
        foreach (var (code, order) in new (string, object)[]
        {
            ("request.key_missing", Order("")), ("interest.year_invalid", Order("I", 2026)), ("interest.year_invalid", Order("I", 1999)), ("interest.rate_invalid", Order("I", rate: null)), ("interest.rate_invalid", Order("I", rate: -1)),
            ("interest.rate_invalid", Order("I", rate: 10_001)), ("interest.source_missing", Order("I", source: " ")), ("approval.same_person", Order("I", approver: "王经办")),
        })
            Assert.Equal(code, (await host.Post("/interest-runs", order)).Body.GetProperty("code").GetString());
        Assert.Equal(HttpStatusCode.OK, (await host.Post("/interest-runs", Order("I"))).Status);
        Assert.Equal("request.key_reused", (await host.Post("/interest-runs", Order("I", rate: 1))).Body.GetProperty("code").GetString());
        Assert.Equal("interest.run_unknown", (await host.Get("/interest-runs/9")).Body.GetProperty("code").GetString());
    }

    private static async Task<JsonElement> Run(BillingHost host, string key, int rate = 150)
    {
        var (status, run) = await host.Post("/interest-runs", Order(key, rate: rate));
        Assert.True(status == HttpStatusCode.OK, run.GetRawText());
        while (await host.Services.GetRequiredService<InterestWorker>().Part(host.County, 2, default)) { }
        return (await host.Get($"/interest-runs/{run.GetProperty("run_no").GetInt64()}")).Body;
    }
}
