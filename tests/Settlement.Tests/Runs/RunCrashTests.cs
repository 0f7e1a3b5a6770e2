using MedInsure.Embedded;
using MedInsure.Settlement.Journal;
using Npgsql;

namespace MedInsure.Settlement.Tests.Runs;

/// <summary>The database dies while a run is previewed, booked and paid: it ends as if nothing had been, everybody booked and paid once.</summary>
[Trait("Category", "Crash")]
public sealed class RunCrashTests : IAsyncLifetime
{
    private const int Persons = 260;
    private PostgresServer server = null!;
    private SettlementNode node = null!;
    private RunDesk desk = null!;

    public async Task InitializeAsync()
    {
        server = await PostgresServer.Start(new PostgresOptions { Durable = true });
        node = await SettlementNode.Create(server, "4308");
        desk = new RunDesk(node);
        for (var i = 0; i < Persons; i++) await node.AddPerson($"P{i:D4}", "380");
        await Task.WhenAll(Enumerable.Range(0, Persons).Select(i => desk.Stay($"P{i:D4}", 2_500_000)));
        await node.Projected();
    }

    public async Task DisposeAsync()
    {
        await node.DisposeAsync();
        await server.DisposeAsync();
    }

    [Fact]
    public async Task DatabaseKilledAtEachStage_EverybodyIsBookedAndPaidOnce()
    {
        var run = await desk.Started();
        await Through("SELECT count(*) FROM benefit_run_person WHERE state <> 'pending'", 1, Persons);
        run = await desk.Now(run);
        Assert.Equal(("previewed", Persons * 300_000L), (run.State, run.PreviewFen));
        RunDesk.Value(await desk.Approve(run));
        await Through("SELECT count(*) FROM person_benefit", 20, Persons);
        run = await desk.Now(run);
        Assert.Equal(("booked", Persons * 300_000L), (run.State, run.BookedFen));
        await node.Projected();
        Assert.Equal((Persons, Persons), (await desk.Count("SELECT count(*) FROM person_benefit"), await desk.Count("SELECT count(DISTINCT psn_no) FROM person_benefit")));

        // A list asked for over and over while the server dies under it.
        using var enough = new CancellationTokenSource();
        var asking = Task.Run(async () =>
        {
            while (!enough.IsCancellationRequested)
                try { await desk.Prepare("THE-LIST"); }
                catch (NpgsqlException) { await Task.Delay(20, CancellationToken.None); } // away: a caller's pause
        });
        await server.KillImmediate();
        await server.StartAgain();
        await SettlementNode.Leased(node.Journal);
        await enough.CancelAsync();
        await asking;
        var list = RunDesk.Value(await desk.Prepare("THE-LIST"));
        Assert.Equal((Persons, Persons * 300_000L), (list.PersonCount, list.AmountFen));
        Assert.Equal("payment_list.nothing_open", (await desk.Prepare()).Refusal?.Code);
        Assert.Empty((await VerifyJournal.Run(node.Database, node.Tenant, node.Policies, default)).Findings);
    }

    /// <summary>Works until there is nothing left, kills the database once some of it is done, and goes on as a worker does after an error.</summary>
    private async Task Through(string progress, int killAfter, int all)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        var working = Task.Run(async () =>
        {
            for (var idle = 0; idle < 3;)
                try
                {
                    idle = await desk.Work.Round(desk.Place, patience.Token) ? 0 : node.Journal.HoldsLease && await desk.Count("SELECT count(*) FROM benefit_run WHERE state IN ('previewing', 'booking')") == 0 ? idle + 1 : 0;
                    if (idle == 0) await Task.Delay(5, patience.Token); // a worker's pause, for others to use the connection
                }
                catch (NpgsqlException) { await Task.Delay(50, patience.Token); } // the database is away
        });
        while (await desk.Count(progress) < killAfter) await Task.Delay(2, patience.Token); // the work decides when
        await server.KillImmediate();
        await server.StartAgain();
        await SettlementNode.Leased(node.Journal);
        await working;
        await node.Projected();
        Assert.Equal(all, await desk.Count(progress));
    }
}
