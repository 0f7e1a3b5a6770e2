using MedInsure.Protos.Settlement.V1;
using MedInsure.Settlement.Claims;
using MedInsure.Settlement.Encounters;
using MedInsure.Settlement.Filings;
using MedInsure.Settlement.Journal;

namespace MedInsure.Settlement.Tests.Claims;

/// <summary>How what lies around a settlement (earlier settlements of the stay, filings, account, categories) comes into its numbers. All amounts in fen.</summary>
[Trait("Category", "Storage")]
[Collection(PostgresCollection.Name)]
public sealed class SettlementSituationsTests(SharedPostgres postgres) : IAsyncLifetime
{
    private World world = null!, guichi = null!;
    private SettlementNode node = null!;

    public async Task InitializeAsync()
    {
        (world, guichi) = (await postgres.World(), await postgres.World("3417"));
        node = world.Node;
    }

    public Task DisposeAsync() => Task.CompletedTask;

    [Fact]
    public async Task InterimSettlements_TakeTheDeductibleOnce_AndCountOneStay()
    {
        // Level 3, resident: deductible 720.00, then 70 %.
        var psn = await world.Person();
        var mdtrtId = await node.Opened(psn, "21", NodeActions.FirstOfJune);
        var first = await Interim(mdtrtId, psn, "1", 50_000);
        Assert.Equal((50_000, 0), Basic(first)); // all of it is deductible
        var second = await Interim(mdtrtId, psn, "2", 100_000);
        Assert.Equal((22_000, 54_600), Basic(second)); // 220.00 are left of it: 70 % of 780.00
        var third = await Interim(mdtrtId, psn, "3", 100_000);
        Assert.Equal((0, 70_000), Basic(third));
        await node.Charged(mdtrtId, psn, "3", NodeActions.Fee("4", "A1", 1_000, NodeActions.TenthOfJune));
        await node.Discharged(mdtrtId, psn, "3", NodeActions.TenthOfJune);
        var last = await node.Settled(node.Settling(mdtrtId, psn, 1_000));
        Assert.Equal((0, 700), Basic(last));
        Assert.Equal([(1, true), (1, false), (1, false), (1, false)], new[] { first, second, third, last }.Select(c => (c.Claim().Facts.StayOrdinal, c.Claim().Facts.FirstOfStay)));
        var sums = await node.Sums(psn);
        Assert.Equal((1L, 125_300L), (sums["390 stays"], sums["390 basic.paid"]));
    }

    [Fact]
    public async Task StayOfADiseaseWithTermsOfItsOwn_CarriesItsList()
    {
        await using var county = await SettlementNode.Create(postgres.Server);
        county.Reference = county.Reference.WithDiseases(new Protos.ProviderRegistry.V1.Disease { Code = "XXB", Name = "先天性心脏病", Kind = "congenital_heart_child", Insutype = "390", FromOn = 20200101 });
        foreach (var (psn, disease, kind) in new[] { ("P1", "XXB", "congenital_heart_child"), ("P2", "OTHER", ""), ("P3", "", "") })
        {
            await county.AddPerson(psn);
            var opening = county.Opening(psn, "21", NodeActions.FirstOfJune);
            opening.Details.DiseaseCode = disease;
            var mdtrtId = (await county.Accepted(OpenEncounter.Command(opening))).Record.MdtrtId;
            await county.Charged(mdtrtId, psn, "3", NodeActions.Fee("1", "A1", 1_000));
            await county.Discharged(mdtrtId, psn, "3", NodeActions.TenthOfJune);
            Assert.Equal(kind, (await county.Settled(county.Settling(mdtrtId, psn, 1_000))).Claim().Facts.DiseaseKind);
        }
    }

    [Fact]
    public async Task LastBillAfterInterims_MayBeEmpty()
    {
        var psn = await world.Person();
        var mdtrtId = await node.Opened(psn, "21", NodeActions.FirstOfJune);
        await Interim(mdtrtId, psn, "1", 100_000);
        await node.Discharged(mdtrtId, psn, "3", NodeActions.TenthOfJune);
        var last = await node.Settled(node.Settling(mdtrtId, psn, 0));
        Assert.Equal((0, 0, false), (last.Claim().Amounts.TotalFen, last.Claim().Line.Count, last.Claim().Interim));
        Assert.Equal("encounter.settled", await node.Refused(SettleClaim.Command(node.Settling(mdtrtId, psn, 0))));
    }

