using MedInsure.ProviderRegistry.Providers;

namespace MedInsure.ProviderRegistry.Tests.Providers;

/// <summary>What is wrong with a row of providers.csv in itself: one case per code.</summary>
[Trait("Category", "Unit")]
public sealed class ProviderFileRowTests
{
    private const string County = "230102", City = "230100";

    public static TheoryData<string, string, string> Wrong()
    {
        var good = new ProviderCsv("H00000000009", County);
        (ProviderCsv Row, string Column, string Code)[] cases =
        [
            (good with { Code = "" }, "fixmedins_code", "import.required"), (good with { Code = "H1" }, "fixmedins_code", "provider.code_malformed"), (good with { Code = "H-0000000009" }, "fixmedins_code", "provider.code_malformed"),
            (good with { Name = "" }, "fixmedins_name", "import.required"), (good with { Type = "3" }, "fixmedins_type", "import.unknown_code"), (good with { HospitalLevel = "12" }, "hosp_lv", "import.unknown_code"),
            (good with { Level = "4" }, "policy_level", "import.unknown_code"), (good with { Level = "pharmacy" }, "policy_level", "provider.level_not_of_type"), (good with { Type = "2" }, "policy_level", "provider.level_not_of_type"),
            (good with { County = "" }, "county", "import.required"), (good with { County = "999999" }, "county", "import.county_not_served"), (good with { Agreement = "" }, "agreement_no", "import.required"),
            (good with { From = "" }, "agreement_from", "import.required"), (good with { From = "1.1.2025" }, "agreement_from", "import.bad_date"), (good with { To = "2024-12-31" }, "agreement_to", "agreement.ends_before_start"),
            (good with { Ownership = new string('x', 31) }, "ownership", "import.too_long"),
        ];
        var data = new TheoryData<string, string, string>();
        foreach (var (row, column, code) in cases) data.Add(row.ToString(), column, code);
        return data;
    }

    private static Task<(List<ProviderFileRow> Rows, IReadOnlyList<Hosting.Imports.RowError> Errors)> Read(string row) =>
        ParsedRows<ProviderFileRow>.Of(ProviderCsv.Header + row, ProviderFileRow.Columns, r => ProviderFileRow.Parse(r, new Dictionary<string, string> { [County] = City }));

    [Theory, MemberData(nameof(Wrong))]
    public async Task WrongField_IsRefusedByNameAndCode(string row, string column, string code)
    {
        var (rows, errors) = await Read(row);
        Assert.Empty(rows);
        Assert.Equal((2, column, code), Assert.Single(errors.Select(e => (e.Line, e.Column, e.Code))));
    }

    [Fact]
    public async Task Pharmacy_NeedsNoHospitalLevel()
    {
        var (rows, _) = await Read(new ProviderCsv("P00000000001", County) { Type = "2", Level = "pharmacy", HospitalLevel = "", To = "", Ownership = "" }.ToString());
        Assert.Equal((City, "pharmacy", "", (DateOnly?)null), Assert.Single(rows.Select(r => (r.City, r.PolicyLevel, r.HospitalLevel, r.AgreementTo))));
    }
}
