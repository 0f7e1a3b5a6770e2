namespace MedInsure.ProviderRegistry.Tests.Providers;

/// <summary>Rows of providers.csv; what a test does not set is right.</summary>
public sealed record ProviderCsv(string Code, string County)
{
    public const string Header = "fixmedins_code,fixmedins_name,fixmedins_type,hosp_lv,policy_level,county,agreement_no,agreement_from,agreement_to,ownership\n";

    public string Name { get; init; } = "道里区人民医院";
    public string Type { get; init; } = "1";
    public string HospitalLevel { get; init; } = "05";
    public string Level { get; init; } = "2";
    public string Agreement { get; init; } = "AG1";
    public string From { get; init; } = "2025-01-01";
    public string To { get; init; } = "2026-12-31";
    public string Ownership { get; init; } = "public";

    public override string ToString() => string.Join(',', Code, Name, Type, HospitalLevel, Level, County, Agreement, From, To, Ownership) + "\n";

    public static string File(params IEnumerable<ProviderCsv> rows) => Header + string.Concat(rows);
}