    [Fact]
    public async Task StayOverNewYear_CountsInEachYearItsPart()
    {
        var psn = await world.Person();
        var mdtrtId = await node.Opened(psn, "21", SettlementNode.At(2025, 12, 20));
        var interim = await Interim(mdtrtId, psn, "1", 100_000, SettlementNode.At(2025, 12, 31));
        Assert.Equal(20251231, interim.Claim().Facts.PolicyOn);
        await node.Charged(mdtrtId, psn, "3", NodeActions.Fee("2", "A1", 100_000, SettlementNode.At(2026, 1, 2)));
        await node.Discharged(mdtrtId, psn, "3", SettlementNode.At(2026, 1, 5));
        var last = await node.Settled(node.Settling(mdtrtId, psn, 100_000));
        Assert.Equal((0, 70_000), Basic(last));
        Assert.Equal((1L, 19_600L), ((await node.Sums(psn, 2025))["390 stays"], (await node.Sums(psn, 2025))["390 basic.paid"]));
        Assert.Equal(["390 basic.paid", "390 critical.burden"], (await node.Sums(psn)).Keys);
    }

    [Theory]
    [InlineData("referred", 24_000, 48_000)]      // 720.00 less the 240.00 of level 1
    [InlineData("not referred", 24_000, 72_000)]
    [InlineData("withdrawn", 24_000, 72_000)]
    [InlineData("to another", 24_000, 72_000)]
    [InlineData("out of its period", 24_000, 72_000)]
    [InlineData("to the county", 24_000, 48_000)] // filed for the area, not for one hospital
    [InlineData("after thirty days", 24_000, 48_000)]
    [InlineData("after thirty-one days", 24_000, 72_000)]
    public async Task UpwardReferral_PaysTheDifferenceOnly(string how, long first, long second)
    {
        var psn = await world.Person();
        Assert.Equal(first, Basic(await Stay(psn, "1", 100_000, SettlementNode.At(2026, 4, 1), SettlementNode.At(2026, 4, 10))).Deductible);
        if (how != "not referred")
        {
            var filing = await node.Filed(node.Filing(psn, "I10", FilingKind.Referral, from: how == "out of its period" ? 20260601 : 20260401,
                other: how == "to the county" ? "" : node.Hospital(how == "to another" ? "2" : "3"), area: how == "to the county" ? node.Tenant.Code : ""));
            if (how == "withdrawn")
                await node.Accepted(WithdrawFiling.Command(new WithdrawFilingRequest { Key = node.Key("2502"), FixmedinsCode = node.Hospital("3"), PsnNo = psn, FilingId = filing.FilingId }));
        }
        var begin = new DateOnly(2026, 4, 10).AddDays(how switch { "after thirty days" => 30, "after thirty-one days" => 31, _ => 1 });
        var at = SettlementNode.At(begin.Year, begin.Month, begin.Day);
        Assert.Equal(second, Basic(await Stay(psn, "3", 1_000_000, at, at)).Deductible);
    }

    [Fact]
    public async Task DownwardReferral_PaysItsOwnDeductible()
    {
        var psn = await world.Person();
        await Stay(psn, "3", 100_000, SettlementNode.At(2026, 4, 1), SettlementNode.At(2026, 4, 10));
        await node.Filed(node.Filing(psn, "I10", FilingKind.Referral, other: node.Hospital("1")));
        Assert.Equal(24_000, Basic(await Stay(psn, "1", 100_000, SettlementNode.At(2026, 4, 10), SettlementNode.At(2026, 4, 12))).Deductible);
    }

    [Fact]
    public async Task TwoReferralsUpwards_TogetherTakeTheHighestDeductible()
    {
        var psn = await world.Person();
        await node.Filed(node.Filing(psn, "I10", FilingKind.Referral, other: node.Hospital("2")));
        await node.Filed(node.Filing(psn, "I10", FilingKind.Referral, other: node.Hospital("3")));
        Assert.Equal(24_000, Basic(await Stay(psn, "1", 100_000, SettlementNode.At(2026, 4, 1), SettlementNode.At(2026, 4, 10))).Deductible);
        Assert.Equal(24_000, Basic(await Stay(psn, "2", 100_000, SettlementNode.At(2026, 4, 10), SettlementNode.At(2026, 4, 20))).Deductible); // 480.00 − 240.00
        Assert.Equal(24_000, Basic(await Stay(psn, "3", 100_000, SettlementNode.At(2026, 4, 20), SettlementNode.At(2026, 4, 30))).Deductible); // 720.00 − 480.00
    }

