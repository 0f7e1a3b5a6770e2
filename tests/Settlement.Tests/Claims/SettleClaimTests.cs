using MedInsure.Protos.Enrollment.V1;
using MedInsure.Protos.Settlement.V1;
using MedInsure.Settlement.Claims;
using MedInsure.Settlement.Encounters;
using MedInsure.Settlement.Filings;

namespace MedInsure.Settlement.Tests.Claims;

/// <summary>What is refused, in its order, and what makes a settlement happen once. The numbers by situation are in <see cref="SettlementSituationsTests"/> and in the golden cases.</summary>
[Trait("Category", "Storage")]
[Collection(PostgresCollection.Name)]
public sealed class SettleClaimTests(SharedPostgres postgres) : IAsyncLifetime
{
    private static readonly FaultOrder<SettleClaimRequest> OnFile = new(
        ("encounter.unknown", (w, r) => Of(r, w.Node.Tenant.Code + "M999999999999", w.Psn)),
        ("encounter.other_provider", (w, r) => Of(r, w.OfOtherProvider, w.Psn)),
        ("encounter.other_person", (w, r) => Of(r, w.OfOtherPerson, w.Psn)),
        ("encounter.cancelled", (w, r) => Of(r, w.Cancelled, w.Psn)),
        ("claim.scheme_mismatch", (_, r) => r.Insutype = "310"),
        ("claim.med_type_mismatch", (_, r) => r.MedType = "22"),
        ("encounter.settled", (w, r) => Of(r, w.SettledStay, w.Psn)),
        ("claim.interim_only_for_stays", (w, r) => (Of(r, w.Visit, w.Psn).Interim, r.MedType) = (true, "")),
        ("encounter.not_discharged", (w, r) => Of(r, w.Stay, w.Psn).Interim = false),
        ("encounter.discharged", (w, r) => Of(r, w.DischargedStay, w.Psn).Interim = true),
        ("claim.nothing_to_settle", (w, r) => Of(r, w.EmptyDischargedStay, w.Psn).Interim = false),
        ("claim.nothing_to_settle", (w, r) => (Of(r, w.EmptyVisit, w.Psn).Interim, r.MedType) = (false, "")),
        ("claim.nothing_to_settle", (w, r) => (Of(r, w.Visit, w.Psn).Interim, r.MedType, r.ChargeBatch) = (false, "", "B2")),
        ("claim.total_mismatch", (w, r) => Of(r, w.DischargedStay, w.Psn).TotalFen = 10_001),
        ("claim.parts_mismatch", (_, r) => r.InScopeFen = 9_999),
        ("claim.parts_mismatch", (_, r) => r.FirstPayFen = 1));

    private static readonly FaultOrder<SettleClaimRequest> WithLines = new(
        ("encounter.unknown", (_, r) => r.InlineEncounter = null),
        ("encounter.begin_missing", (_, r) => r.InlineEncounter.BeginAtMs = 0),
        ("encounter.begin_in_future", (_, r) => r.InlineEncounter.BeginAtMs = SettlementNode.Start.ToUnixTimeMilliseconds() + 1),
        ("claim.med_type_mismatch", (_, r) => (r.InlineEncounter.MedType, r.MedType) = ("41", "11")),
        ("claim.interim_only_for_stays", (_, r) => r.Interim = true),
        ("encounter.not_discharged", (_, r) => (r.InlineEncounter.MedType, r.MedType) = ("21", "")),
        ("provider.unknown", (_, r) => r.FixmedinsCode = "H000"),
        ("provider.no_agreement", (_, r) => r.FixmedinsCode = World.Expired),
        ("provider.suspended", (_, r) => r.FixmedinsCode = World.Suspended),
        ("provider.terminated", (_, r) => r.FixmedinsCode = World.Terminated),
        ("line.none", (_, r) => r.InlineLine.Clear()),
        ("line.number_missing", (_, r) => r.InlineLine[0].FeedetlSn = ""),
        ("line.quantity_zero", (_, r) => (r.InlineLine[0].QuantityE4, r.InlineLine[0].AmountFen) = (0, 0)),
        ("line.amount_mismatch", (_, r) => r.InlineLine[0].AmountFen++),
        ("line.before_begin", (_, r) => r.InlineLine[0].OccurredAtMs = SettlementNode.At(2026, 5, 31)),
        ("line.original_unknown", (_, r) => (r.InlineLine[0].QuantityE4, r.InlineLine[0].AmountFen, r.InlineLine[0].OriginalFeedetlSn) = (-10_000, -10_000, "nowhere")),
        ("line.correction_exceeds", (_, r) => r.InlineLine.Add(NodeActions.Correction("2", "A2", 10_000))),
        ("encounter.visit_number_taken", (_, r) => r.InlineEncounter.VisitNo = "V-SOLD"),
        ("claim.total_mismatch", (_, r) => r.TotalFen++),
        ("claim.parts_mismatch", (_, r) => r.FullSelfPayFen = 1),
        ("person.unknown", (_, r) => r.PsnNo = "P-NOBODY"),
        ("coverage.none_on_date", (_, r) => r.Insutype = "310"),
        ("filing.missing", (_, r) => (r.InlineEncounter.MedType, r.InlineEncounter.DiseaseCode, r.MedType) = ("14", "SP1", "")));

