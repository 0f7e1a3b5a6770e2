using MedInsure.Kernel;
using MedInsure.Settlement.Ledger;

namespace MedInsure.Settlement.Tests.Ledger;

/// <summary>Bijie divides its pool: risk adjustment fund 3 % (assumed) and 35 yuan a head for critical illness (assumed) first, the rest 3 : 7.</summary>
[Trait("Category", "Storage")]
[Collection(PostgresCollection.Name)]
public sealed class SplitRevenueTests(SharedPostgres postgres) : IAsyncLifetime
{
    private SettlementNode node = null!;
    private LedgerDesk desk = null!;

    public async Task InitializeAsync() => desk = new LedgerDesk(node = await SettlementNode.Create(postgres.Server, "5205"));
    public Task DisposeAsync() => node.DisposeAsync().AsTask();

    private Task<Outcome<VoucherRow>> Split(string no, long heads, int year = 2026, string insutype = "390") => SplitRevenue.Execute(desk.Place, new SplitRevenue.Order(no, insutype, year, heads, LedgerDesk.First, LedgerDesk.Second), desk.Calendar, default);

    private static string[] Entries(VoucherRow row) => [.. row.Voucher.Entries.Select(e => $"{e.Account.Fund} {e.AmountFen}")];

    [Fact]
    public async Task RiskFundAndPremiumsFirst_TheRestThreeToSeven_AndLaterTheDifference()
    {
        // 1,000 persons: 150 yuan of their own, 450 of the governments.
        await desk.Hear(LedgerDesk.Income(1, "personal", 150_000_00), LedgerDesk.Income(2, "central", 450_000_00, channel: "treasury", payer: "finance"),
            LedgerDesk.Income(3, "personal", 99_00, period: 2027), LedgerDesk.Income(4, "suspense", 5_00)); // of another year, of nobody
        // 600,000.00: risk 18,000.00; premiums 1,000 × 35 = 35,000.00; rest 547,000.00: 164,100.00 and 382,900.00.
        var row = LedgerDesk.Value(await Split("S1", 1_000));
        Assert.Equal(["390100 60000000", "390100.risk_adjustment -1800000", "390100.critical_premium -3500000", "390100.outpatient -16410000", "390100.inpatient -38290000"], Entries(row));
        Assert.Equal(row.No, LedgerDesk.Value(await Split("S1", 1_000)).No);
        Assert.Equal("request.key_reused", (await Split("S1", 1_001)).Refusal?.Code);
        Assert.Equal("ledger.nothing_to_split", (await Split("S2", 1_000)).Refusal?.Code);
        // 0.01 comes, one head more: 600,000.01: risk 18,000.00 (18,000.0003); premiums 35,035.00; rest 546,965.01: 164,089.50 (164,089.503) and 382,875.51.
        await desk.Hear(LedgerDesk.Income(5, "personal", 1));
        Assert.Equal(["390100 1", "390100.critical_premium -3500", "390100.outpatient 1050", "390100.inpatient 2449"], Entries(LedgerDesk.Value(await Split("S2", 1_001))));
        // A premium more between the parts: the pool is not touched.
        Assert.DoesNotContain("390100 ", string.Join(' ', Entries(LedgerDesk.Value(await Split("S3", 1_002)))).Replace("390100.", "", StringComparison.Ordinal));
        desk.SetDay(7, 1);
        await desk.Closed("2026-06-30");
        Assert.Empty(await desk.Findings());
    }

    [Fact]
    public async Task Refusals_InTheirOrder()
    {
        await desk.Hear(LedgerDesk.Income(1, "personal", 100_00));
        Assert.Equal("approval.same_person", (await SplitRevenue.Execute(desk.Place, new SplitRevenue.Order("S1", "390", 2026, 1, "a", "A"), desk.Calendar, default)).Refusal?.Code);
        Assert.Equal("request.number_invalid", (await Split("", 1)).Refusal?.Code);
        Assert.Equal("ledger.year_invalid", (await Split("S1", 1, 26)).Refusal?.Code);
        Assert.Equal("ledger.heads_invalid", (await Split("S1", -1)).Refusal?.Code);
        Assert.Equal("ledger.split_not_stated", (await Split("S1", 1, insutype: "310")).Refusal?.Code);
        // 97.00 are left for premiums: 2 × 35 = 70, 3 × 35 = 105.
        Assert.Equal("ledger.premium_above_revenue", (await Split("S1", 3)).Refusal?.Code);
        LedgerDesk.Value(await Split("S1", 2));
    }

    [Fact]
    public async Task PackThatStatesNoSplit_IsNotDivided()
    {
        await using var harbin = await SettlementNode.Create(postgres.Server);
        var answer = await SplitRevenue.Execute(new LedgerDesk(harbin).Place, new SplitRevenue.Order("S1", "390", 2026, 1, LedgerDesk.First, LedgerDesk.Second), desk.Calendar, default);
        Assert.Equal("ledger.split_not_stated", answer.Refusal?.Code);
    }
}
