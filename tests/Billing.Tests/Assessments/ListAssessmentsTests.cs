using Grpc.Core;
using MedInsure.Protos.Billing.V1;

namespace MedInsure.Billing.Tests.Assessments;

[Trait("Category", "Storage")]
[Collection("billing")]
public sealed class ListAssessmentsTests(BillingFixture fixture)
{
    [Fact]
    public async Task Years_ComeTheNewestFirst()
    {
        await using var host = await fixture.Start(workers: false);
        var (person, other) = (TestPerson.New(household: "H1", categories: "low_income"), TestPerson.New());
        await host.Hear(person, other);
        await host.Assess(2020);
        await host.Assess(2021);

        var reply = await host.Client.ListAssessmentsAsync(new ListAssessmentsRequest { PsnNo = person.PsnNo }, host.Headers());
        // 2020: 250, all of it aid; 2021: 280 - 250 = 30 (004_afb7baf3ebb51254.txt).
        Assert.Equal([(2021, 280_00L, 250_00L, 30_00L, 550_00L), (2020, 250_00L, 250_00L, 0L, 550_00L)], reply.Assessment.Select(a => (a.Year, a.PersonalFen, a.AidFen, a.DueFen, a.SubsidyFen)));
        Assert.All(reply.Assessment, a => Assert.Equal(("李四", "H1", "resident", "low_income", "key_groups", "civil_affairs", 1, false), (a.PsnName, a.HouseholdNo, a.PersonClass, a.Category.Single(), a.AidId, a.AidPayer, a.Version, a.Withdrawn)));
        Assert.Single((await host.Client.ListAssessmentsAsync(new ListAssessmentsRequest { PsnNo = person.PsnNo, Year = 2020, Insutype = "390" }, host.Headers())).Assessment);
        Assert.Empty((await host.Client.ListAssessmentsAsync(new ListAssessmentsRequest { PsnNo = "nobody" }, host.Headers())).Assessment);
    }

    [Fact]
    public async Task NumberMissingOrCountyOfOthers_IsRefused()
    {
        await using var host = await fixture.Start(workers: false);
        Assert.Equal(StatusCode.InvalidArgument, (await Assert.ThrowsAsync<RpcException>(async () => await host.Client.ListAssessmentsAsync(new ListAssessmentsRequest(), host.Headers()))).StatusCode);
        Assert.Equal(StatusCode.NotFound, (await Assert.ThrowsAsync<RpcException>(async () => await host.Client.ListAssessmentsAsync(new ListAssessmentsRequest { PsnNo = "1" }, host.Headers(BillingHost.City)))).StatusCode);
    }
}
