using Google.Protobuf;
using MedInsure.Protos.Settlement.V1;
using MedInsure.Settlement.OffCounty;

namespace MedInsure.Settlement.Tests.OffCounty;

/// <summary>The home county counts what it settled with others' providers and tells those counties, whatever is lost on the way.</summary>
[Trait("Category", "Storage")]
[Collection(PostgresCollection.Name)]
public sealed class TellOffCountyClaimsTests(SharedPostgres postgres) : IAsyncLifetime
{
    private PairOfCounties pair = null!;
    private string psnNo = "";

    public async Task InitializeAsync()
    {
        pair = await PairOfCounties.Create(postgres.Server);
        psnNo = await pair.Person();
    }

    public async Task DisposeAsync() => await pair.DisposeAsync();

    private async Task<List<string>> Counted()
    {
        await using var command = pair.Home.Database.CreateCommand("SELECT provider_county || ' ' || pair_no || ' ' || setl_id || ' ' || encode(digest, 'hex') FROM off_county_settlement ORDER BY provider_county, pair_no");
        await using var reader = await command.ExecuteReaderAsync();
        var rows = new List<string>();
        while (await reader.ReadAsync()) rows.Add(reader.GetString(0));
        return rows;
    }

    [Fact]
    public async Task SettlementsAndReversals_AreCountedPerCountyInTheirOrder()
    {
        await pair.Home.Settled(pair.Home.Inline(psnNo, 10_000, insutype: "310"));
        var first = await pair.Settled(psnNo);
        var elsewhere = await pair.Settled(psnNo, 90_000, "HELSEWHERE01");
        var reversal = await pair.Reversed(first);

        await pair.Told();

        Assert.Equal([$"310101 1 {elsewhere.SetlId()}", $"{pair.Provider.Tenant.Code} 1 {first.SetlId()}", $"{pair.Provider.Tenant.Code} 2 {reversal.SetlId()}"],
            (await Counted()).Select(r => r[..r.LastIndexOf(' ')]).OrderBy(r => r, StringComparer.Ordinal).OrderBy(r => r.StartsWith("310101", StringComparison.Ordinal) ? 0 : 1));
        // Taken back to the fen, with both directions on the accounts.
        Assert.Empty(await pair.Due());
        Assert.Equal(2, await pair.Count(pair.Provider, "SELECT count(*) FROM provider_claim"));
        Assert.Equal(1, await pair.Count(pair.Provider, $"SELECT count(*) FROM provider_claim WHERE setl_id = '{reversal.SetlId()}' AND reverses_setl_id = '{first.SetlId()}' AND total_fen = -80000"));
        Assert.Empty(await PairOfCounties.Findings(pair.Home));
        Assert.Empty(await PairOfCounties.Findings(pair.Provider));
    }

    [Fact]
    public async Task Stay_BringsItsDaysAndCodes()
    {
        var at = SettlementNode.At(2026, 6, 1);
        var opening = pair.Home.Opening(psnNo, "21", at, insutype: "310");
        (opening.FixmedinsCode, opening.Details.DiseaseCode, opening.Details.OperationCode) = (pair.Hospital, "D1", "O1");
        opening.Diagnosis.Add(new Diagnosis { Code = "I10" });
        var mdtrtId = (await pair.Home.Accepted(Settlement.Encounters.OpenEncounter.Command(opening))).Record.MdtrtId;
        var fees = pair.Home.Fees(mdtrtId, psnNo, "3", NodeActions.Fee("1", "A1", 900_000));
        fees.FixmedinsCode = pair.Hospital;
        await pair.Home.Accepted(Settlement.Encounters.AddFeeLines.Command(fees));
        var discharge = new DischargeEncounterRequest { Key = pair.Home.Key("2402"), FixmedinsCode = pair.Hospital, MdtrtId = mdtrtId, PsnNo = psnNo, EndAtMs = SettlementNode.At(2026, 6, 10), Way = "1" };
        discharge.Diagnosis.AddRange([new Diagnosis { Code = "J18" }, new Diagnosis { Code = "I21", Main = true }]);
        await pair.Home.Accepted(Settlement.Encounters.DischargeEncounter.Command(discharge));
        var settling = pair.Home.Settling(mdtrtId, psnNo, 900_000, insutype: "310");
        settling.FixmedinsCode = pair.Hospital;
        await pair.Home.Settled(settling);

        await pair.Told();

        Assert.Equal(1, await pair.Count(pair.Provider, """
            SELECT count(*) FROM off_county_claim WHERE is_stay AND begin_on = '2026-06-01' AND end_on = '2026-06-10' AND effective_on = '2026-06-10' AND clearing_type = '21'
              AND disease_code = 'D1' AND diagnosis_code = 'I21' AND operation_code = 'O1' AND total_fen = 900000
            """));
        Assert.Equal(await pair.Owed(), await pair.Due());
    }