    private World world = null!;
    private SettlementNode node = null!;

    public async Task InitializeAsync() => node = (world = await postgres.World()).Node;
    public Task DisposeAsync() => Task.CompletedTask;

    private static SettleClaimRequest Of(SettleClaimRequest request, string mdtrtId, string psnNo)
    {
        (request.MdtrtId, request.PsnNo) = (mdtrtId, psnNo);
        return request;
    }

    public static TheoryData<string> FaultsOnFile => OnFile.Rows;
    public static TheoryData<string> FaultsWithLines => WithLines.Rows;

    [Theory]
    [MemberData(nameof(FaultsOnFile))]
    public async Task Fault_IsRefusedBeforeAllLaterOnes(string row) => await OnFile.Check(row, world, () => node.Settling(world.DischargedStay, world.Psn, 10_000), r => node.Refused(SettleClaim.Command(r)));

    [Theory]
    [MemberData(nameof(FaultsWithLines))]
    public async Task FaultOfASale_IsRefusedBeforeAllLaterOnes(string row)
    {
        var sold = node.Inline(world.Psn, 100);
        sold.InlineEncounter.VisitNo = "V-SOLD";
        await node.Submit(SettleClaim.Command(sold)); // the first row's takes the number
        await WithLines.Check(row, world, () => node.Inline(world.Psn, 10_000), r => node.Refused(SettleClaim.Command(r)));
    }

    [Theory]
    [InlineData(World.Suspended, "provider.suspended")]
    [InlineData(World.Terminated, "provider.terminated")]
    [InlineData(World.Expired, "provider.no_agreement")]
    public async Task AgreementNotInForceWhenTheEncounterBegan_IsRefusedBeforeTheSums(string provider, string code)
    {
        await using var county = await SettlementNode.Create(postgres.Server);
        await county.AddPerson("P1");
        county.Reference = county.Reference.WithProviders(Catalogs.Provider(provider, "3", county.Tenant.Code));
        var opening = county.Opening("P1", "11", NodeActions.FirstOfJune);
        opening.FixmedinsCode = provider;
        var mdtrtId = (await county.Accepted(OpenEncounter.Command(opening))).Record.MdtrtId;
        var fees = county.Fees(mdtrtId, "P1", "3", NodeActions.Fee("1", "A1", 100));
        fees.FixmedinsCode = provider;
        await county.Accepted(AddFeeLines.Command(fees));
        county.Reference = county.Reference.WithProviders(World.Lapsed(provider, county.Tenant.Code));
        var request = county.Settling(mdtrtId, "P1", 1);
        request.FixmedinsCode = provider;
        Assert.Equal(code, await county.Refused(SettleClaim.Command(request)));
    }

