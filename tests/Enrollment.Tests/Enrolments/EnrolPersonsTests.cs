using System.IO.Pipelines;
using System.Net;
using System.Text;
using System.Text.Json;
using MedInsure.Enrollment.Covers;
using MedInsure.Enrollment.Tests.Persons;
using MedInsure.Events;
using MedInsure.Protos.Enrollment.V1;
using MedInsure.Protos.Settlement.V1;

namespace MedInsure.Enrollment.Tests.Enrolments;

/// <summary>Persons, households and students enrolled by command, and why not. The clock stands at 2026-11-21: everyone's window of 2027 is open, those of 2026 are past.</summary>
[Trait("Category", "Storage")]
[Collection("enrollment")]
public sealed class EnrolPersonsTests(EnrollmentFixture fixture) : IAsyncLifetime
{
    private EnrollmentHost host = null!;

    public async Task InitializeAsync() => host = await fixture.Start();
    public async Task DisposeAsync() => await host.DisposeAsync();

    private static int last = 40_000;

    private static object New(string name, string psnType = "1501", string? certno = null) => new { certno = certno ?? PersonCsv.Identity(Interlocked.Increment(ref last)), psn_name = name, gend = "1", birth_on = "1980-05-06", psn_type = psnType };

    private Task<(HttpStatusCode Status, JsonElement Body)> Enrol(object[] persons, string key = "k", int year = 2027, string insutype = "390", string? who = null, string? eventOn = null, string? household = null, bool newHousehold = false, string by = "王经办") =>
        host.Ask("enrolments", new { request_key = key, insutype, year, who, event_on = eventOn, household_no = household, new_household = newHousehold, by, why = "窗口登记", persons });

    private async Task<string> Known(PersonCsv person)
    {
        Assert.Equal(1, (await EnrollmentHost.Import(host.Persons(), PersonCsv.File(person))).Changed);
        return person.PsnNo;
    }

    private async Task<Person> Get(string psnNo) => await host.Client.GetPersonAsync(new GetPersonRequest { PsnNo = psnNo }, host.Headers());

    [Fact]
    public async Task HouseholdTogether_NewAndKnown_IsToldToBillingAfterThePersons()
    {
        var head = PersonCsv.New(host.County) with { Household = "F1", To = "2026-12-31" };
        await Known(head);
        var single = await Known(PersonCsv.New(host.County) with { Household = "", To = "2025-12-31" });
        var (status, answer) = await Enrol([new { psn_no = head.PsnNo }, new { psn_no = single }, New("张三"), New("张小", "1403")], household: "F1");
        Assert.True(status == HttpStatusCode.OK, answer.GetRawText());
        Assert.Equal(("ordinary", "2026-09-01", "2026-12-31", "2027-01-01", "2027-12-31"), (answer.GetProperty("window").GetString(), answer.GetProperty("pay_from").GetString(), answer.GetProperty("pay_until").GetString(),
            answer.GetProperty("covered_from").GetString(), answer.GetProperty("covered_to").GetString()));
        var numbers = answer.GetProperty("persons").EnumerateArray().Select(p => p.GetProperty("psn_no").GetString()!).ToArray();
        Assert.Equal([false, false, true, true], answer.GetProperty("persons").EnumerateArray().Select(p => p.GetProperty("is_new").GetBoolean()));
        foreach (var number in numbers) Assert.Equal("F1", (await Get(number)).HouseholdNo);
        Assert.Empty((await Get(numbers[2])).Coverage);

        Assert.Equal([("1501", "everyone"), ("1501", "everyone"), ("1501", "everyone"), ("1403", "everyone")], (await host.Told<CoverRequested>()).Select(e => (e.PsnType, e.Who)));
        Assert.Equal(numbers.Order(), (await host.Told<CoverRequested>()).Select(e => e.PsnNo).Order());
        // Whom billing does not know yet goes before.
        Assert.True(await host.Sql<bool>("SELECT (SELECT max(seq) FROM outbox WHERE type = 'InsuredPersonChanged') < (SELECT min(seq) FROM outbox WHERE type = 'CoverRequested')"));
        Assert.Equal(1, await host.Count($"person_change WHERE psn_no = '{single}' AND kind = 'other_data' AND proposed_by = '王经办'"));

        // Sent again: the same answer and nothing twice; with other content it is refused.
        Assert.Equal(answer.GetRawText(), (await Enrol([new { psn_no = head.PsnNo }, new { psn_no = single }, New("张三", certno: (await Get(numbers[2])).Certno), New("张小", "1403", (await Get(numbers[3])).Certno)], household: "F1")).Body.GetRawText());
        Assert.Equal("request.key_reused", (await Enrol([New("李四")], household: "F1")).Body.GetProperty("code").GetString());
        Assert.Equal(4, await host.Count("enrolment"));
        var listed = (await host.Ask($"enrolments?insutype=390&year=2027&psn_no={single}")).Body.GetProperty("enrolments");
        Assert.Equal(("enrolled", "王经办", "窗口登记"), (listed[0].GetProperty("state").GetString(), listed[0].GetProperty("requested_by").GetString(), listed[0].GetProperty("why").GetString()));
    }

