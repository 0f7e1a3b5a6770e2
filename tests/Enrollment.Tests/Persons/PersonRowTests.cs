using System.Text;
using MedInsure.Enrollment.Persons;
using MedInsure.Hosting.Imports;

namespace MedInsure.Enrollment.Tests.Persons;

/// <summary>What is wrong with a row in itself: one case per code, in the order of the columns.</summary>
[Trait("Category", "Unit")]
public sealed class PersonRowTests
{
    private const string County = "230102";
    private static readonly PersonCsv Good = new(County);

    public static TheoryData<string, string, string> Wrong() => new()
    {
        { Row(Good with { PsnNo = "" }), "psn_no", "import.required" },
        { Row(Good with { PsnNo = new string('1', 31) }), "psn_no", "import.too_long" },
        { Row(Good with { PsnNo = "张三" }), "psn_no", "person.number_malformed" },
        { Row(Good with { CertType = "" }), "psn_cert_type", "import.required" },
        { Row(Good with { CertType = "18" }), "psn_cert_type", "import.unknown_code" },
        { Row(Good with { Certno = "" }), "certno", "import.required" },
        { Row(Good with { Certno = Good.Certno[..17] + (Good.Certno[17] == '0' ? '1' : '0') }), "certno", "person.certno_wrong" },
        { Row(Good with { Certno = Good.Certno[..15] }), "certno", "person.certno_wrong" },
        { Row(Good with { Certno = "650000199902300013" }), "certno", "person.certno_wrong" },
        { Row(Good with { Name = "" }), "psn_name", "import.required" },
        { Row(Good with { Name = new string('王', 51) }), "psn_name", "import.too_long" },
        { Row(Good with { Gend = "3" }), "gend", "import.unknown_code" },
        { Row(Good with { Gend = "2" }), "gend", "person.gend_differs_from_certno" },
        { Row(Good with { Brdy = "" }), "brdy", "import.required" },
        { Row(Good with { Brdy = "1980/05/06" }), "brdy", "import.bad_date" },
        { Row(Good with { Brdy = "1980-05-07" }), "brdy", "person.birth_differs_from_certno" },
        { Row(Good with { CertType = "99", Certno = "A1", Brdy = "2026-11-22" }), "brdy", "person.born_in_future" },
        { Row(Good with { County = "" }), "county", "import.required" },
        { Row(Good with { County = "23010" }), "county", "import.bad_code" },
        { Row(Good with { County = "999999" }), "county", "import.county_not_served" },
        { Row(Good with { Household = new string('1', 31) }), "household_no", "import.too_long" },
        { Row(Good with { Insutype = "" }), "insutype", "import.required" },
        { Row(Good with { Insutype = "391x" }), "insutype", "import.unknown_code" },
        { Row(Good with { PsnType = "" }), "psn_type", "import.required" },
        { Row(Good with { PsnType = "17" }), "psn_type", "person.type_unknown" },
        { Row(Good with { PsnType = "150" }), "psn_type", "person.type_unknown" },
        { Row(Good with { PsnType = "1101" }), "psn_type", "person.type_not_of_scheme" },
        { Row(Good with { Insutype = "310" }), "psn_type", "person.type_not_of_scheme" },
        { Row(Good with { Categories = "low_income;rich" }), "categories", "import.unknown_code" },
        { Row(Good with { From = "" }), "cover_from", "import.required" },
        { Row(Good with { From = "2020-02-30" }), "cover_from", "import.bad_date" },
        { Row(Good with { To = "2019-12-31" }), "cover_to", "person.cover_ends_before_start" },
        { Row(Good with { From = "1970-01-01", To = "1979-01-01" }), "cover_to", "person.cover_ends_before_birth" },
        { Row(Good with { Employer = new string('1', 31) }), "employer_no", "import.too_long" },
        { Row(Good with { Insutype = "310", PsnType = "11", Balance = "1.005" }), "account_balance", "import.bad_amount" },
        { Row(Good with { Insutype = "310", PsnType = "11", Balance = "-1" }), "account_balance", "import.bad_amount" },
        { Row(Good with { Insutype = "310", PsnType = "11", Balance = "1e3" }), "account_balance", "import.bad_amount" },
        { Row(Good with { Balance = "0.01" }), "account_balance", "person.scheme_without_account" },
    };

