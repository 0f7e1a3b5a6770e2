using MedInsure.Enrollment.Employers;
using MedInsure.Enrollment.Tests.Persons;
using MedInsure.Protos.Enrollment.V1;

namespace MedInsure.Enrollment.Tests.Employers;

[Trait("Category", "Storage")]
[Collection("enrollment")]
public sealed class ImportEmployersTests(EnrollmentFixture fixture) : IAsyncLifetime
{
    private const string Header = "employer_no,employer_name,uscc,county,kind,headcount\n";
    private const string Code = "91230102990000001B", OtherCode = "91230102990000002E";

    private EnrollmentHost host = null!;

    public async Task InitializeAsync() => host = await fixture.Start(counties: 2);
    public async Task DisposeAsync() => await host.DisposeAsync();

    private string Row(string number = "E1", string name = "松江机械", string uscc = "", string? county = null, string kind = "enterprise", string headcount = "12") =>
        $"{number},{name},{uscc},{county ?? host.County},{kind},{headcount}\n";

    [Fact]
    public void TheCodesOfTheseTests_AreRight() => Assert.True(EmployerRow.IsCreditCode(Code) && EmployerRow.IsCreditCode(OtherCode) && EmployerRow.IsCreditCode("91350100M000100Y43"));

    [Fact]
    public async Task Employers_AreStoredAndNamedWithTheirPeople()
    {
        var person = PersonCsv.New(host.County) with { Insutype = "310", PsnType = "1101", Employer = "E1" };
        await EnrollmentHost.Import(host.Persons(), PersonCsv.File(person));
        var result = await EnrollmentHost.Import(host.Employers(), Header + Row() + Row("E2", county: host.Counties[1]));
        Assert.Equal((2, 2), (result.Accepted, result.Changed));
        Assert.Equal("松江机械", (await host.Client.GetPersonAsync(new GetPersonRequest { PsnNo = person.PsnNo }, host.Headers())).Coverage[0].EmployerName);
        Assert.Equal(1, await host.Count("employer", host.Counties[1]));
    }

    [Fact]
    public async Task SameFileTwice_ChangesNothing()
    {
        var file = Header + Row(uscc: Code) + Row("E2", headcount: "");
        await EnrollmentHost.Import(host.Employers(), file);
        Assert.Equal(0, (await EnrollmentHost.Import(host.Employers(), file)).Changed);
        Assert.Equal(1, (await EnrollmentHost.Import(host.Employers(), file.Replace(",12\n", ",13\n"))).Changed);
    }

    [Fact]
    public async Task CodesMayBeExchanged()
    {
        await EnrollmentHost.Import(host.Employers(), Header + Row("E1", uscc: Code) + Row("E2", uscc: OtherCode));
        Assert.Equal(2, (await EnrollmentHost.Import(host.Employers(), Header + Row("E1", uscc: OtherCode) + Row("E2", uscc: Code))).Accepted);
        Assert.Equal(Code, await host.Sql<string>("SELECT uscc FROM employer WHERE employer_no = 'E2'"));
    }

    public static TheoryData<string, string, string> Wrong() => new()
    {
        { ",n,,C,k,1", "employer_no", "import.required" },
        { "E5,,,C,k,1", "employer_name", "import.required" },
        { "E5,n,912301029900000010,C,k,1", "uscc", "employer.uscc_wrong" },
        { "E5,n,9123010299000000,C,k,1", "uscc", "employer.uscc_wrong" },
        { "E5,n,,999999,k,1", "county", "import.county_not_served" },
        { "E5,n,,C,k,-1", "headcount", "import.bad_number" },
        { "E5,n,,C,k,1.5", "headcount", "import.bad_number" },
        { "E1,n,,C,k,1", "employer_no", "employer.repeated_row" },
        { $"E5,n,{Code},C,k,1", "uscc", "employer.uscc_repeated" },
        { $"E5,n,{OtherCode},C,k,1", "uscc", "employer.uscc_taken" },
    };

    [Theory, MemberData(nameof(Wrong))]
    public async Task WrongRow_IsRefusedAndNothingStored(string row, string column, string code)
    {
        await EnrollmentHost.Import(host.Employers(), Header + Row("E0", uscc: OtherCode));
        var result = await EnrollmentHost.Import(host.Employers(), Header + Row("E1", uscc: Code) + row.Replace(",C,", $",{host.County},") + "\n");
        Assert.Equal((3, column, code), Assert.Single(result.Errors.Select(e => (e.Line, e.Column, e.Code))));
        Assert.Equal(1, await host.Count("employer"));
        Assert.Equal(1, (await EnrollmentHost.Import(host.Employers(), Header + Row("E1", uscc: Code) + row.Replace(",C,", $",{host.County},") + "\n", partial: true)).Accepted);
    }
}
