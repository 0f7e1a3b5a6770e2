using System.Text;
using System.Text.Json;
using Grpc.Core;
using MedInsure.Enrollment.Tests.Persons;
using MedInsure.Events;
using MedInsure.Protos.Enrollment.V1;

namespace MedInsure.Enrollment.Tests.Employments;

/// <summary>An employer's declarations as files. Today is 2026-11-21.</summary>
[Trait("Category", "Storage")]
[Collection("enrollment")]
public sealed class DeclareStaffTests(EnrollmentFixture fixture) : IAsyncLifetime
{
    private const string Header = "certno,psn_name,action,month,last_month,wage,maternity,why\n";

    private StaffTown town = null!;

    public async Task InitializeAsync() => town = await StaffTown.Open(await fixture.Start());
    public async Task DisposeAsync() => await town.DisposeAsync();

    private async Task<PersonCsv> Resident()
    {
        PersonCsv person = null!;
        await town.Enrol(p => person = p with { To = "2020-12-31" });
        return person;
    }

    private static string Row(PersonCsv person, string action, string month = "", string last = "", string wage = "", string maternity = "", string why = "") =>
        $"{person.Certno},{person.Name},{action},{month},{last},{wage},{maternity},{why}\n";

    private Task<JsonElement> Send(string rows, string key, string employer = "E1", bool partial = false) =>
        town.Host.PostFile($"employers/{employer}/declarations?request_key={key}&by=%E7%8E%8B%E7%BB%8F%E5%8A%9E{(partial ? "&accept_partial=true" : "")}", Header + rows);

    private static (int Accepted, int Rejected, int Changed) Of(JsonElement answer)
    {
        var result = answer.GetProperty("result");
        return (result.GetProperty("accepted").GetInt32(), result.GetProperty("rejected").GetInt32(), result.GetProperty("changed").GetInt32());
    }

    private static List<(long Line, string Column, string Code)> Errors(JsonElement answer) =>
        [.. answer.GetProperty("result").GetProperty("errors").EnumerateArray().Select(e => (e.GetProperty("line").GetInt64(), e.GetProperty("column").GetString()!, e.GetProperty("code").GetString()!)).OrderBy(e => e.Item1)];

    [Fact]
    public async Task StartsWagesAndEnds_TakeEffectInOneFile()
    {
        var (a, b, c) = (await Resident(), await Resident(), await Resident());
        Assert.Equal((3, 0, 3), Of(await Send(Row(a, "start", "202611", wage: "5000") + Row(b, "start", "202611", wage: "6000.50", maternity: "1") + Row(c, "start", "202601", wage: "7000", why: "补报"), "k1")));
        Assert.Equal((4, 0, 3), Of(await Send(Row(a, "stop", last: "202611") + Row(b, "wage", "202701", wage: "6600") + Row(c, "retire", last: "202612") + Row(c, "wage", "202603", "202604", "9000", why: "奖金漏报"), "k2")));

        Assert.Equal([("310", "1101", 20261101, 20261130, "E1")], await town.StaffCover(a.PsnNo));
        Assert.Equal([("310", "1101", 20261101, 0, "E1"), ("510", "1101", 20261101, 0, "E1")], await town.StaffCover(b.PsnNo));
        Assert.Equal([("310", "1101", 20260101, 20261231, "E1")], await town.StaffCover(c.PsnNo));
        var told = (await town.Told()).GroupBy(e => e.PsnNo).ToDictionary(g => g.Key, g => g.Last());
        Assert.Equal((202611, "stopped", 2L), (told[a.PsnNo].ToMonth, told[a.PsnNo].Ended, told[a.PsnNo].Version));
        Assert.Equal([new DeclaredWage(202611, 600_050), new DeclaredWage(202701, 660_000)], told[b.PsnNo].Wages);
        Assert.Equal((202612, "retired", 2L), (told[c.PsnNo].ToMonth, told[c.PsnNo].Ended, told[c.PsnNo].Version));
        Assert.Equal([new DeclaredWage(202601, 700_000), new DeclaredWage(202603, 900_000), new DeclaredWage(202605, 700_000)], told[c.PsnNo].Wages);

        var history = (await town.Host.Ask($"employments/{told[c.PsnNo].EmploymentNo}/history")).Body.EnumerateArray().Select(s => (s.GetProperty("act").GetString(), s.GetProperty("why").GetString())).ToList();
        Assert.Equal([("start", "补报"), ("stop", ""), ("wage", "奖金漏报")], history);
        Assert.Equal(["register", "register", "file", "file"], (await town.Host.Ask("declarations")).Body.GetProperty("declarations").EnumerateArray().Select(d => d.GetProperty("act").GetString()!));
    }