    [Fact]
    public async Task NewHousehold_GetsANumberOfItsOwn()
    {
        var first = (await Enrol([New("甲"), New("乙")], "a", newHousehold: true)).Body.GetProperty("household_no").GetString();
        var second = (await Enrol([New("丙")], "b", newHousehold: true)).Body.GetProperty("household_no").GetString();
        Assert.NotEqual(first, second);
        Assert.Equal(2, await host.Count($"person WHERE household_no = '{first}'"));
    }

    [Fact]
    public async Task KnownByCertificate_IsNotMadeAgain_AlsoUnderARetiredNumber()
    {
        var person = PersonCsv.New(host.County) with { To = "2025-12-31" };
        await Known(person);
        var answer = (await Enrol([new { certno = person.Certno.ToLowerInvariant(), psn_name = person.Name, psn_type = "1501" }])).Body;
        Assert.Equal(person.PsnNo, answer.GetProperty("persons")[0].GetProperty("psn_no").GetString());
        Assert.Equal(1, await host.Count("person"));
    }

    [Theory]
    // Kind, day of the event, today, and the window by which it goes, with the first covered day if it is paid today.
    [InlineData("married_in", "2027-03-01", "2027-04-01", "married_in", "2027-04-01")]
    [InlineData("moved_in", "2027-03-01", "2027-05-30", "moved_in", "2027-05-30")]
    [InlineData("migrant_worker", null, "2027-02-28", "migrant", "2027-02-28")]
    [InlineData("recognised", "2027-07-07", "2027-08-01", "recognised", "2027-07-07")]
    public async Task KindsOfPersons_HaveTheirOwnWindows(string who, string? eventOn, string today, string window, string coveredFrom)
    {
        host.Clock.Today = DateOnly.Parse(today, System.Globalization.CultureInfo.InvariantCulture);
        var answer = (await Enrol([New("赵六")], who: who, eventOn: eventOn)).Body;
        Assert.Equal((window, coveredFrom), (answer.GetProperty("window").GetString(), answer.GetProperty("covered_from").GetString()));
        var told = Assert.Single(await host.Told<CoverRequested>());
        Assert.Equal((who, eventOn is null ? 0 : int.Parse(eventOn.Replace("-", "", StringComparison.Ordinal), System.Globalization.CultureInfo.InvariantCulture)), (told.Who, told.EventOn));
    }

