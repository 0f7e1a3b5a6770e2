using MedInsure.Events;
using MedInsure.Hosting.Tenancy;
using MedInsure.Protos.Settlement.V1;
using MedInsure.Settlement.Claims;
using MedInsure.Settlement.Journal;
using MedInsure.Settlement.Policies;
using MedInsure.Settlement.PolicyLife;
using MedInsure.Settlement.Queries;
using Npgsql;

namespace MedInsure.Settlement.Tests.PolicyLife;

/// <summary>What a county does with a version that was published for it: the journal adopts it, and from there on it decides.</summary>
[Trait("Category", "Storage")]
[Collection(PostgresCollection.Name)]
public sealed class AdoptPolicyTests(SharedPostgres postgres) : IAsyncLifetime
{
    private SettlementNode node = null!;

    public async Task InitializeAsync()
    {
        node = await SettlementNode.Create(postgres.Server, "8101");
        await node.AddPerson("P1");
        await node.AddPerson("P2");
    }

    public Task DisposeAsync() => node.DisposeAsync().AsTask();

    private Task<Committed> Adopted(PolicyPublished published) => node.Accepted(AdoptPolicy.Command(published, node.Policies));

    private PolicyPublished Later(long number, string version, int share, string? effectiveOn = null, string? scope = null) =>
        PolicyTexts.Published(number, PolicyTexts.Version(version, share), scope ?? node.Tenant.CityCode, effectiveOn is null ? null : DateOnly.Parse(effectiveOn, System.Globalization.CultureInfo.InvariantCulture));

    /// <summary>A stay of June that ends on the tenth, settled: 10,000 yuan, 720 of them the deductible.</summary>
    private async Task<SettledClaim> Stay(string psn = "P1") => (await node.Settled(await node.Visit(psn, 1_000_000, "21"))).Claim();

    [Fact]
    public async Task SettlementsBeforeAndAfter_UseTheVersionOfTheirMoment()
    {
        var before = await Stay();
        await Adopted(Later(1, "2026.2", 80));
        var after = await Stay("P2");
        Assert.Equal(("2026.1", 649_600), (before.PolicyVersion, before.Amounts.BasicFundFen));
        Assert.Equal(("2026.2", 742_400), (after.PolicyVersion, after.Amounts.BasicFundFen));
        Assert.NotEqual(before.PolicyHash, after.PolicyHash);
        // Each bill is shown by the terms it was settled under.
        foreach (var (claim, share) in new[] { (before, "70 %"), (after, "80 %") })
        {
            var statement = (await GetStatement.Query(node.Journal, node.Database, new GetStatementRequest { SetlId = claim.SetlId }, default)).Value;
            Assert.Equal((claim.PolicyVersion, claim.PolicyHash), (statement.Settlement.PolicyVersion, statement.Settlement.PolicyHash));
            Assert.Contains(statement.Trace.SelectMany(t => t.Input), i => i.Value == share);
        }
        await Holds();
    }

    [Fact]
    public async Task PreSettlement_UsesWhatASettlementWould()
    {
        var request = await node.Visit("P1", 1_000_000, "21");
        Assert.Equal(649_600, (await node.Accepted(PreSettleClaim.Command(request))).Claim().Amounts.BasicFundFen);
        await Adopted(Later(1, "2026.2", 80));
        Assert.Equal(742_400, (await node.Accepted(PreSettleClaim.Command(request))).Claim().Amounts.BasicFundFen);
        Assert.Equal(742_400, (await node.Settled(request)).Claim().Amounts.BasicFundFen);
    }

    [Theory]
    [InlineData("2026-06-10", "2026.2")] // the stay's policy date is the day of discharge
    [InlineData("2026-06-11", "2026.1")]
    public async Task PolicyDate_DecidesFromTheEffectiveDayOn(string effectiveOn, string version)
    {
        await Adopted(Later(1, "2026.2", 80, effectiveOn));
        Assert.Equal(version, (await Stay()).PolicyVersion);
    }

    [Fact]
    public async Task AdoptionAndSettlementInOneBatch_TheNextDecisionUsesIt()
    {
        var request = await node.Visit("P1", 1_000_000, "21");
        var adoption = node.Submit(AdoptPolicy.Command(Later(1, "2026.2", 80), node.Policies));
        var settlement = node.Submit(SettleClaim.Command(request));
        Assert.Null((await adoption).Refusal);
        var claim = (await settlement).Value;
        Assert.Equal(claim.Seq >= (await adoption).Value.Seq ? "2026.2" : "2026.1", claim.Claim().PolicyVersion);
    }