    [Fact]
    public async Task ReferringStaySettledInParts_CountsWithAllOfThem_AlsoAfterARestart()
    {
        await using var county = await SettlementNode.Create(postgres.Server);
        await county.AddPerson("P1");
        var mdtrtId = await county.Opened("P1", "21", SettlementNode.At(2026, 4, 1), "1");
        await county.Charged(mdtrtId, "P1", "1", NodeActions.Fee("1", "A1", 100_000, SettlementNode.At(2026, 4, 2)));
        var interim = county.Settling(mdtrtId, "P1", 100_000, "1");
        interim.Interim = true;
        await county.Settled(interim); // takes the deductible
        await county.Charged(mdtrtId, "P1", "1", NodeActions.Fee("2", "A1", 100_000, SettlementNode.At(2026, 4, 3)));
        await county.Discharged(mdtrtId, "P1", "1", SettlementNode.At(2026, 4, 10));
        var settled = await county.Settled(county.Settling(mdtrtId, "P1", 200_000 - 100_000, "1")); // takes none
        // Cancelled and brought back: it stands, in memory and in the tables.
        var reversal = await county.Reversed(settled, "1");
        var undoing = county.ReversingMessage(reversal);
        undoing.FixmedinsCode = county.Hospital("3"); // the harness sends all messages in this hospital's name
        await county.ReversedMessage(undoing);
        await county.Filed(county.Filing("P1", "I10", FilingKind.Referral, other: county.Hospital("3")));
        await county.Restart();
        var next = await county.Opened("P1", "21", SettlementNode.At(2026, 4, 12));
        await county.Charged(next, "P1", "3", NodeActions.Fee("1", "A1", 100_000, SettlementNode.At(2026, 4, 12)));
        await county.Discharged(next, "P1", "3", SettlementNode.At(2026, 4, 20));
        var claim = (await county.Settled(county.Settling(next, "P1", 100_000))).Claim();
        Assert.Equal((24_000, 48_000), (claim.Facts.DeductibleOfReferringStayFen, claim.Amounts.DeductibleFen));
    }

    [Theory]
    [InlineData("SP1", 60_000)] // special outpatient of an adult resident: 60 %
    [InlineData("CH1", 0)]      // Harbin's residents have no benefit for chronic diseases
    public async Task SpecialOutpatient_NeedsItsFiling(string disease, long paid)
    {
        var psn = await world.Person();
        Assert.Equal("filing.missing", await node.Refused(SettleClaim.Command(await Outpatient(node, psn, disease, 100_000))));
        var filing = await node.Filed(node.Filing(psn, disease));
        var settled = await node.Settled(await Outpatient(node, psn, disease, 100_000));
        Assert.Equal(paid, settled.Claim().Amounts.BasicFundFen);
        Assert.Equal("filing.missing", await node.Refused(SettleClaim.Command(await Outpatient(node, psn, disease == "SP1" ? "CH1" : "SP1", 100_000))));
        Assert.Equal("filing.missing", await node.Refused(SettleClaim.Command(await Outpatient(node, psn, "", 100_000))));
        await node.Accepted(WithdrawFiling.Command(new WithdrawFilingRequest { Key = node.Key("2504"), FixmedinsCode = node.Hospital("3"), PsnNo = psn, FilingId = filing.FilingId }));
        Assert.Equal("filing.missing", await node.Refused(SettleClaim.Command(await Outpatient(node, psn, disease, 100_000))));
        Assert.Equal(paid, (await node.Shown(settled.SetlId())).BasicFundFen); // what was settled under it stays
    }

    [Theory]
    [InlineData(20260602, 0, false)]
    [InlineData(20260601, 0, true)]
    [InlineData(20260101, 20260531, false)]
    [InlineData(20260101, 20260601, true)]
    public async Task Filing_HoldsOnItsDaysOnly(int from, int to, bool holds)
    {
        var psn = await world.Person();
        await node.Filed(node.Filing(psn, from: from, to: to));
        var outcome = await node.Submit(SettleClaim.Command(await Outpatient(node, psn, "SP1", 100_000)));
        Assert.Equal(holds ? null : "filing.missing", outcome.Refusal?.Code);
    }