    [Fact]
    public async Task TablesBuiltAgain_KeepTheNumbers()
    {
        for (var i = 0; i < 4; i++) await pair.Settled(psnNo, 70_000 + i);
        await pair.Told();
        var before = await Counted();
        await pair.Home.Close();
        await pair.Home.Tamper("""
            TRUNCATE request_key, encounter, encounter_record, claim, accumulator, account, filing, ledger_entry, consent, late_supplement, policy_version;
            UPDATE projection_checkpoint SET seq = 0, last_encounter_no = 0, last_settlement_no = 0, last_filing_no = 0;
            """);
        // While the tables are empty nothing is counted, or told.
        Assert.False(await CountOffCountyClaims.Run(pair.Home.Database, pair.Home.Tenant.Code, default));
        await pair.Home.Open();
        await pair.Settled(psnNo, 70_004);
        await pair.Told();
        Assert.Equal(before, (await Counted()).Take(4));

        // Counted anew from nothing, it is the same to the byte: the other county finds nothing to object to.
        await pair.Home.Tamper("TRUNCATE off_county_settlement, off_county_link");
        await pair.Told();
        Assert.Equal(before, (await Counted()).Take(4));
        Assert.Equal(5, (await Counted()).Count);
        Assert.Equal(5, await pair.Count(pair.Provider, "SELECT count(*) FROM off_county_claim"));
        Assert.Equal(await pair.Owed(), await pair.Due());
    }

    [Fact]
    public async Task MergedPerson_IsToldAsBefore()
    {
        await pair.Settled(psnNo);
        await pair.Told();
        var before = await Counted();
        await pair.Home.Tamper($"UPDATE claim SET psn_no = 'P-SURVIVOR'; TRUNCATE off_county_settlement, off_county_link");
        await pair.Told();
        Assert.Equal(before, await Counted());
    }

    [Fact]
    public async Task CountyAway_IsToldWhenItIsBackAndTheLagShows()
    {
        await pair.Settled(psnNo);
        await pair.Counted();
        var nobody = new TellOffCountyClaims(new Protos.Settlement.V1.Settlement.SettlementClient(Grpc.Net.Client.GrpcChannel.ForAddress("http://127.0.0.1:1")), pair.Home.Time, Microsoft.Extensions.Logging.Abstractions.NullLogger<TellOffCountyClaims>.Instance);
        Assert.Null(await nobody.Run(pair.Home.Database, pair.Home.Tenant.Code, pair.Provider.Tenant.Code, default));
        var link = Assert.Single(await OffCountyLinks.Told(pair.Home.Database, default));
        Assert.Equal((1, 0, "Unavailable"), (link.LastNo, link.ToldNo, link.Failure));
        Assert.NotNull(link.FailingSince);
        Assert.NotNull(link.OldestUntoldAt);

        await pair.Told();

        link = Assert.Single(await OffCountyLinks.Told(pair.Home.Database, default));
        Assert.Equal((1, 1, "", null, null), (link.LastNo, link.ToldNo, link.Failure, link.FailingSince, link.OldestUntoldAt));
        var source = Assert.Single(await OffCountyLinks.Heard(pair.Provider.Database, default));
        Assert.Equal((1, 1, ""), (source.HeldNo, source.KnownNo, source.Contradiction));
    }

    [Fact]
    public async Task CountyThatLostItsLatest_IsToldAgain()
    {
        for (var i = 0; i < 3; i++) await pair.Settled(psnNo, 70_000 + i);
        await pair.Told();
        // As restored from last night's dump.
        await pair.Provider.Tamper("DELETE FROM off_county_claim; DELETE FROM voucher_entry; DELETE FROM voucher; UPDATE ledger_head SET voucher_no = 0, hash = ''");
        await pair.Settled(psnNo, 70_003);
        await pair.Told();
        Assert.Equal(4, await pair.Count(pair.Provider, "SELECT count(*) FROM off_county_claim"));
        Assert.Equal(await pair.Owed(), await pair.Due());
    }

    [Fact]
    public async Task RefusedPage_IsOnTheLinkAndNothingIsSkipped()
    {
        await pair.Settled(psnNo);
        await pair.Told();
        await pair.Settled(psnNo, 70_000);
        await pair.Counted();
        await pair.Provider.Tamper("UPDATE off_county_claim SET digest = decode(repeat('00', 32), 'hex')");
        Assert.Null(await pair.Teller.Run(pair.Home.Database, pair.Home.Tenant.Code, pair.Provider.Tenant.Code, default));
        var link = Assert.Single(await OffCountyLinks.Told(pair.Home.Database, default));
        Assert.Equal((2, 1, "off_county.contradiction"), (link.LastNo, link.ToldNo, link.Failure));
        Assert.Equal(1, await pair.Count(pair.Provider, "SELECT count(*) FROM off_county_claim"));
    }

    [Fact]
    public async Task BillWithoutFunds_IsToldAndBooksNothing()
    {
        var request = pair.Visit(psnNo, 500);
        (request.UseAccount, request.InlineLine[0].MedListCode, request.InlineLine[0].ProviderListCode) = (false, "C1", "C1");
        await pair.Home.Settled(request);
        await pair.Told();
        Assert.Equal(1, await pair.Count(pair.Provider, "SELECT count(*) FROM off_county_claim WHERE voucher_no IS NULL AND cardinality(fund) = 0"));
        Assert.Equal(0, await pair.Count(pair.Provider, "SELECT count(*) FROM voucher"));
        Assert.Empty(await PairOfCounties.Findings(pair.Provider));
    }
}
