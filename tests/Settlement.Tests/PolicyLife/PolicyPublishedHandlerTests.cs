using MedInsure.Events;
using MedInsure.Hosting.Messaging;
using MedInsure.Hosting.Tenancy;
using MedInsure.Settlement.PolicyLife;
using Microsoft.Extensions.Logging.Abstractions;

namespace MedInsure.Settlement.Tests.PolicyLife;

/// <summary>Between the bus and the journal: what came is kept until the writer, whichever process has it, adopted it.</summary>
[Trait("Category", "Messaging")]
[Collection(PostgresCollection.Name)]
public sealed class PolicyPublishedHandlerTests(SharedPostgres postgres) : IAsyncLifetime
{
    private SettlementNode node = null!;

    public async Task InitializeAsync() => node = await SettlementNode.Create(postgres.Server, "8103");
    public Task DisposeAsync() => node.DisposeAsync().AsTask();

    private PolicyPublished Published(long number, string version, int share, string? scope = null) => PolicyTexts.Published(number, PolicyTexts.Version(version, share), scope ?? node.Tenant.CityCode);

    /// <summary>As a message: one transaction.</summary>
    private async Task Handle(Tenant tenant, params PolicyPublished[] events)
    {
        await using var connection = await node.Database.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await new PolicyPublishedHandler(node.Time).Handle(new EventContext(tenant, node.Tenant.CityCode, connection, transaction), events, default);
        await transaction.CommitAsync();
    }

    private Task Round() => AdoptionWorker.Round(node.Journal, node.Database, node.Policies, NullLogger.Instance, default);

    private async Task<(string Adopted, string Waiting)> State()
    {
        await node.Projected();
        var (adopted, waiting) = await ListAdoptedPolicies.Query(node.Database, default);
        return (string.Join(' ', adopted.Select(a => a.Version)), string.Join(' ', waiting.Select(w => $"{w.Published.Version}{w.LastFailure}")));
    }

    [Fact]
    public async Task WhatIsForTheCounty_WaitsForItsWriter()
    {
        await Handle(node.Tenant, Published(1, "H1", 80), Published(2, "H2", 81, "110101"), Published(3, "H3", 82, node.Tenant.Code));
        Assert.Equal(("", "H1 H3"), await State());
        await Round();
        Assert.Equal(("H1 H3", ""), await State());
        // What it told already changes nothing.
        await Handle(node.Tenant, Published(1, "H1", 80));
        var seq = node.Journal.CommittedSeq;
        await Round();
        Assert.Equal(seq, node.Journal.CommittedSeq);
    }

    [Fact]
    public async Task CityItself_AdoptsNothing()
    {
        await Handle(node.Tenant with { Code = node.Tenant.CityCode }, Published(1, "H1", 80));
        Assert.Equal(("", ""), await State());
    }

    [Fact]
    public async Task ReplicaWithoutTheLease_LeavesItToTheWriter()
    {
        await Handle(node.Tenant, Published(1, "H1", 80));
        var standby = node.NewJournal();
        await AdoptionWorker.Round(standby, node.Database, node.Policies, NullLogger.Instance, default);
        Assert.Equal(("", "H1"), await State());
        await Round();
        Assert.Equal(("H1", ""), await State());
        await standby.DisposeAsync();
        await standby.Projector.DisposeAsync();
    }

    [Fact]
    public async Task WriterThatEndsBetween_NothingIsLostOrDoubled()
    {
        await Handle(node.Tenant, Published(1, "H1", 80), Published(2, "H2", 81));
        await node.Restart();
        Assert.Equal(("", "H1 H2"), await State());
        await Round();
        // Committed but not told: the next writer tries once more.
        await Task.WhenAll(Round(), Round());
        await node.Restart();
        await Round();
        Assert.Equal(("H1 H2", ""), await State());
        Assert.Equal(2, node.Journal.CommittedSeq);
    }

    [Fact]
    public async Task NumberThatComesWithOtherContent_GoesToAPerson()
    {
        await Handle(node.Tenant, Published(1, "H1", 80));
        var thrown = await Assert.ThrowsAsync<InvalidOperationException>(() => Handle(node.Tenant, Published(1, "H1", 81)));
        Assert.Contains("other content", thrown.Message, StringComparison.Ordinal);
        Assert.Equal(("", "H1"), await State());
    }

    [Fact]
    public async Task WhatIsRefused_StaysWithTheReason_AndTheRestGoesOn()
    {
        await Handle(node.Tenant, Published(1, "2026.1", 80), Published(2, "H2", 81));
        await Round();
        await Round();
        Assert.Equal(("H2", "2026.1policy.version_exists"), await State());
    }
}