    [Fact]
    public async Task ChronicOfAnEmployee_EndsAtItsYearlyMaximum()
    {
        var psn = await world.Person("310", "1101");
        await node.Filed(node.Filing(psn, "CH1", insutype: "310"));
        var paid = new List<long>();
        foreach (var fee in new[] { 300_000L, 300_000, 300_000 }) paid.Add((await node.Settled(await Outpatient(node, psn, "CH1", fee, "310"))).Claim().Amounts.BasicFundFen);
        Assert.Equal([210_000L, 90_000, 0], paid); // 70 %, at most 3,000.00 a year
    }

    [Fact]
    public async Task PersonalAccount_PaysWhatItHoldsAndTheAnswerSaysWhatIsLeft()
    {
        var psn = await world.Person("310", "1101", creditFen: 100_000);
        var request = await node.Visit(psn, 30_000, insutype: "310", useAccount: true);
        var amounts = (await node.Settled(request)).Claim().Amounts;
        Assert.Equal((30_000, 0, 70_000), (amounts.AccountFen, amounts.CashFen, amounts.AccountBalanceFen));
        Assert.Equal(70_000, await node.Balance(psn));

        amounts = (await node.Settled(await node.Visit(psn, 20_000, insutype: "310", useAccount: false))).Claim().Amounts;
        Assert.Equal((0, 20_000, 70_000), (amounts.AccountFen, amounts.CashFen, amounts.AccountBalanceFen));

        amounts = (await node.Settled(await node.Visit(psn, 100_000, insutype: "310", useAccount: true))).Claim().Amounts;
        Assert.Equal((70_000, 30_000, 0), (amounts.AccountFen, amounts.CashFen, amounts.AccountBalanceFen));
        Assert.Equal(0, await node.Balance(psn));
        await node.Projected();
        await using var command = node.Database.CreateCommand($"SELECT paid_fen FROM account WHERE psn_no = '{psn}'");
        Assert.Equal(100_000L, await command.ExecuteScalarAsync());
    }

    [Fact]
    public async Task AccountOfAResident_IsNotUsed()
    {
        var psn = await world.Person(creditFen: 100_000);
        var amounts = (await node.Settled(await node.Visit(psn, 30_000, item: "C1", useAccount: true))).Claim().Amounts;
        Assert.Equal((0, 30_000), (amounts.AccountFen, amounts.CashFen));
    }

    [Fact]
    public async Task ManySettlementsAtOnce_DoNotOverdrawTheAccount()
    {
        var psn = await world.Person("310", "1101", creditFen: 100_000);
        var requests = new List<SettleClaimRequest>();
        for (var i = 0; i < 12; i++) requests.Add(await node.Visit(psn, 15_000, insutype: "310", useAccount: true));
        var settled = await Task.WhenAll(requests.Select(r => Task.Run(() => node.Settled(r))));
        Assert.Equal(100_000, settled.Sum(s => s.Claim().Amounts.AccountFen));
        Assert.Equal(0, await node.Balance(psn));
    }

    [Fact]
    public async Task ExtremeHardship_GetsAssistanceAndEachFundItsShare()
    {
        // Guichi, level 3: deductible 700.00, 75 %; assistance 90 % of the rest for extreme hardship.
        var psn = await guichi.Person(categories: ["extreme_hardship", "low_income"]);
        var claim = (await guichi.Node.Settled(await guichi.Node.Visit(psn, 1_000_000, "21"))).Claim();
        Assert.Equal((697_500, 272_250, 30_250), (claim.Amounts.BasicFundFen, claim.Amounts.AssistanceFen, claim.Amounts.CashFen));
        Assert.Equal([("390100", 697_500L), ("610100", 272_250L)], claim.Share.Select(s => (s.FundPayType, s.AmountFen)));
    }

