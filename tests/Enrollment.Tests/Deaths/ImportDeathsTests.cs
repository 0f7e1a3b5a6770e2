using MedInsure.Enrollment.Tests.Persons;

namespace MedInsure.Enrollment.Tests.Deaths;

/// <summary>Lists of deaths from other authorities.</summary>
[Trait("Category", "Storage")]
[Collection("enrollment")]
public sealed class ImportDeathsTests(EnrollmentFixture fixture) : IAsyncLifetime
{
    private const string Path = "deaths/list?by=%E7%8E%8B%E7%BB%8F%E5%8A%9E", Header = "certno,name,died_on,evidence\n";

    private EnrollmentHost host = null!;

    public async Task InitializeAsync() => host = await fixture.Start();
    public async Task DisposeAsync() => await host.DisposeAsync();

    private static string Row(PersonCsv person, string on = "2026-10-31", string? name = null) => $"{person.Certno},{name ?? person.Name},{on},火化名单 10月\n";

    [Fact]
    public async Task List_RecordsEachDeathOnce()
    {
        PersonCsv[] persons = [.. Enumerable.Range(0, 3).Select(_ => PersonCsv.New(host.County))];
        await EnrollmentHost.Import(host.Persons(), PersonCsv.File(persons));
        // Enrolled twice: both records end.
        await EnrollmentHost.Import(host.Persons(), PersonCsv.File(persons[0] with { PsnNo = persons[0].PsnNo + "t" }));

        var first = (await host.PostFile(Path, Header + Row(persons[0]) + Row(persons[1]))).GetProperty("result");
        Assert.Equal((0, 3), (first.GetProperty("rejected").GetInt32(), first.GetProperty("changed").GetInt32()));
        Assert.Equal(3, await host.Sql<long>("SELECT count(*) FROM person WHERE died_on = '2026-10-31' AND version = 2"));
        Assert.Equal(3, await host.Sql<long>("SELECT count(*) FROM coverage WHERE to_on = '2026-10-31'"));
        Assert.Equal(0, (await host.PostFile(Path, Header + Row(persons[0]) + Row(persons[1]))).GetProperty("result").GetProperty("changed").GetInt32());
        Assert.Equal((3L, 3L), (await host.Count("person_death"), await host.Sql<long>("SELECT count(*) FROM outbox WHERE convert_from(payload, 'UTF8') LIKE '%\"diedOn\":20261031%'")));
    }

    [Fact]
    public async Task RowsThatFitNobody_AreRefusedByRow()
    {
        var (person, stranger, dead) = (PersonCsv.New(host.County), PersonCsv.New(host.County), PersonCsv.New(host.County));
        await EnrollmentHost.Import(host.Persons(), PersonCsv.File(person, dead));
        await host.PostFile(Path, Header + Row(dead));
        var refused = (await host.PostFile(Path, Header + Row(person, name: "别人") + Row(stranger) + Row(dead, "2026-10-30") + Row(dead, "2026-10-30") + Row(person, "2026-12-01") + "110105194912310021,张三,2026-10-01,名单\n" + Row(person, "1970-01-01"))).GetProperty("result");
        string[] expected = ["2 person.name_mismatch", "3 person.unknown", "4 death.recorded_already", "5 death.repeated_row", "6 death.day_invalid", "7 person.certno_wrong", "8 death.repeated_row"];
        Assert.Equal(expected, refused.GetProperty("errors").EnumerateArray().Select(e => $"{e.GetProperty("line")} {e.GetProperty("code").GetString()}").Order(StringComparer.Ordinal));
        Assert.Equal(0, refused.GetProperty("changed").GetInt32());
        Assert.Equal(1, await host.Count("person_death"));
        Assert.Equal("approval.person_missing", (await host.PostFile("deaths/list", Header)).GetProperty("code").GetString());
    }
}
