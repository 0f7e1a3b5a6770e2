using MedInsure.Events;
using MedInsure.Hosting.Messaging;
using MedInsure.Settlement.Claims;
using MedInsure.Settlement.Journal;
using MedInsure.Settlement.Persons;
using Npgsql;

namespace MedInsure.Settlement.Tests.Persons;

/// <summary>What enrollment announces reaches the table and the writer's memory, whichever the next settlement looks into.</summary>
[Trait("Category", "Storage")]
[Collection(PostgresCollection.Name)]
public sealed class InsuredPersonHandlerTests(SharedPostgres postgres) : IAsyncLifetime
{
    private SettlementNode node = null!;

    public async Task InitializeAsync() => node = await SettlementNode.Create(postgres.Server, "3417");
    public Task DisposeAsync() => node.DisposeAsync().AsTask();

    private InsuredPersonChanged Event(string psnNo, long version, int coverTo = 0, params string[] categories) => new(psnNo, "01", "230102198001010010", "王" + version, "1", 19800101, node.Tenant.Code, version,
        [new InsuredCoverage("390", "1501", 20200101, coverTo, "", 0)], [.. categories.Select(c => new InsuredCategory(c, 20200101, 0))]);

    [Theory]
    [InlineData(false)] // the writer holds the person
    [InlineData(true)]  // it does not
    public async Task Change_IsSeenByTheNextSettlement(bool restart)
    {
        await Told(Event("P1", 1));
        Assert.Equal(0, (await node.Settled(await node.Visit("P1", 1_000_000, "21"))).Claim().Amounts.AssistanceFen);
        if (restart) await node.Restart();
        await Told(Event("P1", 2, 0, "low_income"));
        Assert.True((await node.Settled(await node.Visit("P1", 1_000_000, "21"))).Claim().Amounts.AssistanceFen > 0);
        await Told(Event("P1", 3, coverTo: 20260601));
        var request = await node.Visit("P1", 1_000_000, "21");
        Assert.Equal("coverage.none_on_date", await node.Refused(SettleClaim.Command(request)));
        Assert.Equal("王3", (await node.Journal.ReadPerson("P1", default))!.Insured!.PsnName);
    }

    [Fact]
    public async Task OlderEvent_ChangesNothing()
    {
        await Told(Event("P1", 5));
        await node.Settled(node.Inline("P1", 100));
        await Told(Event("P1", 4, coverTo: 20210101));
        await node.Settled(node.Inline("P1", 100));
        await node.Restart();
        await node.Settled(node.Inline("P1", 100));
        Assert.Equal(5, (await node.Journal.ReadPerson("P1", default))!.Insured!.Version);
    }

    [Fact]
    public async Task SeveralEventsOfOnePersonTogether_TheNewestCounts()
    {
        await Told(Event("P1", 1), Event("P2", 1), Event("P1", 3, coverTo: 20210101), Event("P1", 2));
        Assert.Equal("coverage.none_on_date", await node.Refused(SettleClaim.Command(node.Inline("P1", 100))));
        await node.Settled(node.Inline("P2", 100));
    }

    [Fact]
    public async Task PersonThatNoEventCameOf_IsAskedForOnce()
    {
        var asked = 0;
        node.Enrollment = request =>
        {
            asked++;
            var reply = new Protos.Enrollment.V1.BatchGetPersonsReply();
            reply.Person.AddRange(request.PsnNo.Where(p => p == "P-NEW").Select(p => InsuredPersons.PersonOf(Event(p, 7))));
            return reply;
        };
        await node.Settled(node.Inline("P-NEW", 100));
        await node.Settled(node.Inline("P-NEW", 100));
        Assert.Equal(1, asked);
        await node.Restart();
        await node.Settled(node.Inline("P-NEW", 100)); // it is in the own table now
        Assert.Equal(1, asked);
        Assert.Equal("person.unknown", await node.Refused(SettleClaim.Command(node.Inline("P-OTHER", 100))));
    }

    [Fact]
    public async Task CommandThatReadTheTableBeforeTheEventWasCommitted_StillSeesTheChange()
    {
        await Told(Event("P1", 1));
        var request = node.Inline("P1", 100);
        await node.Restart(); // memory is empty
        await using var connection = await node.Database.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await Handler().Handle(Context(connection, transaction), [Event("P1", 2, coverTo: 20210101)], default);
        // Not committed yet: the table still says version 1.
        Assert.Equal("coverage.none_on_date", await node.Refused(SettleClaim.Command(request)));
        await transaction.CommitAsync();
        Assert.Equal("coverage.none_on_date", await node.Refused(SettleClaim.Command(request)));
    }

    private async Task Told(params InsuredPersonChanged[] events)
    {
        await using var connection = await node.Database.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await Handler().Handle(Context(connection, transaction), events, default);
        await transaction.CommitAsync();
    }

    private InsuredPersonHandler Handler() => new(TenantJournals.Of(node.Journal), node.Time);
    private EventContext Context(NpgsqlConnection connection, NpgsqlTransaction transaction) => new(node.Tenant, node.Tenant.Code, connection, transaction);
}
