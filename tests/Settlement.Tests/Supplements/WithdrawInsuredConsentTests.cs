using MedInsure.Protos.Settlement.V1;
using MedInsure.Settlement.Supplements;

namespace MedInsure.Settlement.Tests.Supplements;

[Trait("Category", "Storage")]
[Collection(PostgresCollection.Name)]
public sealed class WithdrawInsuredConsentTests(SharedPostgres postgres) : IAsyncLifetime
{
    private SupplementWorld world = null!;
    private SettlementNode node = null!;

    public async Task InitializeAsync() => node = (world = await postgres.Supplements()).Node;
    public Task DisposeAsync() => Task.CompletedTask;

    [Fact]
    public async Task Consents_EndForEverybodyUnderThePolicy_AndCanBeGivenAgain()
    {
        var (one, two, other) = (await world.Consented("FAMILY"), await world.Consented("FAMILY"), await world.Consented("OTHER"));
        Assert.Equal(2, await Ended("FAMILY"));
        Assert.Equal(0, await Ended("FAMILY"));
        Assert.Equal(0, await Ended("NEVER-HEARD-OF"));
        Assert.Equal(0, await Ended("P\0"));
        await node.Restart();
        foreach (var (psn, asked) in new[] { (one, 0), (two, 0), (other, 1) })
        {
            await world.Settled(await node.Visit(psn, 20_000));
            Assert.Equal(asked, world.Insurer.Requests.Count);
        }
        await world.Consents(one, "FAMILY");
        await world.Settled(await node.Visit(one, 20_000));
        Assert.Equal(2, world.Insurer.Requests.Count);
    }

    [Fact]
    public async Task RecordedAndWithdrawnInOneStep_LeavesNoneInForce()
    {
        // The projection is held while both commands commit: one step writes them.
        var psn = await world.Person();
        await using (var connection = await node.Database.OpenConnectionAsync())
        await using (var hold = await connection.BeginTransactionAsync())
        {
            await using (var command = new Npgsql.NpgsqlCommand("SELECT FROM projection_checkpoint FOR UPDATE", connection, hold)) await command.ExecuteNonQueryAsync();
            await world.Consented(); // its step waits; what follows gathers behind it
            await world.Consents(psn, "P1-W");
            await node.Accepted(WithdrawInsuredConsent.Command(psn, new WithdrawInsuredConsentRequest { ContractNo = SupplementWorld.Contract, PolicyNo = "P1-W" }));
            await world.Consents(psn, "P2");
        }
        await node.Restart();
        Assert.Equal("P2", (await node.Journal.ReadPerson(psn, default))!.ConsentOn(20260601)?.PolicyNo);
        Assert.Equal(0, await Ended("P1-W"));
    }

    [Fact]
    public async Task BillThatWaitsMeanwhile_SettlesWithout()
    {
        var psn = await world.Consented("POL-W");
        var request = await node.Visit(psn, 20_000);
        world.Insurer.After = async (_, _) => Assert.Equal(1, await Ended("POL-W"));
        var settled = await world.Settled(request);
        Assert.Null(settled.Claim().Facts.Supplement);
        Assert.Equal(10_000, settled.Claim().Amounts.CashFen);
    }

    private async Task<int> Ended(string policy) =>
        (await WithdrawInsuredConsent.Run(node.Journal, node.Database, new WithdrawInsuredConsentRequest { ContractNo = SupplementWorld.Contract, PolicyNo = policy }, default)).Value.Ended;
}
