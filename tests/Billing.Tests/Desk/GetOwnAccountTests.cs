using MedInsure.Billing.Accounts;
using MedInsure.Billing.Tests.Accounts;
using MedInsure.Events;
using MedInsure.Protos.Billing.V1;

namespace MedInsure.Billing.Tests.Desk;

/// <summary>A person sees the own account, and no other.</summary>
[Trait("Category", "Authorization")]
[Collection("billing")]
public sealed class GetOwnAccountTests(BillingFixture fixture)
{
    [Fact]
    public async Task Account_IsTheSessionsPersons()
    {
        await using var host = await fixture.Start(workers: false);
        await host.Hear(TestPerson.New("A", insutype: "310") with { Coverage = [new InsuredCoverage("310", "1101", 2020_01_01, 0, "E1", 1_000)] }, TestPerson.New("B", insutype: "310"));
        await host.Credited(new AccountPosting("A", "credit", 500, 2026_01_31, "L1"), new AccountPosting("B", "credit", 900, 2026_01_31, "L2"));
        host.Neighbours.Sessions["of A"] = ["A"];
        var own = await host.Money.GetOwnAccountAsync(new GetOwnAccountRequest { Session = "of A" }, host.Headers());
        Assert.Equal(("A", 1_000, 1_500, "L1"), (own.PsnNo, own.OpeningFen, own.BalanceFen, Assert.Single(own.Entry).Reference));
        Assert.Empty((await host.Money.GetOwnAccountAsync(new GetOwnAccountRequest { Session = "of A", AfterEntryNo = own.Entry[0].EntryNo }, host.Headers())).Entry);
    }
}
