using MedInsure.Billing.Persons;
using MedInsure.Events;
using MedInsure.Hosting.Messaging;
using MedInsure.Kernel;
using Microsoft.Extensions.DependencyInjection;

namespace MedInsure.Billing.Tests.Assessments;

/// <summary>A changed person is assessed anew at once: only what differs changes, and what was said before stays with who said it.</summary>
[Trait("Category", "Storage")]
[Collection("billing")]
public sealed class ReassessPersonsTests(BillingFixture fixture)
{
    private static async Task<(string Due, string Aid, int Version, bool Withdrawn)> Now(BillingHost host, string psnNo, int year = 2026)
    {
        var a = (await host.Get($"/assessments/390/{year}/persons/{psnNo}")).Body.GetProperty("assessment");
        return (a.GetProperty("due").GetString()!, a.GetProperty("aid_id").GetString()!, a.GetProperty("version").GetInt32(), a.GetProperty("withdrawn").GetBoolean());
    }

    [Fact]
    public async Task RecognisedDuringTheYear_OwesLessFromThen()
    {
        await using var host = await fixture.Start(workers: false);
        var (person, other) = (TestPerson.New(), TestPerson.New());
        await host.Hear(person, other);
        await host.Assess(2026);
        Assert.Equal(("280.00", "", 1, false), await Now(host, person.PsnNo));

        await host.Hear(person.With(new InsuredCategory("low_income", 2026_11_20, 0)));
        Assert.Equal(("30.00", "key_groups", 2, false), await Now(host, person.PsnNo));
        Assert.Equal(("280.00", "", 1, false), await Now(host, other.PsnNo));

        var versions = (await host.Get($"/assessments/390/2026/persons/{person.PsnNo}")).Body.GetProperty("versions").EnumerateArray().ToList();
        Assert.Equal([("280.00", "run", "王经办"), ("30.00", "person_changed", null)], versions.Select(v => (v.GetProperty("due").GetString(), v.GetProperty("cause").GetString(), v.TryGetProperty("started_by", out var by) ? by.GetString() : null)));
        Assert.Equal(versions[1].GetProperty("stated_at").GetString(), versions[0].GetProperty("replaced_at").GetString());
    }

    [Fact]
    public async Task CategoriesOfThePastOrFuture_DoNotCount()
    {
        await using var host = await fixture.Start(workers: false);
        var person = TestPerson.New().With(new InsuredCategory("low_income", 2020_01_01, 2025_12_31), new InsuredCategory("extreme_hardship", 2027_01_01, 0));
        await host.Hear(person);
        await host.Assess(2026);
        Assert.Equal(("280.00", "", 1, false), await Now(host, person.PsnNo));
        // One that ended on the year's first day did hold in it.
        await host.Hear(person.With(new InsuredCategory("low_income", 2020_01_01, 2026_01_01)));
        Assert.Equal(("30.00", "key_groups", 2, false), await Now(host, person.PsnNo));
    }

    [Fact]
    public async Task OlderEventOrRepeat_ChangesNothing()
    {
        await using var host = await fixture.Start(workers: false);
        var person = TestPerson.New(version: 5, categories: "low_income");
        await host.Hear(person);
        await host.Assess(2026);
        await host.Hear(person, person with { Version = 4, Categories = [] });
        Assert.Equal(("30.00", "key_groups", 1, false), await Now(host, person.PsnNo));
        // The newest of one message counts, wherever it stands.
        await host.Hear(person with { Version = 7, Categories = [] }, person with { Version = 6 });
        Assert.Equal(("280.00", "", 2, false), await Now(host, person.PsnNo));
    }

