using MedInsure.Billing.Accounts;

namespace MedInsure.Billing.Tests.Accounts;

[Trait("Category", "Storage")]
[Collection("billing")]
public sealed class PostToAccountsTests(BillingFixture fixture)
{
    [Fact]
    public async Task Acts_AreBookedOnceAndToldAsTotals()
    {
        await using var host = await fixture.Start(workers: false);
        for (var i = 0; i < 2; i++) // said twice it changes nothing more
            await host.Credited(new AccountPosting("A1", "credit", 1_000, 2026_01_31, "B1"), new AccountPosting("A2", "credit", 50, 2026_01_31, "B1"), new AccountPosting("A1", "correction", -200, 2026_01_31, "B2"), new AccountPosting("A3", "credit", 0, 2026_01_31, "B1"));
        Assert.Equal(new Dictionary<string, long> { ["A1"] = 800, ["A2"] = 50 }, await host.ToldCredits());
        Assert.Equal(2L, await host.Sql<long>("SELECT count(*) FROM outbox"));
        await host.Credited(new AccountPosting("A1", "credit", 1_000, 2026_02_28, "B3"));
        Assert.Equal(1_800, (await host.ToldCredits())["A1"]);
        await host.AccountsAddUp("A1", "A2", "A3");
    }

    [Fact]
    public async Task OneActWithTwoContents_Fails()
    {
        await using var host = await fixture.Start(workers: false);
        await host.Credited(new AccountPosting("A1", "credit", 1_000, 2026_01_31, "B1"));
        await Assert.ThrowsAsync<InvalidOperationException>(() => host.Credited(new AccountPosting("A1", "credit", 1_001, 2026_01_31, "B1")));
        await Assert.ThrowsAsync<InvalidOperationException>(() => host.Credited(new AccountPosting("A1", "credit", 1_000, 2026_02_28, "B1")));
        await Assert.ThrowsAsync<ArgumentException>(() => host.Credited(new AccountPosting("A1", "withdrawal", 1, 2026_01_31, "B2")));
        Assert.Equal(1_000, (await host.Account("A1")).BalanceFen);
    }

    [Fact]
    public async Task ManyAtOnce_LoseNothing()
    {
        await using var host = await fixture.Start(workers: false);
        // Every other one names the persons in the other direction.
        await Task.WhenAll(Enumerable.Range(0, 24).Select(i => host.Credited([.. (i % 2 == 0 ? Enumerable.Range(0, 20) : Enumerable.Range(0, 20).Reverse()).Select(p => new AccountPosting($"C{p:D2}", "credit", 1 + i, 2026_01_31, $"B{i}"))])));
        Assert.Equal([.. Enumerable.Repeat(300L, 20)], (await host.ToldCredits()).Values);
        await host.AccountsAddUp("C00", "C19");
    }

    [Fact]
    public async Task EntriesOfAnAccount_CannotBeChanged()
    {
        await using var host = await fixture.Start(workers: false);
        await host.Credited(new AccountPosting("A1", "credit", 1_000, 2026_01_31, "B1"));
        foreach (var sql in (string[])["UPDATE account_entry SET amount_fen = 1", "DELETE FROM account_entry", "DELETE FROM account"])
            Assert.Equal("42501", (await Assert.ThrowsAsync<Npgsql.PostgresException>(() => host.Sql<DBNull>(sql))).SqlState);
    }
}
