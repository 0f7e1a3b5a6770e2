using System.Net;
using System.Text.Json;
using MedInsure.Enrollment.Tests.Persons;
using MedInsure.Events;
using MedInsure.Protos.Enrollment.V1;

namespace MedInsure.Enrollment.Tests.Merging;

/// <summary>Two records of one person made one, and those that are not one person's.</summary>
[Trait("Category", "Storage")]
[Collection("enrollment")]
public sealed class MergePersonsTests(EnrollmentFixture fixture) : IAsyncLifetime
{
    private EnrollmentHost host = null!;

    public async Task InitializeAsync() => host = await fixture.Start();
    public async Task DisposeAsync() => await host.DisposeAsync();

    private async Task Enrol(params PersonCsv[] persons)
    {
        // One at a time: a file refuses the same certificate twice.
        foreach (var person in persons) Assert.Equal(1, (await EnrollmentHost.Import(host.Persons(), PersonCsv.File(person))).Changed);
    }

    private Task<(HttpStatusCode Status, JsonElement Body)> Propose(string retired, string surviving, string key = "k1") =>
        host.Ask("merges", new { request_key = key, retired_no = retired, surviving_no = surviving, why = "同一证件两个编号", proposer = "王经办" });

    private Task<(HttpStatusCode Status, JsonElement Body)> Decide(long number, bool approve = true, string approver = "李审批") => host.Ask($"merges/{number}/decision", new { approve, approver });

    private async Task<Person> Get(string psnNo) => await host.Client.GetPersonAsync(new GetPersonRequest { PsnNo = psnNo }, host.Headers());

    [Fact]
    public async Task Merge_UnitesCoverCategoriesAndNumbers()
    {
        var survivor = PersonCsv.New(host.County) with { Insutype = "310", PsnType = "1101", Balance = "10.00", Categories = "low_income", To = "2024-12-31" };
        var retired = survivor with { PsnNo = survivor.PsnNo + "old", Balance = "5.50", From = "2018-01-01", To = "2021-06-30", Categories = "registered_poor" };
        await Enrol(survivor, retired);
        var before = (await host.Events()).Count;
        var proposed = (await Propose(retired.PsnNo, survivor.PsnNo)).Body;
        Assert.Equal("proposed", proposed.GetProperty("state").GetString());
        Assert.Equal(retired.PsnNo, (await Get(retired.PsnNo)).PsnNo);
        Assert.Equal("approved", (await Decide(proposed.GetProperty("merge_no").GetInt64())).Body.GetProperty("state").GetString());

        var person = await Get(retired.PsnNo);
        Assert.Equal((survivor.PsnNo, 2L), (person.PsnNo, person.Version));
        Assert.Equal([(20180101, 20191231, 550L), (20200101, 20241231, 1000L)], person.Coverage.Select(c => (c.FromOn, c.ToOn, c.AccountCreditFen)));
        Assert.Equal([("low_income", 20200101, 0), ("registered_poor", 20180101, 0)], person.Category.Select(c => (c.Name, c.FromOn, c.ToOn)));
        Assert.Equal(survivor.PsnNo, (await host.Client.FindPersonByCertificateAsync(new FindPersonByCertificateRequest { Certno = survivor.Certno }, host.Headers())).PsnNo);

        var types = await host.Sql<string[]>("SELECT array_agg(type ORDER BY seq) FROM outbox");
        Assert.Equal(["InsuredPersonChanged", "InsuredPersonChanged", "PersonMerged"], types[before..]);
        var gone = EventJson.Read<InsuredPersonChanged>(await host.Sql<byte[]>($"SELECT payload FROM outbox WHERE aggregate = '{retired.PsnNo}' ORDER BY seq DESC LIMIT 1"));
        Assert.Equal((survivor.PsnNo, 2L, 0), (gone.MergedInto, gone.Version, gone.Coverage.Count));
        var merged = EventJson.Read<PersonMerged>(await host.Sql<byte[]>("SELECT payload FROM outbox WHERE type = 'PersonMerged'"));
        Assert.Equal((retired.PsnNo, survivor.PsnNo, new CoveredTwice("310", 20200101, 20210630)), (merged.RetiredNo, merged.SurvivingNo, Assert.Single(merged.CoveredTwice)));
        Assert.Equal(20180101, Person.Parser.ParseFrom(await host.Sql<byte[]>("SELECT retired_before FROM person_merge")).Coverage[0].FromOn);
    }

    [Fact]
    public async Task NumberMergedTwice_LeadsToTheLast()
    {
        var a = PersonCsv.New(host.County);
        var (b, c) = (a with { PsnNo = a.PsnNo + "b" }, a with { PsnNo = a.PsnNo + "c" });
        await Enrol(a, b, c);
        await Decide((await Propose(a.PsnNo, b.PsnNo, "k1")).Body.GetProperty("merge_no").GetInt64());
        await Decide((await Propose(b.PsnNo, c.PsnNo, "k2")).Body.GetProperty("merge_no").GetInt64());
        Assert.Equal((c.PsnNo, c.PsnNo), ((await Get(a.PsnNo)).PsnNo, (await Get(b.PsnNo)).PsnNo));
        var refused = (await Propose(a.PsnNo, c.PsnNo, "k3")).Body;
        Assert.Equal(("merge.merged_already", "retired_no"), (refused.GetProperty("code").GetString(), refused.GetProperty("field").GetString()));
    }

