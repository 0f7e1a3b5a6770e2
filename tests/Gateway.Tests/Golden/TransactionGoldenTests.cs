namespace MedInsure.Gateway.Tests.Golden;

/// <summary>Golden JSON of every transaction, played through the real services in the order in which a hospital sends them.</summary>
[Trait("Category", "Golden")]
[Collection(GoldenCollection.Name)]
public sealed class TransactionGoldenTests(GoldenPlatform platform)
{
    private readonly GoldenScript script = new(platform);

    private async Task Play(params string[] names)
    {
        foreach (var name in names) await script.Play(name);
    }

    [Fact]
    public Task SignIn() => Play("9001/sign-in", "9002/another-operator", "9002/sign-out", "9001/suspended-provider");

    [Fact]
    public Task PersonsAndEntitlement() => Play(
        "1101/resident", "1101/employee-by-card", "1101/other-county", "1101/cover-ended", "1101/two-categories", "1101/unknown", "1101/e-voucher", "5368/employee", "5368/resident-scheme", "5368/unknown",
        "2001/resident-inpatient", "2001/cover-ended");

    [Fact]
    public Task Registry() => Play("1201/hospitals", "1201/by-code", "1312/in-force", "1312/second-page", "1318/ceilings", "1319/first-pay");

    [Fact]
    public Task VisitThatDoesNotBegin() => Play("2201/unknown-person", "2201/cover-ended", "2201/future", "2201/suspended-provider", "2201/unknown-county");

    [Fact]
    public async Task EmployeesVisit()
    {
        await Play("2201/employee-visit", "2201/number-taken", "2203A/employee-visit", "2204/employee-visit", "2204/amount-mismatch", "2204/serial-taken", "2204/too-precise",
            "2206A/employee-visit", "2206A/wrong-total", "2206A/wrong-parts");
        var first = await script.Play("2207A/employee-visit");
        Assert.Equal(first, await script.Play("2207A/employee-visit"));
        await Play("2207A/same-message-other-content", "5201/employee-visit", "5204/employee-visit", "5203/settlement", "5203/another-providers",
            "2208/employee-visit", "2208/twice", "5203/visit-with-refund");
        // The message is still answered as it was, after its settlement was cancelled.
        Assert.Equal(first, await script.Play("2207A/employee-visit"));
    }

    [Fact]
    public Task ResidentsVisitReversedByMessage() => Play(
        "2201/resident-visit", "2203/resident-visit", "2204/resident-visit", "2206/resident-visit", "2207/resident-visit", "5206/resident",
        "2601/another-transaction", "2601/settlement", "2601/again", "2205/batch", "2202/wrong-number", "2202/resident-visit", "2204/cancelled-visit");

    [Fact]
    public Task VisitOfAnotherCountysPerson() => Play("2201/other-county", "2204/other-county", "2204/another-providers-visit", "2207A/other-county");

    [Fact]
    public async Task StayOfARegisteredPoorPerson()
    {
        await Play("2401/registered-poor", "2403/bed", "2301/registered-poor", "2301/correction-exceeds", "2302/one-line", "2402/before-admission", "2304/not-discharged",
            "2402/registered-poor", "2303/registered-poor");
        var first = await script.Play("2304/registered-poor");
        Assert.Equal(first, await script.Play("2304/registered-poor"));
        await Play("2405/settled", "5206/registered-poor", "2305/registered-poor", "2405/registered-poor", "2404/has-lines", "2302/all-lines", "2404/registered-poor");
    }

    [Fact]
    public Task StaySettledInBetween() => Play("2401/interim", "2301/interim-first", "2304/interim", "2301/interim-second", "2402/interim", "2304/interim-rest", "2305/earlier-first");

    [Fact]
    public Task Filings() => Play(
        "2001/registered-poor-chronic-without-filing", "2503/days-reversed", "2503/not-listed", "2503/chronic", "5301/chronic", "2001/registered-poor-chronic",
        "2201/chronic", "2203A/chronic-without-disease", "2203A/chronic", "2204/chronic", "2206A/chronic", "2504/chronic", "2504/twice", "2206A/chronic-without-filing", "5301/none",
        "2501/referral", "2502/referral");

    [Fact]
    public async Task PharmacySaleAndReconciliation()
    {
        await Play("2101/sale", "2101/wrong-total");
        var first = await script.Play("2102/sale");
        Assert.Equal(first, await script.Play("2102/sale"));
        await Play("3201/equal", "3201/provider-has-more", "3201/amounts-differ", "3201/centre-has-more", "2103/sale", "3201/netted", "3201/settlements-only", "3201/refunds-only");
        // Row by row. A sale whose answer was lost: the centre has it, the result file names its message, 2601 takes it back, and nobody lists it any more.
        await Play("9101/before-the-lost-sale", "9101/before-the-lost-sale-again", "3202/equal", "9102/equal", "13203/balanced", "2102/lost-sale", "13203/rows-came-since", "3202/centre-has-more", "9102/centre-has-more",
            "13203/unbalanced", "2601/lost-sale", "3202/taken-back", "9102/taken-back", "13203/balanced-again",
            "9101/other-amounts", "3202/amounts-differ", "9102/amounts-differ", "3202/declared-differs", "9101/three-decimals", "3202/three-decimals", "3202/unknown-file", "3202/another-providers-file", "3202/kept-elsewhere",
            "9102/another-providers-file", "9101/no-bytes", "9101/empty");
    }

    [Fact]
    public Task ChecksBeforeAndDuring() => Play(
        "3101/clean", "3101/lone-objects-and-empty-texts", "3101/no-patient", "3101/order-without-item", "3102/charged-twice", "3102/only-named-rules",
        "3103/goes-on", "3103/goes-on", "3103/without-reason", "3103/choice-unknown", "3103/unknown");

    [Fact]
    public Task Stock() => Play(
        "3501/count", "3501/without-batch-number", "3501/in-the-future", "3502/moved-out", "3503/bought", "3503/bought", "3503/again-with-another", "3503/other-content", "3503/no-quantity", "3504/sent-back",
        "3505/sold", "3505/unknown-settle-type", "3506/brought-back", "3507/purchase", "3507/purchase", "3507/unknown", "3507/unknown-type", "3507/another-providers", "3503/bought");

    [Fact]
    public Task ClearingApplication() => Play("3206A/own-agency", "3203/month-not-over", "3203/no-month", "3203/other-office", "3204/unknown", "3205A/unknown", "3205A/nothing-named");

    [Fact]
    public void EveryTransaction_HasAGoldenCaseAndEveryCaseAnAnswer()
    {
        var played = Directory.GetDirectories(GoldenScript.Folder).Select(Path.GetFileName).Order();
        Assert.Equal(TransactionTable.All.SelectMany(t => t.Numbers).Order(), played);
        foreach (var request in Directory.GetFiles(GoldenScript.Folder, "*.request.json", SearchOption.AllDirectories))
            Assert.True(File.Exists(request.Replace(".request.", ".response.", StringComparison.Ordinal)), request);
    }
}
