using MedInsure.Protos.Settlement.V1;
using MedInsure.Settlement.Claims;
using MedInsure.Settlement.Journal;
using MedInsure.Settlement.Policies;
using MedInsure.Settlement.Queries;

namespace MedInsure.Settlement.Tests.Queries;

[Trait("Category", "Storage")]
[Collection(PostgresCollection.Name)]
public sealed class GetStatementTests(SharedPostgres postgres) : IAsyncLifetime
{
    private World world = null!;
    private SettlementNode node = null!;

    public async Task InitializeAsync() => node = (world = await postgres.World("3417")).Node;
    public Task DisposeAsync() => Task.CompletedTask;

    [Fact]
    public async Task UnknownSettlement_IsRefused()
    {
        foreach (var id in new[] { "", "nowhere", node.Tenant.Code + "S999999999999" }) Assert.Equal("settlement.unknown", (await Asked(id)).Refusal?.Code);
    }

    [Fact]
    public async Task Statement_HasEveryLayerWithItsRuleClauseAndWhatIsLeft()
    {
        var psn = await world.Person(categories: "low_income");
        var settled = await node.Settled(await node.Visit(psn, 3_000_000, "21", item: "B10"));
        var statement = (await Asked(settled.SetlId())).Value;
        Assert.Equal(SettlementRendering.Reply(settled), statement.Settlement);
        var line = Assert.Single(statement.Line);
        Assert.Equal((3_000_000, 300_000, 2_700_000), (line.AmountFen, line.FirstPayFen, line.InScopeFen));

        // 27,000.00 in scope: 700.00 deductible, 75 % of 26,300.00 = 19,725.00; burden 7,275.00, 65 % above 5,000.00 = 1,478.75; 70 % of the remaining 5,796.25 = 4,057.38.
        var a = settled.Claim().Amounts;
        Assert.Equal((70_000, 1_972_500, 147_875, 405_738), (a.DeductibleFen, a.BasicFundFen, a.CriticalIllnessFen, a.AssistanceFen));
        long Result(string rule) => statement.Trace.Last(t => t.RuleId.StartsWith(rule, StringComparison.Ordinal)).ResultFen;
        Assert.Equal("lines", statement.Trace[0].RuleId);
        Assert.Equal(2_700_000, statement.Trace[0].ResultFen);
        Assert.Contains(statement.Trace, t => t.ResultFen == 70_000);
        Assert.Contains(statement.Trace, t => t.ResultFen == 1_972_500 && t.HasLeftFen && t.LeftFen == 30_000_000 - 1_972_500);
        Assert.Equal(147_875, Result("critical"));
        Assert.Contains(statement.Trace, t => t.ResultFen == 405_738 && t.HasLeftFen && t.LeftFen == 5_000_000 - 405_738);
        Assert.All(statement.Trace, t => Assert.True(t.ChineseName.Length > 0 && t.EnglishName.Length > 0 && t.Clause.Length > 0 && t.Input.Count > 0, t.RuleId));
    }

    [Fact]
    public async Task Reversal_ShowsTheRulesAndLinesOfWhatItTakesBack()
    {
        var psn = await world.Person();
        var settled = await node.Settled(await node.Visit(psn, 1_000_000, "21"));
        var before = (await Asked(settled.SetlId())).Value;
        var reversal = await node.Reversed(settled);
        var statement = (await Asked(reversal.SetlId())).Value;
        Assert.Equal((settled.SetlId(), -1_000_000), (statement.Settlement.ReversesSetlId, statement.Settlement.TotalFen));
        Assert.Equal(before.Trace, statement.Trace);
        Assert.Equal(before.Line, statement.Line);
        Assert.Equal(reversal.SetlId(), (await Asked(settled.SetlId())).Value.Settlement.ReversedBySetlId);

        var restoration = await node.ReversedMessage(node.ReversingMessage(reversal));
        var restored = (await Asked(restoration.SetlId())).Value;
        Assert.Equal((reversal.SetlId(), 1_000_000), (restored.Settlement.ReversesSetlId, restored.Settlement.TotalFen));
        Assert.Equal(before.Trace, restored.Trace);
    }

    [Fact]
    public async Task SaleAndInterimSettlement_HaveStatementsToo()
    {
        var psn = await world.Person();
        var sale = await node.Settled(node.Inline(psn, 10_000));
        Assert.Equal(10_000, Assert.Single((await Asked(sale.SetlId())).Value.Line).AmountFen);
        var mdtrtId = await node.Opened(psn, "21", NodeActions.FirstOfJune);
        await node.Charged(mdtrtId, psn, "3", NodeActions.Fee("1", "A1", 200_000));
        var request = node.Settling(mdtrtId, psn, 200_000);
        request.Interim = true;
        var interim = await node.Settled(request);
        await node.Charged(mdtrtId, psn, "3", NodeActions.Fee("2", "A1", 1_000));
        Assert.Equal(["1"], (await Asked(interim.SetlId())).Value.Line.Select(l => l.FeedetlSn));
    }

    [Fact]
    public async Task StoredNumbersThatDoNotRecompute_AreNotShown()
    {
        var psn = await world.Person();
        var claim = (await node.Settled(await node.Visit(psn, 1_000_000, "21"))).Claim();
        GetStatement.Recompute(claim, CountyPolicies.Of(node.Policies));
        void Spoiled(Action<SettledClaim> spoil)
        {
            var copy = claim.Clone();
            spoil(copy);
            Assert.Throws<InvalidOperationException>(() => GetStatement.Recompute(copy, CountyPolicies.Of(node.Policies)));
        }
        Spoiled(c => c.Amounts.BasicFundFen++);
        Spoiled(c => c.Line[0].QuantityE4--);
        Spoiled(c => c.Facts.ProviderLevel = "2");
        Spoiled(c => c.Facts.DeductibleTakenInStayFen = 100);
        Spoiled(c => c.Before.Add(new Balance { Key = "basic.paid", Value = 29_999_999 }));
        Spoiled(c => c.PolicyHash = Google.Protobuf.ByteString.CopyFrom(new byte[32])); // a policy that is not known here
    }

    private Task<Kernel.Outcome<Statement>> Asked(string setlId) => GetStatement.Query(node.Journal, node.Database, new GetStatementRequest { SetlId = setlId }, default);
}