    [Fact]
    public async Task OldFifteenDigitNumber_IsTheSamePerson()
    {
        var person = PersonCsv.New(host.County);
        var old = person with { PsnNo = person.PsnNo + "old", CertType = "99", Certno = person.Certno[..6] + person.Certno[8..17] };
        await Enrol(person, old);
        Assert.Equal(HttpStatusCode.OK, (await Propose(old.PsnNo, person.PsnNo)).Status);
    }

    public static TheoryData<string, Func<PersonCsv, PersonCsv>> Strangers() => new()
    {
        { "merge.certificates_differ", p => p with { Certno = PersonCsv.Identity(990_001) } },
        { "merge.names_differ", p => p with { Name = "王大明" } },
        { "merge.births_differ", p => p with { CertType = "03", Certno = "G12345678", Brdy = "1981-05-06" } },
        { "merge.births_differ", p => p with { CertType = "03", Certno = "G12345678", Gend = "2" } },
    };

    [Theory, MemberData(nameof(Strangers))]
    public async Task TwoDifferentPersons_AreNeverMerged(string code, Func<PersonCsv, PersonCsv> other)
    {
        var person = PersonCsv.New(host.County);
        var stranger = other(person) with { PsnNo = person.PsnNo + "s" };
        await Enrol(person, stranger);
        var refused = await Propose(stranger.PsnNo, person.PsnNo);
        Assert.Equal((HttpStatusCode.UnprocessableEntity, code), (refused.Status, refused.Body.GetProperty("code").GetString()));
        Assert.Equal(0, await host.Count("person_merge"));
    }

    [Fact]
    public async Task WhatBecameOfTheRecordsMeanwhile_IsAskedAgainAtTheApproval()
    {
        var person = PersonCsv.New(host.County);
        var twin = person with { PsnNo = person.PsnNo + "t" };
        await Enrol(person, twin);
        var number = (await Propose(twin.PsnNo, person.PsnNo)).Body.GetProperty("merge_no").GetInt64();
        var change = (await host.Ask("key-data-changes", new { request_key = "c1", psn_no = twin.PsnNo, psn_name = "王大明", why = "登记错误", evidence = "户口簿", proposer = "王经办" })).Body.GetProperty("change_no").GetInt64();
        Assert.Equal(HttpStatusCode.OK, (await host.Ask($"key-data-changes/{change}/decision", new { approve = true, approver = "李审批" })).Status);
        Assert.Equal("merge.names_differ", (await Decide(number)).Body.GetProperty("code").GetString());
        Assert.Equal("rejected", (await Decide(number, approve: false)).Body.GetProperty("state").GetString());
    }

    [Fact]
    public async Task OnePersonAlone_DoesNotMerge()
    {
        var person = PersonCsv.New(host.County);
        await Enrol(person, person with { PsnNo = person.PsnNo + "t" });
        var number = (await Propose(person.PsnNo + "t", person.PsnNo)).Body.GetProperty("merge_no").GetInt64();
        Assert.Equal((HttpStatusCode.UnprocessableEntity, "approval.same_person"), ((await Decide(number, approver: "王经办 ")).Status, (await Decide(number, approver: "王经办")).Body.GetProperty("code").GetString()));
        Assert.Equal("proposed", (await host.Ask("merges?state=proposed")).Body.GetProperty("merges")[0].GetProperty("state").GetString());
    }

    [Fact]
    public async Task RequestsSentAgain_ChangeNothing()
    {
        var person = PersonCsv.New(host.County);
        var twin = person with { PsnNo = person.PsnNo + "t" };
        await Enrol(person, twin);
        var number = (await Propose(twin.PsnNo, person.PsnNo)).Body.GetProperty("merge_no").GetInt64();
        Assert.Equal(number, (await Propose(twin.PsnNo, person.PsnNo)).Body.GetProperty("merge_no").GetInt64());
        Assert.Equal("request.key_reused", (await Propose(person.PsnNo, twin.PsnNo)).Body.GetProperty("code").GetString());
        Assert.Equal("merge.proposed_already", (await Propose(twin.PsnNo, person.PsnNo, "k2")).Body.GetProperty("code").GetString());
        await Decide(number);
        var events = await host.Count("outbox");
        Assert.Equal("approved", (await Decide(number)).Body.GetProperty("state").GetString());
        Assert.Equal("merge.decided", (await Decide(number, approve: false)).Body.GetProperty("code").GetString());
        Assert.Equal(events, await host.Count("outbox"));
    }

    [Fact]
    public async Task FileThatNamesARetiredNumber_IsRefused()
    {
        var person = PersonCsv.New(host.County);
        var twin = person with { PsnNo = person.PsnNo + "t" };
        await Enrol(person, twin);
        await Decide((await Propose(twin.PsnNo, person.PsnNo)).Body.GetProperty("merge_no").GetInt64());
        Assert.Equal("person.merged", Assert.Single((await EnrollmentHost.Import(host.Persons(), PersonCsv.File(twin))).Errors).Code);
    }
}
