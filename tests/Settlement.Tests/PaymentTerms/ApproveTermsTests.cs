using MedInsure.Settlement.PaymentTerms;
using MedInsure.Settlement.Tests.PaymentMethods;

namespace MedInsure.Settlement.Tests.PaymentTerms;

/// <summary>Two people, no claim under two methods, no month that stands changed; and terms that end early.</summary>
[Trait("Category", "Storage")]
[Collection(PostgresCollection.Name)]
public sealed class ApproveTermsTests(SharedPostgres postgres) : IAsyncLifetime
{
    private const string Budget = """{"budget": 12000}""", Stays = """{"clearing_types": ["21"]}""", Visits = """{"clearing_types": ["11"]}""";
    private SettlementNode node = null!;
    private MethodDesk desk = null!;

    public async Task InitializeAsync() => desk = new MethodDesk(node = await SettlementNode.Create(postgres.Server));
    public Task DisposeAsync() => node.DisposeAsync().AsTask();

    private async Task<PaymentTerm> Drafted(string? scope = null, int from = 202601, int to = 202612, string[]? providers = null) => MethodDesk.Value(await desk.Draft(desk.Order("global_prepayment", Budget, providers, scope, from, to)));
    private Task<Kernel.Outcome<PaymentTerm>> End(PaymentTerm term, int last, string approver = MethodDesk.Second) =>
        EndTerms.Execute(desk.Place, term.Number, new EndTerms.Ending(last, "协议解除", MethodDesk.First, approver), node.Time.GetUtcNow(), default);

    [Fact]
    public async Task AnotherPerson_Approves_Once()
    {
        var term = await Drafted();
        Assert.Equal("approval.same_person", (await desk.Approve(term, " 王经办 ")).Refusal?.Code);
        Assert.Equal("approved", MethodDesk.Value(await desk.Approve(term)).Life.State);
        Assert.Equal(MethodDesk.Second, MethodDesk.Value(await desk.Approve(term)).Life.ApprovedBy);
        Assert.Equal("payment_terms.not_drafted", (await desk.Approve(term, "钱某")).Refusal?.Code);
        Assert.Equal("payment_terms.unknown", (await desk.Approve(term with { Number = 99 })).Refusal?.Code);
        var other = await Drafted(from: 202701, to: 202703);
        Assert.Equal("withdrawn", MethodDesk.Value(await WithdrawTerms.Execute(desk.Place, other.Number, new WithdrawTerms.Withdrawal("王经办", "重拟"), node.Time.GetUtcNow(), default)).Life.State);
        Assert.Equal("payment_terms.not_drafted", (await desk.Approve(other)).Refusal?.Code);
        Assert.Equal("payment_terms.not_drafted", (await WithdrawTerms.Execute(desk.Place, term.Number, new WithdrawTerms.Withdrawal("王经办", "重拟"), node.Time.GetUtcNow(), default)).Refusal?.Code);
    }

    [Fact]
    public async Task TermsInTheWay_AreNamed_AndWhatSharesNoClaimPasses()
    {
        var stays = MethodDesk.Value(await desk.Approve(await Drafted(Stays, to: 202606, providers: [desk.Hospital(), desk.Hospital("2")])));
        var refusal = (await desk.Approve(await Drafted())).Refusal!;
        Assert.Equal(("payment_terms.overlaps", true), (refusal.Code, refusal.Chinese.Contains(stays.ScopeNo, StringComparison.Ordinal)));
        Assert.Equal("payment_terms.overlaps", (await desk.Approve(await Drafted("""{"except_diseases": ["A"]}""", from: 202606, providers: [desk.Hospital("2")]))).Refusal?.Code);
        MethodDesk.Value(await desk.Approve(await Drafted(Visits)));
        MethodDesk.Value(await desk.Approve(await Drafted(Stays, from: 202607)));
        MethodDesk.Value(await desk.Approve(await Drafted(Stays, providers: [desk.Hospital("1")])));
        Assert.Equal(4, MethodDesk.Value(await ListTerms.Query(desk.Place, new ListTerms.Filter(null, "approved", null, null, null, null), default)).Count);
        Assert.Equal(2, MethodDesk.Value(await ListTerms.Query(desk.Place, new ListTerms.Filter(desk.Hospital(), "approved", "global_prepayment", 202607, null, null), default)).Count);
        Assert.Equal("payment_terms.state_invalid", (await ListTerms.Query(desk.Place, new ListTerms.Filter(null, "open", null, null, null, null), default)).Refusal?.Code);
    }

