using System.Net;
using System.Text.Json;
using MedInsure.Enrollment.Tests.Employments;
using MedInsure.Enrollment.Tests.Persons;
using MedInsure.Events;

namespace MedInsure.Enrollment.Tests.Transfers;

/// <summary>Persons who come from another pooling area, and who go to one.</summary>
[Trait("Category", "Storage")]
[Collection("enrollment")]
public sealed class TransferPersonTests(EnrollmentFixture fixture) : IAsyncLifetime
{
    private StaffTown town = null!;

    private EnrollmentHost Host => town.Host;

    public async Task InitializeAsync() => town = await StaffTown.Open(await fixture.Start());
    public async Task DisposeAsync() => await town.DisposeAsync();

    private Task<(HttpStatusCode Status, JsonElement Body)> Propose(string person, object? with = null) => Host.Ask("transfers", With(
        new { request_key = "t1", psn_no = person, insutype = "310", direction = "in", other_area = "310100", transferred_on = "2026-11-01", paid_months = 84, deemed_months = 24, account = "3650.75", papers = "参保凭证 沪-118", proposer = "王经办" }, with));

    private static Dictionary<string, object?> With(object request, object? with)
    {
        var fields = request.GetType().GetProperties().ToDictionary(p => p.Name, p => p.GetValue(request));
        foreach (var field in with?.GetType().GetProperties() ?? []) fields[field.Name] = field.GetValue(with);
        return fields;
    }

    private static readonly object Out = new { direction = "out", paid_months = 0, deemed_months = 0, account = "" };

    private Task<(HttpStatusCode Status, JsonElement Body)> Decide(long number, bool approve = true, string approver = "李审批") => Host.Ask($"transfers/{number}/decision", new { approve, approver });

    private static long Number((HttpStatusCode Status, JsonElement Body) answer) => answer.Body.GetProperty("transfer_no").GetInt64();
    private static string? Code((HttpStatusCode Status, JsonElement Body) answer) => answer.Body.TryGetProperty("code", out var code) ? code.GetString() : null;

    [Fact]
    public async Task WhoComes_BringsMonthsAndMoney()
    {
        var person = await town.Enrol();
        var proposed = await Propose(person);
        Assert.Equal(("proposed", "3650.75"), (proposed.Body.GetProperty("state").GetString(), proposed.Body.GetProperty("account").GetString()));
        Assert.Equal("transfer.not_approved", Code(await Host.Ask($"transfers/{Number(proposed)}/certificate")));
        Assert.Equal("approval.same_person", Code(await Decide(Number(proposed), approver: "王经办")));
        Assert.Empty(await town.Told<PersonTransferred>());

        Assert.Equal("approved", (await Decide(Number(proposed))).Body.GetProperty("state").GetString());
        Assert.Equal("approved", (await Decide(Number(proposed))).Body.GetProperty("state").GetString());
        Assert.Equal(new PersonTransferred(Number(proposed), person, "310", "in", "310100", 20261101, 84, 24, 365_075), Assert.Single(await town.Told<PersonTransferred>()));
        // Nobody's cover changes by it.
        Assert.Equal(1, (await town.Person(person)).Version);
        var page = await Host.Text($"transfers/{Number(proposed)}/certificate");
        Assert.All(["310100", "3650.75", "84", "24", person], text => Assert.Contains(text, page, StringComparison.Ordinal));

        Assert.Equal("approved", (await Propose(person)).Body.GetProperty("state").GetString());
        Assert.Equal("request.key_reused", Code(await Propose(person, new { paid_months = 85 })));
        Assert.Equal("transfer.recorded_already", Code(await Propose(person, new { request_key = "t2" })));
        Assert.Equal("transfer.decided", Code(await Decide(Number(proposed), approve: false)));
        Assert.Equal(("transfer", "approved"), ((await Host.Ask($"persons/{person}/history")).Body[0].GetProperty("kind").GetString(), (await Host.Ask($"persons/{person}/history")).Body[0].GetProperty("state").GetString()));
    }

