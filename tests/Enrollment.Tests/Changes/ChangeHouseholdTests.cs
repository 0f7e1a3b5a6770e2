using System.Net;
using System.Text.Json;
using MedInsure.Enrollment.Tests.Persons;
using MedInsure.Protos.Enrollment.V1;

namespace MedInsure.Enrollment.Tests.Changes;

/// <summary>Persons move between households, and the history says so.</summary>
[Trait("Category", "Storage")]
[Collection("enrollment")]
public sealed class ChangeHouseholdTests(EnrollmentFixture fixture) : IAsyncLifetime
{
    private EnrollmentHost host = null!;

    public async Task InitializeAsync() => host = await fixture.Start();
    public async Task DisposeAsync() => await host.DisposeAsync();

    private Task<(HttpStatusCode Status, JsonElement Body)> Move(string psnNo, string? to, string key = "h1", string why = "分户") => host.Ask("household-changes", new { request_key = key, psn_no = psnNo, household_no = to, why, by = "王经办" });

    private static string Code((HttpStatusCode Status, JsonElement Body) answer) => answer.Body.GetProperty("code").GetString()!;

    [Fact]
    public async Task Move_IsToldAndKept()
    {
        var person = PersonCsv.New(host.County);
        await EnrollmentHost.Import(host.Persons(), PersonCsv.File(person));
        var moved = await Move(person.PsnNo, "H9");
        Assert.Equal(("approved", "H1", "H9"), (moved.Body.GetProperty("state").GetString(), moved.Body.GetProperty("before").GetProperty("household_no").GetString(), moved.Body.GetProperty("after").GetProperty("household_no").GetString()));
        var now = await host.Client.GetPersonAsync(new GetPersonRequest { PsnNo = person.PsnNo }, host.Headers());
        Assert.Equal(("H9", 2L), (now.HouseholdNo, now.Version));
        Assert.Equal("H9", (await host.Events())[^1].HouseholdNo);
        Assert.Equal(moved.Body.GetRawText(), (await Move(person.PsnNo, "H9")).Body.GetRawText());
        Assert.Equal(HttpStatusCode.OK, (await Move(person.PsnNo, "", "h2")).Status);

        // A file's move is on file too.
        await EnrollmentHost.Import(host.Persons(), PersonCsv.File(person with { Household = "H3" }));
        Assert.Equal([("王经办", "H9"), ("王经办", ""), ("import", "H3")],
            (await host.Ask($"persons/{person.PsnNo}/history")).Body.EnumerateArray().Select(s => (s.GetProperty("by").GetString(), s.GetProperty("what").GetProperty("after").GetProperty("household_no").GetString()))
                .OrderBy(s => s.Item1 == "import").ThenByDescending(s => s.Item2, StringComparer.Ordinal));
    }

    [Fact]
    public async Task WhatIsWrong_IsRefused()
    {
        var person = PersonCsv.New(host.County);
        await EnrollmentHost.Import(host.Persons(), PersonCsv.File(person));
        Assert.Equal("change.nothing_changes", Code(await Move(person.PsnNo, "H1")));
        Assert.Equal("field.invalid", Code(await Move(person.PsnNo, null)));
        Assert.Equal("field.invalid", Code(await Move(person.PsnNo, new string('H', 31))));
        Assert.Equal("reason.missing", Code(await Move(person.PsnNo, "H2", why: "")));
        Assert.Equal("person.unknown", Code(await Move("nobody", "H2")));
        Assert.Equal(HttpStatusCode.OK, (await Move(person.PsnNo, "H2")).Status);
        Assert.Equal("request.key_reused", Code(await Move(person.PsnNo, "H3")));
    }
}
