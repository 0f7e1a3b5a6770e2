using MedInsure.Events;
using MedInsure.Hosting.Messaging;
using MedInsure.Kernel;
using MedInsure.Protos.Enrollment.V1;
using MedInsure.Settlement.Claims;
using MedInsure.Settlement.Corrections;
using MedInsure.Settlement.Journal;
using MedInsure.Settlement.Persons;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace MedInsure.Settlement.Tests.Corrections;

/// <summary>认定即享受: who is recognised for days gone by gets what his bills would have given, by themselves and once. Guichi's pack: low income gets medical assistance.</summary>
[Trait("Category", "Storage")]
[Collection(PostgresCollection.Name)]
public sealed class RevaluationsTests(SharedPostgres postgres) : IAsyncLifetime
{
    private SettlementNode node = null!;
    private Revaluations revaluations = null!;

    public async Task InitializeAsync()
    {
        node = await SettlementNode.Create(postgres.Server, "3417");
        revaluations = new Revaluations(node.Time, NullLogger<Revaluations>.Instance);
    }

    public Task DisposeAsync() => node.DisposeAsync().AsTask();

    private InsuredPersonChanged Event(string psnNo, long version, params (string Name, int From, int To)[] categories) => new(psnNo, "01", "230102198001010010", "王", "1", 19800101, node.Tenant.Code, version,
        [new InsuredCoverage("390", "1501", 20200101, 0, "", 0)], [.. categories.Select(c => new InsuredCategory(c.Name, c.From, c.To))]);

    private async Task Told(params InsuredPersonChanged[] events)
    {
        await using var connection = await node.Database.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await Handle(connection, transaction, events);
        await transaction.CommitAsync();
    }

    private Task Handle(NpgsqlConnection connection, NpgsqlTransaction transaction, params InsuredPersonChanged[] events) =>
        new InsuredPersonHandler(TenantJournals.Of(node.Journal), node.Time).Handle(new EventContext(node.Tenant, node.Tenant.Code, connection, transaction), events, default);

    private Task<int> Round() => revaluations.Round(node.Journal, node.Database, default);

    private async Task<List<(string PsnNo, DateOnly From, bool Done, int Corrections)>> Queue()
    {
        await using var command = node.Database.CreateCommand("SELECT psn_no, from_on, done_at IS NOT NULL, corrections FROM revaluation ORDER BY revaluation_no");
        await using var reader = await command.ExecuteReaderAsync();
        var rows = new List<(string, DateOnly, bool, int)>();
        while (await reader.ReadAsync()) rows.Add((reader.GetString(0), reader.GetFieldValue<DateOnly>(1), reader.GetBoolean(2), reader.GetInt32(3)));
        return rows;
    }

    [Fact]
    public async Task RecognisedFromAnEarlierDay_BillsSinceThenAreRevaluedOnce()
    {
        await Told(Event("P1", 1), Event("P2", 1));
        await node.Settled(await node.Visit("P2", 3_000_000, "21"));
        var settled = await node.Settled(await node.Visit("P1", 3_000_000, "21"));
        Assert.Equal(0, settled.Claim().Amounts.AssistanceFen);
        await Told(Event("P1", 2, ("low_income", 20260301, 0)));
        Assert.Equal([("P1", new DateOnly(2026, 3, 1), false, 0)], await Queue());
        Assert.Equal(1, await Round());
        Assert.Equal([("P1", new DateOnly(2026, 3, 1), true, 1)], await Queue());

        // The same as if it had been known: another person's bill with the category.
        await node.AddPerson("P3", categories: "low_income");
        var known = (await node.Settled(await node.Visit("P3", 3_000_000, "21"))).Claim().Amounts;
        Assert.True(known.AssistanceFen > 0);
        Assert.Equal(known.Bare(), await node.Effective(settled.SetlId()));
        Assert.Equal(await node.Sums("P3"), await node.Sums("P1"));

        // Repeated, restarted, told again: nothing more.
        Assert.Equal(0, await Round());
        await Told(Event("P1", 2, ("low_income", 20260301, 0)));
        await Told(Event("P1", 3, ("low_income", 20260301, 0)));
        await node.Restart();
        Assert.Equal(0, await Round());
        Assert.Equal(1, (await node.Holds()).Corrections);
        Assert.Equal(-(known.FundTotalFen - settled.Claim().Amounts.FundTotalFen), (await node.Booked())["person_payable "]);

        // The next bill is settled with the category at once, and no correction is due for it.
        await node.Settled(await node.Visit("P1", 3_000_000, "21"));
        Assert.Empty(await node.Corrected("P1"));
    }

