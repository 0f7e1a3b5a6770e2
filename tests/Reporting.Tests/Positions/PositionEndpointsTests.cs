using System.Net;
using Grpc.Core;
using MedInsure.Hosting.Jobs;
using MedInsure.Protos.Settlement.V1;
using MedInsure.Reporting.Positions;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace MedInsure.Reporting.Tests.Positions;

/// <summary>Settlement as far as it tells how pools stand.</summary>
internal sealed class StandingServer(ReadFundPositionReply reply) : ReportFund.ReportFundBase
{
    public override Task<ReadFundPositionReply> ReadFundPosition(ReadFundPositionRequest request, ServerCallContext context)
    {
        var told = reply.Clone();
        if (request.Month != 0 && request.Month != reply.Month) { told.Month = request.Month; told.Standing.Clear(); }
        return Task.FromResult(told);
    }

    public async Task<(WebApplication App, string Address)> Start()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(k => k.Listen(IPAddress.Loopback, 0, l => l.Protocols = HttpProtocols.Http2));
        builder.Services.AddGrpc();
        builder.Services.AddSingleton(this);
        var app = builder.Build();
        app.MapGrpcService<StandingServer>();
        await app.StartAsync();
        return (app, app.Urls.First());
    }
}

[Collection("reporting")]
[Trait("Category", "Storage")]
public sealed class PositionEndpointsTests(ReportingFixture fixture)
{
    private static ReadFundPositionReply Reply() => new()
    {
        Month = 202610,
        Standing = { new PoolStanding { County = "640302", Pool = "390", Level = "red", RevenueFen = 100, ExpenditureFen = 300_00, YearRevenueFen = 1000_00, YearExpenditureFen = 3000_00, HeldFen = 600_00, MeanFen = 300_00, ForecastRevenueFen = 1200_00, ForecastExpenditureFen = 3600_00, ForecastHeldFen = 200_00, BudgetExpenditureFen = 4000_00 } },
        Level = { new PoolLevel { Level = "red", BelowMonths = 3 } },
        Warning = { new PoolWarning { County = "640302", Pool = "390", Level = "red", Text = "结余600.00元", ToldTo = "财政局", ToldBy = "王经办", ToldAtMs = 1_795_000_000_000 } },
    };

    [Fact]
    public async Task Position_HasSettlementsFiguresWarningAndScenario()
    {
        var (settlement, address) = await new StandingServer(Reply()).Start();
        await using var host = await fixture.Start(settings: new() { ["Services:settlement:Address"] = address });
        var (status, body) = await host.Get("/fund-position?month=202610&expenditure_growth=50&deficit_payment=100");
        Assert.True(status == HttpStatusCode.OK, body.ToString());
        var pool = body.GetProperty("pools")[0];
        Assert.Equal(("600.00", "2.0", "red"), (pool.GetProperty("held").GetString(), pool.GetProperty("months_of_reserve").GetString(), pool.GetProperty("level").GetString()));
        Assert.Equal(("财政局", "王经办"), (pool.GetProperty("warning").GetProperty("told_to").GetString(), pool.GetProperty("warning").GetProperty("told_by").GetString()));
        // 600 still to be spent, half as much again: 900; 200 still to come, and the payment.
        Assert.Equal(("200.00", "0.00"), (pool.GetProperty("outlook").GetProperty("held").GetString(), pool.GetProperty("what_if").GetProperty("held").GetString()));

        // The worker keeps the month for the report: of the months that settlement knows.
        var worker = host.Services.GetRequiredService<KeepPositions>();
        await worker.StartAsync(default);
        for (var waited = 0; await host.Sql<long>("SELECT count(*) FROM fund_position") == 0 && waited < 600; waited++) await Task.Delay(50);
        await worker.StopAsync(default);
        var report = (await host.Get("/documents/fund_position?period=202610")).Body;
        Assert.Equal(("75.00", "2.0", "3000.00"), (report.GetProperty("totals").GetProperty("expenditure_execution").GetString(), report.GetProperty("totals").GetProperty("months").GetString(), report.GetProperty("totals").GetProperty("year_expenditure").GetString()));
        await settlement.DisposeAsync();
    }

    [Theory]
    [InlineData("month=202613", "position.month_invalid")]
    [InlineData("month=2026", "position.month_invalid")]
    [InlineData("expenditure_growth=ten", "position.scenario_invalid")]
    [InlineData("contribution_rise=-101", "position.scenario_invalid")]
    [InlineData("deficit_payment=-1", "position.scenario_invalid")]
    public async Task WrongQuestion_IsRefused(string query, string expected)
    {
        await using var host = await fixture.Start();
        Assert.Equal(expected, (await host.Get("/fund-position?" + query)).Body.GetProperty("code").GetString());
    }

    [Fact]
    public async Task SettlementAway_IsSaid()
    {
        await using var host = await fixture.Start();
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await host.Get("/fund-position")).Status);
    }
}
