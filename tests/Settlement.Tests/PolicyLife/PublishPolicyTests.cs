using MedInsure.Protos.Settlement.V1;
using Npgsql;

namespace MedInsure.Settlement.Tests.PolicyLife;

/// <summary>From the publication at the city, over its outbox and the bus, into the journals of its counties.</summary>
[Trait("Category", "Messaging")]
[Collection(PostgresCollection.Name)]
public sealed class PublishPolicyTests(SharedPostgres postgres)
{
    private static string[] Versions(System.Text.Json.JsonElement county) => [.. county.GetProperty("adopted").EnumerateArray().Select(a => a.GetProperty("version").GetString()!)];

    [Fact]
    public async Task CitysVersion_ReachesAllItsCounties_ACountysOnlyItself()
    {
        await using var desk = await PolicyDesk.Open(postgres.Server);
        var city = await desk.Published(PolicyTexts.Version("P1", 80));
        var own = await desk.Published(PolicyTexts.Version("P2", 85), desk.Counties[1], "2026-07-01");
        Assert.Equal(["P1", "P2"], Versions(await desk.Adopted(desk.Counties[1], 2)));
        var first = await desk.Adopted(desk.Counties[0], 1);
        Assert.Equal(["P1"], Versions(first));
        var row = first.GetProperty("adopted")[0];
        Assert.Equal((city.Body.GetProperty("sha256").GetString(), city.Body.GetProperty("publication_no").GetInt64(), desk.City, 1L),
            (row.GetProperty("sha256").GetString(), row.GetProperty("publication_no").GetInt64(), row.GetProperty("scope").GetString(), row.GetProperty("journal_seq").GetInt64()));
        Assert.Equal("2026-07-01", (await desk.Adopted(desk.Counties[1], 2)).GetProperty("adopted")[1].GetProperty("effective_on").GetString());
        Assert.Equal("published", (await desk.Get($"/{own.No}")).State);
        // Restarted, nothing is told or adopted twice.
        await desk.Stop();
        await desk.Start();
        Assert.Equal(["P1"], Versions(await desk.Adopted(desk.Counties[0], 1)));
    }

    [Fact]
    public async Task PublishedVersion_NeverChanges()
    {
        await using var desk = await PolicyDesk.Open(postgres.Server, counties: 1);
        var published = await desk.Published(PolicyTexts.Version("P1", 80));
        foreach (var (act, reason) in new[] { ("review", ""), ("approval", ""), ("consent", ""), ("publication", ""), ("rejection", "x"), ("withdrawal", "x") })
            Assert.Equal("policy.published", (await desk.Act(published.No, act, "某人", reason)).Code);
        Assert.Equal("policy.published", (await desk.Post($"/{published.No}/revisions", new { revision = 1, text = PolicyTexts.Version("P1", 81), person = PolicyDesk.Drafter })).Code);
        Assert.Equal("policy.version_exists", (await desk.Draft(PolicyTexts.Version("P1", 81))).Code);
        Assert.Equal("policy.version_exists", (await desk.Draft(PolicyTexts.Version("P1", 81), desk.Counties[0])).Code);
        // Nor can the service's role change what is stored.
        foreach (var sql in (string[])["UPDATE policy_text SET content = content || ' '", "UPDATE policy_act SET person = 'x'", "DELETE FROM policy_act", "UPDATE policy_draft SET version = 'x'", "TRUNCATE policy_act"])
        {
            await using var command = desk.Database(desk.City).CreateCommand(sql);
            Assert.Equal(PostgresErrorCodes.InsufficientPrivilege, (await Assert.ThrowsAsync<PostgresException>(() => command.ExecuteNonQueryAsync())).SqlState);
        }
        await using var twice = desk.Database(desk.City).CreateCommand("INSERT INTO policy_act (draft_no, revision, kind, person, acted_at) SELECT draft_no, revision, kind, 'x', acted_at FROM policy_act WHERE kind = 'published'");
        Assert.Equal("a_version_is_published_once", (await Assert.ThrowsAsync<PostgresException>(() => twice.ExecuteNonQueryAsync())).ConstraintName);
    }

