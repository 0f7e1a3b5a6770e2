using System.Text.Json;
using MedInsure.Kernel;
using MedInsure.Settlement.Corrections;
using MedInsure.Settlement.Runs;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace MedInsure.Settlement.Tests.Corrections;

/// <summary>A version that decides earlier days than it was published on: what it owes for them is previewed, approved by another person and booked once.</summary>
[Trait("Category", "Storage")]
[Collection(PostgresCollection.Name)]
public sealed class ResettlementRunTests(SharedPostgres postgres) : IAsyncLifetime
{
    private static int lastRequest;
    private readonly IRunKind[] kinds = [new ResettlementRun()];
    private SettlementNode node = null!;

    public async Task InitializeAsync() => node = await SettlementNode.Create(postgres.Server);
    public Task DisposeAsync() => node.DisposeAsync().AsTask();

    private RunPlace Place => new(node.Journal, node.Database);

    private Task<Outcome<BenefitRun>> Start(object terms) =>
        StartRun.Execute(Place, kinds, new StartRun.Order($"R{Interlocked.Increment(ref lastRequest)}", "resettlement", JsonSerializer.SerializeToElement(terms), "待遇政策追溯执行", "王经办"), node.Time.GetUtcNow(), default);

    private async Task<BenefitRun> Previewed(object terms)
    {
        var started = await Start(terms);
        Assert.Null(started.Refusal);
        await Worked();
        return await Now(started.Value);
    }

    private async Task<BenefitRun> Booked(BenefitRun run)
    {
        Assert.Null((await ApproveRun.Execute(Place, run.Number, new ApproveRun.Approval("李审批", Yuan.Of(run.PreviewFen)), node.Time.GetUtcNow(), default)).Refusal);
        await Worked();
        await node.Projected();
        return await Now(run);
    }

    private async Task Worked()
    {
        var work = new RunWork(kinds, node.Time, NullLogger<RunWork>.Instance);
        for (var idle = 0; idle < 2;) idle = await work.Round(Place, default) ? 0 : idle + 1;
    }

    private async Task<BenefitRun> Now(BenefitRun run) => (await BenefitRun.Find(node.Database, "number", run.Number, default))!;

    private async Task<List<(string PsnNo, string BenefitNo, string SetlId, string RunNo, long Fen)>> Owed()
    {
        await using var command = node.Database.CreateCommand("SELECT psn_no, benefit_no, setl_id, run_no, amount_fen FROM person_benefit WHERE kind = 'correction' ORDER BY benefit_no");
        await using var reader = await command.ExecuteReaderAsync();
        var rows = new List<(string, string, string, string, long)>();
        while (await reader.ReadAsync()) rows.Add((reader.GetString(0), reader.GetString(1), reader.GetString(2), reader.GetString(3), reader.GetInt64(4)));
        return rows;
    }

