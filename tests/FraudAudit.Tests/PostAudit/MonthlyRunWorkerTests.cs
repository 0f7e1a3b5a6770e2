using System.Net;
using MedInsure.FraudAudit.PostAudit;
using MedInsure.FraudAudit.Tests.Intake;
using MedInsure.FraudAudit.Tests.Rules;
using MedInsure.FraudAudit.Tests.Stock;
using Microsoft.Extensions.DependencyInjection;

namespace MedInsure.FraudAudit.Tests.PostAudit;

[Trait("Category", "Storage")]
[Collection("audit")]
public sealed class MonthlyRunWorkerTests(AuditFixture fixture) : IAsyncLifetime
{
    private FedCounty county = null!;

    public async Task InitializeAsync() => county = await FedCounty.Start(fixture);
    public async Task DisposeAsync() => await county.DisposeAsync();

    private Task<bool> Round() => county.Host.Services.GetRequiredService<MonthlyRunWorker>().Round(county.Host.County.Code, county.City, default);

    private async Task<string> Runs() => await county.Host.Sql<string>("SELECT string_agg(to_char(from_on, 'YYYY-MM') || to_char(to_on, ' DD ') || array_to_string(rules, ',') || ' ' || started_by || ' ' || state, ', ' ORDER BY run_no) FROM audit_run") ?? "";

    [Fact]
    public async Task MonthThatSettlementsHaveGonePast_IsRunOnce_AndAnotherPersonLetsItStand()
    {
        await county.Settle([.. Enumerable.Range(0, 3).Select(i => Bill.Visit(20260915 + i, psn: $"M{i}"))]);
        await county.Settle(Bill.Visit(20261010, psn: "N"));
        await Round();
        Assert.Equal("", await Runs()); // nothing of the eleventh day is in: the month may still change
        await county.Settle(Bill.Visit(20261011, psn: "O"));
        await Task.WhenAll(Round(), Round());
        await Round();
        Assert.Equal($"2026-09 30 {TestRules.Many} {MonthlyRunWorker.By} queued", await Runs());

        Assert.True(await county.Worker.Round(county.Host.County.Code, county.City, default));
        Assert.Equal([$"added {TestRules.Many} 1 0.00 0.00"], await county.Differences(1));
        var run = (await county.Host.Get("/runs/1")).Body.GetProperty("run");
        Assert.Equal((1, 1), (run.GetProperty("slices").GetInt32(), run.GetProperty("slices_done").GetInt32())); // a month: bills are not looked at again
        Assert.DoesNotContain(TestRules.Many, await county.Standing());
        Assert.Equal(HttpStatusCode.OK, (await county.Apply(1)).Status);
        Assert.Contains(TestRules.Many, await county.Standing());
    }

    [Fact]
    public async Task DroppedRun_IsNotStartedAgain()
    {
        await county.Settle(Bill.Visit(20260915), Bill.Visit(20261012));
        await Round();
        Assert.Equal(HttpStatusCode.OK, (await county.Host.Post("/runs/1/drop", new { by = "甲", reason = "不需要" })).Status);
        await Round();
        Assert.Equal($"2026-09 30 {TestRules.Many} {MonthlyRunWorker.By} dropped", await Runs());
    }

    [Fact]
    public async Task CountyWithYearsBehindIt_IsRunOverTheLastTwelveMonths()
    {
        await county.Settle(Bill.Visit(20241101), Bill.Visit(20261115));
        await Round();
        Assert.Equal("12 2025-11-01 2026-10-31", await county.Host.Sql<string>("SELECT concat_ws(' ', count(*), min(from_on), max(to_on)) FROM audit_run"));
    }

    [Fact]
    public async Task StockRules_RunOncePerMonth_WhereProvidersTellOfStock()
    {
        await county.Settle(Bill.Visit(20260915), Bill.Visit(20261012));
        await Round();
        Assert.Equal(0, await county.Host.Sql<long>("SELECT count(*) FROM stock_run"));
        await new StockDesk(county.Host).Tell("H1", StockDesk.Movement("purchase", "1", 4, 20260901));
        await Task.WhenAll(Round(), Round());
        await Round();
        Assert.Equal($"auto-stock-2026-09 {MonthlyRunWorker.By} 1", await county.Host.Sql<string>("SELECT string_agg(concat_ws(' ', request_key, requested_by, bills), ', ') FROM stock_run"));
    }
}
