using System.Net;
using System.Text.Json;
using MedInsure.Enrollment.Tests.Persons;
using MedInsure.Protos.Enrollment.V1;

namespace MedInsure.Enrollment.Tests.Changes;

/// <summary>Who a person is on file changes by two people, with history.</summary>
[Trait("Category", "Storage")]
[Collection("enrollment")]
public sealed class ChangeKeyDataTests(EnrollmentFixture fixture) : IAsyncLifetime
{
    private EnrollmentHost host = null!;

    public async Task InitializeAsync() => host = await fixture.Start();
    public async Task DisposeAsync() => await host.DisposeAsync();

    private async Task<PersonCsv> Enrol(PersonCsv? person = null)
    {
        person ??= PersonCsv.New(host.County);
        Assert.Equal(1, (await EnrollmentHost.Import(host.Persons(), PersonCsv.File(person))).Changed);
        return person;
    }

    private Task<(HttpStatusCode Status, JsonElement Body)> Propose(
        string psnNo, string key = "c1", string? name = null, string? certno = null, string? type = null, string? birth = null, string? gend = null, string evidence = "户口簿复印件") =>
        host.Ask("key-data-changes", new { request_key = key, psn_no = psnNo, psn_name = name, certno, psn_cert_type = type, birth_on = birth, gend, why = "登记错误", evidence, proposer = "王经办" });

    private Task<(HttpStatusCode Status, JsonElement Body)> Decide(long number, bool? approve = true, string approver = "李审批", string? why = null) => host.Ask($"key-data-changes/{number}/decision", new { approve, approver, why });

    private async Task<Person> Get(string psnNo) => await host.Client.GetPersonAsync(new GetPersonRequest { PsnNo = psnNo }, host.Headers());

    private static long Number((HttpStatusCode Status, JsonElement Body) answer) => answer.Body.GetProperty("change_no").GetInt64();
    private static string Code((HttpStatusCode Status, JsonElement Body) answer) => answer.Body.GetProperty("code").GetString()!;

    [Fact]
    public async Task ApprovedBySecondPerson_ChangesAndTells()
    {
        // A passport gives way to an id number, with its birth and sex.
        var person = await Enrol(PersonCsv.New(host.County) with { CertType = "03", Certno = "G7654321", Brdy = "1981-05-06", Gend = "2" });
        var id = PersonCsv.Identity(700_001);
        var proposed = await Propose(person.PsnNo, type: "01", certno: id.ToLowerInvariant(), birth: "1980-05-06", gend: "1");
        Assert.Equal(("proposed", 0), (proposed.Body.GetProperty("state").GetString(), proposed.Body.GetProperty("same_certificate").GetArrayLength()));
        Assert.Equal(("G7654321", id), (proposed.Body.GetProperty("before").GetProperty("certno").GetString(), proposed.Body.GetProperty("after").GetProperty("certno").GetString()));
        Assert.Equal(("G7654321", 1L), ((await Get(person.PsnNo)).Certno, (await Get(person.PsnNo)).Version));

        Assert.Equal("approval.same_person", Code(await Decide(Number(proposed), approver: " 王经办")));
        Assert.Equal("approved", (await Decide(Number(proposed))).Body.GetProperty("state").GetString());
        var changed = await Get(person.PsnNo);
        Assert.Equal(("01", id, "王小明", "1", 19800506, 2L), (changed.PsnCertType, changed.Certno, changed.PsnName, changed.Gend, changed.BirthOn, changed.Version));
        var told = (await host.Events())[^1];
        Assert.Equal((id, 19800506, 2L), (told.Certno, told.BirthOn, told.Version));
        Assert.Equal(person.PsnNo, (await host.Client.FindPersonByCertificateAsync(new FindPersonByCertificateRequest { Certno = id }, host.Headers())).PsnNo);

        // Both requests again change nothing, and say what is.
        Assert.Equal("approved", (await Propose(person.PsnNo, type: "01", certno: id, birth: "1980-05-06", gend: "1")).Body.GetProperty("state").GetString());
        Assert.Equal("approved", (await Decide(Number(proposed))).Body.GetProperty("state").GetString());
        Assert.Equal("change.decided", Code(await Decide(Number(proposed), approve: false, why: "再想")));
        Assert.Equal("request.key_reused", Code(await Propose(person.PsnNo, name: "王大明")));
        Assert.Equal(2, (await Get(person.PsnNo)).Version);
        var history = (await host.Ask($"persons/{person.PsnNo}/history")).Body;
        Assert.Equal(("key_data", "approved", "王经办", "李审批", "G7654321"),
            (history[0].GetProperty("kind").GetString(), history[0].GetProperty("state").GetString(), history[0].GetProperty("by").GetString(), history[0].GetProperty("second_by").GetString(),
                history[0].GetProperty("what").GetProperty("before").GetProperty("certno").GetString()));
    }