    [Fact]
    public async Task SameFileAgain_ChangesNothingByTheSameKeyAndByAnother()
    {
        var (a, b) = (await Resident(), await Resident());
        var rows = Row(a, "start", "202601", wage: "5000", why: "补报") + Row(b, "start", "202611", wage: "6000") + Row(a, "wage", "202603", "202606", "8000", why: "更正");
        Assert.Equal(2, Of(await Send(rows, "k1")).Changed);
        Assert.Equal(0, Of(await Send(rows, "k1")).Changed);
        Assert.Equal(0, Of(await Send(rows, "k2")).Changed);
        Assert.Equal(2, (await town.Told()).Count);
        Assert.Equal("request.key_reused", (await Send(Row(a, "wage", "202612", wage: "1"), "k1")).GetProperty("code").GetString());
    }

    public static TheoryData<string, string, string> Wrong() => new()
    {
        { "C,N,hire,202611,,5000,,", "action", "employment.act_unknown" },
        { "C,N,start,202611,,,,", "wage", "import.required" },
        { "C,N,start,202611,,12.345,,", "wage", "import.bad_amount" },
        { "C,N,start,202613,,5000,,", "month", "employment.month_invalid" },
        { "C,N,start,202610,,5000,,", "why", "employment.reason_needed" },
        { "C,N,start,202611,202610,5000,,", "last_month", "employment.ends_before_start" },
        { "C,N,start,202611,,5000,2,", "maternity", "import.unknown_code" },
        { "C,N,stop,202611,202611,,,", "month", "employment.month_not_meant" },
        { "C,N,stop,,202609,,,", "why", "employment.reason_needed" },
        { "C,N,stop,,202611,,,", "month", "employment.not_employed" },
        { "C,N,wage,202612,,5000,,", "month", "employment.not_employed" },
        { "C,李不同,start,202611,,5000,,", "psn_name", "person.name_mismatch" },
        { "65000019800506999X,N,start,202611,,5000,,", "certno", "person.unknown" },
    };

    [Theory, MemberData(nameof(Wrong))]
    public async Task WrongRow_IsRefusedByItsLineAndTheRestMayGoIn(string row, string column, string code)
    {
        var (good, other) = (await Resident(), await Resident());
        var rows = Row(good, "start", "202611", wage: "5000") + row.Replace("C,", $"{other.Certno},").Replace("N,", $"{other.Name},") + "\n";
        var whole = await Send(rows, "k1");
        Assert.Equal((0, 1, 0), Of(whole));
        Assert.Equal([(3L, column, code)], Errors(whole));
        Assert.Equal(0, await town.Host.Count("employment"));
        Assert.Equal((1, 1, 1), Of(await Send(rows, "k2", partial: true)));
        Assert.Single(await town.StaffCover(good.PsnNo));
        Assert.Empty(await town.StaffCover(other.PsnNo));
    }

    [Fact]
    public async Task RowThatCountsOnARefusedOne_IsRefusedToo()
    {
        var (person, other) = (await Resident(), await Resident());
        await town.Start(person.PsnNo, "E2", 202611, "5000");
        // The start is refused, so there is no employment here whose wage could be told; the other person's rows stand.
        var answer = await Send(Row(person, "start", "202611", wage: "5000") + Row(person, "wage", "202612", wage: "5500") + Row(other, "start", "202611", wage: "5000") + Row(other, "wage", "202612", wage: "5500"), "k1", partial: true);
        Assert.Equal((2, 2, 1), Of(answer));
        Assert.Equal([(2L, "month", "employment.other_goes_on"), (3L, "month", "employment.not_employed")], Errors(answer));
        Assert.Equal(1, await town.Host.Count("employment WHERE employer_no = 'E1'"));
    }

    [Fact]
    public async Task RowsOfOnePersonThatSayTheSame_AreRefused()
    {
        var person = await Resident();
        var answer = await Send(Row(person, "start", "202601", wage: "5000", why: "补报") + Row(person, "wage", "202602", "202604", "6000", why: "更正") + Row(person, "wage", "202603", "", "6500", why: "更正") + Row(person, "start", "202601", wage: "5100", why: "补报"), "k1", partial: true);
        Assert.Equal([(4L, "month", "employment.repeated_row"), (5L, "month", "employment.repeated_row")], Errors(answer));
    }

    [Fact]
    public async Task UnknownEmployer_RefusesTheFile()
    {
        var answer = await Send(Row(await Resident(), "start", "202611", wage: "5000"), "k1", employer: "E404");
        Assert.Equal("employer.unknown", answer.GetProperty("code").GetString());
    }