    [Fact]
    public async Task DiedBeforeTheYear_OwesNothingAndUndoneOwesAgain()
    {
        await using var host = await fixture.Start(workers: false);
        var (eve, within, requested) = (TestPerson.New(), TestPerson.New(), TestPerson.New());
        await host.Hear(eve, within, requested.Covered());
        await host.Sql<object>($"INSERT INTO cover_request VALUES ('{requested.PsnNo}', '390', 2026, '1501', 'everyone', '2025-10-01', NULL, false)");
        await host.Assess(2026);
        Assert.Equal(("280.00", "", 1, false), await Now(host, requested.PsnNo));
        InsuredPersonChanged Dead(InsuredPersonChanged person, int on, long version = 3) => person with { Version = version, DiedOn = on, Coverage = [.. person.Coverage.Select(c => c with { ToOn = on })] };

        // Covered to the year's eve: nothing is left to pay for.
        await host.Hear(Dead(eve, 2025_12_31), Dead(within, 2026_01_01), Dead(requested.Covered(), 2025_12_30));
        Assert.Equal(("0.00", "", 2, true), await Now(host, eve.PsnNo));
        Assert.Equal(("280.00", "", 1, false), await Now(host, within.PsnNo));
        Assert.Equal(("0.00", "", 2, true), await Now(host, requested.PsnNo));

        // Undone, enrollment tells the cover as it was.
        await host.Hear(eve with { Version = 4 });
        Assert.Equal(("280.00", "", 3, false), await Now(host, eve.PsnNo));
        Assert.True(await host.Sql<bool>($"SELECT died_on IS NULL FROM insured_person WHERE psn_no = '{eve.PsnNo}'"));
    }

    [Fact]
    public async Task KeyDataCorrected_AreCopiedAndOweTheSame()
    {
        await using var host = await fixture.Start(workers: false);
        var person = TestPerson.New();
        await host.Hear(person);
        await host.Assess(2026);
        await host.Hear(person with { Version = 2, PsnName = "李五", Certno = "110105200003010011", BirthOn = 2000_03_01, Gend = "2", PsnCertType = "03", HouseholdNo = "H9" });
        Assert.Equal("李五 03 110105200003010011 2000-03-01 2 H9", await host.Sql<string>($"SELECT concat_ws(' ', psn_name, psn_cert_type, certno, birth_on, gend, household_no) FROM insured_person WHERE psn_no = '{person.PsnNo}'"));
        Assert.Equal("280.00", (await Now(host, person.PsnNo)).Due);
    }

    [Fact]
    public async Task WhoDropsOut_OwesNothingAndWhoComesBackOwesAgain()
    {
        await using var host = await fixture.Start(workers: false);
        var person = TestPerson.New(household: "H1");
        await host.Hear(person);
        await host.Assess(2026);
        await host.Sql<object>("UPDATE assessment SET paid_fen = 28000");
        var gone = person.Covered(new InsuredCoverage("390", "1501", 2020_01_01, 2025_06_30, "", 0));
        await host.Hear(gone);
        Assert.Equal(("0.00", "", 2, true), await Now(host, person.PsnNo));
        // What was paid is there to be refunded.
        Assert.Equal(280_00L, await host.Sql<long>("SELECT paid_fen FROM assessment WHERE withdrawn AND paid_fen > due_fen"));
        await host.Hear(gone.Covered(person.Coverage[0]));
        Assert.Equal(("280.00", "", 3, false), await Now(host, person.PsnNo));
    }

    [Fact]
    public async Task OtherClass_OwesOtherwise()
    {
        await using var host = await fixture.Start("harbin/resident", workers: false);
        var pupil = TestPerson.New(psnType: "1403", birthOn: 2008_02_01, categories: "low_income_elderly"); // an aid of adults
        await host.Hear(pupil);
        await host.Assess(2026);
        Assert.Equal(("50.00", "", 1, false), await Now(host, pupil.PsnNo));
        await host.Hear(pupil.Covered(new InsuredCoverage("390", "1501", 2020_01_01, 0, "", 0)));
        Assert.Equal(("0.00", "hardship", 2, false), await Now(host, pupil.PsnNo));
    }

