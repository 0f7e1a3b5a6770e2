using System.Net;
using System.Text.Json;
using MedInsure.Enrollment.Tests.Persons;
using MedInsure.Events;
using MedInsure.Protos.Enrollment.V1;

namespace MedInsure.Enrollment.Tests.Enrolments;

/// <summary>Children enrolled with their mother: born, and expected.</summary>
[Trait("Category", "Storage")]
[Collection("enrollment")]
public sealed class EnrolNewbornTests(EnrollmentFixture fixture) : IAsyncLifetime
{
    private EnrollmentHost host = null!;
    private string mother = "";

    public async Task InitializeAsync()
    {
        host = await fixture.Start();
        mother = await Known(PersonCsv.New(host.County) with { CertType = "08", Certno = $"E{host.County}", Gend = "2", Household = "M1", Name = "王母" });
    }

    public async Task DisposeAsync() => await host.DisposeAsync();

    private async Task<string> Known(PersonCsv person)
    {
        Assert.Equal(1, (await EnrollmentHost.Import(host.Persons(), PersonCsv.File(person))).Changed);
        return person.PsnNo;
    }

    private async Task<Person> Get(string psnNo) => await host.Client.GetPersonAsync(new GetPersonRequest { PsnNo = psnNo }, host.Headers());

    private Task<(HttpStatusCode Status, JsonElement Body)> Newborn(string key = "n", int year = 2026, string? motherNo = null, string? household = null, string name = "王宝", string? bornOn = "2026-11-01", string? certType = null, string? certno = null) =>
        host.Ask("newborns", new { request_key = key, insutype = "390", year, mother_no = motherNo, household_no = household, psn_name = name, gend = "2", birth_on = bornOn, psn_cert_type = certType, certno, by = "李经办" });

    private Task<(HttpStatusCode Status, JsonElement Body)> Foetus(string key = "f", string expected = "2027-03-01", bool twin = false, string? motherNo = null) =>
        host.Ask("foetuses", new { request_key = key, insutype = "390", mother_no = motherNo ?? mother, expected_on = expected, twin, by = "李经办" });

    private Task<(HttpStatusCode Status, JsonElement Body)> Birth(string psnNo, string bornOn, string key = "b", string approver = "赵复核", string? certno = "D340000001") =>
        host.Ask($"foetuses/{psnNo}/birth", new { request_key = key, psn_name = "王宝", gend = "2", birth_on = bornOn, psn_cert_type = "99", certno, evidence = "出生医学证明", by = "李经办", approver });

    private static string Number(JsonElement answer) => answer.GetProperty("persons")[0].GetProperty("psn_no").GetString()!;

    [Fact]
    public async Task NewbornWithoutIdNumber_IsOfTheMothersHousehold_CoveredFromTheBirth()
    {
        var (status, answer) = await Newborn(motherNo: mother);
        Assert.True(status == HttpStatusCode.OK, answer.GetRawText());
        // Born on 1 November: 90 days after it are 30 January 2027.
        Assert.Equal(("newborn", "2026-11-01", "2027-01-30", "2026-11-01", "2026-12-31"), (answer.GetProperty("window").GetString(), answer.GetProperty("pay_from").GetString(), answer.GetProperty("pay_until").GetString(),
            answer.GetProperty("covered_from").GetString(), answer.GetProperty("covered_to").GetString()));
        var child = await Get(Number(answer));
        Assert.Equal(("99", child.PsnNo, "M1", 2026_11_01), (child.PsnCertType, child.Certno, child.HouseholdNo, child.BirthOn));
        var told = Assert.Single(await host.Told<CoverRequested>());
        Assert.Equal(("1401", "newborn", 2026_11_01, 2026), (told.PsnType, told.Who, told.EventOn, told.Year));
        Assert.Equal(answer.GetRawText(), (await Newborn(motherNo: mother)).Body.GetRawText());
    }

    [Fact]
    public async Task WhatIsNoNewborn_IsRefused()
    {
        await Newborn(motherNo: mother);
        var man = await Known(PersonCsv.New(host.County) with { Household = "M2" });
        await Refused("enrol.household_missing", Newborn("1"));
        await Refused("person.unknown", Newborn("2", motherNo: "nobody"));
        await Refused("enrol.household_unknown", Newborn("3", household: "nowhere"));
        await Refused("enrol.mother_not_female", Newborn("4", motherNo: man));
        await Refused("enrol.other_household", Newborn("5", motherNo: mother, household: "M2"));
        await Refused("enrol.event_missing", Newborn("6", motherNo: mother, bornOn: "2026-11-22"));
        await Refused("enrol.field_missing", Newborn("7", motherNo: mother, name: " "));
        await Refused("person.certno_wrong", Newborn("8", motherNo: mother, name: "王贝", certType: "01", certno: "1"));
        await Refused("enrol.newborn_known", Newborn("9", motherNo: mother));
        // Born in 2025: all windows of that year are past, and it is neither this year nor the next.
        await Refused("enrol.year_invalid", Newborn("10", 2025, mother, bornOn: "2025-12-30", name: "王三"));
        // 91 days and more after the birth: a month of waiting, which ends after the year.
        host.Clock.Today = new DateOnly(2026, 12, 20);
        await Refused("cover.no_day_left", Newborn("11", motherNo: mother, bornOn: "2026-08-01", name: "王四"));
        Assert.Equal(1, await host.Count("enrolment"));

        static async Task Refused(string code, Task<(HttpStatusCode Status, JsonElement Body)> asked) => Assert.Equal(code, (await asked).Body.GetProperty("code").GetString());
    }

