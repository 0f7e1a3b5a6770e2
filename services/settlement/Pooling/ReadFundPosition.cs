using MedInsure.Hosting.Tenancy;
using MedInsure.Kernel;
using MedInsure.Protos.Settlement.V1;
using MedInsure.Settlement.Ledger;

namespace MedInsure.Settlement.Pooling;

/// <summary>The position of a city's and its counties' pools at a month's end, as reporting asks for it: the figures of <see cref="FundPosition"/>, none of its own.</summary>
internal static class ReadFundPosition
{
    private const int YearsBefore = 3;

    public static async Task<Outcome<ReadFundPositionReply>> Query(LedgerPlace city, IReadOnlyCollection<string> counties, int month, ChinaCalendar calendar, CancellationToken cancellation)
    {
        var last = calendar.Today.AddMonths(-1);
        if (month == 0) month = last.Year * 100 + last.Month;
        if (month is < 2000_01 or > 2100_12 || month % 100 is < 1 or > 12) return PoolRefusals.YearInvalid.At("month");
        await using var connection = await city.Database.OpenConnectionAsync(cancellation);
        await using var snapshot = await connection.BeginTransactionAsync(System.Data.IsolationLevel.RepeatableRead, cancellation);
        var (flows, terms) = (await FundFlows.Read(connection, city, "", cancellation), PoolTerms.Of(city.Tenant.Code));
        var reply = new ReadFundPositionReply { Month = month };
        foreach (var county in counties.Order(StringComparer.Ordinal).Prepend(""))
            reply.Standing.Add(FundPosition.Of(county.Length > 0 ? flows.FindAll(f => f.County == county) : flows, month, terms, await FundApplication.Budgets(connection, null, county, month / 100, cancellation)).Select(p => Told(county, p)));
        reply.Past.Add(flows.Where(f => f.Fund.Length > 0 && f.Month <= month && f.Month > (month / 100 - YearsBefore) * 100).GroupBy(f => (f.County, f.Pool, f.Month)).OrderBy(g => g.Key)
            .Select(g => new PoolMonth { County = g.Key.County, Pool = g.Key.Pool, Month = g.Key.Month, RevenueFen = g.Sum(f => f.RevenueFen), ExpenditureFen = g.Sum(f => f.ExpenditureFen) }).Where(m => m.RevenueFen != 0 || m.ExpenditureFen != 0));
        reply.Level.Add(terms.Warnings.Select(w => new PoolLevel { Level = w.Level, BelowMonths = w.BelowMonths ?? 0, AboveMonths = w.AboveMonths ?? 0 }));
        reply.Warning.Add((await FundWarning.Read(connection, "WHERE month = $1 ORDER BY county, pool", cancellation, month)).Select(w =>
            new PoolWarning { County = w.County, Pool = w.Pool, Level = w.Level, Text = w.Text, ToldTo = w.ToldTo, ToldBy = w.ToldBy, ToldAtMs = w.ToldAt?.ToUnixTimeMilliseconds() ?? 0 }));
        return reply;
    }

    private static PoolStanding Told(string county, PoolPosition p) => new()
    {
        County = county, Pool = p.Pool, Level = p.Level, RevenueFen = p.RevenueFen, ExpenditureFen = p.ExpenditureFen, YearRevenueFen = p.YearRevenueFen, YearExpenditureFen = p.YearExpenditureFen, HeldFen = p.HeldFen, MeanFen = p.MeanFen,
        Seasonal = p.Seasonal, ForecastRevenueFen = p.ForecastRevenueFen, ForecastExpenditureFen = p.ForecastExpenditureFen, ForecastHeldFen = p.ForecastHeldFen, BudgetRevenueFen = p.BudgetRevenueFen, BudgetExpenditureFen = p.BudgetExpenditureFen,
    };
}