    [Fact]
    public async Task WhoIsNotToBeEnrolled_IsRefusedAndNamed()
    {
        var (open, employee, other) = (PersonCsv.New(host.County), PersonCsv.New(host.County) with { Insutype = "310", PsnType = "1101" }, PersonCsv.New(host.County) with { To = "2026-12-31", Household = "F7" });
        foreach (var person in new[] { open, employee, other }) await Known(person);
        var dead = PersonCsv.New(host.County) with { To = "2026-12-31" };
        await Known(dead);
        await host.Ask("deaths", new { request_key = "d", psn_no = dead.PsnNo, died_on = "2026-11-01", evidence = "死亡证明", by = "王经办" });
        await Enrol([new { psn_no = other.PsnNo }], "first");
        var before = (await host.Count("person"), await host.Count("enrolment"), await host.Count("outbox"));

        await Refused("request.key_missing", "request_key", Enrol([New("甲")], key: ""));
        await Refused("approval.person_missing", "by", Enrol([New("甲")], by: " "));
        await Refused("enrol.persons_invalid", "persons", Enrol([]));
        await Refused("enrol.year_invalid", "year", Enrol([New("甲")], year: 2028));
        await Refused("cover.scheme_without_terms", "insutype", Enrol([New("甲")], insutype: "340"));
        await Refused("cover.scheme_without_terms", "insutype", Enrol([New("甲", "1101")], insutype: "310"));
        await Refused("enrol.who_unknown", "who", Enrol([New("甲")], who: "somebody"));
        await Refused("enrol.who_unknown", "who", Enrol([New("甲")], who: "newborn", eventOn: "2026-11-01"));
        await Refused("enrol.event_missing", "event_on", Enrol([New("甲")], who: "married_in"));
        await Refused("enrol.event_missing", "event_on", Enrol([New("甲")], who: "married_in", eventOn: "2026-11-22"));
        await Refused("cover.window_closed", null, Enrol([New("甲")], year: 2026));
        await Refused("enrol.household_unknown", "household_no", Enrol([New("甲")], household: "nowhere"));
        await Refused("enrol.person_twice", "persons[1]", Enrol([New("甲", certno: PersonCsv.Identity(49_980)), New("甲", certno: PersonCsv.Identity(49_980))]));
        await Refused("cover.person_unknown", "persons[0].psn_no", Enrol([new { psn_no = "nobody" }]));
        await Refused("enrol.field_missing", "persons[1].birth_on", Enrol([New("甲"), new { certno = PersonCsv.Identity(49_990), psn_name = "乙", gend = "1", psn_type = "1501" }]));
        await Refused("person.certno_wrong", "persons[0].certno", Enrol([New("甲", certno: "110105194912310021")]));
        await Refused("person.birth_differs_from_certno", "persons[0].birth_on", Enrol([new { certno = PersonCsv.Identity(49_991), psn_name = "乙", gend = "1", birth_on = "1980-05-07", psn_type = "1501" }]));
        await Refused("enrol.key_data_differ", "persons[0].psn_name", Enrol([new { psn_no = open.PsnNo, psn_name = "别人" }]));
        await Refused("cover.person_dead", "persons[0].psn_no", Enrol([new { psn_no = dead.PsnNo }]));
        await Refused("enrol.other_household", "persons[0].household_no", Enrol([new { psn_no = open.PsnNo }], household: "F7"));
        await Refused("enrol.type_invalid", "persons[0].psn_type", Enrol([New("甲", "1101")]));
        await Refused("enrol.enrolled_already", "persons[0]", Enrol([new { psn_no = other.PsnNo }]));
        await Refused("cover.other_scheme", "persons[0].insutype", Enrol([new { psn_no = employee.PsnNo, psn_type = "1501" }]));
        await Refused("enrol.covered_already", "persons[0]", Enrol([new { psn_no = open.PsnNo }]));
        Assert.Equal(before, (await host.Count("person"), await host.Count("enrolment"), await host.Count("outbox")));

        static async Task Refused(string code, string? field, Task<(HttpStatusCode Status, JsonElement Body)> asked)
        {
            var (status, problem) = await asked;
            Assert.True(status != HttpStatusCode.OK && problem.GetProperty("code").GetString() == code, problem.GetRawText());
            Assert.Equal(field, problem.TryGetProperty("field", out var named) ? named.GetString() : null);
            Assert.True(problem.GetProperty("chinese").GetString()!.Length > 0);
        }
    }

