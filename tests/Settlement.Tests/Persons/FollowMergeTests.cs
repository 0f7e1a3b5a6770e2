using MedInsure.Events;
using MedInsure.Hosting.Messaging;
using MedInsure.Protos.Settlement.V1;
using MedInsure.Settlement.Claims;
using MedInsure.Settlement.Encounters;
using MedInsure.Settlement.Journal;
using MedInsure.Settlement.Persons;
using MedInsure.Settlement.Policies;
using MedInsure.Settlement.Queries;
using MedInsure.Settlement.Supplements;
using MedInsure.Settlement.Tests.Corrections;
using MedInsure.Settlement.Tests.Families;
using MedInsure.Settlement.Tests.Replays;
using MedInsure.Settlement.Tests.Supplements;
using Microsoft.Extensions.Logging.Abstractions;

namespace MedInsure.Settlement.Tests.Persons;

/// <summary>Two records of one person, settled under both numbers, become one; nobody finds anything wrong after each.</summary>
[Trait("Category", "Storage")]
[Collection(PostgresCollection.Name)]
public sealed class FollowMergeTests(SharedPostgres postgres) : IAsyncLifetime
{
    private SettlementNode node = null!;

    public async Task InitializeAsync() => node = await SettlementNode.Create(postgres.Server, policies: PolicyLibrary.LoadEmbedded());

    public async Task DisposeAsync()
    {
        await node.Holds();
        await node.DisposeAsync();
    }

    private async Task Persons(string insutype = "390", long creditFen = 0, params string[] numbers)
    {
        foreach (var number in numbers) await node.AddPerson(number, insutype, insutype == "310" ? "1101" : "1501", creditFen);
    }

    private async Task<Committed> Stay(string psn, long fen, string insutype = "390") => await node.Settled(await node.Visit(psn, fen, "21", insutype: insutype));

