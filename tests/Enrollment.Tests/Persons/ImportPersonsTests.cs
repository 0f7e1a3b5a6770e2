using MedInsure.Kernel;
using MedInsure.Protos.Enrollment.V1;

namespace MedInsure.Enrollment.Tests.Persons;

/// <summary>What a file of persons does to what is stored.</summary>
[Trait("Category", "Storage")]
[Collection("enrollment")]
public sealed class ImportPersonsTests(EnrollmentFixture fixture) : IAsyncLifetime
{
    private EnrollmentHost host = null!;

    public async Task InitializeAsync() => host = await fixture.Start(counties: 2);
    public async Task DisposeAsync() => await host.DisposeAsync();

    private string Second => host.Counties[1];
    private Task<Person> Get(string psnNo, string? county = null) => host.Client.GetPersonAsync(new GetPersonRequest { PsnNo = psnNo }, host.Headers(county)).ResponseAsync;

    [Fact]
    public async Task FileOfTwoCounties_IsStoredInBoth()
    {
        var (here, there) = (PersonCsv.New(host.County) with { Categories = "low_income" }, PersonCsv.New(Second));
        var result = await EnrollmentHost.Import(host.Persons(), PersonCsv.File(here, there));

        Assert.Equal((2, 2, 0, 2), (result.Rows, result.Accepted, result.Rejected, result.Changed));
        var person = await Get(here.PsnNo);
        Assert.Equal((here.Certno, here.Name, "1", 19800506, host.County, "H1", 1), (person.Certno, person.PsnName, person.Gend, person.BirthOn, person.County, person.HouseholdNo, person.Version));
        Assert.Equal(new Coverage { Insutype = "390", PsnType = "1501", FromOn = 20200101 }, Assert.Single(person.Coverage));
        Assert.Equal(new Category { Name = "low_income", FromOn = 20200101 }, Assert.Single(person.Category));
        Assert.Equal(there.PsnNo, (await Get(there.PsnNo, Second)).PsnNo);
    }

    [Fact]
    public async Task EachChangedPerson_LeavesOneEventWithTheWholeState()
    {
        var person = PersonCsv.New(host.County) with { Insutype = "310", PsnType = "1101", Balance = "12.30", Employer = "E9", To = "2022-12-31" };
        await EnrollmentHost.Import(host.Persons(), PersonCsv.File(person, person with { Insutype = "390", PsnType = "1501", Employer = "", Balance = "", From = "2023-01-01", To = "" }));

        var told = Assert.Single(await host.Events());
        Assert.Equal((person.PsnNo, "01", person.Certno, "王小明", "1", 19800506, host.County, 1L),
            (told.PsnNo, told.PsnCertType, told.Certno, told.PsnName, told.Gend, told.BirthOn, told.County, told.Version));
        Assert.Equal([new Events.InsuredCoverage("310", "1101", 20200101, 20221231, "E9", 1230), new Events.InsuredCoverage("390", "1501", 20230101, 0, "", 0)], told.Coverage);

        await EnrollmentHost.Import(host.Persons(), PersonCsv.File(person with { Balance = "20.00", Household = "H9" }));
        var again = (await host.Events())[^1];
        Assert.Equal((2L, "H9", 2, 2000L), (again.Version, again.HouseholdNo, again.Coverage.Count, again.Coverage[0].AccountCreditFen));
        Assert.Equal(person.PsnNo, await host.Sql<string>("SELECT aggregate FROM outbox ORDER BY seq DESC LIMIT 1"));
    }