    [Fact]
    public async Task Withdrawn_BillingIsTold_AndCoverThatHasNotBegunGoes()
    {
        var psnNo = (await Enrol([New("孙七")])).Body.GetProperty("persons")[0].GetProperty("psn_no").GetString()!;
        await host.Sql<long>($"""
            WITH c AS (INSERT INTO contribution (psn_no, insutype, period, is_paid, paid_on, who, state, from_on, to_on, changed_at) VALUES ('{psnNo}', '390', 2027, true, '2026-11-21', 'everyone', 'opened', '2027-01-01', '2027-12-31', now()) RETURNING 1),
                v AS (INSERT INTO coverage VALUES ('{psnNo}', '390', '2027-01-01', '2027-12-31', '1501', '', 0) RETURNING 1) SELECT count(*) FROM c, v
            """);
        var number = await host.Sql<long>("SELECT enrolment_no FROM enrolment");
        var order = new { why = "已在外地参保", by = "王经办" };
        var (_, gone) = await host.Ask($"enrolments/{number}/withdrawal", order);
        Assert.Equal(("withdrawn", "已在外地参保", "closed"), (gone.GetProperty("state").GetString(), gone.GetProperty("withdrawn_why").GetString(), gone.GetProperty("cover").GetString()));
        Assert.Equal(gone.GetRawText(), (await host.Ask($"enrolments/{number}/withdrawal", order)).Body.GetRawText());
        Assert.Empty((await Get(psnNo)).Coverage);
        Assert.Equal([false, true], (await host.Told<CoverRequested>()).Select(e => e.Withdrawn));
        Assert.Equal("enrol.unknown", (await host.Ask("enrolments/999/withdrawal", order)).Body.GetProperty("code").GetString());

        // Enrolled again before the money went back: what was paid counts.
        Assert.Equal(HttpStatusCode.OK, (await Enrol([new { psn_no = psnNo, psn_type = "1501" }], "again")).Status);
        Assert.Equal("pending", await host.Sql<string>("SELECT state FROM contribution"));
        Assert.Equal(["王经办: closed 已在外地参保", "王经办: pending enrolled again"], await host.Sql<string[]>("SELECT array_agg(acted_by || ': ' || state || ' ' || why ORDER BY step_no) FROM contribution_step"));
    }

    [Fact]
    public async Task WithdrawnWhileARefundWaits_TheWorkerStillTakesTheCoverAway()
    {
        var psnNo = (await Enrol([New("孙七")])).Body.GetProperty("persons")[0].GetProperty("psn_no").GetString()!;
        await host.Sql<long>($"""
            WITH c AS (INSERT INTO contribution (psn_no, insutype, period, is_paid, paid_on, who, refunded_on, state, changed_at) VALUES ('{psnNo}', '390', 2027, false, '2026-11-01', 'everyone', '2026-11-20', 'pending', now()) RETURNING 1),
                v AS (INSERT INTO coverage VALUES ('{psnNo}', '390', '2027-01-01', '2027-12-31', '1501', '', 0) RETURNING 1) SELECT count(*) FROM c, v
            """);
        Assert.Equal("withdrawn", (await host.Ask("enrolments/1/withdrawal", new { why = "已在外地参保", by = "王经办" })).Body.GetProperty("state").GetString());
        var terms = new Dictionary<(string, int), ContributionTerms?> { [("390", 2027)] = TermsServer.Terms("390", 2027_01_01).Value };
        Assert.True(await OpenCover.Run(host.Databases.For(host.County, EnrollmentModule.Service), terms, 100, host.Calendar, default));
        Assert.Empty((await Get(psnNo)).Coverage);
        Assert.Equal("closed", await host.Sql<string>("SELECT state FROM contribution"));
    }

    [Fact]
    public async Task CoverThatHasBegun_IsNotWithdrawn()
    {
        host.Clock.Today = new DateOnly(2027, 2, 1);
        var psnNo = (await Enrol([New("孙七")], who: "migrant_worker")).Body.GetProperty("persons")[0].GetProperty("psn_no").GetString()!;
        await host.Sql<long>($"WITH c AS (INSERT INTO contribution (psn_no, insutype, period, is_paid, paid_on, who, state, from_on, to_on, changed_at) VALUES ('{psnNo}', '390', 2027, true, '2027-02-01', 'migrant_worker', 'opened', '2027-02-01', '2027-12-31', now()) RETURNING 1) SELECT count(*) FROM c");
        Assert.Equal("enrol.cover_begun", (await host.Ask("enrolments/1/withdrawal", new { why = "不需要", by = "王" })).Body.GetProperty("code").GetString());
    }

