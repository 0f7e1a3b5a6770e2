using MedInsure.Kernel;
using MedInsure.Protos.Settlement.V1;
using MedInsure.Settlement.Encounters;
using MedInsure.Settlement.Queries;

namespace MedInsure.Settlement.Tests.Encounters;

[Trait("Category", "Storage")]
[Collection(PostgresCollection.Name)]
public sealed class AddFeeLinesTests(SharedPostgres postgres) : IAsyncLifetime
{
    private static readonly FaultOrder<AddFeeLinesRequest> Order = new(
        ("encounter.unknown", (w, r) => r.MdtrtId = w.Node.Tenant.Code + "M999999999999"),
        ("encounter.other_provider", (w, r) => r.MdtrtId = w.OfOtherProvider),
        ("encounter.other_person", (w, r) => r.MdtrtId = w.OfOtherPerson),
        ("encounter.cancelled", (w, r) => r.MdtrtId = w.Cancelled),
        ("encounter.settled", (w, r) => r.MdtrtId = w.SettledStay),
        ("line.none", (_, r) => r.Line.Clear()),
        ("line.too_many", (_, r) => r.Line.Add(Enumerable.Range(0, 1_000).Select(i => NodeActions.Fee("many" + i, "A1", 1, NodeActions.TenthOfJune)))),
        ("line.number_missing", (_, r) => r.Line[0].FeedetlSn = ""),
        ("line.duplicate_number", (_, r) => r.Line[0].FeedetlSn = "1"), // of the stay's own line
        ("line.quantity_zero", (_, r) => (r.Line[0].QuantityE4, r.Line[0].AmountFen) = (0, 0)),
        ("line.price_negative", (_, r) => (r.Line[0].QuantityE4, r.Line[0].UnitPriceMicroYuan, r.Line[0].AmountFen) = (10_000, -1_000_000, -100)),
        ("line.amount_too_large", (_, r) => (r.Line[0].QuantityE4, r.Line[0].UnitPriceMicroYuan) = (10_000, 100_000_000_000_010_000)),
        ("line.amount_mismatch", (_, r) => r.Line[0].AmountFen++), // no tolerance, not of a single fen
        ("line.date_in_future", (_, r) => r.Line[0].OccurredAtMs = SettlementNode.Start.ToUnixTimeMilliseconds() + 1),
        ("line.before_begin", (_, r) => r.Line[0].OccurredAtMs = SettlementNode.At(2026, 5, 31, 23)),
        ("line.before_begin", (_, r) => r.Line[0].OccurredAtMs = 0),
        ("line.before_begin", (_, r) => r.Line[0].OccurredAtMs = long.MinValue),
        ("line.after_end", (_, r) => r.Line[0].OccurredAtMs = SettlementNode.At(2026, 6, 11, 0)),
        ("line.original_unknown", (_, r) => (r.Line[0].QuantityE4, r.Line[0].AmountFen, r.Line[0].OriginalFeedetlSn) = (-10_000, -100, "nowhere")),
        ("line.correction_exceeds", (_, r) => (r.Line[1].QuantityE4, r.Line[1].AmountFen) = (-2_000_000, -20_000)));

    private World world = null!;
    private SettlementNode node = null!;

    public async Task InitializeAsync() => node = (world = await postgres.World()).Node;
    public Task DisposeAsync() => Task.CompletedTask;

    public static TheoryData<string> Faults => Order.Rows;

    /// <summary>Each fault of a line lies in the first of two lines, on a discharged stay with a line "1" of 100.00; corrections are checked after all lines.</summary>
    [Theory]
    [MemberData(nameof(Faults))]
    public async Task Fault_IsRefusedBeforeAllLaterOnes(string row) => await Order.Check(row, world, () =>
        node.Fees(world.DischargedStay, world.Psn, "3", NodeActions.Fee("a", "A1", 100, NodeActions.TenthOfJune), NodeActions.Fee("b", "A1", 100, NodeActions.TenthOfJune)), r => node.Refused(AddFeeLines.Command(r)));

