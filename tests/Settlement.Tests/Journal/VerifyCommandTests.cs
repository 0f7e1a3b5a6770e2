using MedInsure.Hosting.Tenancy;
using MedInsure.Settlement.Journal;
using Microsoft.Extensions.Configuration;
using Npgsql;

namespace MedInsure.Settlement.Tests.Journal;

[Trait("Category", "Storage")]
[Collection(PostgresCollection.Name)]
public sealed class VerifyCommandTests(SharedPostgres postgres) : IAsyncLifetime
{
    private SettlementNode node = null!;

    public async Task InitializeAsync()
    {
        node = await SettlementNode.Create(postgres.Server);
        await node.AddPerson("P1");
        await node.Reversed(await node.Settled(await node.Visit("P1", 3_000_000, "21")));
        await node.Projected();
    }

    public Task DisposeAsync() => node.DisposeAsync().AsTask();

    private async Task<(int Code, string Said)> Run(string password = "test-only-password")
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>
        {
            [$"Tenants:{node.Tenant.Code}:Database"] = postgres.Server.Address,
            [$"Secrets:Database:{node.Tenant.Code}:settlement"] = password,
        }).Build();
        await using var said = new StringWriter();
        return (await VerifyCommand.Run(configuration, said), said.ToString());
    }

    [Fact]
    public async Task JournalThatHolds_EndsWithZero()
    {
        var (code, said) = await Run();
        Assert.Equal(0, code);
        Assert.Contains($"{node.Tenant.Code}: journal to seq {node.Journal.CommittedSeq}, tables to {node.Journal.CommittedSeq}, 1 settlements, 1 reversals, 0 corrections, 0 findings", said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ChangedJournal_EndsWithOneAndSaysWhere()
    {
        await using (var admin = new NpgsqlConnection(postgres.Server.ConnectionString(TenantNames.Database(node.Tenant.Code))))
        {
            await admin.OpenAsync();
            await using var command = new NpgsqlCommand(@"UPDATE settlement.journal SET records = records || '\x00'::bytea WHERE seq = 2", admin);
            Assert.Equal(1, await command.ExecuteNonQueryAsync());
        }
        var (code, said) = await Run();
        Assert.Equal(1, code);
        Assert.Contains($"{node.Tenant.Code}: seq 2: the chain of hashes is broken", said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task DatabaseThatRefuses_EndsWithTwo() => Assert.Equal(2, (await Run("guess")).Code);
}
