using MedInsure.Enrollment.Covers;
using MedInsure.Enrollment.Tests.Persons;
using MedInsure.Events;
using MedInsure.Hosting.Messaging;
using MedInsure.Hosting.Tenancy;
using MedInsure.Protos.Enrollment.V1;
using MedInsure.Protos.Settlement.V1;

namespace MedInsure.Enrollment.Tests.Covers;

/// <summary>What paid and refunded contributions come to, in a real database.</summary>
[Trait("Category", "Storage")]
[Collection("enrollment")]
public sealed class OpenCoverTests(EnrollmentFixture fixture) : IAsyncLifetime
{
    private EnrollmentHost host = null!;

    public async Task InitializeAsync() => host = await fixture.Start();
    public async Task DisposeAsync() => await host.DisposeAsync();

    private async Task<string> Enrol(PersonCsv person)
    {
        Assert.Equal(1, (await EnrollmentHost.Import(host.Persons(), PersonCsv.File(person))).Changed);
        return person.PsnNo;
    }

    private PersonCsv Resident(string to = "2026-12-31") => PersonCsv.New(host.County) with { To = to };

    private static ContributionPaid Paid(string psnNo, int period = 2027, int on = 2026_10_05, string who = "everyone", int eventOn = 0, string insutype = "390") => new(psnNo, insutype, period, on, who, eventOn);

    /// <summary>As the queue brings them: one transaction, then the worker.</summary>
    private async Task Hear(params object[] events)
    {
        foreach (var one in events) await Note(one);
        await Open();
    }

    /// <param name="beforeCommit">What happens while the event's transaction is under way.</param>
    private async Task Note(object one, Func<Task>? beforeCommit = null)
    {
        await using var connection = await host.Databases.For(host.County, EnrollmentModule.Service).OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        var context = new EventContext(new Tenant(host.County, "", EnrollmentHost.City, new Dictionary<string, string>()), host.County, connection, transaction);
        if (one is ContributionPaid paid) await new ContributionPaidHandler(host.Calendar).Handle(context, [paid], default);
        else await new ContributionRefundedHandler(host.Calendar).Handle(context, [(ContributionRefunded)one], default);
        if (beforeCommit is not null) await beforeCommit();
        await transaction.CommitAsync();
    }

    private async Task Open(int most = 100)
    {
        var database = host.Databases.For(host.County, EnrollmentModule.Service);
        var terms = new Dictionary<(string, int), ContributionTerms?>();
        foreach (var (insutype, year) in await OpenCover.Pending(database, 1_000, default)) terms[(insutype, year)] = TermsServer.Terms(insutype, year * 10_000 + 101) is { Refusal: null } known ? known.Value : null;
        while (await OpenCover.Run(database, terms, most, host.Calendar, default)) { }
        Assert.Equal(0, await host.Count("contribution WHERE state = 'pending'"));
    }

    private async Task<string> Cover(string psnNo) =>
        string.Join(' ', (await host.Client.GetPersonAsync(new GetPersonRequest { PsnNo = psnNo }, host.Headers())).Coverage.Select(c => $"{c.Insutype}/{c.PsnType}:{c.FromOn}-{c.ToOn}"));

    private Task<string> State(string psnNo, int period = 2027) => host.Sql<string>($"SELECT state || ' ' || refusal FROM contribution WHERE psn_no = '{psnNo}' AND period = {period}");

    private Task<long> Findings(string kind, string state = "open") => host.Count($"finding WHERE source = 'contributions' AND kind = '{kind}' AND state = '{state}'");

    [Fact]
    public async Task NextYearPaid_FollowsOnWithoutAGapAndIsTold()
    {
        var psnNo = await Enrol(Resident());
        await Hear(Paid(psnNo));
        Assert.Equal("390/1501:20200101-20261231 390/1501:20270101-20271231", await Cover(psnNo));
        var told = (await host.Events()).Last();
        Assert.Equal((psnNo, 2L, 2027_12_31), (told.PsnNo, told.Version, told.Coverage[^1].ToOn));
        Assert.Equal("opened ", await State(psnNo));
        await Hear(Paid(psnNo, 2028, 2027_12_01));
        Assert.EndsWith("390/1501:20280101-20281231", await Cover(psnNo), StringComparison.Ordinal);
        Assert.Equal(["billing: paid", "enrollment: "], await host.Sql<string[]>($"SELECT array_agg(acted_by || ': ' || why ORDER BY step_no) FROM contribution_step WHERE period = 2027"));
    }