    [Fact]
    public async Task FoetusPaidFor_BecomesTheNewborn()
    {
        var answer = (await Foetus()).Body;
        var psnNo = Number(answer);
        Assert.Equal(("foetus", "2027-03-01"), (answer.GetProperty("window").GetString(), answer.GetProperty("covered_from").GetString()));
        Assert.Equal(("王母之胎儿", "M1", "0", 2027_03_01), ((await Get(psnNo)).PsnName, (await Get(psnNo)).HouseholdNo, (await Get(psnNo)).Gend, (await Get(psnNo)).BirthOn));
        await host.Sql<long>($"WITH c AS (INSERT INTO contribution (psn_no, insutype, period, is_paid, paid_on, who, event_on, state, changed_at) VALUES ('{psnNo}', '390', 2027, true, '2026-11-21', 'foetus', '2027-03-01', 'waiting', now()) RETURNING 1) SELECT count(*) FROM c");

        host.Clock.Today = new DateOnly(2027, 2, 20);
        Assert.Equal("approval.same_person", (await Birth(psnNo, "2027-02-18", approver: "李经办")).Body.GetProperty("code").GetString());
        Assert.Equal("enrol.birth_invalid", (await Birth(psnNo, "2027-02-21")).Body.GetProperty("code").GetString());
        var born = (await Birth(psnNo, "2027-02-18")).Body;
        Assert.True(born.GetProperty("is_paid").GetBoolean(), born.GetRawText());
        var child = await Get(psnNo);
        Assert.Equal(("王宝", "D340000001", "2", 2027_02_18), (child.PsnName, child.Certno, child.Gend, child.BirthOn));
        Assert.Equal("pending", await host.Sql<string>("SELECT state FROM contribution"));
        Assert.Equal("李经办: pending born", await host.Sql<string>("SELECT acted_by || ': ' || state || ' ' || why FROM contribution_step"));
        Assert.Equal("李经办 赵复核", await host.Sql<string>($"SELECT proposed_by || ' ' || decided_by FROM person_change WHERE psn_no = '{psnNo}' AND kind = 'key_data'"));
        Assert.Equal(born.GetRawText(), (await Birth(psnNo, "2027-02-18")).Body.GetRawText());
        Assert.Equal("enrol.foetus_settled", (await Birth(psnNo, "2027-02-18", "other")).Body.GetProperty("code").GetString());
        Assert.Single(await host.Told<CoverRequested>());
    }

    [Fact]
    public async Task FoetusNotPaidFor_IsANewbornLikeOthers()
    {
        // Expected in January, born in December: enrolled for the year in which it is born.
        var psnNo = Number((await Foetus(expected: "2027-01-10")).Body);
        host.Clock.Today = new DateOnly(2026, 12, 28);
        await Birth(psnNo, "2026-12-27", certno: null);
        Assert.Equal([(2027, "foetus", false), (2027, "foetus", true), (2026, "newborn", false)], (await host.Told<CoverRequested>()).Select(e => (e.Year, e.Who, e.Withdrawn)));
        Assert.Equal(psnNo, (await Get(psnNo)).Certno);
        Assert.Equal("newborn 2026-12-27", await host.Sql<string>("SELECT who || ' ' || event_on FROM enrolment WHERE withdrawn_at IS NULL"));
    }

    [Fact]
    public async Task PregnancyThatEnded_IsToldToBilling()
    {
        var psnNo = Number((await Foetus()).Body);
        var (_, ended) = await host.Ask($"foetuses/{psnNo}/end", new { request_key = "e", why = "终止妊娠", by = "李经办" });
        Assert.Equal("2026-11-21", ended.GetProperty("ended_on").GetString());
        Assert.Equal([false, true], (await host.Told<CoverRequested>()).Select(e => e.Withdrawn));
        Assert.Equal(HttpStatusCode.OK, (await Foetus("f2", "2027-08-01")).Status);
    }

    [Fact]
    public async Task WhatIsNoFoetus_IsRefused()
    {
        var man = await Known(PersonCsv.New(host.County));
        Assert.Equal("enrol.expected_invalid", (await Foetus("1", "2026-11-21")).Body.GetProperty("code").GetString());
        Assert.Equal("enrol.expected_invalid", (await Foetus("2", "2027-12-01")).Body.GetProperty("code").GetString());
        Assert.Equal("enrol.mother_not_female", (await Foetus("3", motherNo: man)).Body.GetProperty("code").GetString());
        Assert.Equal("person.unknown", (await Foetus("4", motherNo: "nobody")).Body.GetProperty("code").GetString());
        // Expected in this year: the window before it is past.
        Assert.Equal("cover.window_closed", (await Foetus("5", "2026-12-20")).Body.GetProperty("code").GetString());
        await Foetus("6");
        Assert.Equal("enrol.foetus_known", (await Foetus("7")).Body.GetProperty("code").GetString());
        Assert.Equal(HttpStatusCode.OK, (await Foetus("8", twin: true)).Status);
        Assert.Equal("enrol.foetus_unknown", (await Birth(mother, "2026-11-20")).Body.GetProperty("code").GetString());
    }
}
