using System.Text.Json;
using MedInsure.Enrollment.Tests.Persons;
using MedInsure.Enrollment.Tests.Register;
using MedInsure.Protos.Enrollment.V1;

namespace MedInsure.Enrollment.Tests.CategoryLists;

/// <summary>What lists of authorities change, what they find, and which are refused whole. Today is 2026-11-21.</summary>
[Trait("Category", "Storage")]
[Collection("enrollment")]
public sealed class ImportCategoryListTests(EnrollmentFixture fixture) : IAsyncLifetime
{
    private const string Header = "certno,name,category,action,effective_on\n";
    private EnrollmentHost host = null!;

    public async Task InitializeAsync() => host = await fixture.Start(counties: 2);
    public async Task DisposeAsync() => await host.DisposeAsync();

    private PersonCsv New() => PersonCsv.New(host.County);
    private Task<Hosting.Imports.ImportResult> Enrol(params IEnumerable<PersonCsv> persons) => EnrollmentHost.Import(host.Persons(), PersonCsv.File(persons));
    private static string Row(PersonCsv person, string category = "low_income", string action = "add", string on = "2026-11-01") => $"{person.Certno},{person.Name},{category},{action},{on}\n";

    private Task<JsonElement> Send(string kind, string asOf, string[] rows, string authority = "civil_affairs", int? stated = null, string more = "") =>
        host.PostFile($"category-lists/{authority}?kind={kind}&as_of={asOf}&rows={stated ?? rows.Length}{more}", Header + string.Concat(rows));

    private static long Changed(JsonElement answer) => answer.GetProperty("result").GetProperty("changed").GetInt64();
    private static string Code(JsonElement answer) => (answer.TryGetProperty("problem", out var problem) ? problem : answer).GetProperty("code").GetString()!;

    private async Task<IEnumerable<(string, int, int)>> Categories(PersonCsv person) =>
        (await host.Client.GetPersonAsync(new GetPersonRequest { PsnNo = person.PsnNo }, host.Headers())).Category.Select(c => (c.Name, c.FromOn, c.ToOn));

    private async Task<List<(string, string)>> Findings() =>
        [.. (await host.Ask("findings?source=civil_affairs&state=open")).Body.GetProperty("findings").EnumerateArray().Select(f => (f.GetProperty("kind").GetString()!, f.GetProperty("certno").GetString()!))];

    [Fact]
    public async Task Difference_TakesEffectFromItsDayAndIsTold()
    {
        PersonCsv comes = New(), leaves = New() with { Categories = "low_income" };
        await Enrol(comes, leaves);
        var before = (await host.Events()).Count;
        Assert.Equal(2, Changed(await Send("difference", "2026-11-20", [Row(comes), Row(leaves, action: "remove", on: "2026-11-10")])));

        Assert.Equal([("low_income", 20261101, 0)], await Categories(comes));
        Assert.Equal([("low_income", 20200101, 20261109)], await Categories(leaves));
        var told = (await host.Events())[before..];
        Assert.Equal([(comes.PsnNo, 2L, 0), (leaves.PsnNo, 2L, 20261109)], told.Select(e => (e.PsnNo, e.Version, e.Categories[0].ToOn)).OrderBy(e => e.PsnNo, StringComparer.Ordinal));
        Assert.Equal("civil_affairs", await host.Sql<string>($"SELECT recognised_by FROM category WHERE psn_no = '{comes.PsnNo}'"));
        Assert.Equal(2, await host.Count("category_change"));
    }

    [Fact]
    public async Task SameListTwice_ChangesNothing_EvenAfterALaterOne()
    {
        var person = New();
        await Enrol(person);
        string[] first = [Row(person)], second = [Row(person, action: "remove", on: "2026-11-15")];
        Assert.Equal(1, Changed(await Send("difference", "2026-11-20", first)));
        Assert.Equal(0, Changed(await Send("difference", "2026-11-20", first)));
        Assert.Equal(1, Changed(await Send("difference", "2026-11-20", second)));
        var events = (await host.Events()).Count;
        Assert.Equal(0, Changed(await Send("difference", "2026-11-20", first)));
        Assert.Equal([("low_income", 20261101, 20261114)], await Categories(person));
        Assert.Equal((events, 2), ((await host.Events()).Count, await host.Count("category_list")));
    }

