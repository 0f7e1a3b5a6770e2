using MedInsure.Protos.Settlement.V1;
using MedInsure.Settlement.Queries;

namespace MedInsure.Settlement.Tests.Queries;

[Trait("Category", "Storage")]
[Collection(PostgresCollection.Name)]
public sealed class SumSettlementsTests(SharedPostgres postgres)
{
    [Fact]
    public async Task Sums_NetWhatWasCancelled_AndSplitAsTheReconciliationAsks()
    {
        var clock = new SetTime(SettlementNode.Start);
        await using var county = await SettlementNode.Create(postgres.Server, time: clock);
        await county.AddPerson("P1");
        await county.AddPerson("P2", "310", "1101", 50_000);
        async Task<(long Total, long Fund, long Account, long Cash, int Rows)> Sum(Action<SumSettlementsRequest>? by = null)
        {
            var request = new SumSettlementsRequest { FixmedinsCode = county.Hospital("3") };
            by?.Invoke(request);
            var reply = (await SumSettlements.Query(county.Journal, county.Database, request, default)).Value;
            return (reply.TotalFen, reply.FundTotalFen, reply.AccountFen, reply.CashFen, reply.RowCount);
        }

        Assert.Equal((0, 0, 0, 0, 0), await Sum());
        var stay = await county.Settled(await county.Visit("P1", 172_000, "21")); // 720.00, then 70 % of 1,000.00
        var visit = await county.Settled(await county.Visit("P2", 30_000, insutype: "310", useAccount: true));
        await county.Settled(await county.Visit("P1", 10_000, level: "2")); // another provider's
        clock.Now = SettlementNode.Start.AddDays(1);
        await county.Reversed(stay);
        await county.Settled(county.Inline("P1", 1_000, medType: "41"));

        Assert.Equal((31_000, 0, 30_000, 1_000, 4), await Sum());
        Assert.Equal((203_000, 70_000, 30_000, 103_000, 3), await Sum(r => r.RefdSetlFlag = "0"));
        Assert.Equal((-172_000, -70_000, 0, -102_000, 1), await Sum(r => r.RefdSetlFlag = "1"));
        Assert.Equal((30_000, 0, 30_000, 0, 1), await Sum(r => r.Insutype = "310"));
        Assert.Equal((0, 0, 0, 0, 2), await Sum(r => r.ClearingType = "21"));
        Assert.Equal((1_000, 0, 0, 1_000, 1), await Sum(r => r.ClearingType = "41"));
        Assert.Equal((202_000, 70_000, 30_000, 102_000, 2), await Sum(r => (r.FromOn, r.ToOn) = (20260630, 20260630)));
        Assert.Equal((-171_000, -70_000, 0, -101_000, 2), await Sum(r => r.FromOn = 20260701));
        Assert.Equal(visit.Claim().Amounts.TotalFen, (await Sum(r => (r.Insutype, r.ToOn) = ("310", 20260630))).Total);
    }

    [Fact]
    public async Task WithoutAProviderOrARealDay_IsRefused()
    {
        var node = (await postgres.World()).Node;
        Assert.Equal("query.day_invalid", (await SumSettlements.Query(node.Journal, node.Database, new SumSettlementsRequest { FixmedinsCode = "H", FromOn = 20260231 }, default)).Refusal?.Code);
        Assert.Equal(("query.too_wide", "fixmedins_code"), (await SumSettlements.Query(node.Journal, node.Database, new SumSettlementsRequest { Insutype = "390" }, default)).Refusal is { } r ? (r.Code, r.Field) : default);
    }
}