    [Fact]
    public async Task SecondRecognition_IsADifferenceToTheFirst_AndAWithdrawalTakesNothingBack()
    {
        await Told(Event("P1", 1));
        var settled = await node.Settled(await node.Visit("P1", 3_000_000, "21"));
        await Told(Event("P1", 2, ("low_income", 20260101, 0)));
        await Round();
        var first = await node.Effective(settled.SetlId());
        await Told(Event("P1", 3, ("low_income", 20260101, 0), ("extreme_hardship", 20260101, 0)));
        await Round();
        var second = await node.Effective(settled.SetlId());
        Assert.True(second.FundTotalFen > first.FundTotalFen, $"{second.FundTotalFen} after {first.FundTotalFen}");
        await node.AddPerson("P3", categories: ["low_income", "extreme_hardship"]);
        Assert.Equal((await node.Settled(await node.Visit("P3", 3_000_000, "21"))).Claim().Amounts.Bare(), second);
        await Told(Event("P1", 4));
        Assert.Equal(0, await Round());
        Assert.Empty(await node.Corrected("P1"));
        Assert.Equal(second, await node.Effective(settled.SetlId()));
        Assert.Equal(2, (await node.Holds()).Corrections);
    }

    [Fact]
    public async Task NobodyWithoutAnAffectedBill_GetsAnything()
    {
        await Told(Event("P-NONE", 1), Event("P-LATER", 1), Event("P-BEFORE", 1), Event("P-REVERSED", 1), Event("P-FUTURE", 1));
        foreach (var psn in (string[])["P-LATER", "P-BEFORE", "P-FUTURE"]) await node.Settled(await node.Visit(psn, 3_000_000, "21"));
        await node.Reversed(await node.Settled(await node.Visit("P-REVERSED", 3_000_000, "21")));
        // From after the discharge of 10 June; until the day before it; from tomorrow on.
        await Told(Event("P-NONE", 2, ("low_income", 20260101, 0)), Event("P-LATER", 2, ("low_income", 20260611, 0)), Event("P-BEFORE", 2, ("low_income", 20260101, 20260609)),
            Event("P-REVERSED", 2, ("low_income", 20260101, 0)), Event("P-FUTURE", 2, ("low_income", 20260701, 0)));
        Assert.Equal(4, await Round());
        Assert.All(await Queue(), row => Assert.Equal((true, 0), (row.Done, row.Corrections)));
        Assert.DoesNotContain(await Queue(), row => row.PsnNo == "P-FUTURE");
        Assert.Equal(0, (await node.Holds()).Corrections);
    }

    /// <summary>Event and queue are one: a transaction that fails leaves neither, and the event that comes again does both.</summary>
    [Fact]
    public async Task HandlerThatFails_QueuesWhenTheEventComesAgain()
    {
        await Told(Event("P1", 1));
        await node.Settled(await node.Visit("P1", 3_000_000, "21"));
        await using (var connection = await node.Database.OpenConnectionAsync())
        await using (var transaction = await connection.BeginTransactionAsync())
            await Handle(connection, transaction, Event("P1", 2, ("low_income", 20260101, 0)));
        Assert.Empty(await Queue());
        await Told(Event("P1", 2, ("low_income", 20260101, 0)));
        await Round();
        Assert.Equal([("P1", new DateOnly(2026, 1, 1), true, 1)], await Queue());
    }

    [Fact]
    public async Task KilledBetweenBookingAndNotingIt_IsBookedOnce()
    {
        await Told(Event("P1", 1));
        await node.Settled(await node.Visit("P1", 3_000_000, "21"));
        await Told(Event("P1", 2, ("low_income", 20260101, 0)));
        Assert.Null((await CorrectPerson.Run(node.Journal, node.Database, "P1", "revaluation-1", Revaluations.CauseOf(new DateOnly(2026, 1, 1)), default)).Refusal);
        Assert.Equal([("P1", new DateOnly(2026, 1, 1), false, 0)], await Queue());
        await node.Restart();
        Assert.Equal(1, await Round());
        Assert.Equal([("P1", new DateOnly(2026, 1, 1), true, 1)], await Queue());
        Assert.Equal(1, (await node.Holds()).Corrections);
    }

