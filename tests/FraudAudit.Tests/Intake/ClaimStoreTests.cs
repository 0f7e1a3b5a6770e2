using MedInsure.FraudAudit.Intake;
using MedInsure.FraudAudit.Tests.Rules;
using MedInsure.Protos.FraudAudit.V1;

namespace MedInsure.FraudAudit.Tests.Intake;

[Trait("Category", "Storage")]
[Collection("audit")]
public sealed class ClaimStoreTests(AuditFixture fixture) : IAsyncLifetime
{
    private AuditHost host = null!;
    private int seq;

    public async Task InitializeAsync() => host = await fixture.Start();
    public async Task DisposeAsync() => await host.DisposeAsync();

    [Fact]
    public async Task History_IsThePersonsStandingBillsBeforeTheInstant_TheOldestFirst()
    {
        var (first, second, old, ofOther) = (Told(Bill.Visit(20261001)), Told(Bill.Stay(20261003, 20261009)), Told(Bill.Visit(20250801)), Told(Bill.Visit(20261002, psn: "P2")));
        await Keep(second, first, old, ofOther);
        Assert.Equal([first.SetlId, second.SetlId], await History(Bill.MsOf(20261102, 8)));
        Assert.Equal([first.SetlId], await History(second.SettledAtMs)); // before, not at
        Assert.Equal([old.SetlId], await History(Bill.MsOf(20250901, 8)));
    }

    [Fact]
    public async Task Reversed_IsNobodysHistory_UntilItIsRestored()
    {
        var visit = Told(Bill.Visit(20261001));
        await Keep(visit);
        var reversal = Reversal("R1", visit.SetlId, visit.SetlId, restores: false);
        await Keep(reversal);
        Assert.Empty(await History(Bill.MsOf(20261102, 8)));
        await Keep(Reversal("R2", "R1", visit.SetlId, restores: true));
        Assert.Equal([visit.SetlId], await History(Bill.MsOf(20261102, 8)));
    }

    [Fact]
    public async Task ReversalAndRestorationInOnePage_TheLastOneDecides()
    {
        var visit = Told(Bill.Visit(20261001));
        await Keep(visit, Reversal("R1", visit.SetlId, visit.SetlId, restores: false), Reversal("R2", "R1", visit.SetlId, restores: true));
        Assert.Equal([visit.SetlId], await History(Bill.MsOf(20261102, 8)));
    }

    [Fact]
    public async Task SamePageTwice_IsKeptOnce()
    {
        var visit = Told(Bill.Visit(20261001, lines: [Bill.Line("X1")]));
        await Keep(visit);
        await Keep(visit);
        Assert.Equal(1, await host.Sql<long>("SELECT count(*) FROM audit_claim"));
        await using var connection = await host.Database.OpenConnectionAsync();
        Assert.Equal(visit, Assert.Single(await ClaimStore.ReadHistory(connection, "P1", Bill.MsOf(20261102, 8), default)));
    }

    [Fact]
    public async Task Summaries_SayWhatTheDocumentsSay()
    {
        var stay = Told(Bill.Stay(20261003, 20261009, lines: [Bill.Line("D", 10m), Bill.Line("E", 20m, chargeType: "03"), Bill.Line("M", 30m, chargeType: "08"), Bill.Line("T", 40m, chargeType: "05")]));
        stay.Diagnosis.Add(Bill.Diagnosis("I10"));
        stay.Category.Add("low_income");
        (stay.ProviderCounty, stay.BasicPoolLeftFen, stay.DeductibleFen) = ("640399", 500, 300);
        var (going, reversed) = (Told(Bill.Stay(20261011, 20261012)), Told(Bill.Visit(20261015)));
        going.EndOn = 0;
        await Keep(stay, going, reversed, Reversal("R1", reversed.SetlId, reversed.SetlId, restores: false), Told(Bill.Visit(20261101)));
        await using var connection = await host.Database.OpenConnectionAsync();
        var october = await ClaimStore.ReadSummaries(connection, "640301", Start(20261001), Start(20261101), null, default);
        Assert.Equal([MedInsure.FraudAudit.Rules.BillSummary.Of(stay), MedInsure.FraudAudit.Rules.BillSummary.Of(going)], october);
        Assert.Equal((1_000L, 2_000L, 3_000L, 4_000L, true), (october[0].DrugFen, october[0].ExamFen, october[0].MaterialFen, october[0].TreatmentFen, october[0].IsPoor));
        Assert.Single(await ClaimStore.ReadSummaries(connection, "640301", Start(20261001), Start(20261101), (stay.JournalSeq, 0), default));

        static DateTime Start(int day) => DateTimeOffset.FromUnixTimeMilliseconds(Bill.MsOf(day, 0)).UtcDateTime;
    }

    private AuditClaim Told(AuditClaim claim)
    {
        claim.JournalSeq = ++seq;
        return claim;
    }

    private AuditClaim Reversal(string setlId, string reverses, string root, bool restores) =>
        Told(new AuditClaim { SetlId = setlId, ReversesSetlId = reverses, RootSetlId = root, Restores = restores, PsnNo = "P1", SettledAtMs = Bill.MsOf(20261015, 9) });

    private async Task Keep(params AuditClaim[] claims)
    {
        await using var connection = await host.Database.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await ClaimStore.Keep(connection, transaction, claims, default);
        await transaction.CommitAsync();
    }

    private async Task<IEnumerable<string>> History(long beforeMs)
    {
        await using var connection = await host.Database.OpenConnectionAsync();
        return (await ClaimStore.ReadHistory(connection, "P1", beforeMs, default)).Select(c => c.SetlId);
    }
}