    [Fact]
    public async Task TamperedText_IsNoticed_AndNobodyActsOnIt()
    {
        await using var desk = await PolicyDesk.Open(postgres.Server, counties: 1);
        var draft = await desk.Draft(PolicyTexts.Version("P1", 80));
        var hash = draft.Body.GetProperty("sha256").GetString();
        await desk.AsAdministrator(desk.City, "UPDATE settlement.policy_text SET content = replace(content, 'ratio: 80 %', 'ratio: 90 %')");
        Assert.Equal("policy.text_tampered", (await desk.Get($"/{draft.No}")).Code);
        Assert.Equal("policy.text_tampered", (await desk.Get($"/{draft.No}/changes")).Code);
        Assert.Equal("policy.text_tampered", (await desk.Post($"/{draft.No}/review", new { revision = 1, sha256 = hash, person = PolicyDesk.Reviewer })).Code);
        await desk.AsAdministrator(desk.City, "UPDATE settlement.policy_text SET content = replace(content, 'ratio: 90 %', 'ratio: 80 %')");
        await desk.Act(draft.No, "review", PolicyDesk.Reviewer);
        await desk.Act(draft.No, "approval", PolicyDesk.Approver);
        await desk.Act(draft.No, "approval", PolicyDesk.OtherApprover);
        await desk.AsAdministrator(desk.City, "UPDATE settlement.policy_text SET content = replace(content, 'ratio: 80 %', 'ratio: 90 %')");
        Assert.Equal("policy.text_tampered", (await desk.Post($"/{draft.No}/publication", new { revision = 1, sha256 = hash, person = PolicyDesk.Publisher })).Code);
        Assert.Equal(0, (await desk.Post("/announcements", new { })).Body.GetProperty("announced").GetInt32()); // nothing is published yet
        await desk.AsAdministrator(desk.City, "UPDATE settlement.policy_text SET content = replace(content, 'ratio: 90 %', 'ratio: 80 %')");
        Assert.Equal("published", (await desk.Act(draft.No, "publication", PolicyDesk.Publisher)).State);
        await desk.Adopted(desk.Counties[0], 1);
        await desk.AsAdministrator(desk.City, "UPDATE settlement.policy_text SET content = replace(content, 'ratio: 80 %', 'ratio: 90 %')");
        Assert.Equal("policy.text_tampered", (await desk.Post("/announcements", new { })).Code);
        var report = await Settlement.Journal.VerifyJournal.Run(desk.Database(desk.City), new Hosting.Tenancy.Tenant(desk.City, "", desk.City, new Dictionary<string, string>()), Settlement.Policies.PolicyLibrary.LoadEmbedded(), default);
        Assert.Equal([$"{desk.City} {PolicyTexts.Pack} P1: the text of revision 1 is not the one with its hash"], report.Findings);
    }

    [Fact]
    public async Task CountyThatCameLater_IsToldAgain()
    {
        await using var desk = await PolicyDesk.Open(postgres.Server, counties: 1);
        await desk.Published(PolicyTexts.Version("P1", 80));
        await desk.Published(PolicyTexts.Version("P2", 85));
        await desk.Adopted(desk.Counties[0], 2);
        await desk.Stop();
        var later = desk.City[..4] + "77";
        await desk.Provision(later);
        desk.Configure(later, served: true);
        await desk.Start();
        Assert.Empty(Versions(await desk.Adopted(later, 0)));
        Assert.Equal(2, (await desk.Post("/announcements", new { })).Body.GetProperty("announced").GetInt32());
        Assert.Equal(["P1", "P2"], Versions(await desk.Adopted(later, 2)));
        // Who knew them does nothing.
        await desk.Post("/announcements", new { });
        Assert.Equal(["P1", "P2"], Versions(await desk.Adopted(desk.Counties[0], 2)));
        await using var command = desk.Database(desk.Counties[0]).CreateCommand("SELECT count(*) FROM request_key");
        Assert.Equal(2L, await command.ExecuteScalarAsync());
    }

    [Fact]
    public async Task WhatCannotBeAdopted_StaysWithTheReasonAndHoldsUpNothing()
    {
        await using var desk = await PolicyDesk.Open(postgres.Server, counties: 1);
        var county = desk.Counties[0];
        // As a release would that reads packs otherwise: the text that came is not one here.
        var broken = PolicyTexts.Published(900, PolicyTexts.Version("P0", 80), desk.City) with { Text = "pack: 1" };
        await using (var command = desk.Database(county).CreateCommand("INSERT INTO policy_to_adopt (publication_no, event, received_at) VALUES (900, $1, now())"))
        {
            command.Parameters.Add(new() { Value = MedInsure.Events.EventJson.Write(broken) });
            await command.ExecuteNonQueryAsync();
        }
        await desk.Published(PolicyTexts.Version("P1", 80));
        Assert.Equal(["P1"], Versions(await desk.Adopted(county, 1)));
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        while (true)
        {
            var waiting = Assert.Single((await desk.Get("/adopted", county)).Body.GetProperty("waiting").EnumerateArray());
            if (waiting.GetProperty("last_failure").GetString() is { Length: > 0 } failure)
            {
                Assert.Equal(("policy.text_malformed", 900L), (failure, waiting.GetProperty("publication_no").GetInt64()));
                break;
            }
            await Task.Delay(20, patience.Token); // tried by a worker that nobody can wait for
        }
    }

    [Fact]
    public async Task BillsOfTheCounty_AreSettledByTheVersionOfTheirMoment()
    {
        // The county's own process, and beside it the city's with a replica of the county's that stands by: what is published reaches the writer through the tables.
        await using var node = await SettlementNode.Create(postgres.Server, "8102");
        await node.AddPerson("P1");
        await node.AddPerson("P2");
        var before = (await node.Settled(await node.Visit("P1", 1_000_000, "21"))).Claim();
        await node.Close();
        await using (var desk = await PolicyDesk.Open(postgres.Server, node.Tenant))
        {
            await desk.Published(PolicyTexts.Version("P1", 80), effectiveOn: "2026-06-10");
            await desk.Adopted(node.Tenant.Code, 1);
        }
        await node.Open();
        var after = (await node.Settled(await node.Visit("P2", 1_000_000, "21"))).Claim();
        Assert.Equal(("2026.1", 649_600L, "P1", 742_400L), (before.PolicyVersion, before.Amounts.BasicFundFen, after.PolicyVersion, after.Amounts.BasicFundFen));
        await node.Projected();
        Assert.Empty((await Settlement.Journal.VerifyJournal.Run(node.Database, node.Tenant, node.Policies, default)).Findings);
        var statement = await Settlement.Queries.GetStatement.Query(node.Journal, node.Database, new GetStatementRequest { SetlId = after.SetlId }, default);
        Assert.Equal("P1", statement.Value.Settlement.PolicyVersion);
    }
}
