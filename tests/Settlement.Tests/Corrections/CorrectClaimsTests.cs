using MedInsure.Events;
using MedInsure.Protos.Settlement.V1;
using MedInsure.Settlement.Claims;
using MedInsure.Settlement.Corrections;
using MedInsure.Settlement.Journal;
using MedInsure.Settlement.Policies;
using MedInsure.Settlement.Queries;

namespace MedInsure.Settlement.Tests.Corrections;

/// <summary>What a better version owes for bills that were settled under an older one, and what becomes of it afterwards. A county of its own, as each publishes.</summary>
[Trait("Category", "Storage")]
[Collection(PostgresCollection.Name)]
public sealed class CorrectClaimsTests(SharedPostgres postgres) : IAsyncLifetime
{
    private SettlementNode node = null!;

    public async Task InitializeAsync()
    {
        node = await SettlementNode.Create(postgres.Server, policies: PolicyLibrary.LoadEmbedded());
        await node.AddPerson("P1");
    }

    public Task DisposeAsync() => node.DisposeAsync().AsTask();

    /// <summary>10,000.00 in scope: 70 % of 9,280.00 = 6,496.00; better 80 % of 9,500.00 = 7,600.00.</summary>
    [Fact]
    public async Task BetterVersion_IsBookedAsTheDifferenceOnly()
    {
        var settled = await node.Settled(await node.Visit("P1", 1_000_000, "21"));
        Assert.Equal(649_600, settled.Claim().Amounts.BasicFundFen);
        Assert.Empty(await node.Corrected("P1"));
        var better = node.PublishBetter();
        var correction = Assert.Single(await node.Corrected("P1"));
        Assert.Equal((settled.SetlId(), settled.Record.MdtrtId, better.Version, better.Pack), (correction.RootSetlId, correction.MdtrtId, correction.PolicyVersion, correction.PolicyPack));
        Assert.Equal($"{node.Tenant.Code}S000000000002", correction.SetlId);
        var d = correction.Difference.Amounts;
        Assert.Equal((0, -22_000, 110_400, 110_400, -110_400, 0, -110_400), (d.TotalFen, d.DeductibleFen, d.BasicFundFen, d.FundTotalFen, d.PersonShareFen, d.AccountFen, d.CashFen));
        Assert.Equal(760_000, (await node.Effective(settled.SetlId())).BasicFundFen);
        Assert.Equal([("basic", "390100", 110_400)], correction.Difference.Share.Select(s => (s.RuleId.Split('.')[0], s.FundPayType, s.AmountFen)));

        // The ledger: the fund's expense grows by what is owed to the person; the hospital is owed what it was.
        var ledger = await node.Booked();
        Assert.Equal((760_000, -649_600, -110_400), (ledger["benefit_expense 390100"], ledger["provider_payable 390100"], ledger["person_payable "]));
        Assert.Equal(0, ledger.Values.Sum());
        Assert.Equal(760_000, (await node.Sums("P1"))["390 basic.paid"]);
        Assert.Equal(1, (await node.Holds()).Corrections);

        // Nothing is owed twice, and the next settlement is by the new version, on the corrected sums.
        Assert.Empty(await node.Corrected("P1"));
        var next = await node.Settled(await node.Visit("P1", 1_000_000, "21"));
        Assert.Equal($"{node.Tenant.Code}S000000000003", next.SetlId());
        Assert.Equal((better.Version, 760_000), (next.Claim().PolicyVersion, next.Claim().Before.Single(b => b.Key == "basic.paid").Value));
        Assert.Empty(await node.Corrected("P1"));
        await node.Holds();
    }

    [Fact]
    public async Task WorseVersion_IsOwedByThePerson()
    {
        await node.Settled(await node.Visit("P1", 1_000_000, "21"));
        node.Publish("harbin/resident", "2026.3", ("70 %, source: \"Hb 居民 住院", "60 %, source: \"Hb 居民 住院"));
        var d = Assert.Single(await node.Corrected("P1")).Difference.Amounts;
        Assert.Equal((-92_800, 92_800), (d.FundTotalFen, d.CashFen));
        Assert.Equal(92_800, (await node.Booked())["person_payable "]);
        await node.Holds();
    }