    [Theory]
    [InlineData(World.Suspended, "provider.suspended")]
    [InlineData(World.Terminated, "provider.terminated")]
    [InlineData(World.Expired, "provider.no_agreement")]
    public async Task AgreementNotInForceWhenTheEncounterBegan_IsRefusedBeforeTheLines(string provider, string code)
    {
        await using var county = await SettlementNode.Create(postgres.Server);
        await county.AddPerson("P1");
        // The visit began under an agreement that was then taken back from its first day on.
        county.Reference = county.Reference.WithProviders(Catalogs.Provider(provider, "3", county.Tenant.Code));
        var opening = county.Opening("P1", "21", NodeActions.FirstOfJune);
        opening.FixmedinsCode = provider;
        var mdtrtId = (await county.Accepted(OpenEncounter.Command(opening))).Record.MdtrtId;
        county.Reference = county.Reference.WithProviders(World.Lapsed(provider, county.Tenant.Code));
        var request = county.Fees(mdtrtId, "P1", "3");
        request.FixmedinsCode = provider;
        Assert.Equal(code, await county.Refused(AddFeeLines.Command(request)));
    }

    /// <summary>The largest lines there can be, as many as one message takes: their sums must not overflow the writer's memory.</summary>
    [Fact]
    public async Task LargestLines_AreTakenAndTheBillIsRefused()
    {
        var psn = await world.Person();
        var mdtrtId = await node.Opened(psn, "11", NodeActions.FirstOfJune);
        FeeLine[] lines = [.. Enumerable.Range(0, 1_000).Select(i => SettlementNode.Line($"L{i}", "A1", 10_000, 100_000_000_000_000_000, NodeActions.FirstOfJune))];
        Assert.Equal(10_000_000_000_000, lines[0].AmountFen);
        await node.Accepted(AddFeeLines.Command(node.Fees(mdtrtId, psn, "3", lines)));
        Assert.Equal("claim.total_too_large", await node.Refused(Settlement.Claims.SettleClaim.Command(node.Settling(mdtrtId, psn, lines.Sum(l => l.AmountFen)))));
    }

    [Fact]
    public async Task StayBegunBeforeASuspension_MayBeFinished()
    {
        var psn = await world.Person();
        var opening = node.Opening(psn, "21", SettlementNode.At(2025, 12, 30));
        opening.FixmedinsCode = World.Suspended;
        var mdtrtId = (await node.Accepted(OpenEncounter.Command(opening))).Record.MdtrtId;
        var request = node.Fees(mdtrtId, psn, "3", NodeActions.Fee("1", "A1", 100, SettlementNode.At(2026, 1, 5)));
        request.FixmedinsCode = World.Suspended;
        await node.Accepted(AddFeeLines.Command(request));
    }

    [Fact]
    public async Task AnswerSaysWhatEachLineIs()
    {
        var psn = await world.Person();
        var mdtrtId = await node.Opened(psn, "21", NodeActions.FirstOfJune, "2");
        var notApproved = NodeActions.Fee("6", "A1", 1_000);
        notApproved.NotApproved = true;
        var committed = await node.Accepted(AddFeeLines.Command(node.Fees(mdtrtId, psn, "2",
            NodeActions.Fee("1", "A1", 1_000), NodeActions.Fee("2", "B10", 1_005), NodeActions.Fee("3", "C1", 1_000), NodeActions.Fee("4", "NOWHERE", 1_000),
            NodeActions.Fee("5", "L3", 1_000), notApproved, SettlementNode.Line("7", "CAP", 20_000, 12_500_000, NodeActions.FirstOfJune))));
        var lines = AddFeeLines.Reply(committed.Record).Line.ToDictionary(l => l.FeedetlSn);
        Assert.Equal((1_000, 0, 0, 0, 1_000, ""), Parts(lines["1"]));
        Assert.Equal((1_005, 0, 0, 101, 904, ""), Parts(lines["2"])); // 1.005 at 10 %: 1.01, half up
        Assert.Equal((1_000, 1_000, 0, 0, 0, "丙类项目，全额自费"), Parts(lines["3"]));
        Assert.Equal((1_000, 1_000, 0, 0, 0, "不在医保目录内，全额自费"), Parts(lines["4"]));
        Assert.Equal((1_000, 1_000, 0, 0, 0, "本机构级别不可由基金支付，全额自费"), Parts(lines["5"]));
        Assert.Equal((1_000, 1_000, 0, 0, 0, "限用项目未经审批，全额自费"), Parts(lines["6"]));
        // Two at 12.50 against a ceiling of 10.00: 5.00 over it, 10 % of the remaining 20.00 first.
        Assert.Equal((2_500, 0, 500, 200, 1_800, ""), Parts(lines["7"]));
        Assert.Equal(10_000_000, lines["7"].CeilingMicroYuan);
        Assert.False(lines["1"].HasCeilingMicroYuan);
        Assert.Equal(("01", "09", "101", "项目A1", 10_000), (lines["1"].ChrgitmLv, lines["1"].MedChrgitmType, lines["1"].ListType, lines["1"].ItemName, lines["3"].SelfpayBp));

        static (long, long, long, long, long, string) Parts(FeeLineShare l) => (l.AmountFen, l.FullSelfPayFen, l.OverLimitFen, l.FirstPayFen, l.InScopeFen, l.Memo);
    }