    /// <summary>A replica that does not write leaves it to the one that does; the writer that takes over finds what the last one left.</summary>
    [Fact]
    public async Task WriterThatMoves_LeavesTheQueueToTheNextOne()
    {
        await Told(Event("P1", 1));
        await node.Settled(await node.Visit("P1", 3_000_000, "21"));
        await Told(Event("P1", 2, ("low_income", 20260101, 0)));
        await node.Journal.Retire();
        Assert.Equal(1, await Round());
        Assert.Equal([("P1", new DateOnly(2026, 1, 1), false, 0)], await Queue());
        await node.Restart();
        ((SetTime)node.Time).Now += TimeSpan.FromSeconds(6);
        await Task.WhenAll(Round(), Round());
        Assert.Equal([("P1", new DateOnly(2026, 1, 1), true, 1)], await Queue());
        Assert.Equal(1, (await node.Holds()).Corrections);
    }

    /// <summary>The writer has not heard of the recognition (another replica took the event): it has when the person was computed anew.</summary>
    [Fact]
    public async Task WriterThatDidNotHear_SettlesWithTheCategoryAfterwards()
    {
        await Told(Event("P1", 1));
        await node.Settled(await node.Visit("P1", 3_000_000, "21"));
        await using (var connection = await node.Database.OpenConnectionAsync())
        await using (var transaction = await connection.BeginTransactionAsync())
        {
            await new InsuredPersonHandler(TenantJournals.Of(), node.Time).Handle(new EventContext(node.Tenant, node.Tenant.Code, connection, transaction), [Event("P1", 2, ("low_income", 20260101, 0))], default);
            await transaction.CommitAsync();
        }
        await Round();
        Assert.True((await node.Settled(await node.Visit("P1", 1_000_000, "21"))).Claim().Amounts.AssistanceFen > 0);
    }

    /// <summary>A person who goes on settling while the bills are computed anew: whatever came between, in the end every bill counts with the category.</summary>
    [Fact]
    public async Task BillsThatComeMeanwhile_AreNeverMissed()
    {
        await Told(Event("P1", 1));
        await node.Settled(await node.Visit("P1", 3_000_000, "21"));
        using var enough = new CancellationTokenSource();
        var counter = Task.Run(async () =>
        {
            var settled = 0;
            while (!enough.IsCancellationRequested && settled < 500)
            {
                var outcome = await node.Submit(SettleClaim.Command(node.Inline("P1", 1_000)));
                Assert.Null(outcome.Refusal);
                settled++;
            }
            return settled;
        });
        await Told(Event("P1", 2, ("low_income", 20260101, 0)));
        for (var i = 0; i < 50 && !(await Queue())[0].Done; i++)
        {
            await Round();
            ((SetTime)node.Time).Now += TimeSpan.FromHours(1);
        }
        await enough.CancelAsync();
        Assert.True(await counter > 0);
        Assert.True((await Queue())[0].Done);
        Assert.Empty(await node.Corrected("P1"));
        Assert.True((await node.Holds()).Corrections >= 1);
    }

    public static TheoryData<(int From, int To)[], (int From, int To)[], int> Intervals => new()
    {
        { [], [(20260101, 0)], 20260101 },
        { [(20260101, 0)], [(20260101, 0)], 0 },
        { [(20260101, 0)], [(20260201, 0)], 0 },
        { [(20260201, 0)], [(20260101, 0)], 20260101 },
        { [(20260101, 20260331)], [(20260101, 0)], 20260401 },
        { [(20260101, 20260331), (20260401, 0)], [(20260101, 0)], 0 },
        { [(20260101, 20260331), (20260501, 0)], [(20260101, 0)], 20260401 },
        { [(20260101, 20260331)], [(20260101, 20260331)], 0 },
        { [(20260101, 20260331)], [(20260101, 20260228)], 0 },
        { [(20250101, 20251231)], [(20260101, 20260331)], 20260101 },
        { [], [(20260630, 0)], 20260630 },
        { [], [(20260701, 0)], 0 },
        { [(20260101, 20260629)], [(20260101, 0)], 20260630 },
        { [(20260101, 20260630)], [(20260101, 0)], 0 },
    };

    [Theory]
    [MemberData(nameof(Intervals))]
    public void Gained_IsTheFirstDayUpToTodayThatIsNew((int From, int To)[] before, (int From, int To)[] after, int gained)
    {
        static Person With((int From, int To)[] days)
        {
            var person = new Person();
            person.Category.Add(days.Select(d => new Category { Name = "low_income", FromOn = d.From, ToOn = d.To }));
            person.Category.Add(new Category { Name = "registered_poor", FromOn = 20200101 });
            return person;
        }
        var found = RevaluationQueue.Gained(With(before), With(after), new DateOnly(2026, 6, 30)).ToList();
        Assert.Equal(gained == 0 ? [] : [("low_income", DayNumber.ToDate(gained))], found);
    }
}