    [Fact]
    public async Task WhatHospitalsSee_StaysAsItWas()
    {
        var settled = await node.Settled(await node.Visit("P1", 1_000_000, "21"));
        await node.Projected();
        async Task<(SettlementReply, SumSettlementsReply, int)> Seen() => (await node.Shown(settled.SetlId()),
            (await SumSettlements.Query(node.Journal, node.Database, new SumSettlementsRequest { FixmedinsCode = node.Hospital("3"), FromOn = 20260101, ToOn = 20261231 }, default)).Value,
            (await ListSettlements.Query(node.Journal, node.Database, new ListSettlementsRequest { PsnNo = "P1" }, default)).Value.Settlement.Count);
        var before = await Seen();
        node.PublishBetter();
        Assert.Single(await node.Corrected("P1"));
        await node.Projected();
        Assert.Equal(before, await Seen());
        // And after it is taken back: the sums of what was settled and what was reversed are nothing.
        var reversal = await node.Reversed(settled);
        Assert.Equal((-1_000_000, -649_600), (reversal.Claim().Amounts.TotalFen, reversal.Claim().Amounts.BasicFundFen));
        Assert.Equal(-649_600, (await node.Shown(reversal.SetlId())).FundTotalFen);
    }

    [Fact]
    public async Task Reversal_TakesTheCorrectionAlongAndARestorationBringsItBack()
    {
        var settled = await node.Settled(await node.Visit("P1", 1_000_000, "21"));
        node.PublishBetter();
        await node.Corrected("P1");
        var (sums, ledger) = (await node.Sums("P1"), await node.Booked());
        var reversal = await node.Reversed(settled);
        Assert.Empty(await node.Sums("P1"));
        Assert.All(await node.Booked(), account => Assert.Equal(0, account.Value));
        Assert.Equal(110_400, reversal.Record.ReversedClaim.Corrected.Amounts.BasicFundFen);
        Assert.Empty(await node.Corrected("P1"));
        await node.Holds();

        await node.Restart(); // what stands is read from the tables as well
        await node.ReversedMessage(node.ReversingMessage(reversal));
        Assert.Equal(sums, await node.Sums("P1"));
        Assert.Equal(ledger, await node.Booked());
        Assert.Empty(await node.Corrected("P1"));
        Assert.Equal(["brought_back", "corrected", "taken_back"], await Kinds());
        await node.Holds();
        await node.Reversed(settled);
        Assert.All(await node.Booked(), account => Assert.Equal(0, account.Value));
        await node.Holds();
    }

    /// <summary>An interim bill of 400.00 takes all of its deductible; the version of 500.00 leaves 100.00 for the next one, in memory and after a restart.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task LaterBillOfACorrectedStay_GoesOnFromTheCorrectedAmounts(bool restart)
    {
        var stay = await node.Opened("P1", "21", NodeActions.FirstOfJune);
        await node.Charged(stay, "P1", "3", NodeActions.Fee("1", "A1", 100_000));
        var interim = node.Settling(stay, "P1", 100_000);
        interim.Interim = true;
        var first = await node.Settled(interim);
        Assert.Equal((72_000, 19_600), (first.Claim().Amounts.DeductibleFen, first.Claim().Amounts.BasicFundFen));
        node.PublishBetter();
        Assert.Equal((-22_000, 20_400), Assert.Single(await node.Corrected("P1")) is { Difference.Amounts: var d } ? (d.DeductibleFen, d.BasicFundFen) : default);
        if (restart)
        {
            await node.Projected();
            await node.Restart();
        }
        await node.Charged(stay, "P1", "3", NodeActions.Fee("2", "A1", 100_000));
        await node.Discharged(stay, "P1", "3", NodeActions.TenthOfJune);
        var last = (await node.Settled(node.Settling(stay, "P1", 100_000))).Claim();
        Assert.Equal((50_000, 40_000, 1, 0, 80_000), (last.Facts.DeductibleTakenInStayFen, last.Facts.BasicFundPaidInStayFen, last.Facts.StayOrdinal, last.Amounts.DeductibleFen, last.Amounts.BasicFundFen));
        Assert.Empty(await node.Corrected("P1"));
        await node.Holds();
    }

