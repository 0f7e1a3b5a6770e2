using System.Net;
using System.Text.Json;
using MedInsure.Enrollment.Tests.Persons;
using MedInsure.Events;
using MedInsure.Protos.Enrollment.V1;

namespace MedInsure.Enrollment.Tests.Employments;

/// <summary>Employers and employments by the desk's acts: cover, history, events. Today is 2026-11-21.</summary>
[Trait("Category", "Storage")]
[Collection("enrollment")]
public sealed class StartEmploymentTests(EnrollmentFixture fixture) : IAsyncLifetime
{
    private StaffTown town = null!;

    public async Task InitializeAsync() => town = await StaffTown.Open(await fixture.Start());
    public async Task DisposeAsync() => await town.DisposeAsync();

    [Fact]
    public async Task Start_CoversFromTheFirstDayOfTheMonthAndIsTold()
    {
        var person = await town.Enrol();
        var (status, body) = await town.Start(person, "E1", 202611, "5000.00", maternity: true);
        Assert.Equal((HttpStatusCode.OK, 202611, 1L), (status, body.GetProperty("from_month").GetInt32(), body.GetProperty("version").GetInt64()));
        Assert.Equal([("310", "1101", 20261101, 0, "E1"), ("510", "1101", 20261101, 0, "E1")], await town.StaffCover(person));
        var told = (await town.Told()).Single();
        Assert.Equal((person, "E1", "310", 202611, 0, "", true, 1L), (told.PsnNo, told.EmployerNo, told.Insutype, told.FromMonth, told.ToMonth, told.Ended, told.Maternity, told.Version));
        Assert.Equal([new DeclaredWage(202611, 500_000)], told.Wages);
        Assert.Equal(2, (await town.LastOfPerson(person)).Version);
        var step = (await town.Host.Ask($"employments/{told.EmploymentNo}/history")).Body.EnumerateArray().Single();
        Assert.Equal(("start", "王经办", 202611), (step.GetProperty("act").GetString(), step.GetProperty("by").GetString(), step.GetProperty("wage_month").GetInt32()));
    }

    [Fact]
    public async Task SameRequestAgain_AnswersTheSameAndChangesNothing()
    {
        var person = await town.Enrol();
        var first = (await town.Start(person, "E1", 202611, "5000", key: "k1")).Body;
        var again = (await town.Start(person, "E1", 202611, "5000", key: "k1")).Body;
        Assert.Equal(first.GetProperty("employment_no").GetInt64(), again.GetProperty("employment_no").GetInt64());
        Assert.Single(await town.Told());
        Assert.Equal("request.key_reused", (await town.Start(person, "E1", 202611, "5001", key: "k1")).Body.GetProperty("code").GetString());
    }

    [Fact]
    public async Task ImportedCoverOfTheSameEmployer_BecomesTheEmployments()
    {
        var person = await town.Enrol(p => p with { Insutype = "310", PsnType = "1101", Employer = "E1", From = "2015-03-01", Balance = "12.00" });
        await town.Start(person, "E1", 202601, "5000", why: "首次申报");
        Assert.Equal([("310", "1101", 20150301, 0, "E1")], await town.StaffCover(person));
        Assert.Equal(HttpStatusCode.OK, (await town.Stop(person, 202612)).Status);
        Assert.Equal([("310", "1101", 20150301, 20261231, "E1")], await town.StaffCover(person));
        Assert.Equal(1200, (await town.Person(person)).Coverage.Single(c => c.Insutype == "310").AccountCreditFen);
    }

    [Fact]
    public async Task CoverOfAnother_IsRefused()
    {
        var elsewhere = await town.Enrol(p => p with { Insutype = "310", PsnType = "1101", Employer = "E9" });
        Assert.Equal("employment.covered_elsewhere", await town.Code(town.Start(elsewhere, "E1", 202611, "5000")));
        var retired = await town.Enrol(p => p with { Insutype = "310", PsnType = "1201", Employer = "E1" });
        Assert.Equal("employment.covered_elsewhere", await town.Code(town.Start(retired, "E1", 202611, "5000")));
        Assert.Equal(0, await town.Host.Count("employment"));
    }

    [Fact]
    public async Task SecondEmploymentOfTheSameMonths_IsRefused()
    {
        var person = await town.Enrol();
        await town.Start(person, "E1", 202610, "5000", why: "补报");
        Assert.Equal("employment.other_goes_on", await town.Code(town.Start(person, "E2", 202611, "6000")));
        Assert.Equal(HttpStatusCode.OK, (await town.Stop(person, 202610, why: "离职")).Status);
        Assert.Equal(HttpStatusCode.OK, (await town.Start(person, "E2", 202611, "6000")).Status);
        Assert.Equal([("310", "1101", 20261001, 20261031, "E1"), ("310", "1101", 20261101, 0, "E2")], await town.StaffCover(person));
    }

    public static TheoryData<object, string, string> Wrong() => new()
    {
        { new { month = 202613, wage = "5000" }, "employment.month_invalid", "month" },
        { new { month = 202801, wage = "5000" }, "employment.month_invalid", "month" },
        { new { month = 202610, wage = "5000" }, "employment.reason_needed", "why" },
        { new { month = 202611, wage = "5000.001" }, "employment.wage_invalid", "wage" },
        { new { month = 202611, wage = "0" }, "employment.wage_invalid", "wage" },
        { new { month = 202611, wage = "-1" }, "employment.wage_invalid", "wage" },
        { new { month = 202611, wage = "10000000.01" }, "employment.wage_invalid", "wage" },
        { new { month = 202611, wage = "5000", employer_no = "E404" }, "employer.unknown", "employer_no" },
        { new { month = 202611, wage = "5000", psn_no = "P404" }, "person.unknown", "certno" },
        { new { month = 202611, wage = "5000", by = " " }, "approval.person_missing", "by" },
        { new { month = 202611, wage = "5000", request_key = "" }, "request.key_missing", "request_key" },
    };

    [Theory, MemberData(nameof(Wrong))]
    public async Task WrongRequest_IsRefused(object request, string code, string field)
    {
        var person = await town.Enrol();
        var merged = new Dictionary<string, object?> { ["request_key"] = "k", ["psn_no"] = person, ["employer_no"] = "E1", ["by"] = "王经办" };
        foreach (var property in JsonSerializer.SerializeToElement(request).EnumerateObject()) merged[property.Name] = property.Value;
        var (_, body) = await town.Host.Ask("employments", merged);
        Assert.Equal((code, field), (body.GetProperty("code").GetString(), body.GetProperty("field").GetString()));
        Assert.Equal(0, await town.Host.Count("declaration WHERE act = 'start'"));
    }

    [Fact]
    public async Task ClosedEmployer_TakesNobody()
    {
        await town.Host.Ask("employers/E2/closing", new { request_key = "c", closed_on = "2026-10-15", by = "王经办", why = "注销" });
        Assert.Equal("employer.closed", await town.Code(town.Start(await town.Enrol(), "E2", 202611, "5000")));
        Assert.Equal(HttpStatusCode.OK, (await town.Start(await town.Enrol(), "E2", 202610, "5000", why: "补报")).Status);
    }
}