    [Fact]
    public async Task Refused_KeepsTheRecordAndTheReason()
    {
        var person = await Enrol();
        var number = Number(await Propose(person.PsnNo, name: "王大明"));
        Assert.Equal("change.waits_already", Code(await Propose(person.PsnNo, "c2", name: "王二明")));
        Assert.Equal("reason.missing", Code(await Decide(number, approve: false)));
        Assert.Equal("decision.missing", Code(await Decide(number, approve: null)));
        Assert.Equal("rejected", (await Decide(number, approve: false, why: "证明不符")).Body.GetProperty("state").GetString());
        Assert.Equal("change.decided", Code(await Decide(number)));
        Assert.Equal(("王小明", 1L), ((await Get(person.PsnNo)).PsnName, (await Get(person.PsnNo)).Version));
        Assert.Equal("证明不符", (await host.Ask("key-data-changes?state=rejected")).Body.GetProperty("changes")[0].GetProperty("decided_why").GetString());
        Assert.Equal(HttpStatusCode.OK, (await Propose(person.PsnNo, "c3", name: "王二明")).Status);
    }

    [Fact]
    public async Task WhatIsWrong_IsRefused()
    {
        var person = await Enrol();
        Assert.Equal("person.unknown", Code(await Propose("nobody", name: "王大明")));
        Assert.Equal("change.nothing_changes", Code(await Propose(person.PsnNo, name: person.Name)));
        Assert.Equal("person.birth_differs_from_certno", Code(await Propose(person.PsnNo, birth: "1980-05-07")));
        Assert.Equal("field.invalid", Code(await Propose(person.PsnNo, name: "王大明", evidence: "")));
        Assert.Equal("change.unknown", Code(await Decide(99)));
        Assert.Equal(0, await host.Count("person_change"));
    }

    [Fact]
    public async Task RecordOfAnotherPersonsCertificate_IsNamedToWhoApproves()
    {
        var (person, twin) = (await Enrol(), await Enrol(PersonCsv.New(host.County) with { CertType = "99", Certno = "T1" }));
        var proposed = await Propose(twin.PsnNo, type: "01", certno: person.Certno);
        Assert.Equal(person.PsnNo, proposed.Body.GetProperty("same_certificate")[0].GetString());
        // Corrected, the two records can be merged.
        await Decide(Number(proposed));
        Assert.Equal(HttpStatusCode.OK, (await host.Ask("merges", new { request_key = "m1", retired_no = twin.PsnNo, surviving_no = person.PsnNo, why = "同一人", proposer = "王经办" })).Status);
    }

    [Fact]
    public async Task RecordMergedMeanwhile_IsNotChanged()
    {
        var person = await Enrol();
        var twin = await Enrol(person with { PsnNo = person.PsnNo + "t" });
        var number = Number(await Propose(twin.PsnNo, name: "王大明"));
        var merge = (await host.Ask("merges", new { request_key = "m1", retired_no = twin.PsnNo, surviving_no = person.PsnNo, why = "同一人", proposer = "王经办" })).Body.GetProperty("merge_no").GetInt64();
        await host.Ask($"merges/{merge}/decision", new { approve = true, approver = "李审批" });
        Assert.Equal("merge.merged_already", Code(await Decide(number)));
        Assert.Equal("merge.merged_already", Code(await Propose(twin.PsnNo, "c2", name: "王大明")));
        Assert.Equal(["merge", "key_data"], (await host.Ask($"persons/{person.PsnNo}/history")).Body.EnumerateArray().Select(s => s.GetProperty("kind").GetString()).OrderByDescending(k => k));
    }

    [Fact]
    public async Task RecordThatIsNotWhatItWas_IsNotChanged()
    {
        var person = await Enrol();
        var number = Number(await Propose(person.PsnNo, name: "王大明"));
        await host.Sql<string>($"UPDATE person SET psn_name = '王三明' WHERE psn_no = '{person.PsnNo}' RETURNING psn_no");
        Assert.Equal("change.outdated", Code(await Decide(number)));
    }

    [Fact]
    public async Task File_ChangesNoKeyData()
    {
        var person = await Enrol();
        foreach (var (changed, column) in new[] { (person with { Name = "王大明" }, "psn_name"), (person with { CertType = "99" }, "psn_cert_type"), (person with { Certno = PersonCsv.Identity(700_002) }, "certno") })
            Assert.Equal(("person.key_data_differ", column), (await EnrollmentHost.Import(host.Persons(), PersonCsv.File(changed))).Errors.Select(e => (e.Code, e.Column)).Single());
        Assert.Equal(1, (await Get(person.PsnNo)).Version);
    }
}