    [Fact]
    public async Task ToldTwice_OpensOnce()
    {
        var psnNo = await Enrol(Resident());
        await Hear(Paid(psnNo), Paid(psnNo, on: 2026_12_30), Paid(psnNo));
        await Hear(Paid(psnNo));
        Assert.Equal("390/1501:20200101-20261231 390/1501:20270101-20271231", await Cover(psnNo));
        Assert.Equal(2L, (await host.Events()).Last().Version);
        Assert.Equal(2L, await host.Count("contribution_step"));
    }

    [Fact]
    public async Task CoverWithoutAnEnd_IsCoveredAlready()
    {
        var psnNo = await Enrol(Resident(to: ""));
        await Hear(Paid(psnNo));
        Assert.Equal(("covered ", "390/1501:20200101-0"), (await State(psnNo), await Cover(psnNo)));
        Assert.Single(await host.Events());
    }

    [Fact]
    public async Task AnotherBasicScheme_IsAFindingUntilItIsPaidBack()
    {
        var psnNo = await Enrol(Resident());
        await EnrollmentHost.Import(host.Persons(), PersonCsv.File(new PersonCsv(host.County) { PsnNo = "E1", Certno = PersonCsv.Identity(90_001), Insutype = "310", PsnType = "1101" }));
        var both = await Enrol(PersonCsv.New(host.County) with { Insutype = "310", PsnType = "1101", To = "2027-03-31" });
        await host.Sql<long>($"WITH i AS (INSERT INTO coverage VALUES ('{both}', '390', '2010-01-01', '2019-12-31', '1501', '', 0) RETURNING 1) SELECT count(*) FROM i");
        await Hear(Paid(both), Paid(psnNo));
        Assert.Equal("refused cover.other_scheme", await State(both));
        Assert.Equal(1, await Findings("other_scheme"));
        Assert.DoesNotContain("20271231", await Cover(both), StringComparison.Ordinal);
        Assert.Contains("20271231", await Cover(psnNo), StringComparison.Ordinal);
        await Hear(new ContributionRefunded(both, "390", 2027, 2026_11_20, "duplicate", false));
        Assert.Equal(("closed ", 0L, 1L), (await State(both), await Findings("other_scheme"), await Findings("other_scheme", "resolved")));
    }

    [Fact]
    public async Task WhatStoodInTheWayIsMended_OpensWhenAPersonAsksForIt()
    {
        var psnNo = await Enrol(Resident());
        await host.Sql<long>($"WITH i AS (INSERT INTO coverage VALUES ('{psnNo}', '310', '2026-01-01', '2027-03-31', '1101', '', 0) RETURNING 1) SELECT count(*) FROM i");
        await Hear(Paid(psnNo));
        async Task<string?> Again(string? fromOn, string insutype = "390", string by = "王经办") =>
            (await host.Ask("contributions/reopening", new { psn_no = psnNo, insutype, period = 2027, from_on = fromOn, why = "已停保", by })).Body is var body && body.TryGetProperty("code", out var code) ? code.GetString() : body.GetProperty("state").GetString();
        Assert.Equal("approval.person_missing", await Again(null, by: ""));
        Assert.Equal("cover.contribution_unknown", await Again(null, insutype: "380"));
        Assert.Equal("pending", await Again(null));
        await Open();
        Assert.Equal("refused cover.other_scheme", await State(psnNo));
        await Again("2027-04-01");
        await Open();
        Assert.Equal(("opened ", 0L), (await State(psnNo), await Findings("other_scheme")));
        Assert.EndsWith("390/1501:20270401-20271231", await Cover(psnNo), StringComparison.Ordinal);
        Assert.Equal("cover.nothing_to_open", await Again(null));
        var listed = (await host.Ask($"contributions/{psnNo}")).Body[0];
        Assert.Equal(["billing", "enrollment", "王经办", "enrollment", "王经办", "enrollment"], listed.GetProperty("steps").EnumerateArray().Select(s => s.GetProperty("by").GetString()));
    }

