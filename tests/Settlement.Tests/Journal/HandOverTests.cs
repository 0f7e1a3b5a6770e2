using MedInsure.Kernel;
using MedInsure.Settlement.Claims;
using MedInsure.Settlement.Journal;
using MedInsure.Settlement.Queries;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace MedInsure.Settlement.Tests.Journal;

/// <summary>Two replicas of one county: the one that stops leaves the lease to the other, under load.</summary>
[Trait("Category", "Storage")]
[Collection(PostgresCollection.Name)]
public sealed class HandOverTests(SharedPostgres postgres) : IAsyncLifetime
{
    private SettlementNode node = null!;

    public async Task InitializeAsync()
    {
        node = await SettlementNode.Create(postgres.Server);
        await node.AddPerson("P1");
    }

    public async Task DisposeAsync() => await node.DisposeAsync();

    [Fact]
    public async Task WritersRetiredInTurnUnderLoad_EverySettlementStandsOnce()
    {
        const int callers = 8, handOvers = 4;
        using var enough = new CancellationTokenSource();
        var writers = new[] { node.Journal, node.NewJournal() };
        var settled = Enumerable.Range(0, callers).Select(_ => Task.Run(async () =>
        {
            var ids = new List<string>();
            while (!enough.IsCancellationRequested)
            {
                var request = node.Inline("P1", 100);
                Outcome<Committed> outcome;
                var tries = 0;
                // As a caller that goes from replica to replica with the same message.
                while ((outcome = await writers[tries++ % 2].Submit(SettleClaim.Command(request))).Refusal is { Kind: RefusalKind.Unavailable }) await Task.Delay(1);
                Assert.Null(outcome.Refusal);
                ids.Add(outcome.Value.Record.SettledClaim.SetlId);
            }
            return ids;
        })).ToArray();
        for (var i = 0; i < handOvers; i++)
        {
            var old = writers[i % 2];
            var seq = old.CommittedSeq;
            while (old.CommittedSeq < seq + 20) await Task.Delay(5); // the load decides when
            await old.Retire();
            Assert.False(old.HoldsLease);
            await SettlementNode.Leased(writers[(i + 1) % 2]);
            await old.DisposeAsync();
            await old.Projector.DisposeAsync();
            writers[i % 2] = node.NewJournal();
        }
        await enough.CancelAsync();
        var all = (await Task.WhenAll(settled)).SelectMany(ids => ids).ToList();
        foreach (var writer in writers)
        {
            await writer.DisposeAsync();
            await writer.Projector.DisposeAsync();
        }
        await node.Open();
        Assert.Equal(all.Count, all.Distinct().Count());
        await using var command = node.Database.CreateCommand("SELECT setl_id FROM claim");
        await using var reader = await command.ExecuteReaderAsync();
        var stored = new HashSet<string>();
        while (await reader.ReadAsync()) Assert.True(stored.Add(reader.GetString(0)));
        Assert.Equal(all.ToHashSet(), stored);
    }

    [Fact]
    public async Task Retired_TheOneThatStoodByWritesAtOnce()
    {
        var standby = node.NewJournal();
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (!standby.StandsBy) await Task.Delay(5, patience.Token); // the journal has no event for it; bounded by the patience
        Assert.Equal(HealthStatus.Healthy, await HealthOf(standby));
        await node.Journal.Retire();
        Assert.Equal(HealthStatus.Unhealthy, await HealthOf(node.Journal));
        Assert.Equal("settlement.not_the_writer", (await node.Journal.Submit(SettleClaim.Command(node.Inline("P1", 100)))).Refusal?.Code);
        await SettlementNode.Leased(standby);
        Assert.Null((await standby.Submit(SettleClaim.Command(node.Inline("P1", 100)))).Refusal);
        await standby.DisposeAsync();
        await standby.Projector.DisposeAsync();
    }

    [Fact]
    public async Task StandsBy_WaitsForWhatTheWriterAnswered()
    {
        var standby = node.NewJournal();
        await node.Accepted(SettleClaim.Command(node.Inline("P1", 100)));
        Assert.True(await standby.WaitForTables(TimeSpan.FromSeconds(30), default));
        Assert.Equal(node.Journal.CommittedSeq, node.Journal.Projector.ProjectedSeq);
        await standby.DisposeAsync();
        await standby.Projector.DisposeAsync();
    }

    private static async Task<HealthStatus> HealthOf(TenantJournal journal) =>
        (await new JournalHealth(TenantJournals.Of(journal)).CheckHealthAsync(new HealthCheckContext())).Status;
}