    /// <summary>What the referring stay took counts as it was corrected.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task ReferralFromACorrectedStay_CountsItsCorrectedDeductible(bool restart)
    {
        await node.Filed(node.Filing("P1", kind: FilingKind.Referral, from: 20260601, other: node.Hospital("3")));
        await node.Settled(await node.Visit("P1", 500_000, "21", "2"));
        node.Publish("harbin/resident", "2026.2", ("amount: 480 yuan", "amount: 300 yuan"));
        Assert.Equal(-18_000, Assert.Single(await node.Corrected("P1")).Difference.Amounts.DeductibleFen);
        if (restart)
        {
            await node.Projected();
            await node.Restart();
        }
        var stay = await node.Opened("P1", "21", SettlementNode.At(2026, 6, 11));
        await node.Charged(stay, "P1", "3", NodeActions.Fee("1", "A1", 500_000, SettlementNode.At(2026, 6, 11)));
        await node.Discharged(stay, "P1", "3", SettlementNode.At(2026, 6, 20));
        var referred = (await node.Settled(node.Settling(stay, "P1", 500_000))).Claim();
        Assert.Equal((30_000, 42_000), (referred.Facts.DeductibleOfReferringStayFen, referred.Amounts.DeductibleFen));
        Assert.Empty(await node.Corrected("P1"));
        await node.Holds();
    }

    /// <summary>An employee who paid 1,000.00 of a bill from the account gets cash first and the account's money after it.</summary>
    [Fact]
    public async Task AccountThatPaid_GetsBackWhatCashDoesNotCover()
    {
        await node.AddPerson("P2", "310", "1101", 100_000);
        var settled = await node.Settled(await node.Visit("P2", 572_000, "21", insutype: "310", useAccount: true));
        // 75 % of 5,000.00; 1,970.00 are the person's, 1,000.00 of it the account's.
        Assert.Equal((375_000, 100_000, 97_000), (settled.Claim().Amounts.BasicFundFen, settled.Claim().Amounts.AccountFen, settled.Claim().Amounts.CashFen));
        node.Publish("harbin/employee", "2026.2", ("ratio: 75 %", "ratio: 97 %"));
        var d = Assert.Single(await node.Corrected("P2")).Difference.Amounts;
        Assert.Equal((110_000, -13_000, -97_000), (d.BasicFundFen, d.AccountFen, d.CashFen));
        Assert.Equal(13_000, await node.Balance("P2"));
        var ledger = await node.Booked();
        Assert.Equal((87_000, -97_000), (ledger["personal_account 310200"], ledger["person_payable "]));
        await node.Holds();
        await node.Restart();
        Assert.Equal(13_000, await node.Balance("P2"));
        await node.Reversed(settled);
        Assert.Equal(100_000, await node.Balance("P2"));
        Assert.All(await node.Booked(), account => Assert.Equal(0, account.Value));
        await node.Holds();
    }

    [Fact]
    public async Task SameMessageAgain_BooksNothingTwice()
    {
        await node.Settled(await node.Visit("P1", 1_000_000, "21"));
        node.PublishBetter();
        var first = await node.Corrected("P1", messageId: "R1-P1");
        await node.Restart();
        Assert.Equal(first, await node.Corrected("P1", messageId: "R1-P1"));
        Assert.Equal(1, (await node.Holds()).Corrections);
        // Two at a time: one books, the other finds that.
        node.Publish("harbin/resident", "2026.4", ("70 %, source: \"Hb 居民 住院", "85 %, source: \"Hb 居民 住院"));
        var both = await Task.WhenAll(node.Corrected("P1", messageId: "R2-P1"), node.Corrected("P1", messageId: "R2-P1"));
        Assert.Equal(both[0], both[1]);
        Assert.Equal(2, (await node.Holds()).Corrections);
    }

