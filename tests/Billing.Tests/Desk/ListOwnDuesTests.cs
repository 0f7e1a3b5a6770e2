using Grpc.Core;
using MedInsure.Hosting.Rpc;
using MedInsure.Protos.Billing.V1;

namespace MedInsure.Billing.Tests.Desk;

/// <summary>A person sees the own dues, by the own session.</summary>
[Trait("Category", "Authorization")]
[Collection("billing")]
public sealed class ListOwnDuesTests(BillingFixture fixture)
{
    [Fact]
    public async Task Dues_AreTheSessionsPersonsAlone()
    {
        await using var host = await fixture.Start(workers: false);
        await host.Hear(TestPerson.New("A", household: "F"), TestPerson.New("A0", household: "F"), TestPerson.New("B", household: "F", categories: "low_income"));
        await host.Assess(2026);
        await host.Assess(2027);
        await host.Sql<object>("INSERT INTO contribution_month (psn_no, insutype, month, employed_fen) VALUES ('A', '310', 202601, 100), ('A', '310', 202612, 100), ('B', '310', 202602, 100)");
        host.Neighbours.Sessions["of A"] = ["A", "A0"];

        var own = await host.Money.ListOwnDuesAsync(new ListOwnDuesRequest { Session = "of A" }, host.Headers());
        Assert.Equal([("A", 2027, 280_00L), ("A0", 2027, 280_00L), ("A", 2026, 280_00L), ("A0", 2026, 280_00L)], own.Due.Select(d => (d.PsnNo, d.Year, d.DueFen)));
        // Months up to this one: November 2026.
        Assert.Equal((1, 1), (own.Months, own.PaidMonths));
    }

    [Fact]
    public async Task NoSession_ShowsNothing()
    {
        await using var host = await fixture.Start(workers: false);
        foreach (var ask in (Func<Task>[])[
            async () => await host.Money.ListOwnDuesAsync(new ListOwnDuesRequest { Session = "none" }, host.Headers()),
            async () => await host.Money.ListOwnPaymentsAsync(new ListOwnPaymentsRequest { Session = "none" }, host.Headers()),
            async () => await host.Money.GetOwnAccountAsync(new GetOwnAccountRequest { Session = "none" }, host.Headers())])
        {
            var refused = await Assert.ThrowsAsync<RpcException>(ask);
            Assert.Equal((StatusCode.Unauthenticated, "session.unknown"), (refused.StatusCode, RefusalStatus.FromRpcException(refused)!.Code));
        }
    }
}