    [Fact]
    public async Task EachReason_IsAFinding()
    {
        var never = await Enrol(Resident() with { Insutype = "510" });
        var late = await Enrol(Resident());
        var waits = await Enrol(Resident());
        await Hear(Paid("nobody"), Paid(never), Paid(late, on: 2027_01_01), Paid(waits, on: 2027_12_15, who: "newborn", eventOn: 2027_01_05), Paid(never, insutype: "340"));
        Assert.Equal((1, 1, 1, 1, 1), (await Findings("person_unknown"), await Findings("not_enrolled"), await Findings("window_closed"), await Findings("no_day_left"), await Findings("scheme_without_terms")));
        Assert.Equal(3, (await host.Events()).Count);
        // Found again: the same finding, not another.
        await Hear(Paid(late, on: 2027_01_01));
        Assert.Equal(1, await Findings("window_closed"));
        // Paid in time after all: opened, and the finding is resolved.
        await Hear(Paid(late, on: 2027_01_20, who: "migrant_worker"));
        Assert.Equal((0L, 1L, "opened "), (await Findings("window_closed"), await Findings("window_closed", "resolved"), await State(late)));
        Assert.EndsWith("390/1501:20270120-20271231", await Cover(late), StringComparison.Ordinal);
    }

    [Fact]
    public async Task FoundAgainAfterItWasSettled_IsOpenAndItsHistorySaysSo()
    {
        var late = await Enrol(Resident());
        await Hear(Paid(late, on: 2027_01_01));
        await host.Ask($"findings/{await host.Sql<long>("SELECT finding_no FROM finding")}/decision", new { state = "dismissed", by = "王复核", why = "不补缴" });
        await Hear(new ContributionRefunded(late, "390", 2027, 2027_01_04, "withdrawn", false));
        await Hear(Paid(late, on: 2027_01_05));
        Assert.Equal(["dismissed", "open"], await host.Sql<string[]>("SELECT array_agg(to_state ORDER BY step_no) FROM finding_step"));
        Assert.Equal("contributions: dismissed, found again", await host.Sql<string>("SELECT decided_by || ': ' || from_state || ', ' || why FROM finding_step WHERE to_state = 'open'"));
    }

    [Fact]
    public async Task DeadPerson_IsCoveredToTheDayOfDeathAndNotAfter()
    {
        var (before, within) = (await Enrol(Resident()), await Enrol(Resident()));
        foreach (var (psnNo, on) in new[] { (before, "2026-11-01"), (within, "2026-11-20") })
            await host.Ask("deaths", new { request_key = psnNo, psn_no = psnNo, died_on = on, evidence = "死亡证明", by = "王经办" });
        await Hear(Paid(before), Paid(within, 2026, 2026_02_01, "migrant_worker"));
        Assert.Equal(("refused cover.person_dead", 1), (await State(before), await Findings("person_dead")));
        Assert.Equal(("covered ", "390/1501:20200101-20261120"), (await State(within, 2026), await Cover(within)));
    }

    [Fact]
    public async Task PaidBackBeforeTheYear_LeavesNoDayOfIt()
    {
        var psnNo = await Enrol(Resident());
        await Hear(Paid(psnNo), new ContributionRefunded(psnNo, "390", 2027, 2026_12_01, "withdrawn", false));
        Assert.Equal(("closed ", "390/1501:20200101-20261231"), (await State(psnNo), await Cover(psnNo)));
        // Paid again it is covered again.
        await Hear(Paid(psnNo, on: 2026_12_20));
        Assert.Equal(("opened ", "390/1501:20200101-20261231 390/1501:20270101-20271231"), (await State(psnNo), await Cover(psnNo)));
    }