    [Fact]
    public async Task PlanThatIsOlderThanThePerson_IsRefused()
    {
        await node.Settled(await node.Visit("P1", 1_000_000, "21"));
        node.PublishBetter();
        var plan = (await CorrectPerson.Plan(node.Journal, node.Database, "P1", default)).Value;
        var nothing = plan with { Corrections = [] };
        await node.Settled(node.Inline("P1", 10_000));
        Assert.Equal("person.changed_meanwhile", await node.Refused(CorrectClaims.Command("X1", plan, CorrectionActions.ByPolicy)));
        Assert.Equal("person.changed_meanwhile", await node.Refused(CorrectClaims.Command("X2", nothing, CorrectionActions.ByPolicy)));
        await node.Projected();
        await node.Restart(); // memory knows the person by the tables alone
        Assert.Equal("person.changed_meanwhile", await node.Refused(CorrectClaims.Command("X3", plan, CorrectionActions.ByPolicy)));
        Assert.Single(await node.Corrected("P1"));
    }

    [Fact]
    public async Task Event_TellsTheDifferenceAndItsWayBack()
    {
        var settled = await node.Settled(await node.Visit("P1", 10_000_000, "21"));
        node.PublishBetter();
        await node.Corrected("P1");
        await node.Reversed(settled);
        await node.Projected();
        await using var command = node.Database.CreateCommand("SELECT type, payload FROM outbox WHERE aggregate = 'P1' ORDER BY seq");
        await using var reader = await command.ExecuteReaderAsync();
        var (claims, corrections) = (new List<ClaimSettled>(), new List<ClaimCorrected>());
        while (await reader.ReadAsync())
            if (reader.GetString(0) == nameof(ClaimCorrected)) corrections.Add(EventJson.Read<ClaimCorrected>(reader.GetFieldValue<byte[]>(1)));
            else claims.Add(EventJson.Read<ClaimSettled>(reader.GetFieldValue<byte[]>(1)));
        Assert.Equal(["corrected", "taken_back"], corrections.Select(c => c.Kind));
        Assert.All(corrections, c => Assert.Equal(settled.SetlId(), c.RootSetlId));
        Assert.Equal((settled.Claim().Amounts.CriticalIllnessFen, "R1", "policy", "2026.2"), (corrections[0].CriticalIllnessBeforeFen, corrections[0].RunNo, corrections[0].Cause, corrections[0].PolicyVersion));
        Assert.True(corrections[0].CriticalIllnessFen < 0 && corrections[0].BasicFundFen > 0);
        Assert.Equal(0, corrections.Sum(c => c.FundTotalFen) + claims.Sum(c => c.FundTotalFen));
        Assert.Equal(0, corrections.Sum(c => c.CriticalIllnessFen) + claims.Sum(c => c.CriticalIllnessFen));
    }

