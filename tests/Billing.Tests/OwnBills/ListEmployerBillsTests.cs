using Grpc.Core;
using MedInsure.Billing.Tests.Bills;
using MedInsure.Events;
using MedInsure.Protos.Billing.V1;
using static MedInsure.Billing.Tests.Bills.BillingSteps;

namespace MedInsure.Billing.Tests.OwnBills;

/// <summary>An employer sees its bills, and nobody else's. Harbin's rates: 6 % + 2 % of the wage.</summary>
[Trait("Category", "Authorization")]
[Collection("billing")]
public sealed class ListEmployerBillsTests(BillingFixture fixture)
{
    /// <summary>E1 with two persons, E2 with one; November and December are billed, E1 has paid November.</summary>
    internal static async Task<BillingHost> TwoEmployers(BillingFixture fixture)
    {
        var host = await fixture.Start(workers: false);
        await host.Hear(new EmployerChanged("E1", "哈尔滨机器厂", "", host.County.Code, "firm", 0, 1), new EmployerChanged("E2", "松江商场", "", host.County.Code, "firm", 0, 1));
        await host.Hear(Staff(1, "A", "E1", 5_000_00), Staff(2, "B", "E1", 6_000_00), Staff(3, "C", "E2", 7_000_00));
        await host.BillMonth(2026_11);
        await Ok(host.PayBill("E1", 880_00, "2026-11-21", "R1"));
        host.Today(2026, 12, 5);
        await host.BillMonth(2026_12);
        (host.Neighbours.EmployerTokens["token of E1"], host.Neighbours.EmployerTokens["token of E2"]) = ("E1", "E2");
        return host;
    }

    private static async Task<ListEmployerBillsReply> List(BillingHost host, string token, int size = 0, long before = 0) =>
        await host.EmployerMoney.ListEmployerBillsAsync(new ListEmployerBillsRequest { Token = token, PageSize = size, BeforeBillNo = before }, host.Headers());

    [Fact]
    public async Task Bills_AreTheEmployersOwnTheNewestFirst()
    {
        await using var host = await TwoEmployers(fixture);
        var reply = await List(host, "token of E1");
        // 5,000 + 6,000: 660.00 and 220.00.
        Assert.Equal([(202612, 66_000L, 22_000L, 88_000L, 20261231, 0), (202611, 66_000L, 22_000L, 88_000L, 20261130, 20261121)],
            reply.Bill.Select(b => (b.Month, b.EmployerFen, b.EmployeeFen, b.AmountFen, b.DueOn, b.SettledOn)));
        Assert.Equal((88_000L, 0L, 0L), (reply.OpenFen, reply.WaitingFen, reply.AccruedLateChargeFen));
        // E2's November is late since 30 November: five days at 0.05 % of 560.00 = 0.28 a day.
        var other = await List(host, "token of E2");
        Assert.Equal((112_000L, 140L), (other.OpenFen, other.AccruedLateChargeFen));
        Assert.All(other.Bill, b => Assert.Equal(56_000L, b.AmountFen));

        var page = await List(host, "token of E1", size: 1);
        Assert.Equal([202611], (await List(host, "token of E1", size: 1, before: page.NextBeforeBillNo)).Bill.Select(b => b.Month));
    }

    [Fact]
    public async Task WrongCalls_AreRefused()
    {
        await using var host = await TwoEmployers(fixture);
        Assert.Equal(StatusCode.Unauthenticated, (await Assert.ThrowsAsync<RpcException>(() => List(host, "no token"))).StatusCode);
        Assert.Equal(StatusCode.InvalidArgument, (await Assert.ThrowsAsync<RpcException>(() => List(host, "token of E1", size: 1001))).StatusCode);
    }
}
