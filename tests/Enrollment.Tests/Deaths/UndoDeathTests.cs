using System.Net;
using System.Text.Json;
using MedInsure.Enrollment.Tests.Employments;
using MedInsure.Enrollment.Tests.Persons;
using MedInsure.Protos.Enrollment.V1;

namespace MedInsure.Enrollment.Tests.Deaths;

/// <summary>A death that was a mistake: two people undo it, and the person is covered as before.</summary>
[Trait("Category", "Storage")]
[Collection("enrollment")]
public sealed class UndoDeathTests(EnrollmentFixture fixture) : IAsyncLifetime
{
    private EnrollmentHost host = null!;

    public async Task InitializeAsync() => host = await fixture.Start();
    public async Task DisposeAsync() => await host.DisposeAsync();

    private async Task<(PersonCsv Person, long Death)> Dead()
    {
        var person = PersonCsv.New(host.County) with { Insutype = "310", PsnType = "1101", Balance = "10.00", To = "2026-12-31", Categories = "low_income" };
        await EnrollmentHost.Import(host.Persons(), PersonCsv.File(person, person with { From = "2027-01-01", To = "", Balance = "2.00" }));
        var death = await host.Ask("deaths", new { request_key = "d1", psn_no = person.PsnNo, died_on = "2026-11-10", evidence = "误报", by = "王经办" });
        return (person, death.Body.GetProperty("death_no").GetInt64());
    }

    private Task<(HttpStatusCode Status, JsonElement Body)> Propose(long death, string key = "u1", string why = "本人到窗口") =>
        host.Ask($"deaths/{death}/undoing", new { request_key = key, why, evidence = "本人身份证", proposer = "王经办" });

    private Task<(HttpStatusCode Status, JsonElement Body)> Decide(long undoing, bool approve = true, string approver = "李审批") => host.Ask($"death-undoings/{undoing}/decision", new { approve, approver });

    private async Task<Person> Get(string psnNo) => await host.Client.GetPersonAsync(new GetPersonRequest { PsnNo = psnNo }, host.Headers());

    private static string Code((HttpStatusCode Status, JsonElement Body) answer) => answer.Body.GetProperty("code").GetString()!;

    [Fact]
    public async Task Undone_CoverGoesOnAndTheSumOfCreditsStays()
    {
        var (person, death) = await Dead();
        var number = (await Propose(death)).Body.GetProperty("undoing_no").GetInt64();
        Assert.Equal(20261110, (await Get(person.PsnNo)).DiedOn);
        Assert.Equal("approval.same_person", Code(await Decide(number, approver: "王经办 ")));
        Assert.Equal("approved", (await Decide(number)).Body.GetProperty("state").GetString());

        var alive = await Get(person.PsnNo);
        Assert.Equal((0, 3L), (alive.DiedOn, alive.Version));
        Assert.Equal([(20200101, 20261231, 1200L), (20270101, 0, 0L)], alive.Coverage.Select(c => (c.FromOn, c.ToOn, c.AccountCreditFen)));
        Assert.Equal([("low_income", 0)], alive.Category.Select(c => (c.Name, c.ToOn)));
        Assert.Equal((0, 3L), ((await host.Events())[^1].DiedOn, (await host.Events())[^1].Version));

        Assert.Equal("approved", (await Decide(number)).Body.GetProperty("state").GetString());
        Assert.Equal(3, (await Get(person.PsnNo)).Version);
        Assert.Equal("death.undoing_decided", Code(await Decide(number, approve: false)));
        Assert.Equal("death.undone_already", Code(await Propose(death, "u2")));
        // The person may die another day.
        Assert.Equal(HttpStatusCode.OK, (await host.Ask("deaths", new { request_key = "d2", psn_no = person.PsnNo, died_on = "2026-11-20", evidence = "死亡证明", by = "王经办" })).Status);
        Assert.Equal(2, await host.Count("person_death"));
    }

    [Fact]
    public async Task Employment_EndsWithTheMonthAndGoesOnWhenUndone()
    {
        var town = await StaffTown.Open(host);
        var person = await town.Enrol();
        Assert.Equal(HttpStatusCode.OK, (await town.Start(person, "E1", 202601, "5000.00", why: "补报")).Status);
        var death = (await host.Ask("deaths", new { request_key = "d9", psn_no = person, died_on = "2026-11-10", evidence = "误报", by = "王经办" })).Body.GetProperty("death_no").GetInt64();
        Assert.Equal((202611, "died"), ((await town.Told())[^1].ToMonth, (await town.Told())[^1].Ended));
        Assert.Equal([20261110], (await town.StaffCover(person)).Select(c => c.To));
        await Decide((await Propose(death)).Body.GetProperty("undoing_no").GetInt64());
        Assert.Equal((0, ""), ((await town.Told())[^1].ToMonth, (await town.Told())[^1].Ended));
        Assert.Equal([0], (await town.StaffCover(person)).Select(c => c.To));
    }

    [Fact]
    public async Task Rejected_NothingChanges()
    {
        var (person, death) = await Dead();
        var number = (await Propose(death)).Body.GetProperty("undoing_no").GetInt64();
        Assert.Equal(number, (await Propose(death)).Body.GetProperty("undoing_no").GetInt64());
        Assert.Equal("request.key_reused", Code(await Propose(death, why: "另一理由")));
        Assert.Equal("death.undoing_waits", Code(await Propose(death, "u2")));
        Assert.Equal("death.unknown", Code(await Propose(99, "u3")));
        Assert.Equal("death.undoing_unknown", Code(await Decide(99)));
        Assert.Equal("rejected", (await Decide(number, approve: false)).Body.GetProperty("state").GetString());
        Assert.Equal((20261110, 2L), ((await Get(person.PsnNo)).DiedOn, (await Get(person.PsnNo)).Version));
        Assert.Equal(number, (await host.Ask("death-undoings?state=rejected")).Body.GetProperty("undoings")[0].GetProperty("undoing_no").GetInt64());
        Assert.Equal(HttpStatusCode.OK, (await Propose(death, "u4")).Status);
    }
}
