using MedInsure.Kernel;
using MedInsure.Settlement.Ledger;
using MedInsure.Settlement.ProviderStatements;
using MedInsure.Settlement.Tests.Ledger;

namespace MedInsure.Settlement.Tests.ProviderStatements;

/// <summary>A statement from its acceptance to the approval: whose act it is, what it may not do, what it books.</summary>
[Trait("Category", "Storage")]
[Collection(PostgresCollection.Name)]
public sealed class StatementLifeTests(SharedPostgres postgres) : IAsyncLifetime
{
    private SettlementNode node = null!;
    private StatementDesk desk = null!;
    private AgencyDesk agency = null!;

    public async Task InitializeAsync() => agency = new AgencyDesk(desk = new StatementDesk(node = await SettlementNode.Create(postgres.Server)));
    public Task DisposeAsync() => node.DisposeAsync().AsTask();

    /// <summary>One stay of another county's person: 10,000.00 of the pool, 10,000.00 cash; applied for.</summary>
    private async Task<string> Claimed(long fen = 2_000_000)
    {
        await desk.Foreign(fen);
        desk.Ledger.SetDay(7, 5);
        return (await desk.Applied("21")).ClrAppyEvtId;
    }

    [Fact]
    public async Task Life_ThroughFourHands_BooksWhatItComesTo()
    {
        await agency.Rate(2.5m);
        var application = await Claimed();
        var no = await agency.Accepted();
        Assert.Equal("20", (await desk.Shown(application)).ClrStas);
        Assert.Equal("accepted", LedgerDesk.Value(await agency.Accept(provider: desk.Hospital)).Statements[0].State); // asked again
        LedgerDesk.Value(await agency.Begin(no));
        Assert.Equal("30", (await desk.Shown(application)).ClrStas);
        Assert.Equal("statement.in_review", (await desk.Withdraw(application)).Refusal?.Code);
        LedgerDesk.Value(await agency.Deduct(no, 400m));
        // 10,000.00 - 400.00 = 9,600.00; deposit 2.5 %: 240.00; payable 9,360.00.
        var reviewed = LedgerDesk.Value(await agency.Review(no));
        Assert.Equal(("first_reviewed", 936_000L), (reviewed.State, reviewed.PayableFen));
        Assert.Equal(reviewed, LedgerDesk.Value(await agency.Review(no)));

        Assert.Equal("approval.same_person", (await agency.Confirm(no, 9_360m, StatementDesk.First)).Refusal?.Code);
        Assert.Equal("statement.amount_mismatch", (await agency.Confirm(no, 9_360.01m)).Refusal?.Code);
        Assert.Equal("statement.not_in_state", (await agency.Approve(no, 9_360m)).Refusal?.Code);
        Assert.Equal("reviewed", LedgerDesk.Value(await agency.Confirm(no, 9_360m)).State);
        Assert.Equal("40", (await desk.Shown(application)).ClrStas);
        foreach (var own in (string[])[StatementDesk.First, StatementDesk.Second, $" {StatementDesk.First} "]) Assert.Equal(("approval.same_person", "approver"), ((await agency.Approve(no, 9_360m, own)).Refusal?.Code, (await agency.Approve(no, 9_360m, own)).Refusal?.Field));
        Assert.Equal("statement.amount_mismatch", (await agency.Approve(no, 9_000m)).Refusal?.Code);
        var approved = (await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => agency.Approve(no, 9_360m)))).Select(LedgerDesk.Value).Distinct().ToList();
        Assert.Equal("approved", Assert.Single(approved).State);
        var shown = await desk.Shown(application);
        Assert.Equal(("50", 64_000L, 936_000L), (shown.ClrStas, shown.StatementDeductedFen, shown.StatementPayableFen));

        Assert.Equal(["deduction_income 390100 -40000", "provider_deposit 390100 -24000", "provider_payable 390100 -936000"], await agency.Balances());
        Assert.Equal([$"{no} {StatementDesk.First},{StatementDesk.Second},{StatementDesk.Approver} 2026-06-30 2026-07-05"],
            (await VoucherRow.List(node.Database, "provider_statement", DateOnly.MinValue, DateOnly.MaxValue, 0, 10, default)).Select(v => $"{v.Voucher.Number} {string.Join(',', v.Voucher.By)} {LedgerText.Day(v.Voucher.EffectiveOn)} {LedgerText.Day(v.BookedOn)}"));
        Assert.Equal(["accepted", "review_begun", "deduction_entered", "first_reviewed", "second_reviewed", "approved"], (await agency.Shown(no)).Acts.Select(a => a.Name));
        await agency.PayableHolds();
        await agency.LedgerIsSound();
    }

    [Fact]
    public async Task HistoryAndPeople_AreGuardedByTheDatabase()
    {
        await Claimed();
        var no = await agency.Accepted();
        await agency.Approved(no);
        foreach (var sql in (string[])["UPDATE provider_act SET acted_by = 'x'", "DELETE FROM provider_act", "DELETE FROM provider_statement", "UPDATE statement_line SET amount_fen = 0"])
            Assert.Equal("42501", (await Assert.ThrowsAsync<Npgsql.PostgresException>(() => desk.Ledger.Rows(sql))).SqlState);
        Assert.Equal("four_people_act", (await Assert.ThrowsAsync<Npgsql.PostgresException>(() => desk.Ledger.Rows("UPDATE provider_statement SET approver = first_reviewer"))).ConstraintName);
    }

    [Fact]
    public async Task Month_IsAcceptedWhole_AllProvidersOrOne()
    {
        await desk.Bill(50_000);
        await desk.Bill(70_000, "21");
        await desk.Bill(30_000, "41", "pharmacy");
        desk.Ledger.SetDay(7, 5);
        await desk.Applied("11");
        await desk.Applied("41", provider: node.Hospital("pharmacy"));
        var accepted = LedgerDesk.Value(await agency.Accept());
        Assert.Equal([node.Hospital("pharmacy")], accepted.Statements.Select(s => s.FixmedinsCode));
        Assert.Equal((desk.Hospital, "statement.application_missing"), (accepted.NotAccepted[0].FixmedinsCode, accepted.NotAccepted[0].Refusal.Code));
        Assert.Contains("21", accepted.NotAccepted[0].Refusal.Chinese, StringComparison.Ordinal);
        Assert.Equal("statement.application_missing", (await agency.Accept(provider: desk.Hospital)).Refusal?.Code);
        await desk.Applied("21");
        Assert.Equal(2, (await agency.Shown(await agency.Accepted())).Schemes.Count);
        Assert.Empty(LedgerDesk.Value(await agency.Accept()).Statements);
        Assert.Equal("statement.nothing_to_accept", (await agency.Accept(provider: node.Hospital("1"))).Refusal?.Code);
        Assert.Equal("statement.period_not_over", (await agency.Accept(202607)).Refusal?.Code);
        Assert.Equal("statement.month_invalid", (await agency.Accept(202613)).Refusal?.Code); // the year's, of all: of one only
        await desk.Foreign(100, "41");
        Assert.Equal("statement.month_has_statement", (await desk.Apply(await desk.Books("41"))).Refusal?.Code);
        Assert.Equal([("41", 1L)], LedgerDesk.Value(await ListStatementClaims.Open(desk.Place, StatementDesk.June, default)).Select(u => (u.ClrType, u.Rows)));
    }

    [Fact]
    public async Task WithdrawnApplication_DissolvesAnAcceptedStatement()
    {
        await desk.Bill(50_000);
        var application = await Claimed();
        var other = await desk.Applied("11");
        var no = await agency.Accepted();
        LedgerDesk.Value(await desk.Withdraw(application));
        Assert.Equal("rejected", (await agency.Shown(no)).Row.State);
        Assert.Equal("10", (await desk.Shown(other.ClrAppyEvtId)).ClrStas);
        await desk.Applied("21");
        Assert.NotEqual(no, await agency.Accepted());
    }

    [Fact]
    public async Task DeductionOfADissolvedStatement_WaitsForTheNextOne()
    {
        var application = await Claimed();
        var deduction = LedgerDesk.Value(await agency.Deduct(await agency.Accepted(), 400m));
        LedgerDesk.Value(await desk.Withdraw(application));
        await desk.Applied("21");
        var again = await agency.Accepted();
        Assert.Equal(960_000, (await agency.Reviewed(again)).PayableFen);
        Assert.Equal(deduction.Number, Assert.Single((await agency.Shown(again)).Deductions).Number);
    }

    [Fact]
    public async Task SentBack_IsReviewedAgain_RejectedIsClaimedAgain()
    {
        var application = await Claimed();
        var no = await agency.Accepted();
        Assert.Equal("statement.not_in_state", (await agency.SendBack(no)).Refusal?.Code);
        LedgerDesk.Value(await agency.Confirm(no, Yuan.Of((await agency.Reviewed(no)).PayableFen!.Value)));
        Assert.Equal("statement.reason_invalid", (await agency.SendBack(no, reason: " ")).Refusal?.Code);
        var back = LedgerDesk.Value(await agency.SendBack(no));
        Assert.Equal(("in_review", "", (long?)null), (back.State, back.SecondReviewer, back.PayableFen));
        Assert.Equal("statement.other_reviewer", (await agency.Review(no, StatementDesk.Second)).Refusal?.Code);
        var deduction = LedgerDesk.Value(await agency.Deduct(no, 100m));
        LedgerDesk.Value(await agency.Review(no));
        LedgerDesk.Value(await agency.Reject(no));
        Assert.Equal(("70", "资料不全"), ((await desk.Shown(application)).ClrStas, (await desk.Shown(application)).Reason));
        Assert.Equal("statement.rejected", (await desk.Withdraw(application)).Refusal?.Code);
        Assert.Equal("rejected", LedgerDesk.Value(await agency.Reject(no)).State);
        // Claimed anew; the deduction came along.
        await desk.Applied("21");
        var again = await agency.Accepted();
        LedgerDesk.Value(await agency.Begin(again));
        Assert.Equal(deduction.Number, Assert.Single((await agency.Shown(again)).Deductions).Number);
        LedgerDesk.Value(await agency.Review(again));
        LedgerDesk.Value(await agency.Confirm(again, 9_900m));
        LedgerDesk.Value(await agency.Approve(again, 9_900m));
        Assert.Equal("statement.not_in_state", (await agency.Reject(again)).Refusal?.Code);
        await agency.PayableHolds();
    }

    [Fact]
    public async Task Deductions_WithinTheClaimOnly_WithTheirSettlements()
    {
        await Claimed();
        var no = await agency.Accepted();
        var setlId = (await desk.Ledger.Rows("SELECT setl_id FROM statement_claim"))[0];
        Assert.Equal("statement.deduction_too_large", (await agency.Deduct(no, 10_000.01m)).Refusal?.Code);
        Assert.Equal("statement.settlement_not_claimed", (await agency.Deduct(no, 1m, settlements: "230102S000000000001")).Refusal?.Code);
        var request = desk.NewRequest();
        var entered = LedgerDesk.Value(await agency.Deduct(no, 6_000m, "inspection", request: request, settlements: setlId));
        Assert.Equal(entered.Number, LedgerDesk.Value(await agency.Deduct(no, 6_000m, "inspection", request: request, settlements: setlId)).Number);
        Assert.Equal("request.number_reused", (await agency.Deduct(no, 6_001m, "inspection", request: request)).Refusal?.Code);
        Assert.Equal("statement.deduction_too_large", (await agency.Deduct(no, 4_000.01m)).Refusal?.Code);
        LedgerDesk.Value(await agency.Begin(no));
        var rest = LedgerDesk.Value(await agency.Deduct(no, 4_000m));
        Task<Outcome<EnterDeduction.Row>> Withdraw(long number) => WithdrawDeduction.Execute(desk.Place, number, new(StatementDesk.First, "申诉成立"), node.Time.GetUtcNow(), default);
        Assert.Equal(StatementDesk.First, LedgerDesk.Value(await Withdraw(entered.Number)).WithdrawnBy);
        Assert.Equal("statement.deduction_unknown", (await Withdraw(99)).Refusal?.Code);
        Assert.Equal(600_000, LedgerDesk.Value(await agency.Review(no)).PayableFen);
        Assert.Equal("statement.not_in_state", (await agency.Deduct(no, 1m)).Refusal?.Code);
        Assert.Equal("statement.not_in_state", (await Withdraw(rest.Number)).Refusal?.Code);
        (EnterDeduction.Order Order, string Code)[] wrong =
        [
            (new("1", no, null, "fine", 1, "r", "e", null, "x"), "statement.deduction_kind_unknown"), (new("1", no, null, "other", 0, "r", "e", null, "x"), "statement.deduction_amount_invalid"),
            (new("1", no, null, "other", 1.001m, "r", "e", null, "x"), "statement.deduction_amount_invalid"), (new("1", no, null, "other", 1, "", "e", null, "x"), "statement.reason_invalid"),
            (new("1", no, null, "other", 1, "r", " ", null, "x"), "statement.evidence_invalid"), (new("1", no, null, "other", 1, "r", "e", ["a", "a"], "x"), "statement.deducted_settlements_invalid"),
            (new("1", "T", null, "other", 1, "r", "e", null, "x"), "statement.unknown"), (new("1", null, "", "other", 1, "r", "e", null, "x"), "provider.unknown"), (new("", no, null, "other", 1, "r", "e", null, "x"), "request.number_invalid"),
            (new("1", no, null, "other", 1, "r", "e", null, ""), "approval.person_missing"),
        ];
        foreach (var (order, code) in wrong) Assert.Equal(code, (await EnterDeduction.Execute(desk.Place, order, node.Time.GetUtcNow(), default)).Refusal?.Code);
    }

    [Fact]
    public async Task RequestNumber_OfAnotherProvidersDeduction_IsReused()
    {
        var request = desk.NewRequest();
        LedgerDesk.Value(await agency.Deduct(null, 100m, provider: node.Hospital("2"), request: request));
        LedgerDesk.Value(await agency.Deduct(null, 100m, provider: node.Hospital("2"), request: request));
        Assert.Equal("request.number_reused", (await agency.Deduct(null, 100m, provider: desk.Hospital, request: request)).Refusal?.Code);
        await Claimed();
        Assert.Equal("request.number_reused", (await agency.Deduct(await agency.Accepted(), 100m, request: request)).Refusal?.Code);
    }

    [Fact]
    public async Task WaitingDeductions_AreTakenAsFarAsTheClaimBears()
    {
        await Claimed();
        await agency.Deduct(null, 7_000m, "inspection", desk.Hospital);
        await agency.Deduct(null, 5_000m, "inspection", desk.Hospital);
        var no = await agency.Accepted();
        LedgerDesk.Value(await agency.Begin(no));
        Assert.Equal([7_000m], (await agency.Shown(no)).Deductions.Select(d => d.Amount));
        Assert.Equal(["5000.00"], await desk.Ledger.Rows("SELECT (amount_fen / 100.0)::numeric(9, 2)::text FROM statement_deduction WHERE statement IS NULL"));
    }

    [Fact]
    public async Task Sample_IsLookedAt_BeforeTheFirstReviewEnds()
    {
        for (var n = 0; n < 5; n++) await desk.Foreign(10_000);
        await Claimed();
        var no = await agency.Accepted();
        var now = node.Time.GetUtcNow();
        Assert.Equal("statement.not_in_state", (await SampleClaims.Draw(desk.Place, no, new(2, StatementDesk.First), now, default)).Refusal?.Code);
        LedgerDesk.Value(await agency.Begin(no));
        Assert.Equal("statement.sample_size_invalid", (await SampleClaims.Draw(desk.Place, no, new(0, StatementDesk.First), now, default)).Refusal?.Code);
        var drawn = LedgerDesk.Value(await SampleClaims.Draw(desk.Place, no, new(2, StatementDesk.First), now, default));
        Assert.Equal(drawn, LedgerDesk.Value(await SampleClaims.Draw(desk.Place, no, new(2, StatementDesk.First), now, default)));
        Assert.Equal(2, drawn.Count);
        Assert.Equal("statement.sample_open", (await agency.Review(no)).Refusal?.Code);
        Assert.Equal("statement.verdict_unknown", (await SampleClaims.Record(desk.Place, no, drawn[0].SetlId, new("钱核查", "faulty", ""), now, default)).Refusal?.Code);
        Assert.Equal("statement.not_sampled", (await SampleClaims.Record(desk.Place, no, "x", new("钱核查", "passed", ""), now, default)).Refusal?.Code);
        LedgerDesk.Value(await SampleClaims.Record(desk.Place, no, drawn[0].SetlId, new("钱核查", "passed", null), now, default));
        LedgerDesk.Value(await SampleClaims.Record(desk.Place, no, drawn[1].SetlId, new("钱核查", "faulty", "病历缺页"), now, default));
        Assert.Equal("first_reviewed", LedgerDesk.Value(await agency.Review(no)).State);
    }

    [Fact]
    public async Task LessThanNothing_IsCarriedIntoTheNextStatement()
    {
        // A stay of June's fund, taken back in July: July comes to -10,000.00 and is carried into August.
        await desk.Foreign(2_000_000);
        desk.Ledger.SetDay(7, 5);
        await desk.Applied("21");
        await agency.Approved(await agency.Accepted());
        await desk.Foreign(-2_000_000, month: 7);
        desk.Ledger.SetDay(8, 5);
        await desk.Applied("21", 202607);
        var july = await agency.Approved(await agency.Accepted(202607));
        Assert.Equal(-1_000_000, july.PayableFen);
        Assert.Empty((await desk.Ledger.Rows($"SELECT number::text FROM voucher WHERE kind = 'provider_statement'"))); // nothing beyond the settlements
        await desk.Foreign(2_400_000, month: 8);
        desk.Ledger.SetDay(9, 5);
        await desk.Applied("21", 202608);
        var august = await agency.Accepted(202608);
        Assert.Equal(200_000, (await agency.Reviewed(august)).PayableFen);
        Assert.Equal(august, (await agency.Shown(july.No(desk.County))).Row.CarriedInto is { } into ? CountyNumber.Of(desk.County, CountyNumber.Statement, into) : "");
        LedgerDesk.Value(await agency.SendBack(august));
        Assert.Null((await agency.Shown(july.No(desk.County))).Row.CarriedInto);
        await agency.Approved(august);
        await agency.PayableHolds();
    }

    [Fact]
    public async Task TakenOver_KeepsWhatWasEnteredOnIt_ThoughAnOlderWaitingOneDoesNotFit()
    {
        LedgerDesk.Value(await agency.Deduct(null, 12_000m, provider: desk.Hospital)); // more than the claim of 10,000.00
        LedgerDesk.Value(await agency.Deduct(null, 300m, provider: desk.Hospital));
        await Claimed();
        var no = await agency.Accepted();
        LedgerDesk.Value(await agency.Begin(no));
        LedgerDesk.Value(await agency.Deduct(no, 400m));
        LedgerDesk.Value(await agency.Begin(no, StatementDesk.Second));
        Assert.Equal([400m], (await agency.Shown(no)).Deductions.Select(d => d.Amount));
        Assert.Equal(960_000, LedgerDesk.Value(await agency.Review(no, StatementDesk.Second)).PayableFen);
        Assert.Equal(["1200000", "30000"], await desk.Ledger.Rows("SELECT amount_fen::text FROM statement_deduction WHERE statement IS NULL ORDER BY number"));
    }
}