    /// <summary>The bill shows each correction with cause, version and every rule that gives something else; its own amounts stay.</summary>
    [Fact]
    public async Task Statement_ShowsEveryCorrectionRuleByRule()
    {
        var settled = await node.Settled(await node.Visit("P1", 10_000_000, "21"));
        var before = (await Statement(settled.SetlId())).Value;
        Assert.Empty(before.Correction);
        var better = node.PublishBetter();
        var correction = Assert.Single(await node.Corrected("P1"));
        var shown = (await Statement(settled.SetlId())).Value;
        Assert.Equal((before.Settlement, before.Trace, before.Line), (shown.Settlement, shown.Trace, shown.Line));
        var c = Assert.Single(shown.Correction);
        Assert.Equal((correction.SetlId, "policy", "待遇政策调整", "R1", better.Pack, better.Version), (c.SetlId, c.Cause, c.Text, c.RunNo, c.PolicyPack, c.PolicyVersion));
        Assert.Equal(better.ContentHash, c.PolicyHash.ToByteArray());
        // 100,000.00: the fund 69,496.00, then 79,600.00; burden 30,504.00 and 20,400.00: critical illness 8,317.04, then 3,200.00.
        Assert.Contains(c.Rule, r => (r.BeforeFen, r.AfterFen) == (72_000, 50_000));
        Assert.Contains(c.Rule, r => (r.BeforeFen, r.AfterFen) == (6_949_600, 7_960_000));
        Assert.Contains(c.Rule, r => r.RuleId.StartsWith("critical", StringComparison.Ordinal) && r.AfterFen == 320_000);
        Assert.DoesNotContain(c.Rule, r => r.BeforeFen == r.AfterFen);
        Assert.Equal(c.FundTotalFen, c.Share.Sum(s => s.AmountFen));
        Assert.Equal((-c.FundTotalFen, 0, -c.FundTotalFen), (c.PersonShareFen, c.AccountFen, c.CashFen));
        Assert.Equal(shown, (await Statement(correction.SetlId)).Value); // its own number shows the bill

        node.Publish("harbin/resident", "2026.5", ("70 %, source: \"Hb 居民 住院", "85 %, source: \"Hb 居民 住院"));
        await node.Corrected("P1");
        var both = (await Statement(settled.SetlId())).Value;
        Assert.Equal([c, both.Correction[1]], both.Correction);
        Assert.Contains(both.Correction[1].Rule, r => (r.BeforeFen, r.AfterFen) == (50_000, 72_000)); // against the one before
        var page = System.Net.WebUtility.HtmlDecode(Settlement.Statements.StatementPage.Render(node.Tenant, both));
        foreach (var text in (string[])["待遇更正 " + correction.SetlId, "待遇政策调整", "（批次 R1）", "harbin/resident 2026.2", "应退个人", "69496.00", "79600.00"]) Assert.Contains(text, page, StringComparison.Ordinal);
        using var json = System.Text.Json.JsonDocument.Parse(Settlement.Statements.StatementJson.Render(node.Tenant, both));
        var first = json.RootElement.GetProperty("corrections")[0];
        Assert.Equal(new Kernel.Fen(c.CashFen).ToString(), first.GetProperty("differences").GetProperty("psn_cash_pay").GetRawText());
        Assert.Equal(c.Rule.Count, first.GetProperty("changed_rules").GetArrayLength());

        var reversal = await node.Reversed(settled);
        var taken = Assert.Single((await Statement(reversal.SetlId())).Value.Correction);
        Assert.Equal(-both.Correction.Sum(x => x.FundTotalFen), taken.FundTotalFen);
        await node.Tamper("UPDATE claim_correction SET doc = (SELECT doc FROM claim_correction WHERE run_no = 'R1' ORDER BY setl_id DESC LIMIT 1) WHERE kind = 'corrected'");
        await Assert.ThrowsAsync<InvalidOperationException>(() => Statement(settled.SetlId()));
    }

    private Task<Kernel.Outcome<Statement>> Statement(string setlId) => GetStatement.Query(node.Journal, node.Database, new GetStatementRequest { SetlId = setlId }, default);

    [Theory]
    [InlineData("UPDATE claim_correction SET cash_fen = cash_fen - 1, account_fen = account_fen + 1", "is otherwise in claim_correction")]
    [InlineData("UPDATE claim_correction SET run_no = 'R9'", "is otherwise in claim_correction")]
    [InlineData("DELETE FROM claim_correction", "is otherwise in claim_correction")]
    [InlineData("INSERT INTO claim_correction SELECT 'x' || setl_id, seq, idx, kind, root_setl_id, mdtrt_id, psn_no, insutype, policy_on, booked_at, cause, cause_text, run_no, policy_pack, policy_version, deductible_fen, basic_fund_fen, civil_servant_fen, enterprise_fen, critical_illness_fen, large_sum_fen, assistance_fen, other_funds_fen, supplement_fen, fund_total_fen, person_share_fen, account_fen, cash_fen, doc FROM claim_correction", "rows in claim_correction")]
    [InlineData("UPDATE ledger_entry SET amount_fen = 2 * amount_fen WHERE setl_no = 2", "is booked otherwise")]
    [InlineData("DELETE FROM ledger_entry WHERE setl_no = 2", "is booked otherwise")]
    [InlineData("UPDATE person_benefit SET amount_fen = amount_fen + 1", "is otherwise in person_benefit")]
    [InlineData("DELETE FROM person_benefit", "is otherwise in person_benefit")]
    [InlineData("UPDATE accumulator SET sums = jsonb_set(sums, '{basic.paid}', '649600')", "are not the sums of the journal")]
    public async Task CorrectionChangedBehindItsBack_IsFound(string sql, string finding)
    {
        await node.Settled(await node.Visit("P1", 1_000_000, "21"));
        node.PublishBetter();
        await node.Corrected("P1");
        await node.Holds();
        await node.Tamper(sql);
        Assert.Contains((await VerifyJournal.Run(node.Database, node.Tenant, node.Policies, default)).Findings, f => f.Contains(finding, StringComparison.Ordinal));
    }