    [Fact]
    public async Task SameMessageTwice_AddsOnceAndAnswersTheSame()
    {
        var psn = await world.Person();
        var request = node.Fees(await node.Opened(psn, "21", NodeActions.FirstOfJune), psn, "3", NodeActions.Fee("1", "B10", 1_005));
        var first = await node.Accepted(AddFeeLines.Command(request));
        var again = await node.Accepted(AddFeeLines.Command(request.Clone()));
        Assert.True(again.IsReplay);
        Assert.Equal(AddFeeLines.Reply(first.Record), AddFeeLines.Reply(again.Record));
    }

    [Fact]
    public async Task NumberTwiceInOneRequest_IsRefusedAtItsSecondLine()
    {
        var outcome = await node.Submit(AddFeeLines.Command(node.Fees(world.Stay, world.Psn, "3", NodeActions.Fee("x", "A1", 100), NodeActions.Fee("y", "A1", 100), NodeActions.Fee("x", "A1", 100))));
        Assert.Equal(("line.duplicate_number", "feedetail[2].feedetl_sn"), (outcome.Refusal!.Code, outcome.Refusal.Field));
    }

    [Fact]
    public async Task OneBadLine_NoneIsKept()
    {
        var psn = await world.Person();
        var mdtrtId = await node.Opened(psn, "21", NodeActions.FirstOfJune);
        var bad = NodeActions.Fee("2", "A1", 200);
        bad.AmountFen = 199;
        var outcome = await node.Submit(AddFeeLines.Command(node.Fees(mdtrtId, psn, "3", NodeActions.Fee("1", "A1", 100), bad, NodeActions.Fee("3", "A1", 300))));
        Assert.Equal(("line.amount_mismatch", "feedetail[1].det_item_fee_sumamt"), (outcome.Refusal!.Code, outcome.Refusal.Field));
        Assert.Empty((await ListFeeLines.Query(node.Journal, node.Database, new ListFeeLinesRequest { MdtrtId = mdtrtId }, default)).Value.Line);
        await node.Charged(mdtrtId, psn, "3", NodeActions.Fee("1", "A1", 100)); // the number is still free
    }

    [Fact]
    public async Task CatalogChangesLater_LineKeepsItsTermsFromUpload()
    {
        await using var county = await SettlementNode.Create(postgres.Server);
        await county.AddPerson("P1");
        var mdtrtId = await county.Opened("P1", "21", NodeActions.FirstOfJune);
        await county.Charged(mdtrtId, "P1", "3", NodeActions.Fee("1", "A1", 100_000));
        // From now on A1 is a class C item, already on the day of the line.
        county.Reference = county.Reference.WithItems(Catalogs.Item("A1", "03", 10_000));
        await county.Charged(mdtrtId, "P1", "3", NodeActions.Fee("2", "A1", 50_000), NodeActions.Correction("3", "A1", 30_000, original: "1"));
        await county.Discharged(mdtrtId, "P1", "3", NodeActions.TenthOfJune);
        var claim = (await county.Settled(county.Settling(mdtrtId, "P1", 120_000))).Claim();
        Assert.Equal((120_000, 50_000, 70_000), (claim.Amounts.TotalFen, claim.Amounts.FullSelfPayFen, claim.Amounts.InScopeFen));
        Assert.Equal([1L, 2L, 1L], claim.Line.Select(l => l.Terms.CatalogVersion));
    }

    [Fact]
    public async Task CorrectionWithoutItsOriginalsNumber_TakesTheTermsOfTheLineItTakesBack()
    {
        await using var county = await SettlementNode.Create(postgres.Server);
        await county.AddPerson("P1");
        var mdtrtId = await county.Opened("P1", "11", NodeActions.FirstOfJune);
        await county.Charged(mdtrtId, "P1", "3", NodeActions.Fee("1", "A1", 1_000), NodeActions.Fee("2", "A2", 500));
        // A1 counted for outpatient pooling; it no longer does, and A2 has a first payment.
        county.Reference = county.Reference.WithItems(Catalogs.Item("A1", "01", 0), Catalogs.Item("A2", "02", 1000));
        await county.Charged(mdtrtId, "P1", "3", NodeActions.Correction("3", "A1", 1_000), NodeActions.Correction("4", "A2", 400));
        var amounts = (await county.Settled(county.Settling(mdtrtId, "P1", 100))).Claim().Amounts;
        Assert.Equal((100, 0, 100, 0), (amounts.TotalFen, amounts.FirstPayFen, amounts.InScopeFen, amounts.BasicFundFen));
    }

