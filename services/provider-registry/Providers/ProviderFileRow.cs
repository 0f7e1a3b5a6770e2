using MedInsure.Hosting.Imports;

namespace MedInsure.ProviderRegistry.Providers;

/// <summary>One row of providers.csv (import-formats.md) that is right in itself: a provider under its present agreement.</summary>
internal sealed record ProviderFileRow(
    long Line, string City, string Code, string Name, string Type, string HospitalLevel, string PolicyLevel, string County, string AgreementNo, DateOnly AgreementFrom, DateOnly? AgreementTo, string Ownership)
{
    public static readonly string[] Columns =
        ["fixmedins_code", "fixmedins_name", "fixmedins_type", "hosp_lv", "policy_level", "county", "agreement_no", "agreement_from", "agreement_to", "ownership"];

    private const int CodeLength = 12;
    private const string PharmacyType = "2";
    private const string PharmacyLevel = "pharmacy";

    // national-interface.md section 3.
    private static readonly HashSet<string> Types = ["1", PharmacyType];
    private static readonly HashSet<string> HospitalLevels = ["01", "02", "03", "04", "05", "06", "07", "08", "09", "10", "11"];
    private static readonly HashSet<string> PolicyLevels = ["3", "2", "1", "community", "village", PharmacyLevel];

    /// <param name="cityOf">The city that a county served here belongs to.</param>
    public static ProviderFileRow? Parse(CsvRow row, IReadOnlyDictionary<string, string> cityOf)
    {
        var code = row.Text("fixmedins_code", CodeLength);
        // A msgid begins with it and has a fixed length.
        if (code.Length > 0 && (code.Length != CodeLength || !code.All(char.IsAsciiLetterOrDigit)))
            row.Fail("fixmedins_code", "provider.code_malformed", "定点机构编码应为12位字母或数字", "is not 12 letters and digits");
        var name = row.Text("fixmedins_name", 200);
        var type = row.Code("fixmedins_type", Types);
        var hospitalLevel = row.Code("hosp_lv", HospitalLevels, required: false);
        var level = row.Code("policy_level", PolicyLevels);
        if (Types.Contains(type) && PolicyLevels.Contains(level) && (type == PharmacyType) != (level == PharmacyLevel))
            row.Fail("policy_level", "provider.level_not_of_type", "待遇级别与机构类型不符", "pharmacy goes with fixmedins_type 2, and with no other");
        var county = row.Division("county");
        var city = "";
        if (Kernel.DivisionCode.TryParse(county, out _) && !cityOf.TryGetValue(county, out city))
            row.Fail("county", "import.county_not_served", $"本平台不承办县区{county}", $"county {county} is not served here");
        var agreement = row.Text("agreement_no", 50);
        var from = row.Date("agreement_from");
        var to = row.Date("agreement_to", required: false);
        if (to < from) row.Fail("agreement_to", "agreement.ends_before_start", "协议结束日期早于开始日期", "lies before agreement_from");
        var ownership = row.Text("ownership", 30, required: false);
        return row.HasErrors ? null : new ProviderFileRow(row.Line, city!, code, name, type, hospitalLevel, level, county, agreement, from!.Value, to, ownership);
    }
}
