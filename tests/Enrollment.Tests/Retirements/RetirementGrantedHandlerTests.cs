using System.Net;
using MedInsure.Enrollment.Retirements;
using MedInsure.Enrollment.Tests.Employments;
using MedInsure.Enrollment.Tests.Persons;
using MedInsure.Events;
using MedInsure.Hosting.Messaging;
using MedInsure.Hosting.Tenancy;

namespace MedInsure.Enrollment.Tests.Retirements;

/// <summary>Who is granted retirement is covered as retired from the month, and employed no more.</summary>
[Trait("Category", "Storage")]
[Collection("enrollment")]
public sealed class RetirementGrantedHandlerTests(EnrollmentFixture fixture) : IAsyncLifetime
{
    private StaffTown town = null!;

    public async Task InitializeAsync() => town = await StaffTown.Open(await fixture.Start());
    public async Task DisposeAsync() => await town.DisposeAsync();

    private async Task Grant(string person, int month)
    {
        await using var connection = await town.Host.Databases.For(town.Host.County, EnrollmentModule.Service).OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        var county = new Tenant(town.Host.County, "测试", EnrollmentHost.City, new Dictionary<string, string>());
        await new RetirementGrantedHandler(town.Host.Calendar).Handle(new EventContext(county, county.Code, connection, transaction), [new RetirementGranted(person, "310", month, "1201", 372, 240)], default);
        await transaction.CommitAsync();
    }

    private async Task<IEnumerable<(string, string, int, int, long)>> Cover(string person) => (await town.Person(person)).Coverage.Select(c => (c.Insutype, c.PsnType, c.FromOn, c.ToOn, c.AccountCreditFen));

    [Fact]
    public async Task Employed_BecomesRetiredFromTheMonth()
    {
        var person = await town.Enrol();
        Assert.Equal(HttpStatusCode.OK, (await town.Start(person, "E1", 202609, "5000.00", maternity: true, why: "补报")).Status);
        await Grant(person, 202611);
        Assert.Equal([("310", "1101", 20260901, 20261031, 0L), ("310", "1201", 20261101, 0, 0L), ("510", "1101", 20260901, 20261031, 0L)], (await Cover(person)).Where(c => c.Item1 != "390"));
        Assert.Equal((202610, "retired"), ((await town.Told())[^1].ToMonth, (await town.Told())[^1].Ended));
        var told = await town.LastOfPerson(person);
        Assert.Contains(new InsuredCoverage("310", "1201", 20261101, 0, "", 0), told.Coverage);
        Assert.Contains("retirement", (await town.Host.Ask($"persons/{person}/history")).Body.EnumerateArray().Select(s => s.GetProperty("kind").GetString()));

        // Told again it changes nothing.
        await Grant(person, 202611);
        Assert.Equal(told.Version, (await town.Person(person)).Version);
    }

    [Fact]
    public async Task LaterPeriods_GiveWayAndTheirCreditsStay()
    {
        var row = PersonCsv.New(town.Host.County) with { Insutype = "310", PsnType = "1101", From = "2026-12-01", Balance = "5.00" };
        await EnrollmentHost.Import(town.Host.Persons(), PersonCsv.File(row with { From = "2020-01-01", To = "2026-11-30", Balance = "10.00" }, row));
        await Grant(row.PsnNo, 202611);
        Assert.Equal([("310", "1101", 20200101, 20261031, 1000L), ("310", "1201", 20261101, 0, 500L)], await Cover(row.PsnNo));
    }

    [Fact]
    public async Task NumberMergedMeanwhile_RetiresTheSurvivor()
    {
        var row = PersonCsv.New(town.Host.County) with { Insutype = "310", PsnType = "1101" };
        await EnrollmentHost.Import(town.Host.Persons(), PersonCsv.File(row));
        await EnrollmentHost.Import(town.Host.Persons(), PersonCsv.File(row with { PsnNo = row.PsnNo + "t", To = "2019-12-31", From = "2019-01-01" }));
        var merge = (await town.Host.Ask("merges", new { request_key = "m1", retired_no = row.PsnNo + "t", surviving_no = row.PsnNo, why = "同一人", proposer = "王经办" })).Body.GetProperty("merge_no").GetInt64();
        await town.Host.Ask($"merges/{merge}/decision", new { approve = true, approver = "李审批" });
        await Grant(row.PsnNo + "t", 202611);
        Assert.Equal(["1101", "1101", "1201"], (await Cover(row.PsnNo)).Select(c => c.Item2));
    }

    [Fact]
    public async Task Dead_IsCoveredToTheDeathOnly()
    {
        var (before, after) = (await town.Enrol(p => p with { Insutype = "310", PsnType = "1101" }), await town.Enrol(p => p with { Insutype = "310", PsnType = "1101" }));
        await town.Host.Ask("deaths", new { request_key = "d1", psn_no = before, died_on = "2026-10-31", evidence = "死亡证明", by = "王经办" });
        await town.Host.Ask("deaths", new { request_key = "d2", psn_no = after, died_on = "2026-11-10", evidence = "死亡证明", by = "王经办" });
        await Grant(before, 202611);
        await Grant(after, 202611);
        Assert.Equal([("310", "1101", 20200101, 20261031, 0L)], await Cover(before));
        Assert.Equal([("310", "1101", 20200101, 20261031, 0L), ("310", "1201", 20261101, 20261110, 0L)], await Cover(after));
        Assert.Equal(2, (await town.Person(before)).Version);
    }

    [Fact]
    public async Task NumberThatNobodyEnrolled_IsAnErrorToLookAt() => await Assert.ThrowsAsync<InvalidOperationException>(() => Grant("nobody", 202611));
}