    [Fact]
    public async Task SameFileTwice_ChangesNothing()
    {
        var rows = Enumerable.Range(0, 20).Select(i => PersonCsv.New(i % 2 == 0 ? host.County : Second) with
        {
            Insutype = i % 3 == 0 ? "310" : "390", PsnType = i % 3 == 0 ? "11" : "16", Balance = i % 3 == 0 ? $"{i}.5" : "", Categories = i % 4 == 0 ? "low_income;severely_disabled" : "", To = i % 5 == 0 ? "2027-12-31" : "",
        }).ToList();
        await EnrollmentHost.Import(host.Persons(), PersonCsv.File(rows));
        var events = (await host.Events()).Count + (await host.Events(Second)).Count;

        host.Clock.Today = new DateOnly(2027, 2, 3);
        var result = await EnrollmentHost.Import(host.Persons(), PersonCsv.File(rows));
        Assert.Equal((20, 0), (result.Accepted, result.Changed));
        Assert.Equal(events, (await host.Events()).Count + (await host.Events(Second)).Count);
        Assert.Equal(1, await host.Sql<long>("SELECT max(version) FROM person"));
    }

    [Fact]
    public async Task OneBadRow_KeepsTheWholeFileOut()
    {
        var (here, there) = (PersonCsv.New(host.County), PersonCsv.New(Second));
        var result = await EnrollmentHost.Import(host.Persons(), PersonCsv.File(here, there, PersonCsv.New(Second) with { Gend = "2" }));

        Assert.Equal((3, 0, 1, 0), (result.Rows, result.Accepted, result.Rejected, result.Changed));
        Assert.Equal((4, "gend"), (Assert.Single(result.Errors).Line, result.Errors[0].Column));
        foreach (var county in host.Counties)
            Assert.Equal((0, 0), (await host.Count("person", county), await host.Count("outbox", county)));
    }

    [Fact]
    public async Task BadRowFoundOnlyInOneCountysDatabase_KeepsTheWholeFileOutEverywhere()
    {
        var before = PersonCsv.New(Second);
        await EnrollmentHost.Import(host.Persons(), PersonCsv.File(before));
        var result = await EnrollmentHost.Import(host.Persons(), PersonCsv.File(PersonCsv.New(host.County), before with { From = "2024-01-01" }));
        Assert.Equal("person.cover_overlaps", Assert.Single(result.Errors).Code);
        Assert.Equal((0, 1), (await host.Count("person"), await host.Count("person", Second)));
    }

    [Fact]
    public async Task CertificateOfAStoredPerson_UnderAnotherNumber_IsKeptBesideIt()
    {
        var old = PersonCsv.New(host.County);
        await EnrollmentHost.Import(host.Persons(), PersonCsv.File(old));
        var result = await EnrollmentHost.Import(host.Persons(), PersonCsv.File(old with { PsnNo = old.PsnNo + "x" }));
        Assert.Equal((1, 0, 1), (result.Accepted, result.Rejected, result.Changed));
        Assert.Equal(2, await host.Count("person"));
    }

    [Fact]
    public async Task PartOfAFile_IsStoredWhereAsked()
    {
        PersonCsv[] good = [PersonCsv.New(host.County), PersonCsv.New(Second)];
        var result = await EnrollmentHost.Import(host.Persons(), PersonCsv.File(good[0], good[0] with { PsnNo = "other" }, good[1], PersonCsv.New("999999"), good[0]), partial: true);

        Assert.Equal((5, 2, 3, 2), (result.Rows, result.Accepted, result.Rejected, result.Changed));
        Assert.Equal([(3, "person.certificate_repeated"), (5, "import.county_not_served"), (6, "person.repeated_row")], result.Errors.Select(e => (e.Line, e.Code)).Order());
        Assert.Equal((1, 1), (await host.Count("person"), await host.Count("person", Second)));
    }

