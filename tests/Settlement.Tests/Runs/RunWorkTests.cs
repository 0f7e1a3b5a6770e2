using MedInsure.Settlement.Journal;
using MedInsure.Settlement.Runs;

namespace MedInsure.Settlement.Tests.Runs;

/// <summary>A run's states, its four eyes, and its going on: pieces, hand-over, work done twice.</summary>
[Trait("Category", "Storage")]
[Collection(PostgresCollection.Name)]
public sealed class RunWorkTests(SharedPostgres postgres) : IAsyncLifetime
{
    private const int Persons = RunWork.PieceMax + 20;
    private SettlementNode node = null!;
    private RunDesk desk = null!;

    public async Task InitializeAsync()
    {
        node = await SettlementNode.Create(postgres.Server, "4308");
        desk = new RunDesk(node);
    }

    public Task DisposeAsync() => node.DisposeAsync().AsTask();

    /// <summary>Each with one stay that gets 3,000.</summary>
    private async Task Stays(int persons)
    {
        for (var i = 0; i < persons; i++) await node.AddPerson($"P{i:D4}", "380");
        await Task.WhenAll(Enumerable.Range(0, persons).Select(i => desk.Stay($"P{i:D4}", 2_500_000)));
        await node.Projected();
    }

    [Fact]
    public async Task Run_ShowsItsProgressPieceByPiece_AndIsBookedOnlyAfterAnotherApproved()
    {
        await Stays(Persons);
        var run = await desk.Started();
        Assert.Equal(("previewing", null), (run.State, run.PersonCount));
        Assert.Equal("run.not_previewed", (await desk.Approve(run)).Refusal?.Code);
        await desk.Work.Round(desk.Place, default);
        Assert.Equal((Persons, 0L), ((await desk.Now(run)).PersonCount, (await desk.Now(run)).Computed));
        await desk.Work.Round(desk.Place, default);
        Assert.Equal(("previewing", (long)RunWork.PieceMax), ((await desk.Now(run)).State, (await desk.Now(run)).Computed));
        await desk.Worked();
        run = await desk.Now(run);
        Assert.Equal(("previewed", Persons * 300_000L, 0L), (run.State, run.PreviewFen, run.Booked));

        Assert.Equal("approval.same_person", (await desk.Approve(run, RunDesk.Starter)).Refusal?.Code);
        Assert.Equal("approval.same_person", (await desk.Approve(run, $" {RunDesk.Starter} ")).Refusal?.Code);
        Assert.Equal("approval.person_missing", (await desk.Approve(run, " ")).Refusal?.Code);
        Assert.Equal("run.preview_changed", (await desk.Approve(run, amount: 1m)).Refusal?.Code);
        await desk.Worked();
        Assert.Equal(0, await desk.Count("SELECT count(*) FROM person_benefit"));
        RunDesk.Value(await desk.Approve(run));
        Assert.Equal("booking", RunDesk.Value(await desk.Approve(run)).State); // asked again
        Assert.Equal("run.not_previewed", (await desk.Approve(run, "钱某")).Refusal?.Code);
        Assert.Equal("run.not_withdrawable", (await WithdrawRun.Execute(desk.Place, run.Number, new WithdrawRun.Withdrawal(RunDesk.Starter), node.Time.GetUtcNow(), default)).Refusal?.Code);
        await desk.Work.Round(desk.Place, default);
        Assert.Equal(("booking", (long)RunWork.PieceMax), ((await desk.Now(run)).State, (await desk.Now(run)).Booked));
        await desk.Worked();
        run = await desk.Now(run);
        Assert.Equal(("booked", (long)Persons, Persons * 300_000L), (run.State, run.Booked, run.BookedFen));
        await node.Projected();
        Assert.Equal(Persons, await desk.Count("SELECT count(DISTINCT psn_no) FROM person_benefit"));
    }

