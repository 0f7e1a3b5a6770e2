using System.Net;
using Grpc.Core;
using MedInsure.Protos.Billing.V1;

namespace MedInsure.Billing.Tests.Desk;

/// <summary>A person sees the own part of payments, with receipts.</summary>
[Trait("Category", "Authorization")]
[Collection("billing")]
public sealed class ListOwnPaymentsTests(BillingFixture fixture)
{
    private static async Task Pay(BillingHost host, string key, int year, params string[] persons)
    {
        var (status, paid) = await host.Post("/counter-payments", new
        {
            request_key = key, insutype = "390", year, amount = $"{280 * persons.Length}.00", payer = "李四", cashier = "王收费", persons = persons.Select(p => new { psn_no = p, amount = "280.00" }),
        });
        Assert.True(status == HttpStatusCode.OK, paid.GetRawText());
    }

    [Fact]
    public async Task Payments_ShowTheOwnShareAndPage()
    {
        await using var host = await fixture.Start(workers: false);
        await host.Hear(TestPerson.New("A", household: "F"), TestPerson.New("B", household: "F"), TestPerson.New("A0"));
        await host.Assess(2027);
        await Pay(host, "k1", 2027, "A", "B");
        await Pay(host, "k2", 2027, "A0");
        host.Neighbours.Sessions["of A"] = ["A", "A0"];
        host.Neighbours.Sessions["of B"] = ["B"];

        var all = await Ask("of A");
        Assert.Equal([("A0", 2), ("A", 1)], all.Payment.Select(p => (p.PaymentNo == 2 ? "A0" : "A", (int)p.PaymentNo)));
        var share = Assert.Single(all.Payment[1].Share);
        Assert.Equal(("390", 2027, 280_00L, "payment", $"{host.County.Code}20260000000001"), (share.Insutype, share.Year, share.AmountFen, share.Cause, share.Receipt));
        Assert.Equal(("counter", 2026_11_21, 0L), (all.Payment[1].Channel, all.Payment[1].ValueOn, all.NextBeforePaymentNo));

        var first = await Ask("of A", size: 1);
        Assert.Equal((2L, 2L), (Assert.Single(first.Payment).PaymentNo, first.NextBeforePaymentNo));
        Assert.Equal(1L, Assert.Single((await Ask("of A", first.NextBeforePaymentNo, 1)).Payment).PaymentNo);
        Assert.Equal(1L, Assert.Single((await Ask("of B")).Payment).PaymentNo);
        Assert.Equal(StatusCode.InvalidArgument, (await Assert.ThrowsAsync<RpcException>(() => Ask("of B", size: 1_001))).StatusCode);

        async Task<ListOwnPaymentsReply> Ask(string session, long before = 0, int size = 0) =>
            await host.Money.ListOwnPaymentsAsync(new ListOwnPaymentsRequest { Session = session, BeforePaymentNo = before, PageSize = size }, host.Headers());
    }
}