    [Fact]
    public async Task TwoAtOnce_OfTheSameClaims_NeverBothPass()
    {
        var drafts = new List<PaymentTerm>();
        for (var i = 0; i < 4; i++) drafts.Add(await Drafted());
        var outcomes = await Task.WhenAll(drafts.Select(d => desk.Approve(d)));
        Assert.Equal(1, outcomes.Count(o => o.Refusal is null));
    }

    [Fact]
    public async Task MonthThatStands_IsNotReached()
    {
        await desk.Stated(202603);
        Assert.Equal("payment_terms.month_stands", (await desk.Approve(await Drafted(from: 202603))).Refusal?.Code);
        MethodDesk.Value(await desk.Approve(await Drafted(from: 202604)));
    }

    [Fact]
    public async Task MonthThatIsAboutToStand_IsWaitedFor()
    {
        var late = await Drafted(from: 202603);
        Assert.Equal("payment_terms.month_stands", (await desk.WhileStated(202603, () => desk.Approve(late))).Refusal?.Code);
        var term = MethodDesk.Value(await desk.Approve(await Drafted(from: 202604)));
        Assert.Equal("payment_terms.month_stands", (await desk.WhileStated(202605, () => End(term, 202604))).Refusal?.Code);
    }

    [Fact]
    public async Task WithdrawnMeanwhile_IsNotApproved()
    {
        var term = await Drafted();
        Assert.Equal("payment_terms.not_drafted", (await desk.While($"UPDATE payment_term SET state = 'withdrawn', withdrawn_by = 'x', withdrawn_at = now() WHERE number = {term.Number}", () => desk.Approve(term))).Refusal?.Code);
    }

    /// <summary>12,000.00 for twelve months; ended with May 5,000.00: of 6,000.00 settled to May a thousand is not paid, what June brings is under no terms.</summary>
    [Fact]
    public async Task TermsThatEndEarly_CountForTheMonthsTheyLasted()
    {
        var term = MethodDesk.Value(await desk.Approve(await Drafted()));
        await desk.OffCounty(desk.Case(202601, 3, 600_000), desk.Case(202606, 3, 1_000));
        await desk.Stated(202604);
        Assert.Equal("payment_terms.month_stands", (await End(term, 202603)).Refusal?.Code);
        Assert.Equal("payment_terms.ending_invalid", (await End(term, 202612)).Refusal?.Code);
        Assert.Equal("approval.same_person", (await End(term, 202605, MethodDesk.First)).Refusal?.Code);
        Assert.Equal(202605, MethodDesk.Value(await End(term, 202605)).EndedMonth);
        Assert.Equal(202605, MethodDesk.Value(await End(term, 202605)).EndedMonth);
        Assert.Equal("payment_terms.not_approved", (await End(term, 202604)).Refusal?.Code);
        Assert.Equal(["fee_for_service 390100: 1 1000 -> 1000"], (await desk.Stated(202606)).ConvertAll(MethodDesk.Text));
        MethodDesk.Value(await desk.Approve(await Drafted(from: 202607)));
        await desk.Stated(202613);
        Assert.Equal(["500000"], await desk.Rows("SELECT sum(payable_fen)::text FROM payment_result WHERE method = 'global_prepayment'"));
        Assert.Equal("payment_terms.month_stands", (await desk.Approve(MethodDesk.Value(await desk.Draft(desk.Order("fee_for_service", "{}", from: 202607, fund: "390200"))))).Refusal?.Code);
    }
}
