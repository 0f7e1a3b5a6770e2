using System.Net;
using System.Text.Json;
using MedInsure.Events;

namespace MedInsure.Enrollment.Tests.Employments;

/// <summary>Ends, transfers, wages and corrections of past months by the desk. Today is 2026-11-21.</summary>
[Trait("Category", "Storage")]
[Collection("enrollment")]
public sealed class CorrectEmploymentTests(EnrollmentFixture fixture) : IAsyncLifetime
{
    private StaffTown town = null!;

    public async Task InitializeAsync() => town = await StaffTown.Open(await fixture.Start());
    public async Task DisposeAsync() => await town.DisposeAsync();

    private async Task<(string Person, long Employment)> Employed(int month = 202601, bool maternity = false)
    {
        var person = await town.Enrol();
        Assert.Equal(HttpStatusCode.OK, (await town.Start(person, "E1", month, "5000", maternity, why: "补报")).Status);
        return (person, await town.Employment(person));
    }

    private Task<(HttpStatusCode Status, JsonElement Body)> Correct(long employment, object request) => town.Host.Ask($"employments/{employment}/correction", Merged(request));

    private Dictionary<string, object?> Merged(object request)
    {
        var merged = new Dictionary<string, object?> { ["request_key"] = town.Key(), ["by"] = "王经办", ["why"] = "登记有误" };
        foreach (var property in JsonSerializer.SerializeToElement(request).EnumerateObject()) merged[property.Name] = property.Value;
        return merged;
    }

    private async Task<EmploymentChanged> Last() => (await town.Told())[^1];

    [Fact]
    public async Task Transfer_GoesOnWithoutAGap()
    {
        var (person, employment) = await Employed(maternity: true);
        var (status, body) = await town.Host.Ask($"employments/{employment}/transfer", Merged(new { employer_no = "E2", month = 202612, wage = "8000", why = "" }));
        Assert.Equal((HttpStatusCode.OK, "E2"), (status, body.GetProperty("employer_no").GetString()));
        Assert.Equal([("310", "1101", 20260101, 20261130, "E1"), ("310", "1101", 20261201, 0, "E2"), ("510", "1101", 20260101, 20261130, "E1")], (await town.StaffCover(person)).Order());
        Assert.Equal([("E1", 202611, "transferred", 2L), ("E2", 0, "", 1L)], (await town.Told())[1..].Select(e => (e.EmployerNo, e.ToMonth, e.Ended, e.Version)));
    }

    [Fact]
    public async Task EveryAct_IsADeclarationOfTheEmployer()
    {
        var (_, employment) = await Employed();
        Assert.Equal(HttpStatusCode.OK, (await town.Host.Ask($"employments/{employment}/wage", Merged(new { month = 202611, wage = "6000" }))).Status);
        Assert.Equal(HttpStatusCode.OK, (await Correct(employment, new { month = 202602 })).Status);
        Assert.Equal(HttpStatusCode.OK, (await town.Host.Ask($"employments/{employment}/stop", Merged(new { last_month = 202611, ended = "stopped" }))).Status);
        Assert.Equal(["register", "start", "wage", "correct", "stop"], (await town.Host.Ask("declarations?employer_no=E1")).Body.GetProperty("declarations").EnumerateArray().Select(d => d.GetProperty("act").GetString()));
    }

    [Fact]
    public async Task TransferToNobody_LeavesEverythingAsItWas()
    {
        var (person, employment) = await Employed();
        Assert.Equal("employer.unknown", await town.Code(town.Host.Ask($"employments/{employment}/transfer", Merged(new { employer_no = "E404", month = 202612, wage = "8000" }))));
        Assert.Equal([("310", "1101", 20260101, 0, "E1")], await town.StaffCover(person));
        Assert.Equal(1, await town.Host.Count("employment_step"));
    }

    [Fact]
    public async Task EarlierStart_MovesCoverAndFirstWage()
    {
        var (person, employment) = await Employed(202606);
        Assert.Equal(HttpStatusCode.OK, (await Correct(employment, new { month = 202603 })).Status);
        Assert.Equal([("310", "1101", 20260301, 0, "E1")], await town.StaffCover(person));
        var told = await Last();
        Assert.Equal((202603, new DeclaredWage(202603, 500_000), 2L), (told.FromMonth, Assert.Single(told.Wages), told.Version));
    }

    [Fact]
    public async Task LaterStartAndEnd_ShortenTheCover()
    {
        var (person, employment) = await Employed(202601);
        await Correct(employment, new { month = 202604, last_month = 202609, ended = "stopped" });
        Assert.Equal([("310", "1101", 20260401, 20260930, "E1")], await town.StaffCover(person));
        await Correct(employment, new { month = 202604 });
        Assert.Equal([("310", "1101", 20260401, 0, "E1")], await town.StaffCover(person));
        Assert.Equal((202604, 0, "", 3L), ((await Last()).FromMonth, (await Last()).ToMonth, (await Last()).Ended, (await Last()).Version));
    }

    [Fact]
    public async Task EmploymentThatNeverWas_CoversNothingAndLeavesRoom()
    {
        var (person, employment) = await Employed(202601, maternity: true);
        Assert.Equal(HttpStatusCode.OK, (await Correct(employment, new { never_was = true })).Status);
        Assert.Empty(await town.StaffCover(person));
        Assert.Equal((202601, 202512, "corrected"), ((await Last()).FromMonth, (await Last()).ToMonth, (await Last()).Ended));
        Assert.Equal(HttpStatusCode.OK, (await town.Start(person, "E2", 202601, "6000", why: "实际单位")).Status);
        Assert.Equal([("310", "1101", 20260101, 0, "E2")], await town.StaffCover(person));
    }

