using System.Net;
using System.Net.Sockets;
using Grpc.Core;
using MedInsure.Protos.Insurer.V1;
using MedInsure.Settlement.Supplements;

namespace MedInsure.Settlement.Tests.Supplements;

/// <summary>What the insurer is asked, what counts as its answer, and what becomes of bills while it has none.</summary>
[Trait("Category", "Interop")]
[Collection(PostgresCollection.Name)]
public sealed class AuthorizeBillTests(SharedPostgres postgres) : IAsyncLifetime
{
    private SupplementWorld world = null!;
    private SettlementNode node = null!;

    public async Task InitializeAsync() => node = (world = await postgres.Supplements()).Node;
    public Task DisposeAsync() => Task.CompletedTask;

    [Fact]
    public async Task Question_IsTheWholeBillWithoutNameOrNumberOfThePerson()
    {
        var psn = await world.Consented("POL-7");
        var visit = await node.Opened(psn, "11", NodeActions.FirstOfJune);
        // 100.00 of a class A item, of which 20.00 are taken back, and 50.00 of one with 10 % first payment.
        await node.Charged(visit, psn, "3", NodeActions.Fee("1", "A1", 10_000), NodeActions.Fee("2", "B10", 5_000));
        await node.Charged(visit, psn, "3", NodeActions.Correction("3", "A1", 2_000, "1"));
        var request = node.Settling(visit, psn, 13_000);
        await world.Settled(request);
        var asked = Assert.Single(world.Insurer.Requests);
        Assert.Equal(32, asked.PersonKey.Length);
        Assert.DoesNotContain(psn, asked.ToString(), StringComparison.Ordinal);
        // In scope 80.00 + 45.00; only A1 counts for pooling: 50 % of 80.00.
        var expected = new AuthorizeBillRequest
        {
            ContractNo = "HM230100-SUP", PolicyNo = "POL-7", BillId = $"{request.Key.Sender}-{request.Key.MessageId}", PersonKey = asked.PersonKey, County = node.Tenant.Code, Insutype = "390",
            ProviderCode = node.Hospital("3"), ProviderName = "测试医院3", ProviderLevel = "3", MedType = "11", BeginOn = 20260601, EndOn = 20260601, PolicyOn = 20260601,
            TotalFen = 13_000, FirstPayFen = 500, InScopeFen = 12_500, FundTotalFen = 4_000, PersonShareFen = 9_000,
        };
        expected.Share.Add(new BillShare { FundPayType = "390100", Name = asked.Share[0].Name, AmountFen = 4_000 });
        expected.Item.Add(new BillItem { ItemCode = "A1", ItemName = "项目A1", ItemClass = "01", AmountFen = 8_000, InScopeFen = 8_000 });
        expected.Item.Add(new BillItem { ItemCode = "B10", ItemName = "项目B10", ItemClass = "02", AmountFen = 5_000, InScopeFen = 4_500 });
        Assert.Equal(expected, asked);
        // The platform proves itself, to this insurer alone.
        Assert.True(world.Insurer.LastToken!.IsValid, world.Insurer.LastToken.Exception?.Message);
    }

    [Fact]
    public async Task LateQuestion_IsTheSameButForBeingLate()
    {
        var settled = await world.SettledWithoutAnswer(await node.Visit(await world.Consented(), 20_000));
        await world.Round();
        var (first, late) = (world.Insurer.Requests.First(), world.Insurer.Requests.Last());
        Assert.Equal((true, settled.SetlId()), (late.Late, late.SetlId));
        (late.Late, late.SetlId) = (false, "");
        Assert.Equal(first, late);
    }

    [Theory]
    [InlineData("no number")]
    [InlineData("long number")]
    [InlineData("control character in the number")]
    [InlineData("long text")]
    [InlineData("control character in the text")]
    [InlineData("negative")]
    [InlineData("more than is left")]
    [InlineData("refused")]
    [InlineData("overflow")]
    public async Task AnswerThatIsNone_SettlesWithoutAndAsksAgain(string fault)
    {
        world.Insurer.Spoil = reply =>
        {
            switch (fault)
            {
                case "no number": reply.DecisionNo = ""; break;
                case "long number": reply.DecisionNo = new string('1', 41); break;
                case "control character in the number": reply.DecisionNo = "D\0"; break;
                case "long text": reply.Text = new string('长', 101); break;
                case "control character in the text": reply.Text = "\u001b[2J"; break;
                case "negative": reply.AmountFen = -1; break;
                case "more than is left": reply.AmountFen = 10_001; break;
                case "refused": throw new RpcException(new Status(StatusCode.NotFound, "policy.unknown"));
                case "overflow": reply.AmountFen = long.MaxValue; break;
            }
        };
        var settled = await world.Settled(await node.Visit(await world.Consented(), 20_000));
        Assert.Equal((0, 10_000, ""), (settled.Claim().Amounts.SupplementFen, settled.Claim().Amounts.PersonShareFen, settled.Claim().Facts.Supplement.DecisionNo));
        await world.Round();
        Assert.Equal("pending", (await world.LateRow(settled)).State);
        world.Insurer.Spoil = _ => { };
        Assert.Equal(0, await world.Round()); // not due yet
        world.Clock.Now += TimeSpan.FromMinutes(1); // the interval is twenty seconds, some more or less
        Assert.Equal(1, await world.Round());
        Assert.Equal(("answered", 5_000L), ((await world.LateRow(settled)).State, (await world.LateRow(settled)).Fen));
        await world.Holds();
    }

