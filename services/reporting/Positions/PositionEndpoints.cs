using Grpc.Core;
using MedInsure.Hosting.Rpc;
using MedInsure.Hosting.Web;
using MedInsure.Kernel;
using MedInsure.Protos.Settlement.V1;
using MedInsure.Reporting.Reports;

namespace MedInsure.Reporting.Positions;

/// <summary>Early warning and forecast, for operators, under /reports/{city}/fund-position. README.md says what is answered.</summary>
internal static class PositionEndpoints
{
    private const int PercentPlaces = 2, PercentLeast = -100_00, PercentMost = 1_000_00;

    public static void Map(RouteGroupBuilder city) => city.MapGet("/fund-position", Get);

    private static Task<IResult> Get(string city, HttpContext http, ReportingDesk desk, ReportFund.ReportFundClient settlement, ReportedCities cities) => desk.Open(city, http, async request =>
    {
        var month = 0;
        if (request.Query("month") is { } text && (ReportPeriod.Parse(text) is not { Kind: ReportPeriod.Month } || !int.TryParse(text, out month))) return ReportingRefusals.MonthInvalid.ToProblem();
        if (Scenario(request) is not { } scenario) return ReportingRefusals.ScenarioInvalid.ToProblem();
        ReadFundPositionReply reply;
        try { reply = await settlement.ReadFundPositionAsync(new ReadFundPositionRequest { Month = month }, CallTenant.For(city), cancellationToken: request.Cancellation); }
        catch (RpcException e) when (RefusalStatus.RefusalOrUnavailable(e) is { } refusal) { return refusal.ToProblem(); }
        return Results.Json(Shown(reply, scenario, city, cities), ReportingJson.Options);
    });

    /// <summary>Null: a parameter is no such number.</summary>
    private static FundScenario? Scenario(ReportingRequest request)
    {
        return Percent("expenditure_growth") is { } growth && Percent("contribution_rise") is { } rise && Payment() is { } payment ? new FundScenario(growth, rise, payment) : null;

        int? Percent(string name) => request.Query(name) is not { } text ? 0 : FixedPoint.TryParse(text, PercentPlaces, out var value) && value is >= PercentLeast and <= PercentMost ? (int)value : null;

        long? Payment() => request.Query("deficit_payment") is not { } text ? 0 : Fen.TryParseYuan(text, out var fen) && fen is { IsNegative: false, Value: < 1_000_000_000_000_00 } ? fen.Value : null;
    }

    private static object Shown(ReadFundPositionReply reply, FundScenario scenario, string city, ReportedCities cities)
    {
        var past = reply.Past.ToLookup(m => (m.County, m.Pool));
        return new
        {
            reply.Month,
            Scenario = new { ExpenditureGrowth = Share(scenario.ExpenditureGrowthBp), ContributionRise = Share(scenario.ContributionRiseBp), DeficitPayment = ReportingJson.Yuan(scenario.DeficitPaymentFen) },
            Levels = reply.Level.Select(l => new { l.Level, BelowMonths = l.BelowMonths > 0 ? l.BelowMonths : (int?)null, AboveMonths = l.AboveMonths > 0 ? l.AboveMonths : (int?)null }),
            Pools = reply.Standing.Select(s =>
            {
                // The whole city's months are all its counties'.
                IReadOnlyCollection<PoolMonth> months = s.County.Length > 0 ? [.. past[(s.County, s.Pool)]]
                    : [.. reply.Past.Where(m => m.Pool == s.Pool).GroupBy(m => m.Month).Select(g => new PoolMonth { Pool = s.Pool, Month = g.Key, RevenueFen = g.Sum(m => m.RevenueFen), ExpenditureFen = g.Sum(m => m.ExpenditureFen) })];
                var (county, warning) = (s.County.Length > 0 ? s.County : city, reply.Warning.FirstOrDefault(w => w.County == (s.County.Length > 0 ? s.County : city) && w.Pool == s.Pool));
                return new
                {
                    County = county, CountyName = cities.NameOf(county), s.Pool, s.Level, Revenue = Yuan(s.RevenueFen), Expenditure = Yuan(s.ExpenditureFen), YearRevenue = Yuan(s.YearRevenueFen), YearExpenditure = Yuan(s.YearExpenditureFen),
                    Held = Yuan(s.HeldFen), MeanMonth = Yuan(s.MeanFen), MonthsOfReserve = s.MeanFen > 0 ? Tenths((long)((Int128)s.HeldFen * 10 / s.MeanFen)) : null,
                    Budget = s.BudgetRevenueFen == 0 && s.BudgetExpenditureFen == 0 ? null : new { Revenue = Yuan(s.BudgetRevenueFen), Expenditure = Yuan(s.BudgetExpenditureFen) },
                    Forecast = new { Way = s.Seasonal ? "last_year" : "linear", Revenue = Yuan(s.ForecastRevenueFen), Expenditure = Yuan(s.ForecastExpenditureFen), Held = Yuan(s.ForecastHeldFen) },
                    Outlook = Outlook(FundOutlook.Of(s, months, reply.Month, reply.Level, FundScenario.None)), WhatIf = scenario == FundScenario.None ? null : Outlook(FundOutlook.Of(s, months, reply.Month, reply.Level, scenario)),
                    Months = months.OrderBy(m => m.Month).Select(m => new { m.Month, Revenue = Yuan(m.RevenueFen), Expenditure = Yuan(m.ExpenditureFen) }),
                    Warning = warning is null ? null : new
                    {
                        warning.Level, warning.Text, ToldTo = warning.ToldTo.Length > 0 ? warning.ToldTo : null, ToldBy = warning.ToldBy.Length > 0 ? warning.ToldBy : null,
                        ToldAt = warning.ToldAtMs > 0 ? ReportingJson.Time(DateTimeOffset.FromUnixTimeMilliseconds(warning.ToldAtMs)) : null,
                    },
                };
            }),
        };

        static string Yuan(long fen) => ReportingJson.Yuan(fen);
        static string Share(long bp) => FixedPoint.Format(bp, 2, trim: false);
        static string Tenths(long tenths) => FixedPoint.Format(tenths, 1, trim: false);
        static object Outlook(FundOutlook o) => new { o.Way, QuarterShares = o.QuarterSharesBp.Select(q => Share(q)), Revenue = Yuan(o.RevenueFen), Expenditure = Yuan(o.ExpenditureFen), Held = Yuan(o.HeldFen), MonthsOfReserve = o.TenthsOfMonths is { } t ? Tenths(t) : null, o.Level };
    }
}
