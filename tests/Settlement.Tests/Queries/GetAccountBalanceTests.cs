using MedInsure.Protos.Enrollment.V1;
using MedInsure.Protos.Settlement.V1;
using MedInsure.Settlement.Queries;

namespace MedInsure.Settlement.Tests.Queries;

[Trait("Category", "Storage")]
[Collection(PostgresCollection.Name)]
public sealed class GetAccountBalanceTests(SharedPostgres postgres) : IAsyncLifetime
{
    private World world = null!;
    private SettlementNode node = null!;

    public async Task InitializeAsync() => node = (world = await postgres.World()).Node;
    public Task DisposeAsync() => Task.CompletedTask;

    [Fact]
    public async Task UnknownPerson_IsRefused() =>
        Assert.Equal("person.unknown", (await GetAccountBalance.Query(node.Journal, new GetAccountBalanceRequest { PsnNo = "P-NOBODY" }, default)).Refusal?.Code);

    [Fact]
    public async Task Balance_IsCreditsLessWhatWasSpent()
    {
        var psn = await world.Person("310", "1101", creditFen: 10_000);
        Assert.Equal(10_000, await node.Balance(psn)); // of a person never loaded
        await node.Settled(await node.Visit(psn, 3_000, insutype: "310", useAccount: true));
        Assert.Equal(7_000, await node.Balance(psn));
        await node.Restart();
        Assert.Equal(7_000, await node.Balance(psn)); // from the tables
    }

    [Fact]
    public async Task CreditsOfAllPeriodsOfCover_AddUp()
    {
        var psn = await world.Person();
        var person = new Person { PsnNo = psn, BirthOn = 19800101, County = node.Tenant.Code, Version = 2 };
        person.Coverage.Add(new Coverage { Insutype = "310", PsnType = "1101", FromOn = 20200101, ToOn = 20231231, AccountCreditFen = 400 });
        person.Coverage.Add(new Coverage { Insutype = "310", PsnType = "1101", FromOn = 20240601, AccountCreditFen = 600 });
        await node.AddPersons([person]);
        Assert.Equal(1_000, await node.Balance(psn));
    }

    [Fact]
    public async Task CreditsTakenBackBelowWhatWasSpent_LeaveNothingNotLess()
    {
        var psn = await world.Person("310", "1101", creditFen: 10_000);
        await node.Settled(await node.Visit(psn, 8_000, insutype: "310", useAccount: true));
        var person = new Person { PsnNo = psn, BirthOn = 19800101, County = node.Tenant.Code, Version = 2 };
        person.Coverage.Add(new Coverage { Insutype = "310", PsnType = "1101", FromOn = 20200101, AccountCreditFen = 5_000 });
        node.Journal.Replace(person);
        Assert.Equal(0, await node.Balance(psn));
        var amounts = (await node.Settled(await node.Visit(psn, 1_000, insutype: "310", useAccount: true))).Claim().Amounts;
        Assert.Equal((0, 1_000, 0), (amounts.AccountFen, amounts.CashFen, amounts.AccountBalanceFen));
    }
}
