using System.Net;
using System.Text.Json;
using MedInsure.Events;

namespace MedInsure.Billing.Tests.Subsidies;

/// <summary>What is asked of each payer: always the difference to what was asked before, and what came beside it.</summary>
[Trait("Category", "Storage")]
[Collection("billing")]
public sealed class RaiseSubsidyClaimsTests(BillingFixture fixture)
{
    private static object Order(string key, string basis = "assessed", string preparedBy = "王经办", string approver = "李审批") => new { request_key = key, basis, prepared_by = preparedBy, approver };

    private static string[] Claims(JsonElement body) =>
        [.. body.GetProperty("claims").EnumerateArray().Select(c => $"{c.GetProperty("kind").GetString()} {c.GetProperty("level").GetString()} {c.GetProperty("payer").GetString()} {c.GetProperty("heads")} {c.GetProperty("amount").GetString()}")];

    private static async Task<string[]> State(BillingHost host, string basis = "assessed") =>
        [.. (await host.Get($"/subsidies/390/2026?basis={basis}")).Body.GetProperty("payers").EnumerateArray().Select(p => string.Join(' ', new[] { "kind", "level", "payer", "due", "claimed", "arrived", "open", "unclaimed" }.Select(n => p.GetProperty(n).GetString())))];

    [Fact]
    public async Task Claims_AreTheDifferenceToThoseBefore()
    {
        await using var host = await fixture.Start(workers: false);
        var (first, second, third) = (TestPerson.New(), TestPerson.New(categories: "low_income"), TestPerson.New());
        await host.Hear(first, second, third);
        await host.Assess(2026);
        // Three heads × 330, 165, 55; one aid of 250 (004_afb7baf3ebb51254.txt, the levels assumed).
        var (_, raised) = await host.Post("/subsidies/390/2026/claims", Order("c1"));
        Assert.Equal(["subsidy central finance 3 990.00", "subsidy province finance 3 495.00", "subsidy county finance 3 165.00", "aid county civil_affairs 1 250.00"], Claims(raised));
        Assert.Equal("subsidy.nothing_to_claim", (await host.Post("/subsidies/390/2026/claims", Order("c2"))).Body.GetProperty("code").GetString());

        // One leaves, one is recognised: less subsidy, more aid.
        await host.Hear(first.Covered(new InsuredCoverage("390", "1501", 2020_01_01, 2025_01_31, "", 0)), third.With(new InsuredCategory("registered_poor", 2026_05_01, 0)));
        (_, raised) = await host.Post("/subsidies/390/2026/claims", Order("c3"));
        Assert.Equal(["subsidy central finance 2 -330.00", "subsidy province finance 2 -165.00", "subsidy county finance 2 -55.00", "aid county civil_affairs 2 250.00"], Claims(raised));
        Assert.Equal(
            ["subsidy central finance 660.00 660.00 0.00 660.00 0.00", "subsidy province finance 330.00 330.00 0.00 330.00 0.00", "subsidy county finance 110.00 110.00 0.00 110.00 0.00", "aid county civil_affairs 500.00 500.00 0.00 500.00 0.00"],
            await State(host));
        Assert.Equal(8, (await host.Get("/subsidies/390/2026/claims")).Body.GetProperty("claims").GetArrayLength());
    }

    [Fact]
    public async Task SameRequestAgain_ClaimsOnce()
    {
        await using var host = await fixture.Start(workers: false);
        await host.Hear(TestPerson.New());
        await host.Assess(2026);
        var first = (await host.Post("/subsidies/390/2026/claims", Order("c1"))).Body;
        var again = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => host.Post("/subsidies/390/2026/claims", Order("c1"))));
        Assert.All(again, a => Assert.Equal((HttpStatusCode.OK, first.GetRawText()), (a.Status, a.Body.GetRawText())));
        Assert.Equal("request.key_reused", (await host.Post("/subsidies/390/2026/claims", Order("c1", approver: "赵审批"))).Body.GetProperty("code").GetString());
        Assert.Equal(3L, await host.Sql<long>("SELECT count(*) FROM subsidy_claim"));
    }

    [Fact]
    public async Task BasisPaid_CountsWhoOwesNothing()
    {
        await using var host = await fixture.Start(workers: false);
        var (paid, unpaid, aided) = (TestPerson.New(), TestPerson.New(), TestPerson.New());
        await host.Hear(paid, unpaid, aided);
        await host.Assess(2026);
        await host.Sql<object>($"UPDATE assessment SET paid_fen = due_fen WHERE psn_no = '{paid.PsnNo}'");
        Assert.Equal(["subsidy central finance 1 330.00", "subsidy province finance 1 165.00", "subsidy county finance 1 55.00"], Claims((await host.Post("/subsidies/390/2026/claims", Order("c1", "paid"))).Body));
        Assert.Equal("subsidy central finance 990.00 330.00 0.00 330.00 660.00", (await State(host))[0]);
        Assert.Equal("subsidy central finance 330.00 330.00 0.00 330.00 0.00", (await State(host, "paid"))[0]);
    }

    [Theory]
    [InlineData("", "assessed", "王经办", "李审批", "request.key_missing")]
    [InlineData("c1", "guessed", "王经办", "李审批", "subsidy.basis_unknown")]
    [InlineData("c1", "assessed", "", "李审批", "approval.person_missing")]
    [InlineData("c1", "assessed", "王经办", " 王经办 ", "approval.same_person")]
    [InlineData("c1", "assessed", "王经办", "李审批", "subsidy.nothing_to_claim")]
    public async Task Refusals_ComeInTheirOrder(string key, string basis, string preparedBy, string approver, string code)
    {
        await using var host = await fixture.Start(workers: false);
        Assert.Equal(code, (await host.Post("/subsidies/390/2026/claims", Order(key, basis, preparedBy, approver))).Body.GetProperty("code").GetString());
    }
}