    /// <summary>What is wrong only beside other rows or beside what is stored: one case per code. S is stored before, F is the file; the error is F's last row's.</summary>
    public static TheoryData<string, string, Func<string, string, PersonCsv, (PersonCsv[] Stored, PersonCsv[] File)>> WrongTogether() => new()
    {
        { "psn_no", "person.repeated_row", (_, _, p) => ([], [p, p with { PsnType = "16" }]) },
        { "psn_cert_type", "person.rows_disagree", (_, _, p) => ([], [p, p with { CertType = "02", From = "2030-01-01" }]) },
        { "certno", "person.rows_disagree", (_, _, p) => ([], [p, p with { Certno = PersonCsv.Identity(900_001), Insutype = "380", PsnType = "11" }]) },
        { "psn_name", "person.rows_disagree", (_, _, p) => ([], [p, p with { Name = "王明", Insutype = "380" }]) },
        { "household_no", "person.rows_disagree", (_, _, p) => ([], [p, p with { Household = "", Insutype = "380" }]) },
        { "categories", "person.rows_disagree", (_, _, p) => ([], [p, p with { Categories = "low_income", Insutype = "380" }]) },
        { "certno", "person.certificate_repeated", (_, _, p) => ([], [p, p with { PsnNo = p.PsnNo + "x" }]) },
        { "county", "person.two_counties", (_, other, p) => ([], [p, p with { County = other }]) },
        { "certno", "person.certificate_repeated", (_, other, p) => ([], [p, p with { County = other, PsnNo = p.PsnNo + "x" }]) },
        { "cover_from", "person.cover_overlaps", (_, _, p) => ([], [p with { To = "2023-06-30" }, p with { From = "2023-06-30" }]) },
        { "cover_from", "person.cover_overlaps", (_, _, p) => ([], [p with { From = "2024-01-01" }, p]) },
        { "cover_from", "person.cover_overlaps", (_, _, p) => ([p], [p with { From = "2023-01-01" }]) },
        { "cover_from", "person.cover_overlaps", (_, _, p) => ([p with { From = "2023-01-01" }], [p with { To = "2023-01-01" }]) },
    };

    [Theory, MemberData(nameof(WrongTogether))]
    public async Task RowsThatContradict_AreRefused(string column, string code, Func<string, string, PersonCsv, (PersonCsv[] Stored, PersonCsv[] File)> rows)
    {
        var (stored, file) = rows(host.County, Second, PersonCsv.New(host.County));
        if (stored.Length > 0) await EnrollmentHost.Import(host.Persons(), PersonCsv.File(stored));
        var (before, coverage) = (await host.Events(), await host.Count("coverage"));

        var result = await EnrollmentHost.Import(host.Persons(), PersonCsv.File(file));
        var error = Assert.Single(result.Errors);
        Assert.Equal((file.Length + 1, column, code), (error.Line, error.Column, error.Code));
        Assert.Equal((before.Count, coverage), ((await host.Events()).Count, await host.Count("coverage")));

        // In part, the rest goes in.
        var partial = await EnrollmentHost.Import(host.Persons(), PersonCsv.File(file), partial: true);
        Assert.Equal((file.Length - 1, 1), (partial.Accepted, partial.Rejected));
    }

    [Fact]
    public async Task TwoPersonsWhoExchangeCertificates_NeedAnApproval()
    {
        PersonCsv a = PersonCsv.New(host.County), b = PersonCsv.New(host.County);
        await EnrollmentHost.Import(host.Persons(), PersonCsv.File(a, b));
        var result = await EnrollmentHost.Import(host.Persons(), PersonCsv.File(a with { Certno = b.Certno }, b with { Certno = a.Certno }));
        Assert.Equal([(2, "person.key_data_differ"), (3, "person.key_data_differ")], result.Errors.Select(e => (e.Line, e.Code)).Order());
        Assert.Equal(a.Certno, (await Get(a.PsnNo)).Certno);
    }

    [Fact]
    public async Task CoverEndedAndBegunAnewInOneFile_DoesNotOverlap()
    {
        var person = PersonCsv.New(host.County);
        await EnrollmentHost.Import(host.Persons(), PersonCsv.File(person));
        var result = await EnrollmentHost.Import(host.Persons(), PersonCsv.File(person with { From = "2026-01-01" }, person with { To = "2025-12-31" }));
        Assert.Equal((2, 1), (result.Accepted, result.Changed));
        Assert.Equal([(20200101, 20251231), (20260101, 0)], (await Get(person.PsnNo)).Coverage.Select(c => (c.FromOn, c.ToOn)));
    }