    [Fact]
    public async Task Corrections_GoDownToZeroAndNoFurther()
    {
        var psn = await world.Person();
        var mdtrtId = await node.Opened(psn, "21", NodeActions.FirstOfJune);
        await node.Charged(mdtrtId, psn, "3", NodeActions.Fee("1", "A1", 1_000), NodeActions.Fee("2", "B10", 1_000));
        Assert.Equal("line.correction_exceeds", await node.Refused(AddFeeLines.Command(node.Fees(mdtrtId, psn, "3", NodeActions.Correction("3", "A1", 1_001)))));
        Assert.Equal("line.original_unknown", await node.Refused(AddFeeLines.Command(node.Fees(mdtrtId, psn, "3", NodeActions.Correction("3", "A1", 100, original: "2"))))); // of another code
        await node.Charged(mdtrtId, psn, "3", NodeActions.Correction("3", "A1", 400, original: "1"));
        await node.Charged(mdtrtId, psn, "3", NodeActions.Correction("4", "A1", 600));
        Assert.Equal("line.correction_exceeds", await node.Refused(AddFeeLines.Command(node.Fees(mdtrtId, psn, "3", NodeActions.Correction("5", "A1", 1)))));
        // Together with a new charge there is again something to take back.
        await node.Charged(mdtrtId, psn, "3", NodeActions.Correction("5", "A1", 100), NodeActions.Fee("6", "A1", 100));
        // An item that was never charged cannot be taken back.
        Assert.Equal("line.correction_exceeds", await node.Refused(AddFeeLines.Command(node.Fees(mdtrtId, psn, "3", NodeActions.Correction("7", "A2", 1)))));
    }

    [Fact]
    public async Task CorrectionWhosePartsGoBelowZeroByRounding_IsRefused()
    {
        // Twice 0.04 at 10 %: nothing to pay first. 0.05 taken back would give 0.01 of it back.
        var psn = await world.Person();
        var mdtrtId = await node.Opened(psn, "21", NodeActions.FirstOfJune);
        await node.Charged(mdtrtId, psn, "3", NodeActions.Fee("1", "B10", 4), NodeActions.Fee("2", "B10", 4));
        Assert.Equal("line.correction_exceeds", await node.Refused(AddFeeLines.Command(node.Fees(mdtrtId, psn, "3", NodeActions.Correction("3", "B10", 5)))));
    }

    [Fact]
    public async Task CorrectionInOneRequestWithItsOriginal_IsFoundWhereItComesLater()
    {
        var psn = await world.Person();
        var mdtrtId = await node.Opened(psn, "21", NodeActions.FirstOfJune);
        await node.Charged(mdtrtId, psn, "3", NodeActions.Fee("1", "B10", 1_000), NodeActions.Correction("2", "B10", 1_000, original: "1"));
        Assert.Equal("line.original_unknown", await node.Refused(AddFeeLines.Command(node.Fees(mdtrtId, psn, "3", NodeActions.Correction("3", "B10", 1_000, original: "4"), NodeActions.Fee("4", "B10", 1_000)))));
    }

    [Fact]
    public async Task ThousandLinesAtOnce_AreTaken()
    {
        var psn = await world.Person();
        var mdtrtId = await node.Opened(psn, "11", NodeActions.FirstOfJune);
        await node.Charged(mdtrtId, psn, "3", [.. Enumerable.Range(0, 1_000).Select(i => NodeActions.Fee($"{i}", "B5", 100 + i))]);
        var total = Enumerable.Range(0, 1_000).Sum(i => 100L + i);
        var amounts = (await node.Settled(node.Settling(mdtrtId, psn, total))).Claim().Amounts;
        // Rounded line by line, not on the sum.
        Assert.Equal(Enumerable.Range(0, 1_000).Sum(i => new Fen(100 + i).ShareHalfUp(new BasisPoints(500)).Value), amounts.FirstPayFen);
    }

    [Fact]
    public async Task SettledVisit_MayBeChargedAgain()
    {
        var psn = await world.Person();
        var request = await node.Visit(psn, 10_000);
        await node.Settled(request);
        await node.Charged(request.MdtrtId, psn, "3", NodeActions.Fee("2", "A1", 500));
        Assert.Equal(500, (await node.Settled(node.Settling(request.MdtrtId, psn, 500))).Claim().Amounts.TotalFen);
    }
}