    [Fact]
    public async Task CoverWithCredit_IsNotSaidNeverToHaveBeen()
    {
        var person = await town.Enrol(p => p with { Insutype = "310", PsnType = "1101", Employer = "E1", From = "2026-01-01", Balance = "12.00" });
        await town.Start(person, "E1", 202601, "5000", why: "首次申报");
        Assert.Equal("employment.cover_has_credit", await town.Code(Correct(await town.Employment(person), new { never_was = true })));
        Assert.Equal([("310", "1101", 20260101, 0, "E1")], await town.StaffCover(person));
    }

    [Fact]
    public async Task Maternity_ComesAndGoes()
    {
        var (person, employment) = await Employed();
        await Correct(employment, new { month = 202601, maternity = true });
        Assert.Contains(("510", "1101", 20260101, 0, "E1"), await town.StaffCover(person));
        await Correct(employment, new { month = 202601, maternity = false });
        Assert.DoesNotContain("510", (await town.StaffCover(person)).Select(c => c.Insutype));
        Assert.False((await Last()).Maternity);
    }

    [Fact]
    public async Task CorrectionIntoAnothersMonths_IsRefused()
    {
        var (person, employment) = await Employed(202601);
        await Correct(employment, new { month = 202601, last_month = 202606, ended = "stopped" });
        await town.Start(person, "E2", 202607, "6000", why: "补报");
        Assert.Equal("employment.other_goes_on", await town.Code(Correct(employment, new { month = 202601 })));
        Assert.Equal("employment.stopped_already", await town.Code(town.Host.Ask($"employments/{employment}/stop", Merged(new { last_month = 202605, ended = "stopped" }))));
    }

    [Fact]
    public async Task WageForSomeMonths_GivesWayAfterThem()
    {
        var (_, employment) = await Employed(202601);
        async Task Wage(int month, int? last, string wage) => Assert.Equal(HttpStatusCode.OK, (await town.Host.Ask($"employments/{employment}/wage", Merged(new { month, last_month = last, wage }))).Status);
        await Wage(202607, null, "6000");
        await Wage(202603, 202608, "9000");
        Assert.Equal([new(202601, 500_000), new(202603, 900_000), new(202609, 600_000)], (await Last()).Wages);
        await Wage(202612, 202612, "20000");
        Assert.Equal([new(202601, 500_000), new(202603, 900_000), new(202609, 600_000), new(202612, 2_000_000), new(202701, 600_000)], (await Last()).Wages);
        var before = (await town.Told()).Count;
        await Wage(202612, 202612, "20000");
        Assert.Equal(before, (await town.Told()).Count);
        Assert.Equal("employment.not_employed", await town.Code(town.Host.Ask($"employments/{employment}/wage", Merged(new { month = 202512, wage = "1" }))));
        Assert.Equal("employment.unknown", await town.Code(town.Host.Ask("employments/999999/wage", Merged(new { month = 202612, wage = "1" }))));
    }

    [Fact]
    public async Task Merge_TakesEmploymentsAlongUnlessTheyShareMonths()
    {
        var (person, employment) = await Employed(202601);
        var twin = person + "old";
        var row = await town.Host.Sql<string>($"SELECT certno FROM person WHERE psn_no = '{person}'");
        await EnrollmentHost.Import(town.Host.Persons(), Persons.PersonCsv.File(new Persons.PersonCsv(town.Host.County) { PsnNo = twin, Certno = row, To = "2020-12-31" }));
        await town.Host.Sql<long>($"UPDATE person SET psn_name = (SELECT psn_name FROM person WHERE psn_no = '{person}') WHERE psn_no = '{twin}' RETURNING version");
        await town.Start(twin, "E2", 202611, "5000");
        async Task<(HttpStatusCode, JsonElement Body)> Propose() => await town.Host.Ask("merges", new { request_key = town.Key(), retired_no = twin, surviving_no = person, why = "同一人", proposer = "王经办" });
        Assert.Equal("merge.employments_overlap", (await Propose()).Body.GetProperty("code").GetString());
        await Correct(await town.Employment(twin), new { never_was = true });
        await Correct(employment, new { month = 202601, last_month = 202609, ended = "stopped" });
        await town.Start(twin, "E2", 202611, "5000");
        var merge = (await Propose()).Body.GetProperty("merge_no").GetInt64();
        Assert.Equal(HttpStatusCode.OK, (await town.Host.Ask($"merges/{merge}/decision", new { approve = true, approver = "李审批" })).Status);
        Assert.Equal(0, await town.Host.Count($"employment WHERE psn_no = '{twin}'"));
        Assert.Equal((person, 202611), ((await Last()).PsnNo, (await Last()).FromMonth));
        Assert.Equal([("310", "1101", 20260101, 20260930, "E1"), ("310", "1101", 20261101, 0, "E2")], await town.StaffCover(person));
        Assert.Equal(HttpStatusCode.OK, (await town.Host.Ask($"employments/{await town.Employment(person)}/stop", Merged(new { last_month = 202612, ended = "stopped" }))).Status);
        Assert.Equal(20261231, (await town.StaffCover(person))[1].To);
    }

    [Fact]
    public async Task TwoDesksAtOnce_OneStartsThePerson()
    {
        var person = await town.Enrol();
        var answers = await Task.WhenAll(town.Start(person, "E1", 202611, "5000"), town.Start(person, "E2", 202611, "6000"));
        Assert.Single(answers, a => a.Status == HttpStatusCode.OK);
        Assert.Single(answers, a => a.Status != HttpStatusCode.OK && a.Body.GetProperty("code").GetString() == "employment.other_goes_on");
        Assert.Single(await town.StaffCover(person));
    }
}
