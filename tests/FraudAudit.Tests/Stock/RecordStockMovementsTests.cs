using Grpc.Core;
using MedInsure.Hosting.Rpc;
using static MedInsure.FraudAudit.Tests.Stock.StockDesk;

namespace MedInsure.FraudAudit.Tests.Stock;

[Trait("Category", "Storage")]
[Collection("audit")]
public sealed class RecordStockMovementsTests(AuditFixture fixture)
{
    [Fact]
    public async Task SameMovementAgain_RecordsNothingMore_OtherContentIsRefusedWhole()
    {
        await using var host = await fixture.Start();
        var desk = new StockDesk(host);
        Assert.Equal(2, await desk.Tell("H1", Movement("purchase", "1", 20, 20261103), Movement("purchase_return", "1", 2, 20261104)));
        Assert.Equal(1, await desk.Tell("H1", Movement("purchase", "1", 20, 20261103), Movement("purchase", "2", 20, 20261103)));
        Assert.Equal(1, await desk.Tell("H2", Movement("purchase", "1", 30, 20261103)));
        await Refused("stock.key_taken", "movement[1].fixmedins_bchno", () => desk.Tell("H1", Movement("purchase", "3", 20, 20261103), Movement("purchase", "1", 21, 20261103)));
        await Refused("stock.key_taken", "movement[0].fixmedins_bchno", () => desk.Tell("H1", Movement("purchase", "4", 20, 20261103), Movement("purchase", "4", 21, 20261103)));
        Assert.Equal(4L, await host.Sql<long>("SELECT count(*) FROM stock_movement"));
    }

    [Fact]
    public async Task WrongMovements_AreRefusedWithTheirRow()
    {
        await using var host = await fixture.Start();
        var desk = new StockDesk(host);
        await Refused("stock.missing", "", () => desk.Tell("H1"));
        await Refused("stock.kind_unknown", "movement[0].kind", () => desk.Tell("H1", Movement("gift", "1", 1, 20261103)));
        await Refused("stock.key_missing", "movement[0].fixmedins_bchno", () => desk.Tell("H1", Movement("sale", "", 1, 20261103)));
        await Refused("stock.quantity_invalid", "movement[1].sel_retn_cnt", () => desk.Tell("H1", Movement("count", "1", 0, 20261103), Movement("sale", "1", 0, 20261103)));
        await Refused("stock.in_future", "movement[0].purc_retn_stoin_time", () => desk.Tell("H1", Movement("purchase", "1", 1, 20261123)));
        var badDay = Movement("purchase", "1", 1, 20261103);
        badDay.ExpiresOn = 20260230;
        await Refused("stock.day_invalid", "movement[0].expy_end", () => desk.Tell("H1", badDay));
        Assert.Equal(0L, await host.Sql<long>("SELECT count(*) FROM stock_movement"));
    }

    internal static async Task Refused(string code, string field, Func<Task<int>> act)
    {
        var refusal = RefusalStatus.FromRpcException(await Assert.ThrowsAsync<RpcException>(act))!;
        Assert.Equal((code, field), (refusal.Code, refusal.Field ?? ""));
    }
}
