using MedInsure.FraudAudit.Checks;
using MedInsure.FraudAudit.Intake;
using MedInsure.FraudAudit.Tests.Rules;
using MedInsure.Protos.FraudAudit.V1;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace MedInsure.FraudAudit.Tests.Checks;

[Trait("Category", "Storage")]
[Collection("audit")]
public sealed class PersonHistoriesTests(AuditFixture fixture) : IAsyncLifetime
{
    private readonly StandingClock clock = new();
    private AuditHost host = null!;
    private int seq;

    public async Task InitializeAsync() => host = await fixture.Start();
    public async Task DisposeAsync() => await host.DisposeAsync();

    [Fact]
    public async Task BillsOfAPerson_AreReadOnceAndHeld()
    {
        var histories = Histories();
        await Keep(Visit(20261001));
        var first = await Of(histories);
        Assert.Single(first);
        Assert.Same(first, await Of(histories));
        clock.Now += TimeSpan.FromSeconds(5);
        Assert.Same(first, await Of(histories));
    }

    [Fact]
    public async Task NewBill_IsSeenASecondLater()
    {
        var histories = Histories();
        await Keep(Visit(20261001));
        var held = await Of(histories);
        var ofOther = await Of(histories, "P2");
        await Keep(Visit(20261002));
        Assert.Same(held, await Of(histories));
        clock.Now += TimeSpan.FromSeconds(1);
        Assert.Equal(2, (await Of(histories)).Count);
        Assert.Same(ofOther, await Of(histories, "P2"));
    }

    [Fact]
    public async Task ReversedBill_IsForgottenASecondLater()
    {
        var histories = Histories();
        var visit = Visit(20261001);
        await Keep(visit);
        Assert.Single(await Of(histories));
        await Keep(new AuditClaim { SetlId = "R1", ReversesSetlId = visit.SetlId, RootSetlId = visit.SetlId, PsnNo = "P1", SettledAtMs = Bill.MsOf(20261003, 9), JournalSeq = ++seq });
        clock.Now += TimeSpan.FromSeconds(1);
        Assert.Empty(await Of(histories));
    }

    [Fact]
    public async Task MorePersonsThanRoom_TheLatestAreHeld()
    {
        // Two halves of 15 lines; a person has 3 bills of one line, and counts one more.
        var histories = Histories(linesMax: 30);
        for (var person = 0; person < 20; person++)
            for (var day = 1; day <= 3; day++) await Keep(Visit(20261000 + day, $"P{person}"));
        var first = await Of(histories, "P0");
        for (var person = 1; person < 20; person++) Assert.Equal(3, (await Of(histories, $"P{person}")).Count);
        var last = await Of(histories, "P19");
        Assert.Same(last, await Of(histories, "P19"));
        var again = await Of(histories, "P0");
        Assert.NotSame(first, again);
        Assert.Equal(first, again);
    }

    private PersonHistories Histories(int linesMax = 1_000) => new(host.Services.GetRequiredService<AuditedCounties>(),
        new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?> { ["Checks:HistoryLinesMax"] = $"{linesMax}" }).Build(), clock);

    private async Task<IReadOnlyList<AuditClaim>> Of(PersonHistories histories, string psn = "P1") => await histories.Of(host.County.Code, psn, default);

    private AuditClaim Visit(int on, string psn = "P1")
    {
        var visit = Bill.Visit(on, psn: psn, lines: [Bill.Line("D1", on: on)]);
        visit.JournalSeq = ++seq;
        return visit;
    }

    private Task Keep(params AuditClaim[] claims) => Keep(host.Database, claims);

    internal static async Task Keep(NpgsqlDataSource database, params AuditClaim[] claims)
    {
        await using var connection = await database.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await ClaimStore.Keep(connection, transaction, claims, default);
        // As the intake does in the same transaction.
        await using var command = new NpgsqlCommand("UPDATE feed_position SET seq = $1, idx = 0", connection, transaction) { Parameters = { new NpgsqlParameter<long> { TypedValue = claims[^1].JournalSeq } } };
        await command.ExecuteNonQueryAsync();
        await transaction.CommitAsync();
    }

    /// <summary>Its timestamps stand as well.</summary>
    private sealed class StandingClock : TimeProvider
    {
        public DateTimeOffset Now { get; set; } = new(2026, 11, 22, 2, 0, 0, TimeSpan.Zero);
        public override DateTimeOffset GetUtcNow() => Now;
        public override long GetTimestamp() => Now.Ticks;
        public override long TimestampFrequency => TimeSpan.TicksPerSecond;
    }
}