    [Fact]
    public async Task CategoryOutOfItsPeriod_DoesNotCount()
    {
        var psn = await guichi.Person();
        var person = new Protos.Enrollment.V1.Person { PsnNo = psn, PsnName = "王测试", Certno = "230102198001010010", BirthOn = 19800101, County = guichi.Node.Tenant.Code, Version = 2 };
        person.Coverage.Add(new Protos.Enrollment.V1.Coverage { Insutype = "390", PsnType = "1501", FromOn = 20200101 });
        person.Category.Add(new Protos.Enrollment.V1.Category { Name = "low_income", FromOn = 20260101, ToOn = 20260609 });
        guichi.Node.Journal.Replace(person);
        await guichi.Node.AddPersons([person]);
        // The stay ends on the tenth: the policy date is a day after the category.
        Assert.Empty((await guichi.Node.Settled(await guichi.Node.Visit(psn, 1_000_000, "21"))).Claim().Facts.Category);
        var visit = await guichi.Node.Settled(await guichi.Node.Visit(psn, 1_000_000));
        Assert.Equal(["low_income"], visit.Claim().Facts.Category);
    }

    [Fact]
    public async Task HospitalOfAnotherCity_IsOffSite()
    {
        var psn = await world.Person();
        var opening = node.Opening(psn, "11", NodeActions.FirstOfJune);
        opening.FixmedinsCode = World.OffSite;
        var mdtrtId = (await node.Accepted(OpenEncounter.Command(opening))).Record.MdtrtId;
        var fees = node.Fees(mdtrtId, psn, "3", NodeActions.Fee("1", "A1", 100));
        fees.FixmedinsCode = World.OffSite;
        await node.Accepted(AddFeeLines.Command(fees));
        var request = node.Settling(mdtrtId, psn, 100);
        request.FixmedinsCode = World.OffSite;
        var claim = (await node.Settled(request)).Claim();
        Assert.Equal((true, "310101"), (claim.Facts.OffSite, claim.ProviderCounty));
        Assert.False((await node.Settled(await node.Visit(psn, 100))).Claim().Facts.OffSite);
    }

    [Fact]
    public async Task BatchesOfAVisit_AreSettledOneByOne()
    {
        var psn = await world.Person();
        var mdtrtId = await node.Opened(psn, "11", NodeActions.FirstOfJune);
        await node.Charged(mdtrtId, psn, "3", NodeActions.Fee("1", "A1", 1_000, batch: "B1"), NodeActions.Fee("2", "A1", 2_000, batch: "B2"), NodeActions.Fee("3", "A1", 4_000, batch: "B1"));
        var request = node.Settling(mdtrtId, psn, 5_000);
        request.ChargeBatch = "B1";
        Assert.Equal(["1", "3"], (await node.Settled(request)).Claim().Line.Select(l => l.FeedetlSn));
        Assert.Equal(["2"], (await node.Settled(node.Settling(mdtrtId, psn, 2_000))).Claim().Line.Select(l => l.FeedetlSn));
    }

    private async Task<Committed> Interim(string mdtrtId, string psn, string number, long fen, long at = 0)
    {
        await node.Charged(mdtrtId, psn, "3", NodeActions.Fee(number, "A1", fen, at));
        var request = node.Settling(mdtrtId, psn, fen);
        request.Interim = true;
        return await node.Settled(request);
    }

    private async Task<Committed> Stay(string psn, string level, long fen, long beginMs, long endMs)
    {
        var mdtrtId = await node.Opened(psn, "21", beginMs, level);
        await node.Charged(mdtrtId, psn, level, NodeActions.Fee("1", "A1", fen, beginMs));
        await node.Discharged(mdtrtId, psn, level, endMs);
        return await node.Settled(node.Settling(mdtrtId, psn, fen, level));
    }

    private static async Task<SettleClaimRequest> Outpatient(SettlementNode node, string psn, string disease, long fen, string insutype = "390")
    {
        var opening = node.Opening(psn, "14", NodeActions.FirstOfJune, insutype: insutype);
        opening.Details.DiseaseCode = disease;
        var mdtrtId = (await node.Accepted(OpenEncounter.Command(opening))).Record.MdtrtId;
        await node.Charged(mdtrtId, psn, "3", NodeActions.Fee("1", "A1", fen));
        return node.Settling(mdtrtId, psn, fen, insutype: insutype);
    }

    private static (long Deductible, long Paid) Basic(Committed settled) => (settled.Claim().Amounts.DeductibleFen, settled.Claim().Amounts.BasicFundFen);
}