    [Fact]
    public async Task PaidBackWhileTheWorkerLooks_IsNotOverwritten()
    {
        var psnNo = await Enrol(Resident());
        await Note(Paid(psnNo));
        var terms = new Dictionary<(string, int), ContributionTerms?> { [("390", 2027)] = TermsServer.Terms("390", 2027_01_01).Value };
        var run = Task.FromResult(false);
        await Note(new ContributionRefunded(psnNo, "390", 2027, 2026_12_01, "withdrawn", false), async () =>
        {
            run = OpenCover.Run(host.Databases.For(host.County, EnrollmentModule.Service), terms, 100, host.Calendar, default);
            while (!run.IsCompleted && await host.Count("pg_locks WHERE NOT granted") == 0) await Task.Delay(10);
        });
        await run;
        await Open();
        Assert.Equal(("closed ", "390/1501:20200101-20261231"), (await State(psnNo), await Cover(psnNo)));
    }

    [Fact]
    public async Task PaidBackInTheYear_KeepsTheDaysUpToIt()
    {
        var psnNo = await Enrol(Resident());
        await Hear(Paid(psnNo));
        await Hear(new ContributionRefunded(psnNo, "390", 2027, 2027_05_01, "duplicate", false));
        Assert.Equal("390/1501:20200101-20261231 390/1501:20270101-20270430", await Cover(psnNo));
    }

    [Fact]
    public async Task OverpaidPartPaidBack_ChangesNothing()
    {
        var psnNo = await Enrol(Resident());
        await Hear(Paid(psnNo));
        await Hear(new ContributionRefunded(psnNo, "390", 2027, 2026_12_01, "overpaid", true));
        Assert.Equal(("opened ", 2L), (await State(psnNo), (await host.Events()).Last().Version));
    }

    [Fact]
    public async Task RefundOfARetiredNumber_LeavesTheSurvivorsOwnPayment()
    {
        var survivor = PersonCsv.New(host.County) with { To = "2026-12-31" };
        var retired = survivor with { PsnNo = survivor.PsnNo + "old" };
        await Enrol(survivor);
        await Enrol(retired);
        await Hear(Paid(survivor.PsnNo), Paid(retired.PsnNo));
        var merge = (await host.Ask("merges", new { request_key = "m", retired_no = retired.PsnNo, surviving_no = survivor.PsnNo, why = "同一人", proposer = "王" })).Body.GetProperty("merge_no").GetInt64();
        await host.Ask($"merges/{merge}/decision", new { approve = true, approver = "李" });
        await Hear(new ContributionRefunded(retired.PsnNo, "390", 2027, 2026_12_01, "duplicate", false));
        Assert.Equal("kept ", await State(retired.PsnNo));
        Assert.Equal("390/1501:20200101-20261231 390/1501:20270101-20271231", await Cover(survivor.PsnNo));
        // What is paid under the old number afterwards is the survivor's.
        await Hear(Paid(retired.PsnNo, 2028, 2027_11_01));
        Assert.EndsWith("390/1501:20280101-20281231", await Cover(survivor.PsnNo), StringComparison.Ordinal);
    }

    [Fact]
    public async Task ManyAtOnce_InParts_EachOnce()
    {
        var rows = Enumerable.Range(0, 250).Select(_ => Resident()).ToList();
        Assert.Equal(250, (await EnrollmentHost.Import(host.Persons(), PersonCsv.File(rows))).Changed);
        foreach (var row in rows.Take(3)) await Hear(Paid(row.PsnNo));
        await host.Sql<long>($"""
            WITH i AS (INSERT INTO contribution (psn_no, insutype, period, is_paid, paid_on, who, state, changed_at)
            SELECT psn_no, '390', 2027, true, '2026-11-01', 'everyone', 'pending', now() FROM person ON CONFLICT DO NOTHING RETURNING 1) SELECT count(*) FROM i
            """);
        await Open(most: 100);
        Assert.Equal((250, 250), (await host.Count("coverage WHERE from_on = '2027-01-01' AND to_on = '2027-12-31'"), await host.Count("person WHERE version = 2")));
    }
}