    /// <summary>What no correction may say is found from the journal alone.</summary>
    [Fact]
    public async Task CorrectionThatDoesNotFollow_IsFoundByItsOwnDocument()
    {
        var settled = await node.Settled(await node.Visit("P1", 1_000_000, "21"));
        var better = node.PublishBetter();
        var correction = Assert.Single(await node.Corrected("P1"));
        List<string> Found(Action<Correction> spoil)
        {
            var copy = correction.Clone();
            spoil(copy);
            return [.. new CorrectionCheck().Check(copy, settled.Claim(), hash => node.Policies.FindByHash(hash))];
        }
        Assert.Empty(Found(_ => { }));
        Assert.NotEmpty(Found(c => c.Difference.Amounts.CashFen--));
        Assert.NotEmpty(Found(c => c.Difference.Share[0].AmountFen++));
        Assert.NotEmpty(Found(c => c.Difference.Change[0].Delta++));
        Assert.NotEmpty(Found(c => c.Booked.BasicFundFen++));
        Assert.NotEmpty(Found(c => c.Facts.ProviderLevel = "2"));
        Assert.NotEmpty(Found(c => c.Facts.PolicyOn = 20260611));
        Assert.NotEmpty(Found(c => c.Before.Add(new Balance { Key = "basic.paid", Value = 16_799_000 })));
        Assert.NotEmpty(Found(c => c.PolicyHash = settled.Claim().PolicyHash));
        Assert.NotEqual(better.Version, settled.Claim().PolicyVersion);
    }

    [Fact]
    public async Task TablesRebuiltFromTheJournal_AreTheSame()
    {
        var settled = await node.Settled(await node.Visit("P1", 1_000_000, "21"));
        var other = await node.Settled(await node.Visit("P1", 2_000_000, "21"));
        node.PublishBetter();
        Assert.Equal(2, (await node.Corrected("P1")).Count);
        await node.ReversedMessage(node.ReversingMessage(await node.Reversed(other)));
        await node.Reversed(settled);
        await node.Projected();
        var before = await Fingerprint();
        await node.Close();
        await node.Tamper("""
            TRUNCATE request_key, encounter, encounter_record, claim, claim_correction, accumulator, account, filing, ledger_entry, consent, late_supplement, person_benefit;
            UPDATE projection_checkpoint SET seq = 0, last_encounter_no = 0, last_settlement_no = 0, last_filing_no = 0;
            """);
        await node.Open();
        Assert.Equal(before, await Fingerprint());
        await node.Holds();
        Assert.Empty(await node.Corrected("P1"));
    }

    private async Task<string> Fingerprint() => string.Join('\n', await Task.WhenAll(new[] { "request_key", "claim", "claim_correction", "accumulator", "account", "ledger_entry", "person_benefit" }.Select(async table =>
    {
        await using var command = node.Database.CreateCommand($"SELECT count(*) || ' ' || coalesce(md5(string_agg(t::text, '|' ORDER BY t::text)), '') FROM {table} t");
        return $"{table} {await command.ExecuteScalarAsync()}";
    })));

    private async Task<List<string>> Kinds()
    {
        await node.Projected();
        await using var command = node.Database.CreateCommand("SELECT kind FROM claim_correction ORDER BY kind");
        await using var reader = await command.ExecuteReaderAsync();
        var kinds = new List<string>();
        while (await reader.ReadAsync()) kinds.Add(reader.GetString(0));
        return kinds;
    }
}