    [Fact]
    public async Task FullList_EndsWhomItLeavesOut_OfThisAuthorityOnly()
    {
        PersonCsv stays = New() with { Categories = "low_income" }, leaves = New() with { Categories = "low_income;severely_disabled" }, comes = New();
        await Enrol(stays, leaves, comes);
        Assert.Equal(2, Changed(await Send("full", "2026-11-20", [Row(stays, on: "2020-01-01"), Row(comes)])));
        Assert.Equal([("low_income", 20200101, 20261119), ("severely_disabled", 20200101, 0)], await Categories(leaves));
        Assert.Equal([("low_income", 20200101, 0)], await Categories(stays));
        Assert.Equal([("low_income", 20261101, 0)], await Categories(comes));
        // Next month's list, unchanged but for its day: nothing changes.
        host.Clock.Today = new DateOnly(2026, 12, 21);
        Assert.Equal(0, Changed(await Send("full", "2026-12-20", [Row(stays, on: "2020-01-01"), Row(comes)])));
        Assert.Equal("list.older", Code(await Send("full", "2026-11-20", [Row(comes)])));
    }

    [Fact]
    public async Task RowsThatDoNotFit_BecomeFindingsAndChangeNothing()
    {
        PersonCsv unknown = New(), other = New(), poor = New() with { Categories = "extreme_hardship" }, both = New(), gone = New(), elsewhere = PersonCsv.New(host.Counties[1]), never = New(), fine = New();
        await Enrol(other, poor, both, gone, elsewhere, never, fine);
        await host.PostFile("register", RegisterCsv.File(RegisterCsv.Of(gone) with { State = "dead" }));
        var rows = new[]
        {
            Row(unknown), Row(other with { Name = "王二" }), Row(poor), Row(both), Row(both, "extreme_hardship"), Row(gone), Row(elsewhere), Row(never, action: "remove"), Row(fine),
        };
        Assert.Equal(9, Changed(await Send("difference", "2026-11-20", rows)));
        Assert.Equal(new (string, string)[]
        {
            ("category_contradiction", both.Certno), ("category_contradiction", both.Certno), ("category_contradiction", poor.Certno), ("dead", gone.Certno), ("not_recognised", never.Certno),
            ("other_county", elsewhere.Certno), ("other_name", other.Certno), ("unknown_person", unknown.Certno),
        }.Order(), (await Findings()).Order());
        foreach (var person in (PersonCsv[])[other, both, gone, never]) Assert.Empty(await Categories(person));
        Assert.Single(await Categories(fine));

        // The person is enrolled now: next month's list takes effect, and the finding is settled by it.
        await Enrol(unknown);
        Assert.Equal(2, Changed(await Send("difference", "2026-11-21", [Row(unknown)])));
        Assert.DoesNotContain(await Findings(), f => f.Item1 == "unknown_person");
        Assert.Single(await Categories(unknown));
    }

    [Fact]
    public async Task WhoseDeathIsOnFile_IsRecognisedNoMore()
    {
        var person = New();
        await Enrol(person);
        Assert.Equal(System.Net.HttpStatusCode.OK, (await host.Ask("deaths", new { request_key = "d1", psn_no = person.PsnNo, died_on = "2026-11-10", evidence = "死亡证明", by = "王经办" })).Status);
        Assert.Equal(1, Changed(await Send("difference", "2026-11-20", [Row(person)])));
        Assert.Equal(("dead", person.Certno), Assert.Single(await Findings()));
        Assert.Empty(await Categories(person));
    }