    [Fact]
    public async Task LargeEmployer_IsDeclaredWholeAndTold()
    {
        const int staff = 12_000;
        var persons = Enumerable.Range(0, staff).Select(_ => PersonCsv.New(town.Host.County) with { To = "2020-12-31" }).ToList();
        await EnrollmentHost.Import(town.Host.Persons(), PersonCsv.File(persons));
        await town.Host.TellChanged();
        var (starts, wages) = (new StringBuilder(), new StringBuilder());
        foreach (var person in persons)
        {
            starts.Append(Row(person, "start", "202611", wage: "5000"));
            wages.Append(Row(person, "wage", "202701", wage: "5500"));
        }
        Assert.Equal((staff, 0, staff), Of(await Send(starts.ToString(), "k1")));
        Assert.Equal((staff, 0, staff), Of(await Send(wages.ToString(), "k2")));
        await town.Host.TellChanged();
        var told = await town.Told();
        Assert.Equal(2 * staff, told.Count);
        Assert.Equal(staff, told.Skip(staff).Count(e => e is { Version: 2, Wages: [{ FromMonth: 202611, WageFen: 500_000 }, { FromMonth: 202701, WageFen: 550_000 }] }));
        Assert.Equal(staff, await town.Host.Count("coverage WHERE insutype = '310' AND employer_no = 'E1'"));
        Assert.Equal(staff, await town.Host.Count("person WHERE version = 2"));
        Assert.Equal(2 * staff, await town.Host.Count("outbox WHERE type = 'InsuredPersonChanged'"));
    }

    private async Task<DeclareStaffReply> Declare(string token, string key, params StaffRow[] rows)
    {
        var request = new DeclareStaffRequest { Token = token, RequestKey = key };
        request.Row.AddRange(rows);
        return await town.Host.EmployerDesk.DeclareStaffAsync(request, town.Host.Headers());
    }

    [Fact]
    public async Task EmployersOwnDesk_DeclaresItsStaffOnceByKey()
    {
        var (person, other) = (await Resident(), await Resident());
        var (_, token) = await town.Token("E1");
        StaffRow[] rows =
        [
            new() { Certno = person.Certno, PsnName = person.Name, Action = "start", Month = 202611, WageFen = 500_050, Maternity = true },
            new() { Certno = other.Certno, PsnName = other.Name, Action = "start", Month = 202601, WageFen = 600_000, Why = "漏报,\"补\"\n报" },
        ];
        Assert.Equal(2, (await Declare(token, "k1", rows)).Changed);
        Assert.Equal(0, (await Declare(token, "k1", rows)).Changed);
        Assert.Equal([new DeclaredWage(202611, 500_050)], (await town.Told()).Single(e => e.PsnNo == person.PsnNo).Wages);
        var step = (await town.Host.Ask($"employments/{await town.Employment(other.PsnNo)}/history")).Body[0];
        Assert.Equal(("E1的张会计", "漏报,\"补\" 报"), (step.GetProperty("by").GetString(), step.GetProperty("why").GetString()));
        // The same key of another employer is another one.
        var third = await Resident();
        Assert.Equal(1, (await Declare((await town.Token("E2")).Secret, "k1", new StaffRow { Certno = third.Certno, PsnName = third.Name, Action = "start", Month = 202611, WageFen = 500_000 })).Changed);
        Assert.Equal("employer_no = E2", await town.Host.Sql<string>($"SELECT 'employer_no = ' || employer_no FROM employment WHERE psn_no = '{third.PsnNo}'"));
    }

    [Fact]
    public async Task EmployersOwnDesk_IsToldWhichRowsAreRefusedAndNothingIsDeclared()
    {
        var person = await Resident();
        var (_, token) = await town.Token("E1");
        var reply = await Declare(token, "k1", new StaffRow { Certno = person.Certno, PsnName = "换\n行", Action = "start", Month = 202611, WageFen = 500_000 }, new StaffRow { Certno = person.Certno, PsnName = person.Name, Action = "start", Month = 202611 });
        Assert.Equal(0, reply.Changed);
        Assert.Equal([(0, "psn_name", "person.name_mismatch"), (1, "wage_fen", "import.required")], reply.Refused.OrderBy(r => r.Row).Select(r => (r.Row, r.Field, r.Code)));
        Assert.Equal(0, await town.Host.Count("employment"));
    }

    [Fact]
    public async Task TokenThatReadsOnly_DeclaresNothing()
    {
        var person = await Resident();
        var (_, token) = await town.Token("E1", mayDeclare: false);
        var refused = await Assert.ThrowsAsync<RpcException>(() => Declare(token, "k1", new StaffRow { Certno = person.Certno, PsnName = person.Name, Action = "start", Month = 202611, WageFen = 500_000 }));
        Assert.Equal(StatusCode.PermissionDenied, refused.StatusCode);
        Assert.Equal(0, await town.Host.Count("employment"));
    }
}
