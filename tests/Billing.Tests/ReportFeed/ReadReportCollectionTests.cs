using System.Net;
using MedInsure.Protos.Billing.V1;

namespace MedInsure.Billing.Tests.ReportFeed;

[Trait("Category", "Storage")]
[Collection("billing")]
public sealed class ReadReportCollectionTests(BillingFixture fixture)
{
    [Fact]
    public async Task AssessedAndPaid_AreSummedByWhatSetsThem_AndSaidAgainOnlyWhenTheyDiffer()
    {
        await using var host = await fixture.Start(workers: false);
        await host.Hear(TestPerson.New("A"), TestPerson.New("B"), TestPerson.New("C", categories: ["registered_poor", "low_income"]), TestPerson.New("D", categories: ["low_income", "registered_poor"]));
        await host.Assess(2027);
        Assert.Equal(HttpStatusCode.OK, (await host.Post("/counter-payments", new { request_key = "1", insutype = "390", year = 2027, amount = "280.00", payer = "李四", cashier = "王收费", persons = new[] { new { psn_no = "A", amount = "280.00" } } })).Status);
        var told = await Read(host);
        var ordinary = told.Assessed.Single(a => a.Category.Count == 0);
        Assert.Equal(("390", 2027, 2L, 1L, 0L, 56_000L, 56_000L, 28_000L), (ordinary.Insutype, ordinary.Year, ordinary.Persons, ordinary.SettledPersons, ordinary.AidedWholePersons, ordinary.PersonalFen, ordinary.DueFen, ordinary.PaidFen));
        // In whatever order the categories were found, they are the same ones.
        var poor = told.Assessed.Single(a => a.Category.Count == 2);
        Assert.Equal(("low_income registered_poor", 2L), (string.Join(' ', poor.Category), poor.Persons));
        Assert.True(poor.AidFen > 0 && poor.DueFen == poor.PersonalFen - poor.AidFen - poor.CollectiveFen, $"{poor}");
        Assert.Equal(told.Assessed.Sum(a => a.CentralFen + a.ProvinceFen + a.CityFen + a.CountyFen), await host.Sql<long>("SELECT sum(central_fen + province_fen + city_fen + county_fen)::bigint FROM assessment WHERE NOT withdrawn"));
        var paid = Assert.Single(told.Collected);
        Assert.Equal(("390", 2027, "counter", "payment", 202611, 1L, 28_000L), (paid.Insutype, paid.Period, paid.Channel, paid.Cause, paid.Month, paid.Persons, paid.AmountFen));

        var again = await Read(host, told);
        Assert.Equal((true, told.Sha256, 0), (again.Unchanged, again.Sha256, again.Assessed.Count));
        await host.Post("/counter-payments", new { request_key = "2", insutype = "390", year = 2027, amount = "280.00", payer = "李四", cashier = "王收费", persons = new[] { new { psn_no = "B", amount = "280.00" } } });
        var more = await Read(host, told);
        Assert.Equal((false, 2L, 56_000L), (more.Unchanged, Assert.Single(more.Collected).Persons, more.Collected[0].AmountFen));
    }

    [Fact]
    public async Task NothingYet_IsEmpty()
    {
        await using var host = await fixture.Start(workers: false);
        var told = await Read(host);
        Assert.Equal((0, 0, 0, false), (told.Assessed.Count, told.Collected.Count, told.Billed.Count, told.Unchanged));
        Assert.True((await Read(host, told)).Unchanged);
    }

    private static async Task<ReadReportCollectionReply> Read(BillingHost host, ReadReportCollectionReply? known = null) =>
        await host.Feed.ReadReportCollectionAsync(new ReadReportCollectionRequest { KnownSha256 = known?.Sha256 ?? Google.Protobuf.ByteString.Empty }, host.Headers());
}
