using static MedInsure.FraudAudit.Tests.Stock.RecordStockMovementsTests;
using static MedInsure.FraudAudit.Tests.Stock.StockDesk;

namespace MedInsure.FraudAudit.Tests.Stock;

[Trait("Category", "Storage")]
[Collection("audit")]
public sealed class DeleteStockMovementTests(AuditFixture fixture)
{
    [Fact]
    public async Task Deleted_NoLongerCounts_StaysListed_AndItsNumberMayBeUsedAgain()
    {
        await using var host = await fixture.Start();
        var desk = new StockDesk(host);
        await desk.Tell("H1", Movement("count", "1", 10, 20261101), Movement("purchase", "1", 20, 20261103), Movement("sale", "1", 5, 20261103));
        Assert.Equal(1, await desk.Delete("H1", "1", "3"));
        Assert.Equal(0, await desk.Delete("H1", "1", "3"));
        await Refused("stock.unknown", "fixmedins_bchno", () => desk.Delete("H1", "9", "3"));
        await Refused("stock.unknown", "fixmedins_bchno", () => desk.Delete("H2", "1", "3"));
        await Refused("stock.type_unknown", "inv_data_type", () => desk.Delete("H1", "1", "5"));
        Assert.Equal(1, await desk.Tell("H1", Movement("purchase", "1", 7, 20261103)));
        Assert.Equal(0, await desk.Tell("H1", Movement("purchase", "1", 7, 20261103)));

        var rows = (await host.Get("/stock/movements?fixmedins_code=H1&kind=purchase&from=2026-11-01")).Body;
        Assert.Equal((2, "7", "20"), (rows.GetProperty("count").GetInt32(), rows.GetProperty("rows")[0].GetProperty("quantity").GetString(), rows.GetProperty("rows")[1].GetProperty("quantity").GetString()));
        Assert.Equal([false, true], rows.GetProperty("rows").EnumerateArray().Select(r => r.TryGetProperty("deleted_at", out var at) && at.ValueKind == System.Text.Json.JsonValueKind.String));

        await desk.Tell("H1", Movement("change", "8", 1, 20261105), Movement("count", "9", 11, 20261107), Movement("sale_return", "9", 1, 20261108));
        var days = (await host.Get("/stock/balances?fixmedins_code=H1&from=2026-11-01&to=2026-11-30")).Body.GetProperty("rows").EnumerateArray().Select(r => (r.GetProperty("day").GetString(), r.GetProperty("balance").GetString()));
        Assert.Equal([("2026-11-01", "10"), ("2026-11-03", "12"), ("2026-11-05", "13"), ("2026-11-07", "11"), ("2026-11-08", "12")], days);
        Assert.Equal("stock.provider_missing", (await host.Get("/stock/balances?from=2026-11-01&to=2026-11-30")).Body.GetProperty("code").GetString());
        Assert.Equal("stock.kind_filter_unknown", (await host.Get("/stock/movements?kind=x")).Body.GetProperty("code").GetString());
    }
}
