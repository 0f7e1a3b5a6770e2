using MedInsure.Settlement.Encounters;
using Npgsql;

namespace MedInsure.Settlement.Tests.Ledger;

/// <summary>The ledger as the projection writes it: what each settlement books, by account, and that it is never changed.</summary>
[Trait("Category", "Storage")]
[Collection(PostgresCollection.Name)]
public sealed class LedgerTablesTests(SharedPostgres postgres) : IAsyncLifetime
{
    private SettlementNode node = null!;

    public async Task InitializeAsync() => node = await SettlementNode.Create(postgres.Server, "3417");
    public Task DisposeAsync() => node.DisposeAsync().AsTask();

    [Fact]
    public async Task Settlement_IsBookedByFund_AndItsReversalBooksItBack()
    {
        await node.AddPerson("P1", categories: "registered_poor");
        var settled = await node.Settled(await node.Visit("P1", 3_000_000, "21"));
        var a = settled.Claim().Amounts;
        Assert.True(a is { BasicFundFen: > 0, CriticalIllnessFen: > 0, AssistanceFen: > 0 });
        var hospital = node.Hospital("3");
        Assert.Equal(
        [
            ("benefit_expense 390100 ", a.BasicFundFen), ("benefit_expense 390200 ", a.CriticalIllnessFen), ("benefit_expense 610100 ", a.AssistanceFen),
            ("provider_payable 390100 " + hospital, -a.BasicFundFen), ("provider_payable 390200 " + hospital, -a.CriticalIllnessFen), ("provider_payable 610100 " + hospital, -a.AssistanceFen),
        ], await Balances());
        // Effective on the policy date, booked on the day of the settlement.
        await node.Projected();
        await using (var command = node.Database.CreateCommand("SELECT DISTINCT effective_on || ' ' || booked_on FROM ledger_entry")) Assert.Equal("2026-06-10 2026-06-30", await command.ExecuteScalarAsync());
        await node.Reversed(settled);
        Assert.All(await Balances(), b => Assert.Equal(0, b.Fen));
    }

    [Fact]
    public async Task ProviderOfAnotherCity_IsOwedThroughItsCounty()
    {
        await node.AddPerson("P2");
        node.Reference = node.Reference.WithProviders(Catalogs.Provider(World.OffSite, "3", "310101"));
        var opening = node.Opening("P2", "11", NodeActions.FirstOfJune);
        opening.FixmedinsCode = World.OffSite;
        var mdtrtId = (await node.Accepted(OpenEncounter.Command(opening))).Record.MdtrtId;
        var fees = node.Fees(mdtrtId, "P2", "3", NodeActions.Fee("1", "A1", 10_000));
        var settling = node.Settling(mdtrtId, "P2", 10_000);
        fees.FixmedinsCode = settling.FixmedinsCode = World.OffSite;
        await node.Accepted(AddFeeLines.Command(fees));
        await node.Settled(settling);
        Assert.Equal([("benefit_expense 390100 ", 5_000L), ("county_payable 390100 310101", -5_000)], await Balances());
    }

    [Theory]
    [InlineData("UPDATE ledger_entry SET amount_fen = 1")]
    [InlineData("DELETE FROM ledger_entry")]
    [InlineData("TRUNCATE ledger_entry")]
    [InlineData("UPDATE journal SET records = ''")]
    [InlineData("DELETE FROM journal")]
    [InlineData("TRUNCATE journal")]
    public async Task WhatIsBooked_TheServiceItselfCannotChange(string sql)
    {
        await using var command = node.Database.CreateCommand(sql);
        Assert.Equal(PostgresErrorCodes.InsufficientPrivilege, (await Assert.ThrowsAsync<PostgresException>(() => command.ExecuteNonQueryAsync())).SqlState);
    }

    private async Task<List<(string Account, long Fen)>> Balances()
    {
        await node.Projected();
        await using var command = node.Database.CreateCommand("""
            SELECT purpose || ' ' || fund || ' ' || counterparty, sum(amount_fen)::bigint FROM ledger_entry JOIN ledger_account USING (account_id) GROUP BY purpose, fund, counterparty
            ORDER BY purpose, fund, counterparty
            """);
        await using var reader = await command.ExecuteReaderAsync();
        var balances = new List<(string, long)>();
        while (await reader.ReadAsync()) balances.Add((reader.GetString(0), reader.GetInt64(1)));
        return balances;
    }
}
