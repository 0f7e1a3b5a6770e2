using MedInsure.Events;
using MedInsure.Protos.Settlement.V1;
using MedInsure.Settlement.Pooling;

namespace MedInsure.Settlement.Tests.Pooling;

/// <summary>What reporting hears of a city's pools is what the desk shows.</summary>
[Trait("Category", "Storage")]
[Collection(PostgresCollection.Name)]
public sealed class ReadFundPositionTests(SharedPostgres postgres)
{
    [Fact]
    public async Task Reporting_HearsTheDesksFiguresOfTheCityAndEachCounty()
    {
        await using var host = await PoolHost.Start(postgres.Server, counties: 2);
        host.SetDay(2026, 7, 10);
        var handler = new FundDayClosedHandler();
        foreach (var (county, at) in host.Counties.Select((c, i) => (c, i)))
            await host.Hears(host.City, county, handler,
                new FundDayClosed(2026_05_31, 0, 1, $"h1{at}", [new("revenue_personal", "390100", "", 2026, false, 0, 900_00), new("benefit_expense", "390100", "", 2026, false, 300_00 * (at + 1), 0)]),
                new FundDayClosed(2026_06_30, 2026_05_31, 2, $"h2{at}", [new("benefit_expense", "390100", "", 2026, false, 100_00, 0)]));
        await using (var warning = host.Database(host.City).CreateCommand($"INSERT INTO fund_warning (county, pool, month, level, text, found_at) VALUES ('{host.Counties[1]}', '390', 202606, 'red', '结余不足', now())"))
            await warning.ExecuteNonQueryAsync();

        var reply = (await ReadFundPosition.Query(host.Place(host.City), host.Counties, 0, host.Calendar, default)).Value;
        Assert.Equal(202606, reply.Month);
        Assert.Equal(["", .. host.Counties], reply.Standing.Select(s => s.County));
        foreach (var standing in reply.Standing)
        {
            var pool = (await host.Get($"/fund/{host.City}?month=202606&county={standing.County}")).GetProperty("pools")[0];
            Assert.Equal((pool.GetProperty("balance").GetDecimal(), pool.GetProperty("expenditure").GetDecimal(), pool.GetProperty("mean_month").GetDecimal(), pool.GetProperty("level").GetString()),
                (standing.HeldFen / 100m, standing.ExpenditureFen / 100m, standing.MeanFen / 100m, standing.Level));
            Assert.Equal(pool.GetProperty("forecast").GetProperty("balance").GetDecimal(), standing.ForecastHeldFen / 100m);
        }
        Assert.Equal([(host.Counties[0], 202605, 900_00L, 300_00L), (host.Counties[0], 202606, 0L, 100_00L), (host.Counties[1], 202605, 900_00L, 600_00L), (host.Counties[1], 202606, 0L, 100_00L)],
            reply.Past.Select(m => (m.County, m.Month, m.RevenueFen, m.ExpenditureFen)));
        Assert.Equal((host.Counties[1], "390", "结余不足", ""), reply.Warning.Select(w => (w.County, w.Pool, w.Text, w.ToldTo)).Single());
        Assert.NotEmpty(reply.Level);
        Assert.Equal("pool.year_invalid", (await ReadFundPosition.Query(host.Place(host.City), host.Counties, 202613, host.Calendar, default)).Refusal!.Code);
    }
}