    private async Task<Committed> Sale(string psn, long fen)
    {
        var sale = node.Inline(psn, fen, "41", "pharmacy", "310", "C1");
        sale.UseAccount = true;
        return await node.Settled(sale);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)] // between everything the writer's memory is lost
    public async Task SumsOfBothNumbers_CountForTheSurvivorFromThenOn(bool restart)
    {
        await Persons(numbers: ["R", "S"]);
        var first = (await Stay("R", 500_000)).Claim();
        var second = (await Stay("S", 500_000)).Claim();
        Assert.Equal((1, 1), (first.Facts.StayOrdinal, second.Facts.StayOrdinal)); // nobody knew
        if (restart) await node.Restart();
        var merged = await node.Merged("R", "S");
        Assert.Equal(("S", "R"), (merged.Record.PsnNo, merged.Record.PersonsMerged.RetiredNo));
        if (restart) await node.Restart();
        var sums = await node.Sums("S");
        Assert.Equal((2, first.Amounts.BasicFundFen + second.Amounts.BasicFundFen), (sums["390 stays"], sums["390 basic.paid"]));
        Assert.Empty(await node.Sums("R"));
        // Under whichever number the hospital sends it: the person's third stay.
        var third = await Stay("R", 500_000);
        Assert.Equal(("S", 3), (third.Record.PsnNo, third.Claim().Facts.StayOrdinal));
        if (restart) await node.Restart();
        Assert.Equal(4, (await Stay("S", 500_000)).Claim().Facts.StayOrdinal);
        Assert.Equal(4, (await ListSettlements.Query(node.Journal, node.Database, new ListSettlementsRequest { PsnNo = "S" }, default)).Value.Total);
        await node.ReplayIsBooked("S");
        Assert.Empty(await node.Corrected("S"));
    }

    [Fact]
    public async Task Account_HasPaidWhatBothNumbersPaid()
    {
        await Persons("310", 10_000, "R", "S");
        await Sale("R", 7_000);
        await Sale("S", 2_000);
        await node.Merged("R", "S");
        Assert.Equal(11_000, await node.Balance("S"));
        Assert.Equal(11_000, await node.Balance("R")); // the number leads on
        Assert.Equal((11_000, 4_000), (await Sale("R", 15_000)).Claim().Amounts is var a ? (a.AccountFen, a.CashFen) : default);
        await node.Restart();
        Assert.Equal(0, await node.Balance("S"));
        // Billing moves its statement by enrollment's word: no debit is told of the merge.
        Assert.Equal([7_000, 2_000, 11_000], (await node.Told<AccountDebited>()).Select(d => d.AmountFen));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task ReversalOfARetiredNumbersBill_GivesBackToTheSurvivor(bool restart)
    {
        await Persons("310", 10_000, "R", "S");
        var bill = await Sale("R", 7_000);
        var stay = await Stay("R", 500_000, "310");
        await Sale("S", 2_000);
        await node.Merged("R", "S");
        if (restart) await node.Restart();
        var reversal = await node.Reversed(bill, "pharmacy"); // the hospital knows the old number only
        Assert.Equal("S", reversal.Record.PsnNo);
        Assert.Equal(18_000, await node.Balance("S"));
        await node.ReversedMessage(node.ReversingMessage(reversal.Record.Key.MessageId, "2208", "R"));
        Assert.Equal(11_000, await node.Balance("S"));
        await node.Reversed(stay);
        Assert.DoesNotContain("310 stays", (await node.Sums("S")).Keys);
        await node.ReplayIsBooked("S");
    }

    [Fact]
    public async Task BillOfARetiredNumberSentAgain_IsAnsweredWithThePerson()
    {
        await Persons("310", 10_000, "R", "S");
        var sale = node.Inline("R", 2_000, "41", "pharmacy", "310", "C1");
        var bill = await node.Settled(sale);
        await node.Merged("R", "S");
        await node.Restart();
        var again = await node.Settled(sale);
        Assert.Equal((true, bill.Claim().SetlId, "S"), (again.IsReplay, again.Claim().SetlId, again.Person?.PsnNo));
    }

    [Fact]
    public async Task OpenStayOfTheRetiredNumber_GoesOnUnderEither()
    {
        await Persons(numbers: ["R", "S", "OTHER"]);
        var stay = await node.Opened("R", "21", NodeActions.FirstOfJune);
        await node.Charged(stay, "R", "3", NodeActions.Fee("1", "A1", 300_000));
        var interim = node.Settling(stay, "R", 300_000);
        interim.Interim = true;
        await node.Settled(interim);
        await node.Merged("R", "S");
        await node.Charged(stay, "R", "3", NodeActions.Fee("2", "A1", 200_000));
        await node.Restart();
        await node.Discharged(stay, "S", "3", NodeActions.TenthOfJune);
        var last = await node.Settled(node.Settling(stay, "R", 200_000));
        Assert.Equal(("S", 1, false), (last.Record.PsnNo, last.Claim().Facts.StayOrdinal, last.Claim().Facts.FirstOfStay));
        Assert.Equal("encounter.other_person", await node.Refused(CancelFeeLines.Command(new CancelFeeLinesRequest { Key = node.Key("2302"), FixmedinsCode = node.Hospital("3"), MdtrtId = stay, PsnNo = "OTHER" })));
        // The past stay's sums are the hospital's as they were: both bills, under the visit's number.
        var listed = (await ListSettlements.Query(node.Journal, node.Database, new ListSettlementsRequest { MdtrtId = stay, FixmedinsCode = node.Hospital("3") }, default)).Value.Settlement;
        Assert.Equal([200_000, 300_000], listed.Select(s => s.TotalFen)); // newest first
        Assert.Equal("S", (await node.Journal.ReadEncounter(stay, default))!.PsnNo);
        await node.ReplayIsBooked("S");
    }

    [Fact]
    public async Task Filing_HoldsForTheSurvivor()
    {
        await Persons(numbers: ["R", "S"]);
        var filing = await node.Filed(node.Filing("R"));
        await node.Merged("R", "S");
        await node.Restart();
        Assert.True((await node.Journal.ReadPerson("S", default))!.HasOutpatientFiling("SP1", "390", 20260601));
        Assert.Equal(filing.FilingId, Assert.Single((await ListFilings.Query(node.Journal, node.Database, new ListFilingsRequest { PsnNo = "S" }, default)).Value.Filing).FilingId);
        await node.Accepted(Settlement.Filings.WithdrawFiling.Command(new WithdrawFilingRequest { Key = node.Key("2504"), FixmedinsCode = node.Hospital("3"), PsnNo = "R", FilingId = filing.FilingId }));
        Assert.False((await node.Journal.ReadPerson("S", default))!.HasOutpatientFiling("SP1", "390", 20260601));
    }

    [Fact]
    public async Task NumberMergedTwice_LeadsToTheLastSurvivor()
    {
        await Persons(numbers: ["R", "S", "T"]);
        foreach (var psn in (string[])["R", "S", "T"]) await Stay(psn, 500_000);
        await node.Merged("R", "S");
        await Stay("S", 400_000);
        await node.Merged("S", "T");
        await node.Restart();
        var last = await Stay("R", 300_000);
        Assert.Equal(("T", 5), (last.Record.PsnNo, last.Claim().Facts.StayOrdinal));
        Assert.Equal(5, (await node.Sums("T"))["390 stays"]);
        await node.ReplayIsBooked("T");
        Assert.Empty(await node.Corrected("T"));
    }

    [Fact]
    public async Task CorrectionsOfBothNumbers_GoWithTheirBillsAndGoOn()
    {
        await Persons(numbers: ["R", "S"]);
        var early = await Stay("R", 500_000);
        node.PublishBetter();
        Assert.Single(await node.Corrected("R"));
        var other = await Stay("S", 500_000);
        await node.Merged("R", "S");
        await node.Restart();
        Assert.Empty(await node.Corrected("S"));
        node.Publish("harbin/resident", "2026.3", ("70 %, source: \"Hb 居民 住院", "85 %, source: \"Hb 居民 住院"));
        Assert.Equal([early.SetlId(), other.SetlId()], (await node.Corrected("R")).Select(c => c.RootSetlId)); // queued under the old number
        Assert.Empty(await node.Corrected("S"));
        await node.Holds();
        await node.Reversed(early);
        Assert.Equal(1, (await node.Sums("S"))["390 stays"]);
    }

    [Fact]
    public async Task Relatives_PayForAndFromTheSurvivingNumber()
    {
        await Persons("310", 10_000, "PayerR", "PayerS");
        await Persons(numbers: ["R", "S"]);
        await node.Accepted(FamilyWorld.Consent("PayerR", "R"));
        await node.Accepted(FamilyWorld.Consent("PayerR", "S"));
        await node.Accepted(FamilyWorld.Consent("PayerS", "R"));
        var sale = node.Inline("R", 12_000, "41", "pharmacy", "390", "C1");
        sale.UseAccount = true;
        var bill = await node.Settled(sale);
        Assert.Equal([("PayerR", 10_000), ("PayerS", 2_000)], bill.Claim().PaidBy());
        await node.Merged("PayerR", "PayerS");
        Assert.Equal(8_000, await node.Balance("PayerS"));
        await node.Merged("R", "S");
        await node.Restart();
        var next = node.Inline("S", 9_000, "41", "pharmacy", "390", "C1");
        next.UseAccount = true;
        Assert.Equal([("PayerS", 8_000)], (await node.Settled(next)).Claim().PaidBy());
        // What two accounts paid, which are one now, is given back to it.
        Assert.Equal([("PayerS", -12_000)], (await node.Reversed(bill, "pharmacy")).Claim().PaidBy());
        Assert.Equal(12_000, await node.Balance("PayerS"));
        await node.Restart();
        Assert.Equal(12_000, await node.Balance("PayerR"));
        await node.ReplayIsBooked("S");
    }

    [Fact]
    public async Task BetweenEnrollmentsWordAndTheJournals_NothingIsDecidedForThePerson()
    {
        await Persons("310", 10_000, "R", "S");
        await Sale("R", 7_000);
        await node.Announced("R", "S");
        var sale = node.Inline("S", 15_000, "41", "pharmacy", "310", "C1");
        sale.UseAccount = true;
        Assert.Equal("person.merging", await node.Refused(SettleClaim.Command(sale)));
        Assert.Equal("person.merged", await node.Refused(SettleClaim.Command(node.Inline("R", 100, insutype: "310"))));
        await node.Accepted(FollowMerge.Command(node.Merge("R", "S")));
        Assert.Equal(13_000, (await node.Settled(sale)).Claim().Amounts.AccountFen);
    }

    /// <summary>All in one step of the projection as well as record by record.</summary>
    [Fact]
    public async Task TablesRebuiltFromTheJournal_AreTheSame()
    {
        await Persons("310", 50_000, "PayerR", "PayerS");
        await Persons(numbers: ["R", "S"]);
        await node.Filed(node.Filing("R"));
        foreach (var (psn, policy, to) in (IEnumerable<(string, string, int)>)[("R", "POL1", 20260301), ("R", "POL2", 20261231), ("S", "POL3", 20260301)])
            await node.Accepted(RecordInsuredConsent.Command(psn, new RecordInsuredConsentRequest { ContractNo = SupplementWorld.Contract, PolicyNo = policy, FromOn = policy == "POL2" ? 20260601 : 20260101, ToOn = to }));
        foreach (var (payer, psn) in (IEnumerable<(string, string)>)[("PayerR", "R"), ("PayerS", "R"), ("PayerR", "S")]) await node.Accepted(FamilyWorld.Consent(payer, psn));
        var stay = await Stay("R", 500_000);
        await Stay("S", 600_000);
        node.PublishBetter();
        Assert.Single(await node.Corrected("R"));
        await node.Merged("PayerR", "PayerS");
        await node.Merged("R", "S");
        await node.Accepted(WithdrawInsuredConsent.Command("S", new WithdrawInsuredConsentRequest { ContractNo = SupplementWorld.Contract, PolicyNo = "POL2" }));
        await node.Accepted(FamilyWorld.End("PayerS", "R"));
        await node.Reversed(stay);
        await node.Projected();
        Assert.Equal(["POL1 True", "POL2 True", "POL3 False"], await Rows("SELECT policy_no || ' ' || initcap(withdrawn::text) FROM consent ORDER BY 1"));
        Assert.Empty(await Rows("SELECT psn_no FROM claim WHERE psn_no = 'R' UNION ALL SELECT psn_no FROM claim_correction WHERE psn_no = 'R' UNION ALL SELECT psn_no FROM encounter WHERE psn_no = 'R'"));
        var before = await Fingerprint();
        await node.Close();
        await node.Tamper("""
            TRUNCATE request_key, encounter, encounter_record, claim, claim_correction, accumulator, account, filing, ledger_entry, consent, late_supplement, person_benefit, family_consent, person_merge;
            UPDATE projection_checkpoint SET seq = 0, last_encounter_no = 0, last_settlement_no = 0, last_filing_no = 0;
            """);
        await node.Open();
        Assert.Equal(before, await Fingerprint());
    }

    private async Task<List<string>> Rows(string sql)
    {
        await using var command = node.Database.CreateCommand(sql);
        await using var reader = await command.ExecuteReaderAsync();
        var rows = new List<string>();
        while (await reader.ReadAsync()) rows.Add(reader.GetString(0));
        return rows;
    }

    private async Task<string> Fingerprint() => string.Join('\n', await Task.WhenAll(((string[])["request_key", "encounter", "claim", "claim_correction", "accumulator", "account", "filing", "ledger_entry", "consent",
        "person_benefit", "family_consent", "person_merge"]).Select(async table => table + string.Join(' ', await Rows($"SELECT count(*) || ' ' || coalesce(md5(string_agg(t::text, '|' ORDER BY t::text)), '') FROM {table} t")))));

    [Fact]
    public async Task Event_IsFollowedOnce()
    {
        await Persons("310", 10_000, "R", "S");
        await Sale("R", 7_000);
        await node.Announced("R", "S");
        var merged = node.Merge("R", "S");
        for (var repeat = 0; repeat < 2; repeat++)
        {
            await using (var connection = await node.Database.OpenConnectionAsync())
            await using (var transaction = await connection.BeginTransactionAsync())
            {
                await new MergesToFollow(node.Time).Handle(new EventContext(node.Tenant, node.Tenant.Code, connection, transaction), [merged], default);
                await transaction.CommitAsync();
            }
            await Task.WhenAll(Round(), Round());
            await node.Projected();
            Assert.Equal(13_000, await node.Balance("S"));
        }
        await node.Restart();
        await Round();
        Assert.Equal(13_000, await node.Balance("S"));
        // Said again under another number: kept for a person to see, and no harm done.
        Assert.Equal("person.merged_before", await node.Refused(FollowMerge.Command(node.Merge("R", "S"))));

        Task Round() => PersonMergeWorker.Round(node.Journal, node.Database, NullLogger.Instance, default);
    }
}
