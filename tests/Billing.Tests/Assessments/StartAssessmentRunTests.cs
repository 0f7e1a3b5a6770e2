using System.Net;
using System.Text.Json;
using MedInsure.Billing.Assessments;
using MedInsure.Events;
using Microsoft.Extensions.DependencyInjection;

namespace MedInsure.Billing.Tests.Assessments;

/// <summary>A year's assessment of everybody: begun once, done part by part, done again by differences.</summary>
[Trait("Category", "Storage")]
[Collection("billing")]
public sealed class StartAssessmentRunTests(BillingFixture fixture)
{
    private static object Order(string key = "r1", string insutype = "390", int year = 2026, string by = "王经办", string reason = "年度核定") => new { request_key = key, insutype, year, started_by = by, reason };

    private static (long, long, long, long, long) Counts(JsonElement run) => (N(run, "seen"), N(run, "assessed"), N(run, "added"), N(run, "changed"), N(run, "withdrawn"));

    private static long N(JsonElement run, string name) => run.GetProperty(name).GetInt64();

    [Fact]
    public async Task WorkerOfTheService_DoesTheRunByItself()
    {
        await using var host = await fixture.Start(persons: Enumerable.Range(0, 2_345).Select(i => new Protos.Enrollment.V1.Person
        {
            PsnNo = $"P{i:D6}", PsnCertType = "01", Certno = $"{i}", PsnName = "张三", Gend = "2", BirthOn = 1970_01_01, HouseholdNo = $"H{i / 3}", Version = 1,
            Coverage = { new Protos.Enrollment.V1.Coverage { Insutype = "390", PsnType = "1501", FromOn = 2020_01_01 } },
            Category = { i % 5 == 0 ? [new Protos.Enrollment.V1.Category { Name = "low_income", FromOn = 2020_01_01 }] : Array.Empty<Protos.Enrollment.V1.Category>() },
        }));
        // Refused until everybody who was there before has been copied, page by page.
        JsonElement run;
        for (var waited = System.Diagnostics.Stopwatch.StartNew(); ; await Task.Delay(50))
        {
            var (status, body) = await host.Post("/assessment-runs", Order());
            if (status == HttpStatusCode.OK) { run = body; break; }
            Assert.Equal("assessment.persons_incomplete", body.GetProperty("code").GetString());
            Assert.True(waited.Elapsed < TimeSpan.FromSeconds(60));
        }
        Assert.Equal(2_345, N(run, "persons"));
        for (var waited = System.Diagnostics.Stopwatch.StartNew(); run.GetProperty("state").GetString() != "done"; await Task.Delay(50))
        {
            run = (await host.Get($"/assessment-runs/{N(run, "run_no")}")).Body;
            Assert.True(waited.Elapsed < TimeSpan.FromSeconds(60), run.GetRawText());
        }
        Assert.Equal((2_345, 2_345, 2_345, 0, 0), Counts(run));
        // 2,345 × 280 less 469 × 250 (004_afb7baf3ebb51254.txt, 2021).
        Assert.Equal(2_345 * 280_00L - 469 * 250_00L, await host.Sql<long>("SELECT sum(due_fen)::bigint FROM assessment"));
        Assert.Equal("H0", await host.Sql<string>("SELECT household_no FROM assessment WHERE psn_no = 'P000002'"));
        Assert.Equal(HttpStatusCode.OK, (await host.Get("/assessment-runs?insutype=390&year=2026")).Status);
    }

    [Fact]
    public async Task SecondRun_ChangesNothing()
    {
        await using var host = await fixture.Start(workers: false);
        await host.Hear([.. Enumerable.Range(0, 30).Select(i => TestPerson.New(categories: i % 3 == 0 ? ["low_income", "severely_disabled"] : []))]);
        Assert.Equal((30, 30, 30, 0, 0), Counts(await host.Assess(2026)));
        Assert.Equal((30, 30, 0, 0, 0), Counts(await host.Assess(2026)));
        Assert.Equal((1, 0L), (await host.Sql<int>("SELECT max(version) FROM assessment"), await host.Sql<long>("SELECT count(*) FROM assessment_change")));
    }

