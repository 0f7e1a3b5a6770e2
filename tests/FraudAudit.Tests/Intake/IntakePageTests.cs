using MedInsure.FraudAudit.Intake;
using MedInsure.FraudAudit.Tests.Rules;
using MedInsure.Protos.FraudAudit.V1;
using MedInsure.Protos.Settlement.V1;
using MedInsure.Reference;
using Npgsql;

namespace MedInsure.FraudAudit.Tests.Intake;

[Trait("Category", "Crash")]
[Collection("audit")]
public sealed class IntakePageTests(AuditFixture fixture) : IAsyncLifetime
{
    private AuditHost host = null!;

    public async Task InitializeAsync() => host = await fixture.Start();
    public async Task DisposeAsync() => await host.DisposeAsync();

    [Fact]
    public async Task Page_IsKeptAuditedAndItsPositionMoved()
    {
        var visit = X(20261001, 12.30m);
        var result = await Take(Page(1, visit));
        Assert.Equal((true, 1, 1), (result.Taken, result.Audited, result.Found));
        Assert.Equal("MI19999001 open 1230 2026-10-01 true P1 H1 D1", await Findings());
        Assert.Equal((1, 0), await Position());
    }

    [Fact]
    public async Task PersonsBillsBefore_AreLookedAt_OfThisPageAndOfEarlierOnes()
    {
        var (first, second, third) = (Bill.Visit(20261001), Bill.Visit(20261010), Bill.Visit(20261020));
        await Take(Page(1, first));
        await Take(Page(2, second, third));
        Assert.Equal($"{second.SetlId}<{first.SetlId} {third.SetlId}<{second.SetlId}", await Rests());
    }

    [Fact]
    public async Task SamePageAgain_AfterACrashBehindTheCommit_ChangesNothing()
    {
        var page = Page(1, X(20261001, 12.30m), Bill.Visit(20261010));
        await Take(page);
        var before = await Findings();
        Assert.False((await Take(page, after: (0, -1))).Taken);
        Assert.Equal((before, 2L), (await Findings(), await host.Sql<long>("SELECT count(*) FROM audit_claim")));
    }

    [Fact]
    public async Task CrashInThePage_LeavesNothingOfIt_AndTheNextTryAll()
    {
        var page = Page(1, X(20261001, 12.30m));
        await using (var other = await host.Database.OpenConnectionAsync())
        await using (var holding = await other.BeginTransactionAsync())
        await using (var connection = await host.Database.OpenConnectionAsync())
        {
            // The page's last statements wait for the table, and its connection dies there.
            await using (var locking = new NpgsqlCommand("LOCK TABLE finding IN ACCESS EXCLUSIVE MODE", other)) await locking.ExecuteNonQueryAsync();
            var taking = Take(connection, page, (0, -1));
            // Not on the connection that holds the lock: its transaction would see the same activity for ever.
            while (!await host.Sql<bool>($"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid = {connection.ProcessID} AND wait_event_type = 'Lock'")) await Task.Delay(5);
            await Assert.ThrowsAnyAsync<NpgsqlException>(() => taking);
        }
        Assert.Equal(((0L, -1), 0L), (await Position(), await host.Sql<long>("SELECT count(*) FROM audit_claim")));
        Assert.True((await Take(page)).Taken);
        Assert.NotEqual("", await Findings());
    }

    [Fact]
    public async Task Reversed_WithdrawsItsFindingsAndThoseThatRestedOnIt()
    {
        var (first, second) = (X(20261001, 12.30m), Bill.Visit(20261010));
        await Take(Page(1, first, second));
        await Take(Page(2, Reversal("R1", first.SetlId, first.SetlId)));
        Assert.Equal("MI19999001 withdrawn reversed, MI19999002 withdrawn not_found", await Gone());
    }

    [Fact]
    public async Task Restored_ItAndWhatRestedOnItStandAgain()
    {
        var (first, second) = (X(20261001, 12.30m), Bill.Visit(20261010));
        await Take(Page(1, first, second));
        await Take(Page(2, Reversal("R1", first.SetlId, first.SetlId)));
        await Take(Page(3, Reversal("R2", "R1", first.SetlId, restores: true)));
        Assert.Equal("MI19999001 open , MI19999002 open ", await Gone());
        Assert.Equal(2, await host.Sql<long>("SELECT count(*) FROM finding")); // the same two
    }

    [Fact]
    public async Task ReversedInTheSamePage_HasNoFindings()
    {
        var visit = X(20261001, 12.30m);
        await Take(Page(1, visit, Reversal("R1", visit.SetlId, visit.SetlId), X(20261002, 5m)));
        Assert.Equal("MI19999001 open 500 2026-10-02 true P1 H1 D1", await Findings());
    }

