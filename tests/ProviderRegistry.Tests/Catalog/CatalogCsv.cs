namespace MedInsure.ProviderRegistry.Tests.Catalog;

/// <summary>Rows of catalog.csv; what a test does not set is right.</summary>
public sealed record CatalogCsv(string Code)
{
    public const string Header = "hilist_code,hilist_name,list_type,chrgitm_lv,med_chrgitm_type,selfpay_prop,limit_price_3,limit_price_2,limit_price_1,limit_price_community," +
        "min_level,begndate,enddate,outpatient_pool,gend_limit,age_min,age_max,max_qty_per_day,max_days\n";

    public string Name { get; init; } = "阿莫西林胶囊";
    public string ListType { get; init; } = "101";
    public string Class { get; init; } = "02";
    public string ChargeType { get; init; } = "09";
    public string FirstPay { get; init; } = "0.1";
    public string Ceiling3 { get; init; } = "";
    public string Ceiling2 { get; init; } = "";
    public string Ceiling1 { get; init; } = "";
    public string CeilingCommunity { get; init; } = "";
    public string MinLevel { get; init; } = "";
    public string From { get; init; } = "2020-01-01";
    public string To { get; init; } = "";
    public string Pool { get; init; } = "";
    public string Gender { get; init; } = "";
    public string AgeMin { get; init; } = "";
    public string AgeMax { get; init; } = "";
    public string Quantity { get; init; } = "";
    public string Days { get; init; } = "";

    public override string ToString() => string.Join(',', Code, Name, ListType, Class, ChargeType, FirstPay, Ceiling3, Ceiling2, Ceiling1, CeilingCommunity, MinLevel, From, To, Pool, Gender, AgeMin, AgeMax, Quantity, Days) + "\n";

    public static string File(params IEnumerable<CatalogCsv> rows) => Header + string.Concat(rows);
}
