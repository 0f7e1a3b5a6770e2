using Grpc.Core;
using MedInsure.Protos.Billing.V1;

namespace MedInsure.Billing.Tests.OwnBills;

/// <summary>The persons of an employer's own bill; of another's it is told nothing, not even that there is one.</summary>
[Trait("Category", "Authorization")]
[Collection("billing")]
public sealed class ListBillLinesTests(BillingFixture fixture)
{
    [Fact]
    public async Task Lines_AreOfOwnBillsOnly()
    {
        await using var host = await ListEmployerBillsTests.TwoEmployers(fixture);
        async Task<ListBillLinesReply> Lines(string token, long bill, int size = 0, string after = "", int month = 0) =>
            await host.EmployerMoney.ListBillLinesAsync(new ListBillLinesRequest { Token = token, BillNo = bill, PageSize = size, AfterPsnNo = after, AfterMonth = month }, host.Headers());
        var bill = (await host.EmployerMoney.ListEmployerBillsAsync(new ListEmployerBillsRequest { Token = "token of E1" }, host.Headers())).Bill[0].BillNo;

        // Account: the employee's 2 % and 30 % of the employer's 6 %.
        Assert.Equal([("A", 202612, 500_000L, 500_000L, 30_000L, 10_000L, 19_000L), ("B", 202612, 600_000L, 600_000L, 36_000L, 12_000L, 22_800L)],
            (await Lines("token of E1", bill)).Line.Select(l => (l.PsnNo, l.Month, l.WageFen, l.BaseFen, l.EmployerFen, l.EmployeeFen, l.AccountFen)));
        var first = await Lines("token of E1", bill, size: 1);
        Assert.Equal(["B"], (await Lines("token of E1", bill, size: 1, after: first.NextAfterPsnNo, month: first.NextAfterMonth)).Line.Select(l => l.PsnNo));

        Assert.Equal(StatusCode.NotFound, (await Assert.ThrowsAsync<RpcException>(() => Lines("token of E2", bill))).StatusCode);
        Assert.Equal(StatusCode.NotFound, (await Assert.ThrowsAsync<RpcException>(() => Lines("token of E1", bill + 1000))).StatusCode);
        Assert.Equal(StatusCode.Unauthenticated, (await Assert.ThrowsAsync<RpcException>(() => Lines("", bill))).StatusCode);
    }
}