    [Fact]
    public async Task CoverEndedBeforeThePolicyDate_IsRefusedBeforeTheFiling()
    {
        // A stay must be covered on its discharge day.
        var psn = await world.Person();
        var stay = await node.Visit(psn, 10_000, "21");
        var chronic = await node.Visit(psn, 10_000, "14");
        var person = new Person { PsnNo = psn, PsnName = "王测试", Certno = "230102198001010010", BirthOn = 19800101, County = node.Tenant.Code, Version = 2 };
        person.Coverage.Add(new Coverage { Insutype = "390", PsnType = "1501", FromOn = 20200101, ToOn = 20260531 });
        node.Journal.Replace(person);
        Assert.Equal("coverage.none_on_date", await node.Refused(SettleClaim.Command(stay)));
        Assert.Equal("coverage.none_on_date", await node.Refused(SettleClaim.Command(chronic)));
        person = person.Clone();
        (person.Version, person.Coverage[0].ToOn) = (3, 20260610);
        node.Journal.Replace(person);
        await node.Settled(stay); // the last day of cover counts
        Assert.Equal("filing.missing", await node.Refused(SettleClaim.Command(chronic)));
    }

    [Fact]
    public async Task FilingIsAskedFor_BeforeThePolicy()
    {
        // Retired cadres (340) have cover but no pack here.
        var psn = await world.Person("340");
        var visit = await node.Visit(psn, 10_000, insutype: "340");
        Assert.Equal("policy.none_in_force", await node.Refused(SettleClaim.Command(visit)));
        var chronic = await node.Visit(psn, 10_000, "14", insutype: "340");
        Assert.Equal("filing.missing", await node.Refused(SettleClaim.Command(chronic)));
    }

    [Fact]
    public async Task DiseaseTakenOffTheListSinceItsFiling_IsRefused()
    {
        await using var county = await SettlementNode.Create(postgres.Server);
        await county.AddPerson("P1");
        await county.Filed(county.Filing("P1"));
        var mdtrtId = await Chronic(county, "P1", "SP1");
        county.Reference = county.Reference.WithDiseases(new Protos.ProviderRegistry.V1.Disease { Code = "SP1", Name = "恶性肿瘤放化疗", Kind = "special_outpatient", Insutype = "390", FromOn = 20200101, ToOn = 20260531 });
        Assert.Equal("filing.disease_not_listed", await county.Refused(SettleClaim.Command(county.Settling(mdtrtId, "P1", 10_000))));
    }

    [Theory]
    [InlineData(20260529)] // before the line's day
    [InlineData(20260601)]
    [InlineData(20260701)] // tomorrow
    [InlineData(20991231)]
    [InlineData(20260631)] // no day at all
    [InlineData(-1)]
    public async Task InterimSettlementOfAnImpossibleDay_IsRefused(int until)
    {
        var psn = await world.Person();
        var interim = await Interim(psn, 10_000, SettlementNode.At(2026, 6, 2));
        interim.InterimUntilOn = until;
        Assert.Equal("claim.interim_day_invalid", await node.Refused(SettleClaim.Command(interim)));
    }

    [Theory]
    [InlineData(0, 20260602)] // its last line's day
    [InlineData(20260602, 20260602)]
    [InlineData(20260630, 20260630)] // today
    public async Task InterimSettlement_IsOfItsDay(int until, int policyOn)
    {
        var psn = await world.Person();
        var interim = await Interim(psn, 10_000, SettlementNode.At(2026, 6, 2));
        interim.InterimUntilOn = until;
        Assert.Equal(policyOn, (await node.Settled(interim)).Claim().Facts.PolicyOn);
    }

    [Fact]
    public async Task MoreTakenBackThanChargedSinceTheInterim_IsRefusedByName()
    {
        var psn = await world.Person();
        var interim = await Interim(psn, 10_000);
        var first = await node.Settled(interim);
        await node.Charged(interim.MdtrtId, psn, "3", NodeActions.Correction("2", "A1", 10_000, original: "1"));
        await node.Discharged(interim.MdtrtId, psn, "3", NodeActions.TenthOfJune);
        Assert.Equal("claim.negative_total", await node.Refused(SettleClaim.Command(node.Settling(interim.MdtrtId, psn, -10_000))));
        // As the refusal says: cancel the interim one, and settle both together.
        await node.Reversed(first);
        var claim = (await node.Settled(node.Settling(interim.MdtrtId, psn, 0))).Claim();
        Assert.Equal((2, 0L, 0L), (claim.Line.Count, claim.Amounts.TotalFen, claim.Amounts.FundTotalFen));
    }

