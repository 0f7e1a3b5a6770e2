using System.Net;
using MedInsure.Events;

namespace MedInsure.Billing.Tests.Subsidies;

/// <summary>A collective pays a part for the persons it names: their assessments fall by it, never below nothing, and the collective owes it.</summary>
[Trait("Category", "Storage")]
[Collection("billing")]
public sealed class RecordCollectiveSupportTests(BillingFixture fixture)
{
    private static object Order(string[] persons, string key = "s1", string amount = "40.00", string supporter = "杏花村村委会", int year = 2026, string insutype = "390", string reason = "村集体收益", string by = "王经办", string approver = "李审批") =>
        new { request_key = key, insutype, year, supporter, amount, persons, reason, recorded_by = by, approver };

    private static async Task<string> Code(BillingHost host, object order) => (await host.Post("/collective-supports", order)).Body.GetProperty("code").GetString()!;

    [Fact]
    public async Task Support_FallsOnWhatAidLeaves()
    {
        await using var host = await fixture.Start(workers: false);
        var (whole, aided, other) = (TestPerson.New(), TestPerson.New(categories: "low_income"), TestPerson.New());
        await host.Hear(whole, aided, other);
        await host.Assess(2026);
        var (status, recorded) = await host.Post("/collective-supports", Order([whole.PsnNo, aided.PsnNo]));
        Assert.True(status == HttpStatusCode.OK, recorded.GetRawText());
        Assert.Equal((2, "40.00"), (recorded.GetProperty("persons").GetInt32(), recorded.GetProperty("amount").GetString()));
        // 280 - 40; 280 - 250 = 30, all of it by the collective.
        Assert.Equal("240.00 0.00 280.00", await host.Sql<string>($"SELECT string_agg(to_char(due_fen / 100.0, 'FM990.00'), ' ' ORDER BY array_position(ARRAY['{whole.PsnNo}', '{aided.PsnNo}', '{other.PsnNo}'], psn_no)) FROM assessment"));
        var payers = (await host.Get("/subsidies/390/2026")).Body.GetProperty("payers").EnumerateArray().ToList();
        Assert.Equal(("collective", "杏花村村委会", 2, "70.00"), (payers[^1].GetProperty("kind").GetString(), payers[^1].GetProperty("payer").GetString(), payers[^1].GetProperty("heads").GetInt32(), payers[^1].GetProperty("due").GetString()));

        // It stays when the person changes and when all are assessed again.
        await host.Hear(aided.With());
        await host.Assess(2026);
        Assert.Equal(240_00L, await host.Sql<long>($"SELECT due_fen FROM assessment WHERE psn_no = '{aided.PsnNo}'"));
        Assert.Equal(["run", "collective_support", "person_changed"], (await host.Get($"/assessments/390/2026/persons/{aided.PsnNo}")).Body.GetProperty("versions").EnumerateArray().Select(v => v.GetProperty("cause").GetString()));
    }

    [Fact]
    public async Task SameRequestAgain_SupportsOnce()
    {
        await using var host = await fixture.Start(workers: false);
        var (a, b) = (TestPerson.New(), TestPerson.New());
        await host.Hear(a, b);
        await host.Assess(2026);
        var first = (await host.Post("/collective-supports", Order([a.PsnNo, b.PsnNo]))).Body.GetRawText();
        Assert.Equal(first, (await host.Post("/collective-supports", Order([b.PsnNo, a.PsnNo]))).Body.GetRawText());
        Assert.Equal("request.key_reused", await Code(host, Order([a.PsnNo])));
        Assert.Equal("collective.person_supported", await Code(host, Order([a.PsnNo], "s2")));
        Assert.Equal(1, (await host.Get("/collective-supports?insutype=390&year=2026")).Body.GetProperty("supports").GetArrayLength());
        Assert.Equal(480_00L, await host.Sql<long>("SELECT sum(due_fen)::bigint FROM assessment"));
    }

    [Fact]
    public async Task Refusals_ChangeNothing()
    {
        await using var host = await fixture.Start(workers: false);
        var (person, gone) = (TestPerson.New(), TestPerson.New());
        await host.Hear(person, gone);
        Assert.Equal("assessment.year_not_assessed", await Code(host, Order([person.PsnNo])));
        await host.Assess(2026);
        await host.Hear(gone.Covered(new InsuredCoverage("390", "1501", 2020_01_01, 2024_12_31, "", 0)));
        (object Order, string Code)[] wrong =
        [
            (Order([person.PsnNo], key: ""), "request.key_missing"), (Order([person.PsnNo], insutype: ""), "assessment.scheme_missing"), (Order([person.PsnNo], supporter: ""), "collective.supporter_missing"),
            (Order([person.PsnNo], amount: "-1.00"), "money.amount_invalid"), (Order([person.PsnNo], amount: "0.001"), "money.amount_invalid"), (Order([]), "collective.persons_invalid"),
            (Order([person.PsnNo, person.PsnNo]), "collective.persons_invalid"), (Order([person.PsnNo], reason: ""), "request.reason_missing"), (Order([person.PsnNo], approver: "王经办"), "approval.same_person"),
            (Order([person.PsnNo, "nobody"]), "collective.person_not_assessed"), (Order([gone.PsnNo]), "collective.person_not_assessed"),
        ];
        foreach (var (order, code) in wrong) Assert.Equal(code, await Code(host, order));
        Assert.Equal(280_00L, await host.Sql<long>("SELECT sum(due_fen)::bigint FROM assessment"));
    }

    [Fact]
    public async Task SchemeThatAllowsNone_IsRefused()
    {
        await using var host = await fixture.Start("harbin/resident", workers: false);
        var person = TestPerson.New();
        await host.Hear(person);
        await host.Assess(2026);
        Assert.Equal("collective.not_allowed", await Code(host, Order([person.PsnNo])));
    }
}
