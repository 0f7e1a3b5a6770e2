using Grpc.Core;
using MedInsure.Billing.Tests.Bills;
using MedInsure.Protos.Billing.V1;
using static MedInsure.Billing.Tests.Bills.BillingSteps;

namespace MedInsure.Billing.Tests.OwnBills;

/// <summary>An employer's payments: what settled bills, what waits.</summary>
[Trait("Category", "Authorization")]
[Collection("billing")]
public sealed class ListEmployerPaymentsTests(BillingFixture fixture)
{
    [Fact]
    public async Task Payments_AreTheEmployersOwnTheNewestFirst()
    {
        await using var host = await ListEmployerBillsTests.TwoEmployers(fixture);
        await Ok(host.PayBill("E1", 300_00, "2026-12-05", "R2"));
        await Ok(host.PayBill("E2", 1_00, "2026-12-05", "R3"));
        async Task<ListEmployerPaymentsReply> List(string token, int size = 0, long before = 0) =>
            await host.EmployerMoney.ListEmployerPaymentsAsync(new ListEmployerPaymentsRequest { Token = token, PageSize = size, BeforePaymentNo = before }, host.Headers());

        var own = await List("token of E1");
        Assert.Equal([("R2", 30_000L, 20261205, 0L, 30_000L), ("R1", 88_000L, 20261121, 88_000L, 0L)], own.Payment.Select(p => (p.Reference, p.AmountFen, p.ValueOn, p.SettledFen, p.WaitingFen)));
        Assert.NotEmpty(own.Payment[1].ReceiptNo);
        Assert.Equal(["R3"], (await List("token of E2")).Payment.Select(p => p.Reference));
        var page = await List("token of E1", size: 1);
        Assert.Equal(["R1"], (await List("token of E1", size: 1, before: page.NextBeforePaymentNo)).Payment.Select(p => p.Reference));

        // The rest of December: what waited and what comes settle it together.
        await Ok(host.PayBill("E1", 580_00, "2026-12-05", "R4"));
        Assert.Equal([("R4", 58_000L, 0L), ("R2", 30_000L, 0L), ("R1", 88_000L, 0L)], (await List("token of E1")).Payment.Select(p => (p.Reference, p.SettledFen, p.WaitingFen)));
        Assert.Equal(StatusCode.Unauthenticated, (await Assert.ThrowsAsync<RpcException>(() => List("no token"))).StatusCode);
    }
}