    [Fact]
    public async Task WhoGoes_IsCoveredToTheDayAndEmployedToTheMonth()
    {
        var person = await town.Enrol();
        await town.Start(person, "E1", 202610, "5000.00", maternity: true, why: "补报");
        var transfer = Number(await Propose(person, Out));
        Assert.Equal("approved", (await Decide(transfer)).Body.GetProperty("state").GetString());
        Assert.Equal([("310", 20261101), ("510", 20261101)], (await town.StaffCover(person)).Select(c => (c.Insutype, c.To)));
        Assert.Equal((202611, "transferred"), ((await town.Told())[^1].ToMonth, (await town.Told())[^1].Ended));
        Assert.Equal(20261101, (await town.LastOfPerson(person)).Coverage.Single(c => c.Insutype == "310").ToOn);
        Assert.Equal(new PersonTransferred(transfer, person, "310", "out", "310100", 20261101, 0, 0, 0), Assert.Single(await town.Told<PersonTransferred>()));
        Assert.Contains("参保凭证（转出）", await Host.Text($"transfers/{transfer}/certificate"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Rejected_NothingChanges()
    {
        var person = await town.Enrol(p => p with { Insutype = "310", PsnType = "1101" });
        var transfer = Number(await Propose(person, Out));
        Assert.Equal("rejected", (await Decide(transfer, approve: false)).Body.GetProperty("state").GetString());
        Assert.Empty(await town.Told<PersonTransferred>());
        Assert.Equal([0], (await town.StaffCover(person)).Select(c => c.To));
        // Asked again under another key.
        Assert.Equal(HttpStatusCode.OK, (await Propose(person, new { request_key = "t2", direction = "out", paid_months = 0, deemed_months = 0, account = "" })).Status);
        Assert.Equal(transfer, (await Host.Ask("transfers?state=rejected")).Body.GetProperty("transfers")[0].GetProperty("transfer_no").GetInt64());
    }

    public static TheoryData<string, object> Wrong() => new()
    {
        { "request.key_missing", new { request_key = "" } }, { "transfer.scheme_unknown", new { insutype = "311" } }, { "transfer.direction_unknown", new { direction = "to" } }, { "transfer.area_invalid", new { other_area = "上海" } },
        { "transfer.same_area", new { other_area = EnrollmentHost.City } }, { "transfer.same_area", new { other_area = "650299" } }, { "transfer.day_invalid", new { transferred_on = "2026-11-22" } },
        { "transfer.months_invalid", new { paid_months = -1 } }, { "transfer.months_invalid", new { deemed_months = 601 } }, { "transfer.amount_invalid", new { account = "1.234" } }, { "transfer.amount_invalid", new { account = "-1.00" } },
        { "transfer.scheme_without_account", new { insutype = "390" } }, { "transfer.billing_says", new { direction = "out" } }, { "field.invalid", new { papers = "" } }, { "approval.person_missing", new { proposer = "" } },
        { "person.unknown", new { psn_no = "nobody" } }, { "transfer.day_invalid", new { transferred_on = "1980-05-05" } }, { "transfer.not_insured", new { direction = "out", paid_months = 0, deemed_months = 0, account = "" } },
        { "request.malformed", new { transferred_on = "gestern" } },
    };

    [Theory, MemberData(nameof(Wrong))]
    public async Task WrongRequest_IsRefused(string code, object with)
    {
        Assert.Equal(code, Code(await Propose(await town.Enrol(), with)));
        Assert.Equal(0, await Host.Count("area_transfer"));
    }

    [Fact]
    public async Task WhoDiedMeanwhile_IsNotTransferred()
    {
        var person = await town.Enrol();
        var transfer = Number(await Propose(person));
        await Host.Ask("deaths", new { request_key = "d1", psn_no = person, died_on = "2026-11-10", evidence = "死亡证明", by = "王经办" });
        Assert.Equal("transfer.person_dead", Code(await Decide(transfer)));
        Assert.Equal("transfer.unknown", Code(await Decide(99)));
    }
}