    [Fact]
    public async Task EmptyBalance_KeepsTheCreditOnFile()
    {
        var person = PersonCsv.New(host.County) with { Insutype = "310", PsnType = "1101", Balance = "99.99" };
        await EnrollmentHost.Import(host.Persons(), PersonCsv.File(person));
        Assert.Equal(0, (await EnrollmentHost.Import(host.Persons(), PersonCsv.File(person with { Balance = "" }))).Changed);
        Assert.Equal(9999, (await Get(person.PsnNo)).Coverage[0].AccountCreditFen);
        Assert.Equal(1, (await EnrollmentHost.Import(host.Persons(), PersonCsv.File(person with { Balance = "0" }))).Changed);
        Assert.Equal(0, (await Get(person.PsnNo)).Coverage[0].AccountCreditFen);
    }

    [Fact]
    public async Task CategoryOfANewPerson_HoldsFromTheFirstCover()
    {
        var person = PersonCsv.New(host.County) with { Categories = "low_income", To = "2021-12-31" };
        await EnrollmentHost.Import(host.Persons(), PersonCsv.File(person with { From = "2022-01-01", To = "" }, person));
        Assert.Equal([("low_income", 20200101, 0)], await Categories(person));
    }

    [Fact]
    public async Task CategoryNamedLater_HoldsFromTodayAndLeftOutEndedYesterday()
    {
        var person = PersonCsv.New(host.County) with { Categories = "low_income" };
        await EnrollmentHost.Import(host.Persons(), PersonCsv.File(person));

        // Late in the evening of the 9th in London it is the 10th in China.
        host.Clock.Now = new DateTimeOffset(2027, 3, 9, 20, 0, 0, TimeSpan.Zero);
        var result = await EnrollmentHost.Import(host.Persons(), PersonCsv.File(person with { Categories = "registered_poor" }));
        Assert.Equal(1, result.Changed);
        Assert.Equal([("low_income", 20200101, 20270309), ("registered_poor", 20270310, 0)], await Categories(person));
        Assert.Equal(2, (await Get(person.PsnNo)).Version);

        host.Clock.Today = new DateOnly(2027, 5, 1);
        await EnrollmentHost.Import(host.Persons(), PersonCsv.File(person with { Categories = "low_income;registered_poor" }));
        Assert.Equal([("low_income", 20200101, 20270309), ("low_income", 20270501, 0), ("registered_poor", 20270310, 0)], await Categories(person));
    }

    [Fact]
    public async Task CategoryNamedAndTakenBackOnOneDay_LeavesNoTrace()
    {
        var person = PersonCsv.New(host.County) with { Categories = "low_income" };
        await EnrollmentHost.Import(host.Persons(), PersonCsv.File(person));
        host.Clock.Today = new DateOnly(2027, 1, 2);
        await EnrollmentHost.Import(host.Persons(), PersonCsv.File(person with { Categories = "registered_poor" }));
        await EnrollmentHost.Import(host.Persons(), PersonCsv.File(person));
        Assert.Equal([("low_income", 20200101, 0)], await Categories(person));
        Assert.Equal(0, (await EnrollmentHost.Import(host.Persons(), PersonCsv.File(person))).Changed);
    }

    [Fact]
    public async Task FileWithoutRows_ChangesNothing()
    {
        var result = await EnrollmentHost.Import(host.Persons(), PersonCsv.Header);
        Assert.Equal((0, 0, 0, 0), (result.Rows, result.Accepted, result.Rejected, result.Changed));
    }

    private async Task<IEnumerable<(string, int, int)>> Categories(PersonCsv person) => (await Get(person.PsnNo)).Category.Select(c => (c.Name, c.FromOn, c.ToOn));
}