    [Fact]
    public async Task MoveFromOneCategoryToAnother_IsNoContradiction()
    {
        PersonCsv full = New() with { Categories = "low_income" }, step = New() with { Categories = "low_income" };
        await Enrol(full, step);
        Assert.Equal(2, Changed(await Send("difference", "2026-11-19", [Row(step, action: "remove"), Row(step, "extreme_hardship")])));
        Assert.Equal(2, Changed(await Send("full", "2026-11-20", [Row(full, "extreme_hardship"), Row(step, "extreme_hardship")])));
        Assert.Empty(await Findings());
        Assert.Equal([("extreme_hardship", 20261101, 0), ("low_income", 20200101, 20261119)], await Categories(full));
    }

    [Fact]
    public async Task FullListCutInTheMiddle_IsRefused()
    {
        var poor = Enumerable.Range(0, 100).Select(_ => New() with { Categories = "low_income" }).ToArray();
        await Enrol(poor);
        string[] rows = [.. poor.Select(p => Row(p, on: "2020-01-01"))];
        Assert.Equal("list.cut", Code(await Send("full", "2026-11-20", rows[..60], stated: 100)));
        // Cut before it was counted: forty of a hundred would leave.
        Assert.Equal("list.removals_implausible", Code(await Send("full", "2026-11-20", rows[..60])));
        Assert.Equal("list.removals_differ", Code(await Send("full", "2026-11-20", rows[..60], more: "&removals=39")));
        Assert.Equal("import.wrong_field_count", (await host.PostFile("category-lists/civil_affairs?kind=full&as_of=2026-11-20&rows=100", Header + string.Concat(rows)[..^20])).GetProperty("result").GetProperty("errors")[0].GetProperty("code").GetString());
        Assert.Equal((100, 0), (await host.Sql<long>("SELECT count(*) FROM category WHERE to_on IS NULL"), await host.Count("category_list")));
        Assert.Equal(40, Changed(await Send("full", "2026-11-20", rows[..60], more: "&removals=40")));
    }

    [Theory]
    [InlineData("police", "kind=full&as_of=2026-11-20&rows=0", "list.authority_unknown")]
    [InlineData("veterans", "kind=part&as_of=2026-11-20&rows=0", "list.kind_unknown")]
    [InlineData("veterans", "kind=full&as_of=2026-11-22&rows=0", "list.day_invalid")]
    [InlineData("veterans", "kind=full&as_of=20261120&rows=0", "list.day_invalid")]
    [InlineData("veterans", "kind=full&as_of=2026-11-20", "list.rows_missing")]
    public async Task ListNotDescribed_IsRefused(string authority, string query, string code) => Assert.Equal(code, Code(await host.PostFile($"category-lists/{authority}?{query}", Header)));

    [Theory]
    [InlineData("low_income,remove,2026-11-01", "action", "list.remove_in_full")]
    [InlineData("registered_poor,add,2026-11-01", "category", "import.unknown_code")]
    [InlineData("low_income,add,2026-11-21", "effective_on", "list.effective_later")]
    [InlineData("low_income,add,2026-11-31", "effective_on", "import.bad_date")]
    public async Task WrongRow_KeepsTheWholeListOut(string row, string column, string code)
    {
        var person = New();
        await Enrol(person);
        var error = (await Send("full", "2026-11-20", [$"{person.Certno},{person.Name},{row}\n"])).GetProperty("result").GetProperty("errors")[0];
        Assert.Equal((2, column, code), (error.GetProperty("line").GetInt32(), error.GetProperty("column").GetString(), error.GetProperty("code").GetString()));
        Assert.Equal(0, await host.Count("category_list"));
    }

    [Fact]
    public async Task FileOfPersons_DoesNotEndWhatAnAuthorityRecognised()
    {
        var person = New();
        await Enrol(person);
        await Send("difference", "2026-11-20", [Row(person)]);
        Assert.Equal(0, (await Enrol(person)).Changed);
        Assert.Equal([("low_income", 20261101, 0)], await Categories(person));
    }
}