    [Fact]
    public async Task AdoptedVersion_IsPreviewedApprovedAndBookedOnce()
    {
        foreach (var psn in (string[])["P1", "P2", "P3"]) await node.AddPerson(psn);
        await node.AddPerson("P4", "310", "1101");
        var (first, second) = (await node.Settled(await node.Visit("P1", 1_000_000, "21")), await node.Settled(await node.Visit("P1", 1_000_000, "21")));
        var other = await node.Settled(await node.Visit("P2", 2_000_000, "21"));
        await node.Settled(node.Inline("P3", 5_000, "41")); // a sale that no version pays for
        await node.Settled(await node.Visit("P4", 1_000_000, "21", insutype: "310"));
        await node.Reversed(await node.Settled(await node.Visit("P3", 1_000_000, "21")));
        await node.Adopt("harbin/resident", "2026.2", 20260601, 1, CorrectionActions.Better);

        var run = await Previewed(new { pack = "harbin/resident", version = "2026.2" });
        Assert.Equal("previewed", run.State);
        Assert.Equal(0, (await node.Holds()).Corrections);
        Assert.Empty(await Owed());
        // 1,104.00 each of P1's; 20,000.00: 13,496.00, then 15,600.00.
        Assert.Equal(2 * 110_400 + 210_400, run.PreviewFen);
        Assert.Equal("run.preview_changed", (await ApproveRun.Execute(Place, run.Number, new ApproveRun.Approval("李审批", 1), node.Time.GetUtcNow(), default)).Refusal?.Code);

        run = await Booked(run);
        Assert.Equal(("booked", 2 * 110_400 + 210_400), (run.State, run.BookedFen));
        var runNo = BenefitRun.NumberOf(node.Tenant.Code, run.Number);
        Assert.Equal([("P1", first.SetlId(), runNo, 110_400), ("P1", second.SetlId(), runNo, 110_400), ("P2", other.SetlId(), runNo, 210_400)], (await Owed()).Select(o => (o.PsnNo, o.SetlId, o.RunNo, o.Fen)).Order());
        Assert.Equal(-(2 * 110_400 + 210_400), (await node.Booked())["person_payable "]);
        Assert.Equal(3, (await node.Holds()).Corrections);

        // A second run, of the version or of all days, finds nothing.
        Assert.Equal(0, (await Previewed(new { pack = "harbin/resident", version = "2026.2" })).PreviewFen);
        Assert.Equal(0, (await Previewed(new { from = "2026-01-01", to = "2026-06-30" })).PreviewFen);
        Assert.Empty(await node.Corrected("P1"));

        // Reversed afterwards: what was paid for it is owed back.
        await node.Reversed(first);
        await node.Projected();
        Assert.Equal(("P1", first.SetlId(), "", -110_400), (await Owed()).Where(o => o.Fen < 0).Select(o => (o.PsnNo, o.SetlId, o.RunNo, o.Fen)).Single());
        await node.Holds();
    }

    /// <summary>Who was settled or reversed between preview and booking gets what is right then; a run that is cut off goes on at the next writer.</summary>
    [Fact]
    public async Task BillsBetweenPreviewAndBooking_AreBookedAsTheyAreThen()
    {
        foreach (var psn in (string[])["P1", "P2"]) await node.AddPerson(psn);
        var first = await node.Settled(await node.Visit("P1", 1_000_000, "21"));
        await node.Settled(await node.Visit("P2", 1_000_000, "21"));
        await node.Adopt("harbin/resident", "2026.2", 20260101, 1, CorrectionActions.Better);
        var run = await Previewed(new { from = "2026-06-01", to = "2026-06-30" });
        Assert.Equal(220_800, run.PreviewFen);
        await node.Reversed(first);
        await node.Settled(await node.Visit("P2", 1_000_000, "21"));
        await node.Restart();
        run = await Booked(run);
        Assert.Equal(("booked", 110_400), (run.State, run.BookedFen));
        Assert.Equal([("P2", 110_400)], (await Owed()).Select(o => (o.PsnNo, o.Fen)));
        Assert.Empty(await node.Corrected("P2"));
        await node.Holds();
    }

    public static TheoryData<string, string> Wrong => new()
    {
        { """{"pack": "harbin/resident"}""", "run.terms_invalid" },
        { """{}""", "run.terms_invalid" },
        { """{"from": "2026-01-01"}""", "run.terms_invalid" },
        { """{"from": "2026-01-32", "to": "2026-02-01"}""", "run.terms_invalid" },
        { """{"pack": "harbin/resident", "version": "2026.2", "from": "2026-01-01", "to": "2026-02-01"}""", "run.terms_invalid" },
        { """{"pack": "harbin/resident", "version": "2026.1"}""", "policy.not_adopted" }, // the program's own: there is nothing it could change
        { """{"pack": "harbin/resident", "version": "2026.9"}""", "policy.not_adopted" },
        { """{"from": "2026-02-01", "to": "2026-01-01"}""", "query.day_invalid" },
        { """{"from": "2026-02-01", "to": "2026-07-01"}""", "query.day_invalid" }, // tomorrow
    };

    [Theory]
    [MemberData(nameof(Wrong))]
    public async Task TermsThatAreNone_AreRefused(string terms, string code) => Assert.Equal(code, (await Start(JsonDocument.Parse(terms).RootElement)).Refusal?.Code);
}