    [Fact]
    public async Task OfTwoVersions_TheOnePublishedLastDecides_WheneverItArrives()
    {
        await Adopted(Later(7, "2026.3", 85, scope: node.Tenant.Code));
        // An earlier one that was lost on its way comes later: announced again.
        await Adopted(Later(5, "2026.2", 80));
        Assert.Equal("2026.3", (await Stay()).PolicyVersion);
        await node.Restart();
        Assert.Equal("2026.3", (await Stay("P2")).PolicyVersion);
        await Holds();
    }

    [Fact]
    public async Task VersionOfOneYear_GivesWayToWhatWasThereBefore()
    {
        await Adopted(PolicyTexts.Published(1, PolicyTexts.Version("2025.9", 80, "2025-01-01", "2025-12-31"), node.Tenant.CityCode));
        Assert.Equal("2026.1", (await Stay()).PolicyVersion);
        var policies = await node.Journal.ReadPolicies(default);
        Assert.Equal("2025.9", policies.FindFor(PolicyTexts.Pack, new DateOnly(2025, 12, 31))!.Version);
        Assert.Equal("2026.1", policies.FindFor(PolicyTexts.Pack, new DateOnly(2024, 12, 31))!.Version);
    }

    [Fact]
    public async Task PublicationAnnouncedAgain_IsAdoptedOnce()
    {
        var published = Later(1, "2026.2", 80);
        var first = await Adopted(published);
        Assert.False(first.IsReplay);
        Assert.True((await Adopted(published)).IsReplay);
        await node.Restart();
        var again = await Adopted(published);
        Assert.Equal((true, first.Seq), (again.IsReplay, again.Seq));
        await node.Projected();
        Assert.Equal(1L, await Count("SELECT count(*) FROM policy_version"));
        // The same number with anything else is another request.
        Assert.Equal("request.key_reused", await node.Refused(AdoptPolicy.Command(published with { EffectiveOn = 20260701 }, node.Policies)));
    }

    [Fact]
    public async Task Restart_CrashAndRebuild_KeepWhatWasAdopted()
    {
        await Adopted(Later(1, "2026.2", 80));
        await node.Restart();
        Assert.Equal("2026.2", (await Stay()).PolicyVersion);
        await node.Projected();
        // The tables are emptied: the journal fills them again before anything is decided.
        await node.Close();
        await using (var admin = NpgsqlDataSource.Create(node.Server.ConnectionString(TenantNames.Database(node.Tenant.Code))))
        await using (var empty = admin.CreateCommand("TRUNCATE settlement.policy_version, settlement.request_key, settlement.encounter, settlement.encounter_record, settlement.claim, settlement.accumulator, settlement.account, settlement.filing, settlement.ledger_entry, settlement.consent, settlement.late_supplement; UPDATE settlement.projection_checkpoint SET seq = 0, last_encounter_no = 0, last_settlement_no = 0, last_filing_no = 0"))
            await empty.ExecuteNonQueryAsync();
        await node.Open();
        Assert.Equal("2026.2", (await Stay("P2")).PolicyVersion);
        await Holds();
    }

    [Fact]
    public async Task ReplicaThatTakesOver_DecidesTheSame()
    {
        var standby = node.NewJournal();
        await Adopted(Later(1, "2026.2", 80));
        var settled = await Stay();
        await node.Projected();
        // It shows bills meanwhile, by the tables.
        Assert.Equal("2026.2", (await standby.ReadPolicies(default)).FindFor(PolicyTexts.Pack, new DateOnly(2026, 6, 10))!.Version);
        Assert.NotEmpty((await GetStatement.Query(standby, node.Database, new GetStatementRequest { SetlId = settled.SetlId }, default)).Value.Trace);
        var request = await node.Visit("P2", 1_000_000, "21");
        await node.Journal.Retire();
        await SettlementNode.Leased(standby);
        Assert.Equal("2026.2", (await standby.Submit(SettleClaim.Command(request))).Value.Claim().PolicyVersion);
        await standby.DisposeAsync();
        await standby.Projector.DisposeAsync();
    }