    [Fact]
    public async Task SameRequestAgain_IsTheSameRun()
    {
        await using var host = await fixture.Start(workers: false);
        var (_, first) = await host.Post("/assessment-runs", Order());
        var (status, again) = await host.Post("/assessment-runs", Order());
        Assert.Equal((HttpStatusCode.OK, N(first, "run_no")), (status, N(again, "run_no")));
        var (conflict, refused) = await host.Post("/assessment-runs", Order(reason: "另一原因"));
        Assert.Equal((HttpStatusCode.Conflict, "request.key_reused"), (conflict, refused.GetProperty("code").GetString()));
        Assert.Equal("assessment.run_goes_on", (await host.Post("/assessment-runs", Order("r2"))).Body.GetProperty("code").GetString());
    }

    [Fact]
    public async Task Refusals_NameWhatIsWrong()
    {
        await using var host = await fixture.Start(workers: false);
        (object Order, string Code, string? Field)[] wrong =
        [
            (Order(""), "request.key_missing", "request_key"), (Order(insutype: ""), "assessment.scheme_missing", "insutype"), (Order(year: 1999), "assessment.year_invalid", "year"),
            (Order(by: " "), "approval.person_missing", "started_by"), (Order(reason: ""), "request.reason_missing", "reason"), (Order(insutype: "310"), "assessment.not_yearly", "insutype"),
            (Order(insutype: "380"), "policy.none_in_force", "insutype"), (Order(year: 2019 - 19), "policy.none_in_force", "insutype"), (new[] { 1 }, "request.body_malformed", null),
        ];
        foreach (var (order, code, field) in wrong)
        {
            var (_, body) = await host.Post("/assessment-runs", order);
            Assert.Equal((code, field), (body.GetProperty("code").GetString(), body.TryGetProperty("field", out var f) ? f.GetString() : null));
        }
        host.Neighbours.IsSettlementAway = true;
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await host.Post("/assessment-runs", Order())).Status);
        Assert.Equal("assessment.run_unknown", (await host.Get("/assessment-runs/99")).Body.GetProperty("code").GetString());
        using var stranger = new HttpClient { BaseAddress = host.Http.BaseAddress };
        Assert.Equal(HttpStatusCode.Unauthorized, (await stranger.GetAsync($"/billing/{host.County.Code}/assessment-runs")).StatusCode);
    }

    [Fact]
    public async Task PartThatBreaksOff_LeavesTheRunWhereItWas()
    {
        await using var host = await fixture.Start(workers: false);
        await host.Hear([.. Enumerable.Range(0, 50).Select(i => TestPerson.New($"K{i:D3}"))]);
        var run = (await host.Post("/assessment-runs", Order())).Body;
        var worker = host.Services.GetRequiredService<AssessmentWorker>();
        Assert.True(await worker.Part(host.County, 20, default));
        // Killed in the middle of the second part: all of it is undone, with how far the run is.
        using var killed = new CancellationTokenSource();
        await using (var blocker = await host.Database.OpenConnectionAsync())
        {
            await using var held = await blocker.BeginTransactionAsync();
            await AssessPersons.Lock(blocker, held, "390", 2026, default);
            var part = worker.Part(host.County, 20, killed.Token);
            await killed.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => part);
        }
        run = (await host.Get($"/assessment-runs/{N(run, "run_no")}")).Body;
        Assert.Equal(("running", 20, 20), (run.GetProperty("state").GetString(), N(run, "seen"), await host.Sql<long>("SELECT count(*) FROM assessment")));
        while (await worker.Part(host.County, 20, default)) { }
        run = (await host.Get($"/assessment-runs/{N(run, "run_no")}")).Body;
        Assert.Equal(("done", 50, 50, 50), (run.GetProperty("state").GetString(), N(run, "seen"), N(run, "added"), await host.Sql<long>("SELECT count(*) FROM assessment")));
    }

    [Fact]
    public async Task TwoProcessesAtOneRun_DoEveryPersonOnce()
    {
        await using var host = await fixture.Start(workers: false);
        await host.Hear([.. Enumerable.Range(0, 400).Select(_ => TestPerson.New())]);
        var run = (await host.Post("/assessment-runs", Order())).Body;
        var worker = host.Services.GetRequiredService<AssessmentWorker>();
        async Task Work()
        {
            // One of them finds the run locked and looks again.
            while ((await host.Get($"/assessment-runs/{N(run, "run_no")}")).Body.GetProperty("state").GetString() != "done") await worker.Part(host.County, 30, default);
        }
        await Task.WhenAll(Task.Run(Work), Task.Run(Work), Task.Run(Work));
        Assert.Equal((400, 400, 400, 0, 0), Counts((await host.Get($"/assessment-runs/{N(run, "run_no")}")).Body));
    }

    [Fact]
    public async Task WhoIsInsured_IsAssessedAndNobodyElse()
    {
        await using var host = await fixture.Start("bijie/resident", workers: false);
        var employee = TestPerson.New("employee");
        await host.Hear(
            TestPerson.New("goes-on"), TestPerson.New("until-new-year", to: 2025_12_31), TestPerson.New("ended-before", to: 2025_12_30), TestPerson.New("comes-in-summer", from: 2026_07_01),
            TestPerson.New("next-year", from: 2027_01_01), TestPerson.New("other-scheme", insutype: "380"), employee.Covered([.. employee.Coverage, new InsuredCoverage("310", "1101", 2025_06_01, 0, "E1", 0)]),
            TestPerson.New("hired-later").Covered(new InsuredCoverage("390", "1501", 2020_01_01, 2026_03_31, "", 0), new InsuredCoverage("310", "1101", 2026_04_01, 0, "E1", 0)));
        var run = await host.Assess(2026);
        Assert.Equal((8, 4, 4, 0, 0), Counts(run));
        var page = (await host.Get("/assessments/390/2026")).Body.GetProperty("assessments");
        Assert.Equal(["comes-in-summer", "goes-on", "hired-later", "until-new-year"], page.EnumerateArray().Select(a => a.GetProperty("psn_no").GetString()));
    }

    [Fact]
    public async Task List_HasFiltersAndPages()
    {
        await using var host = await fixture.Start("harbin/resident", workers: false);
        await host.Hear(TestPerson.New("L1"), TestPerson.New("L2", psnType: "1403"), TestPerson.New("L3", categories: "low_income"), TestPerson.New("L4", categories: ["priority_group"]), TestPerson.New("L5"));
        await host.Assess(2026);
        await host.Sql<object>("UPDATE assessment SET paid_fen = 12000 WHERE psn_no = 'L1'; UPDATE assessment SET paid_fen = 5001 WHERE psn_no = 'L2'");
        await host.Hear(TestPerson.New("L5", to: 2024_12_31, version: 2));
        async Task<string> Found(string query) => string.Join(' ', (await host.Get($"/assessments/390/2026?{query}")).Body.GetProperty("assessments").EnumerateArray().Select(a => a.GetProperty("psn_no").GetString()));
        Assert.Equal("L1 L2 L3 L4", await Found(""));
        Assert.Equal("L2", await Found("person_class=child"));
        Assert.Equal("L4", await Found("category=priority_group"));
        Assert.Equal("L3", await Found("aid=hardship"));
        Assert.Equal("L4", await Found("state=open"));
        Assert.Equal("L1 L3", await Found("state=settled"));
        Assert.Equal("L2", await Found("state=overpaid"));
        Assert.Equal("L5", await Found("state=withdrawn"));
        var first = (await host.Get("/assessments/390/2026?page_size=3")).Body;
        Assert.Equal(("L3", 3), (first.GetProperty("next_after").GetString(), first.GetProperty("assessments").GetArrayLength()));
        Assert.Equal("L4", await Found("page_size=3&after=L3"));
        Assert.Equal("page.size_invalid", (await host.Get("/assessments/390/2026?page_size=0")).Body.GetProperty("code").GetString());
        Assert.Equal("assessment.state_unknown", (await host.Get("/assessments/390/2026?state=odd")).Body.GetProperty("code").GetString());
    }
}