    [Fact]
    public async Task DecidedFinding_StaysDecided_AndSaysThatItIsGone()
    {
        var visit = X(20261001, 12.30m);
        await Take(Page(1, visit));
        await host.Sql<object>("UPDATE finding SET state = 'in_case', case_no = 7");
        await Take(Page(2, Reversal("R1", visit.SetlId, visit.SetlId)));
        Assert.Equal("MI19999001 in_case reversed", await Gone());
        await Take(Page(3, Reversal("R2", "R1", visit.SetlId, restores: true)));
        Assert.Equal("MI19999001 in_case ", await Gone());
    }

    [Fact]
    public async Task RuleThatThrows_StopsNeitherThePageNorOtherBills()
    {
        var bad = Bill.Visit(20261001, lines: [Bill.Line("THROWS")]);
        var result = await Take(Page(1, bad, X(20261002, 5m, psn: "P2")));
        Assert.Equal(bad.SetlId, Assert.Single(result.Failed).SetlId);
        Assert.Equal("MI19999001 open 500 2026-10-02 true P2 H1 D1", await Findings());
        Assert.Equal("InvalidOperationException: a rule's mistake", await host.Sql<string>($"SELECT audit_failure FROM audit_claim WHERE setl_id = '{bad.SetlId}'"));
    }

    [Fact]
    public async Task MergedPersons_HaveOneHistory()
    {
        var (ofRetired, ofSurvivor) = (X(20261001, 5m, psn: "P2"), Bill.Visit(20261010));
        var page = Page(1, ofRetired);
        page.Merge.Add(new PersonMerge { RetiredNo = "P2", SurvivingNo = "P1" });
        await Take(page);
        Assert.Equal("MI19999001 open 500 2026-10-01 true P1 H1 D1", await Findings());
        await Take(Page(2, ofSurvivor));
        Assert.Equal($"{ofSurvivor.SetlId}<{ofRetired.SetlId}", await Rests());
    }

    [Fact]
    public async Task PageWithoutSettlements_MovesThePosition()
    {
        var page = new ReadAuditClaimsReply { ReadSeq = 9, ReadIdx = 3, AtSeq = 9 };
        Assert.True((await Take(page)).Taken);
        Assert.Equal((9, 3), await Position());
    }

    private static AuditClaim X(int on, decimal amount, string psn = "P1") => Bill.Visit(on, psn: psn, lines: [Bill.Line("X", amount, on)]);

    private static AuditClaim Reversal(string setlId, string reverses, string root, bool restores = false, string psn = "P1") =>
        new() { SetlId = setlId, ReversesSetlId = reverses, RootSetlId = root, Restores = restores, PsnNo = psn, SettledAtMs = Bill.MsOf(20261101, 9) };

    private static ReadAuditClaimsReply Page(long seq, params AuditClaim[] claims)
    {
        var page = new ReadAuditClaimsReply { ReadSeq = seq, ReadIdx = claims.Length - 1, AtSeq = seq };
        for (var i = 0; i < claims.Length; i++) (claims[i].JournalSeq, claims[i].Idx) = (seq, i);
        page.Claim.AddRange(claims);
        return page;
    }

    private async Task<IntakePage.Result> Take(ReadAuditClaimsReply page, (long, int)? after = null)
    {
        await using var connection = await host.Database.OpenConnectionAsync();
        return await Take(connection, page, after ?? await IntakePage.Position(connection, default));
    }

    private Task<IntakePage.Result> Take(NpgsqlConnection connection, ReadAuditClaimsReply page, (long, int) after) =>
        IntakePage.Take(connection, after, page, TestRules.Book, TestRules.Set(), CityReference.Empty(AuditHost.City), host.Clock.Now.UtcDateTime, default);

    private async Task<(long, int)> Position()
    {
        await using var connection = await host.Database.OpenConnectionAsync();
        return await IntakePage.Position(connection, default);
    }

    private Task<string> Findings() => Text("concat_ws(' ', rule, state, in_scope_fen, settled_on, certain::text, psn_no, fixmedins_code, doctor_code)", "rule = 'MI19999001'");
    private Task<string> Gone() => Text("concat(rule, ' ', state, ' ', gone_why)", "true");

    private async Task<string> Rests() => await host.Sql<string>("SELECT string_agg(setl_id || '<' || subject, ' ' ORDER BY finding_no) FROM finding WHERE rule = 'MI19999002' AND earlier_setl_ids = ARRAY[subject]") ?? "";
    private async Task<string> Text(string row, string where) => await host.Sql<string>($"SELECT string_agg({row}, ', ' ORDER BY rule, setl_id) FROM finding WHERE {where}") ?? "";
}