    [Fact]
    public async Task WhatIsNotForThisCountyOrNotWhatItSays_IsRefused()
    {
        var good = Later(1, "2026.2", 80);
        Assert.Equal("policy.other_scope", await node.Refused(AdoptPolicy.Command(good with { Scope = "110101" }, node.Policies)));
        Assert.Equal("policy.text_malformed", await node.Refused(AdoptPolicy.Command(good with { Text = good.Text + "\nnonsense: 1\n" }, node.Policies)));
        Assert.Equal("policy.hash_mismatch", await node.Refused(AdoptPolicy.Command(good with { Text = PolicyTexts.Version("2026.2", 81) }, node.Policies)));
        Assert.Equal("policy.hash_mismatch", await node.Refused(AdoptPolicy.Command(good with { Version = "2026.3" }, node.Policies)));
        Assert.Equal("policy.hash_mismatch", await node.Refused(AdoptPolicy.Command(good with { EffectiveOn = 20191231 }, node.Policies)));
        // A published version never changes: neither the program's nor an adopted one.
        Assert.Equal("policy.version_exists", await node.Refused(AdoptPolicy.Command(Later(2, "2026.1", 80), node.Policies)));
        await Adopted(good);
        Assert.Equal("policy.version_exists", await node.Refused(AdoptPolicy.Command(Later(2, "2026.2", 81), node.Policies)));
    }

    [Fact]
    public async Task TableThatSaysOtherwise_IsFound()
    {
        await Adopted(Later(1, "2026.2", 80));
        await Stay();
        await Holds();
        await AsAdministrator("UPDATE settlement.policy_version SET effective_on = '2026-07-01'");
        Assert.Contains("2026.2 is otherwise in the table", (await Findings())[0], StringComparison.Ordinal);
        await AsAdministrator("DELETE FROM settlement.policy_version");
        Assert.Contains("2026.2 is otherwise in the table", Assert.Single(await Findings()), StringComparison.Ordinal);
    }

    [Fact]
    public async Task TamperedText_StopsTheWriterAndIsFound()
    {
        var adopted = await Adopted(Later(1, "2026.2", 80));
        await Stay();
        await node.Projected();
        await node.Close();
        await AsAdministrator($"UPDATE settlement.journal SET records = decode(replace(encode(records, 'escape'), 'ratio: 80 %', 'ratio: 90 %'), 'escape') WHERE seq = {adopted.Seq}");
        Assert.Contains("chain of hashes is broken", Assert.Single(await Findings()), StringComparison.Ordinal);
        await using (var connection = await node.Database.OpenConnectionAsync())
            Assert.Contains("its hash differs", (await Assert.ThrowsAsync<InvalidOperationException>(() => AdoptedPolicies.Read(connection, node.Policies, default))).Message, StringComparison.Ordinal);
        await AsAdministrator($"UPDATE settlement.journal SET records = decode(replace(encode(records, 'escape'), 'ratio: 90 %', 'ratio: 80 %'), 'escape') WHERE seq = {adopted.Seq}");
        await node.Open();
        await Holds();
    }

    [Fact]
    public async Task Runtime_MayOnlyAppend()
    {
        foreach (var sql in (string[])["UPDATE policy_version SET scope = ''", "DELETE FROM policy_version", "DELETE FROM policy_to_adopt", "UPDATE policy_text SET content = ''", "DELETE FROM policy_act", "DELETE FROM policy_draft"])
            Assert.Equal(PostgresErrorCodes.InsufficientPrivilege, (await Assert.ThrowsAsync<PostgresException>(() => Count(sql))).SqlState);
    }

    private async Task<long> Count(string sql)
    {
        await using var command = node.Database.CreateCommand(sql);
        return (long)(await command.ExecuteScalarAsync())!;
    }

    private async Task AsAdministrator(string sql)
    {
        await using var admin = NpgsqlDataSource.Create(node.Server.ConnectionString(TenantNames.Database(node.Tenant.Code)));
        await using var command = admin.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }

    private async Task<IReadOnlyList<string>> Findings() => (await VerifyJournal.Run(node.Database, node.Tenant, node.Policies, default)).Findings;

    private async Task Holds()
    {
        await node.Projected();
        Assert.Empty(await Findings());
    }
}