    [Fact]
    public async Task CorrectionsWithinOnePart_AreRefusedByNameToo()
    {
        // The whole is positive, but what is in scope is taken back from the last bill's.
        var psn = await world.Person();
        var mdtrtId = await node.Opened(psn, "11", NodeActions.FirstOfJune);
        await node.Charged(mdtrtId, psn, "3", NodeActions.Fee("1", "A1", 1_000));
        await node.Settled(node.Settling(mdtrtId, psn, 1_000));
        await node.Charged(mdtrtId, psn, "3", NodeActions.Correction("2", "A1", 1_000), NodeActions.Fee("3", "C1", 5_000));
        Assert.Equal("claim.negative_total", await node.Refused(SettleClaim.Command(node.Settling(mdtrtId, psn, 4_000))));
    }

    [Fact]
    public async Task SameMessage_IsSettledOnceAndAnsweredTheSame_AlsoAfterARestart()
    {
        await using var county = await SettlementNode.Create(postgres.Server);
        await county.AddPerson("P1");
        var request = await county.Visit("P1", 1_000_000, "21");
        var first = await county.Settled(request);
        var again = await county.Settled(request.Clone());
        Assert.True(again.IsReplay);
        Assert.Equal(SettlementRendering.Reply(first), SettlementRendering.Reply(again));
        await county.Restart();
        again = await county.Settled(request.Clone());
        Assert.True(again.IsReplay);
        Assert.Equal(SettlementRendering.Reply(first), SettlementRendering.Reply(again));
        // Another message about the same stay is not a repeat.
        var other = request.Clone();
        other.Key = county.Key();
        Assert.Equal("encounter.settled", await county.Refused(SettleClaim.Command(other)));
        // The same message id about something else is not either.
        other.Key = county.Key(messageId: request.Key.MessageId, content: "other");
        Assert.Equal("request.key_reused", await county.Refused(SettleClaim.Command(other)));
    }

    [Fact]
    public async Task RefusedMessage_MayBeSentAgainCorrected()
    {
        var psn = await world.Person();
        var request = await node.Visit(psn, 10_000);
        request.TotalFen = 1;
        Assert.Equal("claim.total_mismatch", await node.Refused(SettleClaim.Command(request)));
        var corrected = request.Clone();
        corrected.TotalFen = 10_000;
        corrected.Key = node.Key(messageId: request.Key.MessageId, content: "corrected"); // a refusal used up nothing
        await node.Settled(corrected);
    }

    [Fact]
    public async Task SamePartsAsTheLines_AreAccepted()
    {
        var psn = await world.Person();
        var mdtrtId = await node.Opened(psn, "11", NodeActions.FirstOfJune);
        await node.Charged(mdtrtId, psn, "3", NodeActions.Fee("1", "B10", 1_000), NodeActions.Fee("2", "C1", 500), SettlementNode.Line("3", "CAP", 10_000, 12_000_000, NodeActions.FirstOfJune));
        var request = node.Settling(mdtrtId, psn, 2_700);
        // 10.00 at 10 %; 5.00 of class C; 12.00 over a ceiling of 10.00, 10 % of the rest.
        (request.FullSelfPayFen, request.OverLimitFen, request.FirstPayFen, request.InScopeFen) = (500, 200, 200, 1_800);
        await node.Settled(request);
    }

    [Fact]
    public async Task SaleWithoutItsKind_IsAnOrdinaryVisit()
    {
        var psn = await world.Person();
        var sale = node.Inline(psn, 10_000);
        (sale.InlineEncounter.MedType, sale.MedType) = ("", "");
        var claim = (await node.Settled(sale)).Claim();
        Assert.Equal(("11", 5_000L), (claim.Facts.MedType, claim.Amounts.BasicFundFen)); // half of 100.00, of the 300.00 a year
        sale = node.Inline(psn, 10_000);
        (sale.InlineEncounter.MedType, sale.MedType) = ("", "41");
        Assert.Equal("41", (await node.Settled(sale)).Claim().Facts.MedType);
    }

