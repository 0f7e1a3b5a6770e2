using System.Net;

namespace MedInsure.Billing.Tests.Dunning;

[Trait("Category", "Storage")]
[Collection("billing")]
public sealed class DunningListTests(BillingFixture fixture)
{
    [Fact]
    public async Task WhoHasNotPaid_IsListedByVillageAndHousehold()
    {
        await using var host = await fixture.Start(workers: false);
        await host.Hear(
            TestPerson.New("A", household: "F1"), TestPerson.New("B", household: "F1"), TestPerson.New("C", household: "F2") with { PsnName = "=王,五" }, TestPerson.New("D", household: "F3"), TestPerson.New("E", household: "F2"));
        await host.Assess(2027);
        await host.Hear(TestPerson.New("E", household: "F2", version: 2) with { DiedOn = 2026_11_01 });
        object places = new { stated_by = "钱经办", places = new[] { new { household_no = "F1", township = "341702101", village = "341702101202" }, new { household_no = "F2", township = "341702101", village = "341702101201" } } };
        Assert.Equal(2, (await host.Post("/household-places", places)).Body.GetProperty("changed").GetInt32());
        Assert.Equal(0, (await host.Post("/household-places", places)).Body.GetProperty("changed").GetInt32());
        Assert.Equal("places.invalid", (await host.Post("/household-places", new { stated_by = "钱经办", places = new[] { new { household_no = "F1" } } })).Body.GetProperty("code").GetString());
        await host.Post("/counter-payments", new { request_key = "1", insutype = "390", year = 2027, amount = "280.00", payer = "李四", cashier = "王收费", persons = new[] { new { psn_no = "A", amount = "280.00" } } });

        const string header = "township,village,household_no,psn_no,psn_name,psn_type,due,paid,owed\n";
        const string b = "341702101,341702101202,F1,B,李四,1501,280.00,0.00,280.00\n", c = "341702101,341702101201,F2,C,\"'=王,五\",1501,280.00,0.00,280.00\n", d = ",,F3,D,李四,1501,280.00,0.00,280.00\n";
        Assert.Equal(header + d + c + b, await List(""));
        Assert.Equal(header + c + b, await List("?township=341702101"));
        Assert.Equal(header + c, await List("?village=341702101201"));
        Assert.Equal(header + d, await List("?household_no=F3"));
        Assert.Equal(HttpStatusCode.Unauthorized, (await new HttpClient { BaseAddress = host.Http.BaseAddress }.GetAsync(new Uri($"/billing/{host.County.Code}/dunning/390/2027", UriKind.Relative))).StatusCode);

        async Task<string> List(string query) => (await host.Http.GetStringAsync(new Uri($"/billing/{host.County.Code}/dunning/390/2027{query}", UriKind.Relative))).TrimStart('\ufeff');
    }
}
