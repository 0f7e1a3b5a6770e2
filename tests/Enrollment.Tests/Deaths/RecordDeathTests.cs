using System.Net;
using System.Text.Json;
using MedInsure.Enrollment.Tests.Persons;
using MedInsure.Enrollment.Tests.Register;
using MedInsure.Events;
using MedInsure.Protos.Enrollment.V1;

namespace MedInsure.Enrollment.Tests.Deaths;

/// <summary>A person's death: what it ends, and what is refused.</summary>
[Trait("Category", "Storage")]
[Collection("enrollment")]
public sealed class RecordDeathTests(EnrollmentFixture fixture) : IAsyncLifetime
{
    private EnrollmentHost host = null!;

    public async Task InitializeAsync() => host = await fixture.Start();
    public async Task DisposeAsync() => await host.DisposeAsync();

    private Task<(HttpStatusCode Status, JsonElement Body)> Record(string psnNo, string on = "2026-11-10", string key = "d1", string by = "王经办") =>
        host.Ask("deaths", new { request_key = key, psn_no = psnNo, died_on = on, evidence = "死亡证明 2026-118", by });

    private async Task<Person> Get(string psnNo) => await host.Client.GetPersonAsync(new GetPersonRequest { PsnNo = psnNo }, host.Headers());

    private static string Code((HttpStatusCode Status, JsonElement Body) answer) => answer.Body.GetProperty("code").GetString()!;

    [Fact]
    public async Task Death_EndsCoverAndRecognitionsAndIsTold()
    {
        var person = PersonCsv.New(host.County) with { Insutype = "310", PsnType = "1101", Balance = "10.00", To = "2026-06-30", Categories = "low_income" };
        var rows = new[] { person, person with { From = "2026-07-01", To = "", Balance = "2.50" }, person with { From = "2027-01-01", To = "", Balance = "" }, person with { Insutype = "390", PsnType = "1501", From = "2027-01-01", To = "2027-12-31", Balance = "" } };
        rows[1] = rows[1] with { To = "2026-12-31" };
        rows[2] = rows[2] with { Balance = "1.00" };
        Assert.Equal(1, (await EnrollmentHost.Import(host.Persons(), PersonCsv.File(rows))).Changed);

        var death = await Record(person.PsnNo);
        Assert.Equal(HttpStatusCode.OK, death.Status);
        Assert.False(death.Body.GetProperty("is_undone").GetBoolean());
        var dead = await Get(person.PsnNo);
        Assert.Equal((20261110, 2L), (dead.DiedOn, dead.Version));
        // The later period's credit stays with the one before it.
        Assert.Equal([("310", 20200101, 20260630, 1000L), ("310", 20260701, 20261110, 350L)], dead.Coverage.Select(c => (c.Insutype, c.FromOn, c.ToOn, c.AccountCreditFen)));
        Assert.Equal([("low_income", 20200101, 20261110)], dead.Category.Select(c => (c.Name, c.FromOn, c.ToOn)));
        Assert.Equal((20261110, 2L), ((await host.Events())[^1].DiedOn, (await host.Events())[^1].Version));

        // Sent again it changes nothing; another content under the key, or another death, is refused.
        Assert.Equal(death.Body.GetRawText(), (await Record(person.PsnNo)).Body.GetRawText());
        Assert.Equal("request.key_reused", Code(await Record(person.PsnNo, "2026-11-11")));
        Assert.Equal("death.recorded_already", Code(await Record(person.PsnNo, "2026-11-11", "d2")));
        Assert.Equal(2, (await Get(person.PsnNo)).Version);
        Assert.Equal(1, (await host.Ask($"deaths?psn_no={person.PsnNo}")).Body.GetProperty("deaths").GetArrayLength());
    }

    [Fact]
    public async Task WhatIsWrong_IsRefused()
    {
        var person = PersonCsv.New(host.County) with { Insutype = "310", PsnType = "1101", Balance = "10.00" };
        await EnrollmentHost.Import(host.Persons(), PersonCsv.File(person));
        Assert.Equal("person.unknown", Code(await Record("nobody")));
        Assert.Equal("death.day_invalid", Code(await Record(person.PsnNo, "2026-11-22")));
        Assert.Equal("death.day_invalid", Code(await Record(person.PsnNo, "1980-05-05")));
        Assert.Equal("death.credits_homeless", Code(await Record(person.PsnNo, "2019-12-31")));
        Assert.Equal("approval.person_missing", Code(await Record(person.PsnNo, by: " ")));
        Assert.Equal("request.key_missing", Code(await Record(person.PsnNo, key: "")));
        Assert.Equal("death.finding_unfit", Code(await host.Ask("deaths", new { request_key = "d3", finding_no = 99, died_on = "2026-11-10", evidence = "比对", by = "王经办" })));
        Assert.Equal((0L, 0), (await host.Count("person_death"), (await Get(person.PsnNo)).DiedOn));
    }

