using System.Net;
using System.Text.Json;
using MedInsure.Enrollment.Covers;
using MedInsure.Events;
using MedInsure.Hosting.Messaging;
using MedInsure.Hosting.Tenancy;
using MedInsure.Protos.Settlement.V1;

namespace MedInsure.Enrollment.Tests.Employments;

/// <summary>Flexible workers: enrolled by choice and base of the Harbin pack, covered by the months that they pay. Today is 2026-11-21.</summary>
[Trait("Category", "Storage")]
[Collection("enrollment")]
public sealed class FlexibleWorkTests(EnrollmentFixture fixture) : IAsyncLifetime
{
    private StaffTown town = null!;

    public async Task InitializeAsync() => town = await StaffTown.Open(await fixture.Start());
    public async Task DisposeAsync() => await town.DisposeAsync();

    private Task<(HttpStatusCode Status, JsonElement Body)> Enrol(string person, int month = 202611, string choice = "with_account", int baseBp = 6000) =>
        town.Host.Ask("flexible-workers", new { request_key = town.Key(), psn_no = person, month, choice, base_bp = baseBp, by = "王经办" });

    /// <summary>As billing tells of months that are paid: the handler's transaction, then the worker's part.</summary>
    private async Task Pay(string person, int paidOn, params int[] months)
    {
        var database = town.Host.Databases.For(town.Host.County, EnrollmentModule.Service);
        await using (var connection = await database.OpenConnectionAsync())
        {
            await using var transaction = await connection.BeginTransactionAsync();
            var context = new EventContext(new Tenant(town.Host.County, "", EnrollmentHost.City, new Dictionary<string, string>()), town.Host.County, connection, transaction);
            await new ContributionPaidHandler(town.Host.Calendar).Handle(context, [.. months.Select(m => new ContributionPaid(person, "310", m, paidOn, "everyone", 0))], default);
            await transaction.CommitAsync();
        }
        while (await OpenCover.Run(database, new Dictionary<(string, int), ContributionTerms?>(), 100, town.Host.Calendar, default)) { }
    }

    private Task<string> State(string person, int month) => town.Host.Sql<string>($"SELECT state || ' ' || refusal FROM contribution WHERE psn_no = '{person}' AND period = {month}");

    [Fact]
    public async Task Enrolment_IsToldAndCoversNothingUntilPaid()
    {
        var person = await town.Enrol();
        Assert.Equal(HttpStatusCode.OK, (await Enrol(person)).Status);
        var told = Assert.Single(await town.Told());
        Assert.Equal(("", "310", 202611, "with_account", 6000, false, 0), (told.EmployerNo, told.Insutype, told.FromMonth, told.FlexibleChoice, told.FlexibleBaseBp, told.Maternity, told.Wages.Count));
        Assert.Empty(await town.StaffCover(person));
    }

    [Fact]
    public async Task PaidMonths_GrowIntoOnePeriodAndLatePaidOnesLeaveAGap()
    {
        var person = await town.Enrol();
        await Enrol(person);
        await Pay(person, 2026_11_30, 202611);
        await Pay(person, 2026_12_05, 202612);
        Assert.Equal([("310", "1103", 20261101, 20261231, "")], await town.StaffCover(person));
        await Pay(person, 2027_02_03, 202701, 202702, 202703);
        Assert.Equal([("310", "1103", 20261101, 20261231, ""), ("310", "1103", 20270201, 20270331, "")], await town.StaffCover(person));
        Assert.Equal("refused cover.paid_after_the_month", await State(person, 202701));
        Assert.Equal(1, await town.Host.Count("finding WHERE source = 'contributions' AND kind = 'paid_after_the_month' AND state = 'open'"));
    }

    [Fact]
    public async Task MonthsOfNobodyEnrolled_CoverNothing()
    {
        var person = await town.Enrol();
        await Enrol(person, 202612);
        await Pay(person, 2026_11_21, 202611, 202612, 202613);
        Assert.Equal([("310", "1103", 20261201, 20261231, "")], await town.StaffCover(person));
        Assert.Equal(("refused cover.no_flexible_worker", "refused cover.month_invalid"), (await State(person, 202611), await State(person, 202613)));
    }

    [Fact]
    public async Task StopBeforeMonthsPaidAhead_EndsTheirCover()
    {
        var person = await town.Enrol();
        await Enrol(person);
        await Pay(person, 2026_11_21, 202611, 202612, 202701);
        Assert.Equal(HttpStatusCode.OK, (await town.Stop(person, 202611)).Status);
        Assert.Equal([("310", "1103", 20261101, 20261130, "")], await town.StaffCover(person));
    }

    [Fact]
    public async Task OtherChoice_KeepsWhatWasPaidAhead()
    {
        var person = await town.Enrol();
        await Enrol(person);
        await Pay(person, 2026_11_21, 202611, 202612, 202701);
        var (status, body) = await town.Host.Ask($"employments/{await town.Employment(person)}/choice", new { request_key = town.Key(), month = 202612, choice = "pool_only", base_bp = 10000, by = "王经办" });
        Assert.Equal((HttpStatusCode.OK, "pool_only"), (status, body.GetProperty("flexible_choice").GetString()));
        Assert.Equal([("310", "1103", 20261101, 20270131, "")], await town.StaffCover(person));
        Assert.Equal([(202611, 202611, "transferred", 6000), (202612, 0, "", 10000)], (await town.Told())[1..].Select(e => (e.FromMonth, e.ToMonth, e.Ended, e.FlexibleBaseBp)));
        // The second enrolment ends the period that began under the first.
        await town.Stop(person, 202612);
        Assert.Equal([("310", "1103", 20261101, 20261231, "")], await town.StaffCover(person));
    }

    [Fact]
    public async Task EmployerTakesOver_FromTheMonthOn()
    {
        var person = await town.Enrol();
        await Enrol(person);
        await Pay(person, 2026_11_21, 202611, 202612);
        Assert.Equal("employment.other_goes_on", await town.Code(town.Start(person, "E1", 202612, "5000")));
        Assert.Equal(HttpStatusCode.OK, (await town.Host.Ask($"employments/{await town.Employment(person)}/transfer", new { request_key = town.Key(), employer_no = "E1", month = 202612, wage = "5000", by = "王经办" })).Status);
        Assert.Equal([("310", "1103", 20261101, 20261130, ""), ("310", "1101", 20261201, 0, "E1")], await town.StaffCover(person));
    }

    [Fact]
    public async Task WrongChoices_AreRefused()
    {
        var person = await town.Enrol();
        Assert.Equal("employment.choice_unknown", await town.Code(Enrol(person, choice: "cheap")));
        Assert.Equal("employment.base_unknown", await town.Code(Enrol(person, baseBp: 7000)));
        Assert.Equal("employment.month_invalid", await town.Code(Enrol(person, month: 202600)));
        var employed = await town.Enrol(p => p with { Insutype = "310", PsnType = "1101", Employer = "E9" });
        Assert.Equal("employment.covered_elsewhere", await town.Code(Enrol(employed)));
        await Enrol(person);
        Assert.Equal("employment.flexible_has_no_wage", await town.Code(town.Host.Ask($"employments/{await town.Employment(person)}/wage", new { request_key = town.Key(), month = 202612, wage = "5000", by = "王经办" })));
    }
}