    [Fact]
    public async Task YearsThatEnded_StayAsTheyWere()
    {
        await using var host = await fixture.Start(workers: false);
        var person = TestPerson.New();
        await host.Hear(person);
        await host.Assess(2025);
        await host.Assess(2026);
        await host.Assess(2027);
        await host.Hear(person.With(new InsuredCategory("low_income", 2020_01_01, 0)));
        Assert.Equal([("280.00", 1), ("30.00", 2), ("30.00", 2)], new[] { await Now(host, person.PsnNo, 2025), await Now(host, person.PsnNo), await Now(host, person.PsnNo, 2027) }.Select(n => (n.Due, n.Version)));
        Assert.Equal("assessment.unknown", (await host.Get("/assessments/390/2024/persons/" + person.PsnNo)).Body.GetProperty("code").GetString());
    }

    /// <summary>By events or by a run: the assessments of a year do not depend on the order in which things became known.</summary>
    [Fact]
    public async Task EventsAndRuns_GiveTheSame()
    {
        await using var late = await fixture.Start("guichi/resident", workers: false);
        await using var early = await fixture.Start("guichi/resident", workers: false);
        var random = new Random(20261122);
        string[] names = ["low_income", "extreme_hardship", "registered_poor", "severely_disabled", "priority_group", "family_planning_aided", "retired_veteran", "low_income_elderly"];
        var people = Enumerable.Range(0, 200).Select(i => TestPerson.New($"S{i:D4}", household: $"H{i / 4}")).ToList();
        await early.Hear([.. people]);
        await early.Assess(2026);
        for (var round = 0; round < 5; round++)
        {
            for (var i = 0; i < people.Count; i++)
                if (random.Next(3) == 0)
                    people[i] = people[i] with
                    {
                        Version = people[i].Version + 1,
                        Categories = [.. names.Where(_ => random.Next(5) == 0).Select(n => new InsuredCategory(n, 2025_06_01 + 10_000 * random.Next(2), random.Next(2) == 0 ? 0 : 2026_08_31))],
                        Coverage = random.Next(6) == 0 ? [new InsuredCoverage("390", "1501", 2020_01_01, 2025_11_30, "", 0)] : [new InsuredCoverage("390", "1501", 2020_01_01, 0, "", 0)],
                    };
            await early.Hear([.. people]);
        }
        await late.Hear([.. people]);
        await late.Assess(2026);
        // Who had been assessed and dropped out has a withdrawn row; who never was has none.
        const string sql = "SELECT string_agg(concat_ws('|', psn_no, due_fen, aid_id, aid_fen, categories::text, central_fen, province_fen, county_fen), E'\\n' ORDER BY psn_no) FROM assessment WHERE NOT withdrawn";
        Assert.Equal(await late.Sql<string>(sql), await early.Sql<string>(sql));
        Assert.Equal(0, (await early.Assess(2026)).GetProperty("changed").GetInt64());
    }

    [Fact]
    public async Task Newcomers_AreAssessedWhenEnrolled()
    {
        await using var host = await fixture.Start("harbin/resident", workers: false);
        await host.Assess(2026);
        var newborn = TestPerson.New(psnType: "1401", birthOn: 2026_10_03).Covered();
        await host.Hear(newborn);
        Assert.Equal(0L, await host.Sql<long>("SELECT count(*) FROM assessment"));
        var request = new CoverRequested(newborn.PsnNo, "390", 2026, "1401", "newborn", 2026_11_20, 2026_10_03);
        await Request(host, request, request);
        Assert.Equal(("50.00", "", 1, false), await Now(host, newborn.PsnNo));
        await Request(host, request with { Withdrawn = true });
        Assert.Equal(("0.00", "", 2, true), await Now(host, newborn.PsnNo));
        // Of the next year's run.
        await Request(host, request with { Year = 2027 });
        Assert.Equal(1, (await host.Assess(2027)).GetProperty("added").GetInt64());
    }

    private static async Task Request(BillingHost host, params CoverRequested[] requests)
    {
        await using var connection = await host.Database.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await new CoverRequestedHandler(host.Services.GetRequiredService<ChinaCalendar>()).Handle(new EventContext(host.County, host.County.Code, connection, transaction), requests, default);
        await transaction.CommitAsync();
    }
}