    [Theory]
    [InlineData(0)]
    [InlineData(10_000)]
    public async Task NothingAndEverything_AreAnswers(long fen)
    {
        world.Insurer.Pays = _ => fen;
        var settled = await world.Settled(await node.Visit(await world.Consented(), 20_000));
        Assert.Equal((fen, 10_000 - fen, "D000001"), (settled.Claim().Amounts.SupplementFen, settled.Claim().Amounts.CashFen, settled.Claim().Facts.Supplement.DecisionNo));
        Assert.Equal("", (await world.LateRow(settled)).State);
        await world.Holds();
    }

    [Fact]
    public async Task InsurerThatIsGone_CostsAFewBillsACallAndThenNone()
    {
        // A port that nobody listens on.
        using var free = new TcpListener(IPAddress.Loopback, 0);
        free.Start();
        var address = $"http://127.0.0.1:{((IPEndPoint)free.LocalEndpoint).Port}";
        free.Stop();
        await using var alone = await SupplementWorld.Create(postgres.Server, address: address);
        var psn = await alone.Consented();
        for (var i = 0; i < CallCircuit.FailuresMax; i++) await alone.Settled(await alone.Node.Visit(psn, 1_000));
        var question = Question(alone, psn);
        Assert.Equal("circuit_open", (await alone.Asking.Ask(question, null, TimeSpan.FromSeconds(30), default)).Outcome);
        var settled = await alone.Settled(await alone.Node.Visit(psn, 1_000));
        Assert.Equal("pending", (await alone.LateRow(settled)).State);
        alone.Clock.Now += CallCircuit.Pause;
        Assert.Equal("unreachable", (await alone.Asking.Ask(question, null, TimeSpan.FromSeconds(30), default)).Outcome);
        Assert.Equal("circuit_open", (await alone.Asking.Ask(question, null, TimeSpan.FromSeconds(30), default)).Outcome);
    }

    /// <summary>The other end takes the connection and says nothing, ever.</summary>
    [Fact]
    public async Task InsurerThatNeverSpeaks_CostsTheDeadlineAndNoMore()
    {
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        await using var alone = await SupplementWorld.Create(postgres.Server, TimeSpan.FromMilliseconds(300), address: $"http://127.0.0.1:{((IPEndPoint)silent.LocalEndpoint).Port}");
        var psn = await alone.Consented();
        var settled = await alone.Settled(await alone.Node.Visit(psn, 1_000));
        Assert.Equal("", settled.Claim().Facts.Supplement.DecisionNo);
        Assert.Equal("too_late", (await alone.Asking.Ask(Question(alone, psn), null, TimeSpan.FromMilliseconds(300), default)).Outcome);
    }

    [Fact]
    public async Task InsurerWithoutAddress_IsAnOperatorsErrorAndNoPatients()
    {
        await using var alone = await SupplementWorld.Create(postgres.Server, address: "no address");
        var settled = await alone.Settled(await alone.Node.Visit(await alone.Consented(), 1_000));
        Assert.Equal("pending", (await alone.LateRow(settled)).State);
    }

    [Fact]
    public async Task NoTimeLeft_IsNoCall()
    {
        Assert.Equal("no_time_left", (await world.Asking.Ask(Question(world, "P1"), null, TimeSpan.FromMilliseconds(1), default)).Outcome);
        Assert.Empty(world.Insurer.Requests);
    }

    [Fact]
    public async Task DaysOfTheContractPassed_IsGivenUpForPeopleToSee()
    {
        await using var own = await SupplementWorld.Create(postgres.Server);
        own.Insurer.Before = (_, _) => throw new RpcException(new Status(StatusCode.Internal, "test"));
        var settled = await own.Settled(await own.Node.Visit(await own.Consented(), 20_000));
        var asked = 0;
        for (var day = 0; day < 40 && (await own.LateRow(settled)).State == "pending"; day++)
        {
            while (await own.Round() > 0) asked++;
            own.Clock.Now += TimeSpan.FromDays(1);
        }
        Assert.Equal("given_up", (await own.LateRow(settled)).State);
        Assert.InRange(own.Clock.Now - SettlementNode.Start, TimeSpan.FromDays(30), TimeSpan.FromDays(32));
        Assert.True(asked >= 29);
        own.Insurer.Before = (_, _) => Task.CompletedTask;
        Assert.Equal(0, await own.Round());
        // Cancelled and settled again by 2601, it is asked about once more: somebody has just worked on it.
        var reversal = await own.Node.Reversed(settled);
        Assert.Equal("reversed", (await own.LateRow(settled)).State);
        await own.Node.ReversedMessage(own.Node.ReversingMessage(reversal));
        Assert.Equal("pending", (await own.LateRow(settled)).State);
    }

    private static SupplementQuestion Question(SupplementWorld world, string psn) =>
        new(world.Node.Contracts.Find(SupplementWorld.Contract)!, world.Node.Tenant.Code, psn,
            new Settlement.Calculation.Supplement(SupplementWorld.Contract, PolicyServer.Code, "P", "620100", "", "B", null, new Kernel.Fen(0), ""),
            new Settlement.Journal.SettledClaim { Facts = new Settlement.Journal.Facts(), Amounts = new Settlement.Journal.Amounts { PersonShareFen = 1 } });
}
