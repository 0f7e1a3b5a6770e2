using System.Net;
using System.Text.Json;
using MedInsure.Enrollment.Tests.Employments;
using MedInsure.Events;

namespace MedInsure.Enrollment.Tests.Employers;

/// <summary>Employers by command: registered, changed, closed, opened again. Today is 2026-11-21.</summary>
[Trait("Category", "Storage")]
[Collection("enrollment")]
public sealed class RegisterEmployerTests(EnrollmentFixture fixture) : IAsyncLifetime
{
    private const string Code = "91230102990000001B";

    private StaffTown town = null!;

    public async Task InitializeAsync() => town = await StaffTown.Open(await fixture.Start());
    public async Task DisposeAsync() => await town.DisposeAsync();

    private Task<(HttpStatusCode Status, JsonElement Body)> Register(string number, string name = "松江机械", string uscc = "", string key = "r1", string by = "王经办") =>
        town.Host.Ask("employers", new { request_key = key, employer_no = number, employer_name = name, uscc, kind = "enterprise", by });

    private Task<(HttpStatusCode Status, JsonElement Body)> Act(string act, object request) => town.Host.Ask($"employers/{act}", request);

    [Fact]
    public async Task Employer_IsRegisteredChangedClosedAndOpenedAgain()
    {
        Assert.Equal(HttpStatusCode.OK, (await Register("E7", uscc: Code)).Status);
        Assert.Equal(HttpStatusCode.OK, (await Register("E7", uscc: Code)).Status);
        await Act("E7/change", new { request_key = "c1", employer_name = "松江重工", by = "王经办", why = "更名" });
        await Act("E7/closing", new { request_key = "c2", closed_on = "2026-11-20", by = "王经办", why = "注销" });
        var reopened = (await Act("E7/closing", new { request_key = "c3", reopen = true, by = "李经办", why = "误注销" })).Body;
        Assert.Equal(("松江重工", Code, 4L), (reopened.GetProperty("employer_name").GetString(), reopened.GetProperty("uscc").GetString(), reopened.GetProperty("version").GetInt64()));
        var told = (await town.Told<EmployerChanged>()).Where(e => e.EmployerNo == "E7").ToList();
        Assert.Equal([("松江机械", 0, 1L), ("松江重工", 0, 2L), ("松江重工", 20261120, 3L), ("松江重工", 0, 4L)], told.Select(e => (e.EmployerName, e.ClosedOn, e.Version)));
        Assert.All(told, e => Assert.Equal((Code, town.Host.County, "enterprise"), (e.Uscc, e.County, e.Kind)));
        var history = (await town.Host.Ask("employers/E7/history")).Body.EnumerateArray().Select(s => (s.GetProperty("by").GetString(), s.GetProperty("why").GetString()));
        Assert.Equal([("王经办", ""), ("王经办", "更名"), ("王经办", "注销"), ("李经办", "误注销")], history);
    }

    [Fact]
    public async Task Import_ChangesAndTellsToo()
    {
        await Register("E7");
        const string header = "employer_no,employer_name,uscc,county,kind,headcount\n";
        await EnrollmentHost.Import(town.Host.Employers(), $"{header}E7,松江重工,{Code},{town.Host.County},enterprise,12\nE8,新单位,,{town.Host.County},,\nE1,单位E1,,{town.Host.County},enterprise,\n");
        var told = (await town.Told<EmployerChanged>())[3..];
        Assert.Equal([("E7", "松江重工", Code, 2L), ("E8", "新单位", "", 1L)], told.Select(e => (e.EmployerNo, e.EmployerName, e.Uscc, e.Version)));
        Assert.Equal("employers.csv", (await town.Host.Ask("employers/E7/history")).Body[1].GetProperty("by").GetString());
    }

    [Fact]
    public async Task WrongRegistrations_AreRefused()
    {
        await Register("E7", uscc: Code);
        Assert.Equal("employer.number_taken", await town.Code(Register("E7", key: "r2")));
        Assert.Equal("employer.uscc_taken", await town.Code(Register("E8", uscc: Code, key: "r3")));
        Assert.Equal("employer.uscc_wrong", await town.Code(Register("E8", uscc: "91230102990000001C", key: "r4")));
        Assert.Equal("employer.name_missing", await town.Code(Register("E8", name: " ", key: "r5")));
        Assert.Equal("request.key_reused", await town.Code(Register("E8", key: "r1")));
        Assert.Equal("approval.person_missing", await town.Code(Register("E8", key: "r6", by: "")));
        Assert.Equal("employer.unknown", await town.Code(Act("E404/change", new { request_key = "c", employer_name = "x", by = "王经办", why = "更名" })));
        Assert.Equal("reason.missing", await town.Code(Act("E7/change", new { request_key = "c", employer_name = "x", by = "王经办" })));
        Assert.Equal("employer.closing_day_invalid", await town.Code(Act("E7/closing", new { request_key = "c", closed_on = "2026-11-22", by = "王经办", why = "注销" })));
    }

    [Fact]
    public async Task EmployerWithStaff_IsNotClosed()
    {
        var person = await town.Enrol();
        await town.Start(person, "E1", 202611, "5000");
        var closing = new { request_key = "c1", closed_on = "2026-11-20", by = "王经办", why = "注销" };
        Assert.Equal("employer.staff_goes_on", await town.Code(Act("E1/closing", closing)));
        await town.Stop(person, 202611);
        Assert.Equal(HttpStatusCode.OK, (await Act("E1/closing", closing)).Status);
        Assert.Equal("employer.closed_already", await town.Code(Act("E1/closing", new { request_key = "c2", closed_on = "2026-11-19", by = "王经办", why = "注销" })));
    }

    [Fact]
    public async Task Lists_PageAndFilter()
    {
        await Register("E7", uscc: Code);
        await Act("E7/closing", new { request_key = "c2", closed_on = "2026-11-20", by = "王经办", why = "注销" });
        await town.Start(await town.Enrol(), "E1", 202611, "5000");
        async Task<List<string?>> Numbers(string query) => [.. (await town.Host.Ask($"employers{query}")).Body.GetProperty("employers").EnumerateArray().Select(e => e.GetProperty("employer_no").GetString())];
        Assert.Equal(["E1", "E2"], await Numbers("?limit=2"));
        Assert.Equal(["E7"], await Numbers("?limit=2&after=E2"));
        Assert.Equal(["E7"], await Numbers($"?uscc={Code}"));
        Assert.Equal(["E7"], await Numbers("?state=closed"));
        Assert.Equal(["E1", "E2"], await Numbers("?state=open"));
        Assert.Equal(["E7"], await Numbers($"?name={Uri.EscapeDataString("机械")}"));
        Assert.Equal(1, (await town.Host.Ask("employers/E1")).Body.GetProperty("staff").GetInt32());
        Assert.Equal(1, (await town.Host.Ask("employments?employer_no=E1&month=202611")).Body.GetProperty("employments").GetArrayLength());
        Assert.Equal(0, (await town.Host.Ask("employments?employer_no=E1&month=202610")).Body.GetProperty("employments").GetArrayLength());
        Assert.Equal("page.too_many", await town.Code(town.Host.Ask("employers?limit=1001")));
    }
}