    /// <summary>A process that dies after the commit and before it noted that: the next one finds the record by its key.</summary>
    [Fact]
    public async Task BookedButNotNoted_IsNotBookedAgain()
    {
        await Stays(5);
        var run = RunDesk.Value(await desk.Approve(await desk.Previewed()));
        await desk.Worked();
        await node.Projected();
        await using (var command = node.Database.CreateCommand("UPDATE benefit_run_person SET state = 'previewed', booked_fen = 0; UPDATE benefit_run SET state = 'booking', booked_at = NULL"))
            await command.ExecuteNonQueryAsync();
        await node.Restart();
        await desk.Worked();
        run = await desk.Now(run);
        Assert.Equal(("booked", 1_500_000L), (run.State, run.BookedFen));
        await node.Projected();
        Assert.Equal((5L, 1_500_000L), (await desk.Count("SELECT count(*) FROM person_benefit"), await desk.Count("SELECT sum(amount_fen)::bigint FROM person_benefit")));
    }

    [Fact]
    public async Task LeaseMovesWhileARunIsBooked_TheOtherReplicaEndsIt()
    {
        await Stays(Persons);
        var run = RunDesk.Value(await desk.Approve(await desk.Previewed()));
        var standby = node.NewJournal();
        var other = new RunPlace(standby, node.Database);
        Assert.False(await desk.Work.Round(other, default)); // does not write: touches nothing
        await desk.Work.Round(desk.Place, default);
        await node.Journal.Retire();
        await SettlementNode.Leased(standby);
        Assert.False(await desk.Work.Round(desk.Place, default));
        for (var idle = 0; idle < 2;) idle = await desk.Work.Round(other, default) ? 0 : idle + 1;
        run = await desk.Now(run);
        Assert.Equal(("booked", Persons * 300_000L), (run.State, run.BookedFen));
        Assert.True(await standby.WaitForTables(TimeSpan.FromSeconds(30), default));
        Assert.Equal(Persons, await desk.Count("SELECT count(*) FROM person_benefit"));
        await standby.DisposeAsync();
        await standby.Projector.DisposeAsync();
        Assert.Empty((await VerifyJournal.Run(node.Database, node.Tenant, node.Policies, default)).Findings);
    }

    [Fact]
    public async Task TwoWorkersAtOnce_BookEachPersonOnce()
    {
        await Stays(40);
        var run = RunDesk.Value(await desk.Approve(await desk.Previewed()));
        await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => Task.Run(desk.Worked)));
        await node.Projected();
        Assert.Equal(("booked", 12_000_000L), ((await desk.Now(run)).State, (await desk.Now(run)).BookedFen));
        Assert.Equal((40L, 40L), (await desk.Count("SELECT count(*) FROM person_benefit"), await desk.Count("SELECT count(DISTINCT psn_no) FROM person_benefit")));
    }

    [Fact]
    public async Task SameRequest_IsOneRun_AndASubjectIsUnderWayOnce()
    {
        await Stays(1);
        var order = RunDesk.Order();
        var runs = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() => desk.Start(order))));
        Assert.Single(runs.Select(r => RunDesk.Value(r).Number).Distinct());
        Assert.Equal("request.number_reused", (await desk.Start(order with { Reason = "另一事由" })).Refusal?.Code);
        Assert.Equal("run.under_way", (await desk.Start(RunDesk.Order())).Refusal?.Code);
        var run = RunDesk.Value(runs[0]);
        Assert.Equal("withdrawn", RunDesk.Value(await WithdrawRun.Execute(desk.Place, run.Number, new WithdrawRun.Withdrawal("钱某"), node.Time.GetUtcNow(), default)).State);
        await desk.Worked();
        Assert.Equal(("withdrawn", 0L), ((await desk.Now(run)).State, (await desk.Now(run)).Computed));
        Assert.Equal("previewing", (await desk.Started()).State);
    }

    [Theory]
    [InlineData("", "year_end", "事由", "王经办", "request.number_invalid")]
    [InlineData("Q", "bonus", "事由", "王经办", "run.kind_unknown")]
    [InlineData("Q", "year_end", "", "王经办", "run.reason_invalid")]
    [InlineData("Q", "year_end", "事由", "", "approval.person_missing")]
    public async Task OrderWithAFault_IsRefused(string requestNo, string kind, string reason, string startedBy, string code) =>
        Assert.Equal(code, (await desk.Start(new StartRun.Order(requestNo, kind, RunDesk.Terms(), reason, startedBy))).Refusal?.Code);
}
