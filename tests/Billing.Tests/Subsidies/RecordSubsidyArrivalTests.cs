using System.Net;
using Npgsql;

namespace MedInsure.Billing.Tests.Subsidies;

/// <summary>Money of governments and of who aids: once per bank reference, and never changed.</summary>
[Trait("Category", "Storage")]
[Collection("billing")]
public sealed class RecordSubsidyArrivalTests(BillingFixture fixture)
{
    private static object Order(string reference = "B1", string amount = "100.00", string date = "2026-11-20", string kind = "subsidy", string level = "central", string payer = "finance", string by = "王出纳") =>
        new { kind, level, payer, amount, value_date = date, reference, recorded_by = by };

    private async Task<BillingHost> Claimed()
    {
        var host = await fixture.Start(workers: false);
        await host.Hear(TestPerson.New(), TestPerson.New(categories: "low_income"));
        await host.Assess(2026);
        await host.Post("/subsidies/390/2026/claims", new { request_key = "c1", basis = "assessed", prepared_by = "王经办", approver = "李审批" });
        return host;
    }

    [Fact]
    public async Task WhatArrives_LeavesTheRestOpen()
    {
        await using var host = await Claimed();
        Assert.Equal(HttpStatusCode.OK, (await host.Post("/subsidies/390/2026/arrivals", Order("B1", "600.00"))).Status);
        Assert.Equal(HttpStatusCode.OK, (await host.Post("/subsidies/390/2026/arrivals", Order("B2", "70.00"))).Status);
        // Ten too much, taken back.
        Assert.Equal(HttpStatusCode.OK, (await host.Post("/subsidies/390/2026/arrivals", Order("B3", "-10.00"))).Status);
        Assert.Equal(HttpStatusCode.OK, (await host.Post("/subsidies/390/2026/arrivals", Order("B4", "250", kind: "aid", level: "county", payer: "civil_affairs"))).Status);
        var payers = (await host.Get("/subsidies/390/2026")).Body.GetProperty("payers").EnumerateArray().Select(p => (p.GetProperty("level").GetString(), p.GetProperty("kind").GetString(), p.GetProperty("arrived").GetString(), p.GetProperty("open").GetString()));
        Assert.Equal([("central", "subsidy", "660.00", "0.00"), ("province", "subsidy", "0.00", "330.00"), ("county", "subsidy", "0.00", "110.00"), ("county", "aid", "250.00", "0.00")], payers);
        Assert.Equal(4, (await host.Get("/subsidies/390/2026/arrivals")).Body.GetProperty("arrivals").GetArrayLength());
    }

    [Fact]
    public async Task SameReferenceAgain_IsTheSameMoney()
    {
        await using var host = await Claimed();
        var first = (await host.Post("/subsidies/390/2026/arrivals", Order())).Body.GetRawText();
        var again = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => host.Post("/subsidies/390/2026/arrivals", Order())));
        Assert.All(again, a => Assert.Equal(first, a.Body.GetRawText()));
        foreach (var other in (object[])[Order(amount: "100.01"), Order(date: "2026-11-19"), Order(level: "province")])
            Assert.Equal("money.reference_reused", (await host.Post("/subsidies/390/2026/arrivals", other)).Body.GetProperty("code").GetString());
        Assert.Equal("money.reference_reused", (await host.Post("/subsidies/390/2026/arrivals", Order(amount: "-100.00"))).Body.GetProperty("code").GetString());
        Assert.Equal(100_00L, await host.Sql<long>("SELECT sum(amount_fen)::bigint FROM subsidy_arrival"));
    }

    [Fact]
    public async Task Refusals_NameTheField()
    {
        await using var host = await Claimed();
        (object Order, string Code, string Field)[] wrong =
        [
            (Order(""), "money.reference_missing", "reference"), (Order(amount: "1.234"), "money.amount_invalid", "amount"), (Order(amount: "0.00"), "money.amount_invalid", "amount"), (Order(amount: "1e3"), "money.amount_invalid", "amount"),
            (Order(date: "2026-11-22"), "money.value_date_invalid", "value_date"), (Order(date: "20261120"), "money.value_date_invalid", "value_date"), (Order(by: ""), "approval.person_missing", "recorded_by"),
            (Order(level: "city"), "subsidy.payer_unknown", "payer"), (Order(kind: "gift"), "subsidy.payer_unknown", "payer"),
        ];
        foreach (var (order, code, field) in wrong)
        {
            var (_, body) = await host.Post("/subsidies/390/2026/arrivals", order);
            Assert.Equal((code, field), (body.GetProperty("code").GetString(), body.GetProperty("field").GetString()));
        }
        Assert.Equal("subsidy.payer_unknown", (await host.Post("/subsidies/390/2025/arrivals", Order())).Body.GetProperty("code").GetString());
        Assert.Equal(0L, await host.Sql<long>("SELECT count(*) FROM subsidy_arrival"));
    }

    [Theory]
    [InlineData("UPDATE subsidy_arrival SET amount_fen = 1")]
    [InlineData("DELETE FROM subsidy_arrival")]
    [InlineData("DELETE FROM subsidy_claim")]
    [InlineData("UPDATE subsidy_claim SET amount_fen = 1")]
    [InlineData("UPDATE assessment_change SET personal_fen = 1")]
    [InlineData("DELETE FROM assessment")]
    [InlineData("DELETE FROM collective_support_person")]
    [InlineData("DELETE FROM assessment_run")]
    public async Task Service_CannotRewriteTheBooks(string sql)
    {
        await using var host = await fixture.Start(workers: false);
        Assert.Equal("42501", (await Assert.ThrowsAsync<PostgresException>(() => host.Sql<object>(sql))).SqlState);
    }
}