    [Theory, MemberData(nameof(Wrong))]
    public async Task WrongField_IsRefusedByNameAndCode(string row, string column, string code)
    {
        var (rows, errors) = await Read(row);
        Assert.Empty(rows);
        Assert.Contains(errors, e => (e.Line, e.Column, e.Code) == (2, column, code));
        Assert.All(errors, e => Assert.True(e.Chinese.Length > 0 && e.English.Length > 0));
    }

    [Fact]
    public async Task GoodRow_IsReadAsItStands()
    {
        var (rows, errors) = await Read(Row(Good with { Categories = "registered_poor;low_income;low_income", To = "2030-12-31", Employer = "E1" }));
        Assert.Empty(errors);
        var row = Assert.Single(rows);
        Assert.Equal((2L, "P1", "01", Good.Certno, "王小明", "1", new DateOnly(1980, 5, 6), County), (row.Line, row.PsnNo, row.PsnCertType, row.Certno, row.PsnName, row.Gend, row.BirthOn, row.County));
        Assert.Equal(["low_income", "registered_poor"], row.Categories);
        Assert.Equal((new DateOnly(2020, 1, 1), new DateOnly(2030, 12, 31), "E1", (Kernel.Fen?)null), (row.FromOn, row.ToOn, row.EmployerNo, row.AccountCredit));
    }

    [Theory]
    [InlineData("11", "310", "123.45", 12345L)]
    [InlineData("1202", "310", "0", 0L)]
    [InlineData("13", "310", "100.50", 10050L)]
    public async Task Balance_IsWholeFen(string personType, string scheme, string balance, long fen)
    {
        var (rows, _) = await Read(Row(Good with { Insutype = scheme, PsnType = personType, Balance = balance }));
        Assert.Equal(fen, Assert.Single(rows).AccountCredit!.Value.Value);
    }

    [Fact]
    public async Task SmallX_IsStoredLarge()
    {
        var n = Enumerable.Range(1, 400).First(i => PersonCsv.Identity(i).EndsWith('X'));
        var (rows, _) = await Read(Row(Good with { Certno = PersonCsv.Identity(n).ToLowerInvariant() }));
        Assert.Equal(PersonCsv.Identity(n), Assert.Single(rows).Certno);
    }

    [Fact]
    public async Task OtherCertificate_HasNoCheckDigit()
    {
        var (rows, errors) = await Read(Row(Good with { CertType = "08", Certno = "E12345678", Gend = "2" }));
        Assert.Empty(errors);
        Assert.Equal("E12345678", Assert.Single(rows).Certno);
    }

    [Fact]
    public async Task NewbornCoveredFromTheNewYear_IsRight()
    {
        var (rows, _) = await Read(Row(Good with { CertType = "99", Certno = "NB1", Brdy = "2026-06-01", From = "2026-01-01", PsnType = "1401" }));
        Assert.Single(rows);
    }

    [Fact]
    public async Task SeveralMistakes_AreAllNamed()
    {
        var (_, errors) = await Read(Row(Good with { Gend = "7", Insutype = "1", From = "soon" }));
        Assert.Equal(["cover_from", "gend", "insutype"], errors.Select(e => e.Column).Order());
    }

    private static string Row(PersonCsv row) => row.ToString();

    private static async Task<(List<PersonRow> Rows, IReadOnlyList<RowError> Errors)> Read(string row)
    {
        var kept = new Kept();
        using var file = new MemoryStream(Encoding.UTF8.GetBytes(PersonCsv.Header + row));
        var outcome = await CsvFile.Import(file, kept, new ImportRun(acceptPartial: false));
        return (kept.Rows, outcome.Value.Errors);
    }

    private sealed class Kept : CsvImport<PersonRow>
    {
        public List<PersonRow> Rows { get; } = [];
        public override IReadOnlyList<string> Columns => PersonRow.Columns;
        public override PersonRow? Parse(CsvRow row) => PersonRow.Parse(row, new HashSet<string> { County }, new DateOnly(2026, 11, 21));

        public override async Task<long> Store(IAsyncEnumerable<PersonRow> rows, ImportRun run, CancellationToken cancellation)
        {
            await foreach (var row in rows) Rows.Add(row);
            return Rows.Count;
        }
    }
}