    [Fact]
    public async Task SchoolsList_EnrolsNewAndKnown_RowByRow()
    {
        var known = PersonCsv.New(host.County) with { PsnType = "1403", To = "2026-12-31" };
        await Known(known);
        string Row(string certno, string name = "学生", string type = "1403", string gend = "1") => $"01,{certno},{name},{gend},1980-05-06,{type}\n";
        const string header = "psn_cert_type,certno,psn_name,gend,brdy,psn_type\n", path = "students?request_key=s1&insutype=390&year=2027&school=第一小学&by=王经办";
        var good = Enumerable.Range(0, 1_200).Select(i => PersonCsv.Identity(60_000 + i)).ToList();
        var file = header + string.Concat(good.Select(c => Row(c))) + Row(known.Certno, known.Name);

        // One wrong row refuses the whole; every error is named.
        var refused = (await host.PostFile(path, file + Row(good[0]) + Row(PersonCsv.Identity(70_000), type: "1101") + Row("110105194912310021") + Row(known.Certno, "别人") + ",,,,,\n")).GetProperty("result");
        Assert.Equal((0L, 5L), (refused.GetProperty("accepted").GetInt64(), refused.GetProperty("rejected").GetInt64()));
        Assert.Equal(["enrol.type_invalid", "person.certno_wrong", "import.required", "enrol.person_twice"],
            refused.GetProperty("errors").EnumerateArray().Select(e => e.GetProperty("code").GetString()).Distinct().Where(c => c != "enrol.key_data_differ").Order().OrderBy(c => Array.IndexOf(["enrol.type_invalid", "person.certno_wrong", "import.required", "enrol.person_twice"], c)));
        Assert.Equal(0, await host.Count("enrolment"));

        var taken = (await host.PostFile(path, file)).GetProperty("result");
        Assert.Equal((1_201L, 0L, 1_201L), (taken.GetProperty("accepted").GetInt64(), taken.GetProperty("rejected").GetInt64(), taken.GetProperty("changed").GetInt64()));
        Assert.Equal(1_201, await host.Count("enrolment WHERE group_name = '第一小学' AND psn_type = '1403'"));
        Assert.Equal((1_201, 1_201), (await host.Count("outbox WHERE type = 'CoverRequested'"), await host.Count("person")));

        // The same again changes nothing; under another key only the student who came new; the key with another list is refused.
        Assert.Equal(0, (await host.PostFile(path, file)).GetProperty("result").GetProperty("changed").GetInt64());
        var more = file + Row(PersonCsv.Identity(70_001));
        Assert.Equal(1, (await host.PostFile(path.Replace("s1", "s2", StringComparison.Ordinal), more)).GetProperty("result").GetProperty("changed").GetInt64());
        Assert.Equal("request.key_reused", (await host.PostFile(path, more)).GetProperty("code").GetString());
        Assert.Equal("enrol.group_missing", (await host.PostFile("students?request_key=s3&insutype=390&year=2027&by=王", file)).GetProperty("code").GetString());
        host.Clock.Today = new DateOnly(2027, 1, 1);
        Assert.Equal("cover.window_closed", (await host.PostFile(path.Replace("s1", "s4", StringComparison.Ordinal), file)).GetProperty("code").GetString());
    }

    [Fact]
    public async Task SchoolsListOnItsWay_KeepsNobodyFromTheCounty()
    {
        var name = new string('生', 40);
        var file = "psn_cert_type,certno,psn_name,gend,brdy,psn_type\n" + string.Concat(Enumerable.Range(0, 1_100).Select(i => $"01,{PersonCsv.Identity(80_000 + i)},{name},1,1980-05-06,1403\n"));
        var upload = new Pipe(new PipeOptions(pauseWriterThreshold: 1, resumeWriterThreshold: 1));
        var import = EnrollmentHost.Import(host.Students(new("s", "390", 2027, "第一小学", "王经办")), upload.Reader.AsStream());
        // Returns when all that was sent has been read; the end of the file has not come.
        await upload.Writer.WriteAsync(Encoding.UTF8.GetBytes(file));
        Assert.True(await host.Sql<bool>("SELECT pg_try_advisory_xact_lock(hashtextextended('enrollment import', 0))"));
        await upload.Writer.CompleteAsync();
        Assert.Equal(1_100, (await import).Changed);
        Assert.Equal((1_100, 1_100), (await host.Count("enrolment"), await host.Sql<long>("SELECT count(DISTINCT psn_no) FROM person")));
    }
}