    [Fact]
    public async Task VisitNumberOfASale_IsItsMessageUnlessGiven()
    {
        var psn = await world.Person();
        var sale = node.Inline(psn, 10_000);
        sale.InlineEncounter.VisitNo = "";
        await node.Settled(sale);
        await node.Settled(node.Inline(psn, 10_000));
        await node.Projected();
    }

    [Theory]
    [InlineData("V\0")]
    [InlineData("a number longer than any table takes")]
    public async Task TextThatNoTableHolds_IsRefusedAndStopsNothing(string number)
    {
        var text = number.Length > 10 ? new string('9', 3_000) : number;
        var psn = await world.Person();
        var opening = node.Opening(psn, "11", NodeActions.FirstOfJune, visitNo: text);
        Assert.Equal("request.text_malformed", await node.Refused(OpenEncounter.Command(opening)));
        opening = node.Opening(psn, "11", NodeActions.FirstOfJune);
        opening.Details.MedType = "11" + text;
        Assert.Equal("request.text_malformed", await node.Refused(OpenEncounter.Command(opening)));
        var sale = node.Inline(text, 100);
        Assert.Equal("request.text_malformed", await node.Refused(SettleClaim.Command(sale)));
        sale = node.Inline(psn, 100);
        sale.Key.MessageId = text;
        Assert.Equal("request.text_malformed", await node.Refused(SettleClaim.Command(sale)));
        Assert.NotNull((await node.SubmitReversal(node.ReversingMessage(text, "2207", psn))).Refusal);
        await node.Settled(node.Inline(psn, 100));
        await node.Projected();
    }

    [Fact]
    public async Task UnknownPersonWhileEnrollmentIsOutOfReach_IsUnavailableAndHoldsUpNobodyElse()
    {
        await using var county = await SettlementNode.Create(postgres.Server); // its enrollment is out of reach
        await county.AddPerson("P1");
        var outcomes = await Task.WhenAll(Enumerable.Range(0, 20).Select(i => Task.Run(() => county.Submit(SettleClaim.Command(county.Inline(i % 2 == 0 ? "P1" : "P-NOBODY", 100))))));
        Assert.All(outcomes.Where((_, i) => i % 2 == 0), o => Assert.Null(o.Refusal));
        Assert.All(outcomes.Where((_, i) => i % 2 != 0), o => Assert.Equal("settlement.unavailable", o.Refusal?.Code));
        county.Enrollment = _ => new BatchGetPersonsReply();
        Assert.Equal("person.unknown", await county.Refused(SettleClaim.Command(county.Inline("P-NOBODY", 100))));
        Assert.Equal("person.unknown", await county.Refused(OpenEncounter.Command(county.Opening("P-NOBODY", "11", NodeActions.FirstOfJune))));
        Assert.Equal("person.unknown", await county.Refused(FileTreatment.Command(county.Filing("P-NOBODY"))));
    }

    private async Task<SettleClaimRequest> Interim(string psn, long fen, long at = 0)
    {
        var mdtrtId = await node.Opened(psn, "21", NodeActions.FirstOfJune);
        await node.Charged(mdtrtId, psn, "3", NodeActions.Fee("1", "A1", fen, at));
        var request = node.Settling(mdtrtId, psn, fen);
        request.Interim = true;
        return request;
    }

    private static async Task<string> Chronic(SettlementNode county, string psn, string disease)
    {
        var opening = county.Opening(psn, "14", NodeActions.FirstOfJune);
        opening.Details.DiseaseCode = disease;
        var mdtrtId = (await county.Accepted(OpenEncounter.Command(opening))).Record.MdtrtId;
        await county.Charged(mdtrtId, psn, "3", NodeActions.Fee("1", "A1", 10_000));
        return mdtrtId;
    }
}
