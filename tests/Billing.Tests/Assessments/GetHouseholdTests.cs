using Grpc.Core;
using MedInsure.Protos.Billing.V1;

namespace MedInsure.Billing.Tests.Assessments;

[Trait("Category", "Storage")]
[Collection("billing")]
public sealed class GetHouseholdTests(BillingFixture fixture)
{
    [Fact]
    public async Task Members_OweTogether()
    {
        await using var host = await fixture.Start("harbin/resident", workers: false);
        await host.Hear(
            TestPerson.New("A1", household: "H7"), TestPerson.New("A2", household: "H7"), TestPerson.New("A3", psnType: "1403", birthOn: 2015_03_01, household: "H7"),
            TestPerson.New("B1", household: "H8"), TestPerson.New("C1"));
        await host.Assess(2026);

        // Two adults at 120 and a child at 50 (000_55dbde39a5535a1d.txt).
        var household = await host.Client.GetHouseholdAsync(new GetHouseholdRequest { HouseholdNo = "H7", Year = 2026 }, host.Headers());
        Assert.Equal([("A1", 120_00L), ("A2", 120_00L), ("A3", 50_00L)], household.Member.Select(m => (m.PsnNo, m.DueFen)));
        Assert.Equal((290_00L, 0L), (household.DueFen, household.PaidFen));
        Assert.Empty((await host.Client.GetHouseholdAsync(new GetHouseholdRequest { HouseholdNo = "H7", Year = 2025 }, host.Headers())).Member);

        var (_, page) = await host.Get("/assessments/390/2026/households/H7");
        Assert.Equal(("290.00", 3), (page.GetProperty("due").GetString(), page.GetProperty("members").GetArrayLength()));
    }

    [Theory]
    [InlineData("", 2026, "household.number_missing")]
    [InlineData("H7", 0, "assessment.year_invalid")]
    public async Task Refusals_NameTheField(string household, int year, string code)
    {
        await using var host = await fixture.Start(workers: false);
        var refused = await Assert.ThrowsAsync<RpcException>(async () => await host.Client.GetHouseholdAsync(new GetHouseholdRequest { HouseholdNo = household, Year = year }, host.Headers()));
        Assert.Equal(code, Hosting.Rpc.RefusalStatus.FromRpcException(refused)?.Code);
    }
}