    [Fact]
    public async Task FindingOfTheRegister_IsSettledByIt()
    {
        var (person, other) = (PersonCsv.New(host.County), PersonCsv.New(host.County));
        await EnrollmentHost.Import(host.Persons(), PersonCsv.File(person, other));
        await EnrollmentHost.Import(host.Register(), RegisterCsv.File(RegisterCsv.Of(person) with { State = "dead" }, RegisterCsv.Of(other) with { State = "dead" }));
        var findings = (await host.Ask("findings?kind=dead")).Body.GetProperty("findings").EnumerateArray().ToDictionary(f => f.GetProperty("psn_no").GetString()!, f => f.GetProperty("finding_no").GetInt64());

        var answer = await host.Ask("deaths", new { request_key = "d1", finding_no = findings[person.PsnNo], died_on = "2026-11-10", evidence = "户籍比对", by = "王经办" });
        Assert.Equal((HttpStatusCode.OK, person.PsnNo), (answer.Status, answer.Body.GetProperty("psn_no").GetString()));
        Assert.Equal("death.finding_unfit", Code(await host.Ask("deaths", new { request_key = "d2", psn_no = person.PsnNo, finding_no = findings[other.PsnNo], died_on = "2026-11-10", evidence = "户籍比对", by = "王经办" })));
        Assert.Equal("resolved", (await host.Ask($"findings/{findings[person.PsnNo]}/history")).Body[0].GetProperty("to_state").GetString());

        // Without the finding's number it is settled too.
        await Record(other.PsnNo, key: "d3");
        Assert.Equal(0, await host.Sql<long>("SELECT count(*) FROM finding WHERE kind = 'dead' AND state <> 'resolved'"));
    }

    [Fact]
    public async Task FileThatCoversTheDead_IsRefused()
    {
        var person = PersonCsv.New(host.County);
        await EnrollmentHost.Import(host.Persons(), PersonCsv.File(person));
        await Record(person.PsnNo);
        Assert.Equal(("person.dead", "cover_to"), (await EnrollmentHost.Import(host.Persons(), PersonCsv.File(person))).Errors.Select(e => (e.Code, e.Column)).Single());
        Assert.Equal(0, (await EnrollmentHost.Import(host.Persons(), PersonCsv.File(person with { To = "2026-11-10" }))).Rejected);
    }

    [Fact]
    public async Task Dead_AreKnownStillAndGetNoECredential()
    {
        var person = PersonCsv.New(host.County);
        await EnrollmentHost.Import(host.Persons(), PersonCsv.File(person));
        object request = new { mdtrt_cert_type = "02", mdtrt_cert_no = person.Certno, by = "王经办" };
        Assert.Equal(HttpStatusCode.OK, (await host.Ask("e-credentials", request)).Status);
        await Record(person.PsnNo);
        Assert.Equal("person.dead", Code(await host.Ask("e-credentials", request)));
        // The last stay's bill names the person by the id number.
        Assert.Equal(20261110, (await host.Client.IdentifyPersonAsync(new IdentifyPersonRequest { MdtrtCertType = "02", MdtrtCertNo = person.Certno }, host.Headers())).DiedOn);
    }

    [Fact]
    public async Task RecordsOfWhichOneIsDead_AreNotMerged()
    {
        var person = PersonCsv.New(host.County);
        await EnrollmentHost.Import(host.Persons(), PersonCsv.File(person));
        await EnrollmentHost.Import(host.Persons(), PersonCsv.File(person with { PsnNo = person.PsnNo + "t" }));
        await Record(person.PsnNo);
        object merge = new { request_key = "m1", retired_no = person.PsnNo + "t", surviving_no = person.PsnNo, why = "同一人", proposer = "王经办" };
        Assert.Equal("merge.deaths_differ", Code(await host.Ask("merges", merge)));
        await Record(person.PsnNo + "t", key: "d2");
        Assert.Equal(HttpStatusCode.OK, (await host.Ask("merges", merge)).Status);
    }
}
