using MedInsure.Protos.ProviderRegistry.V1;

namespace MedInsure.FraudAudit.Tests.Sample;

/// <summary>A drug, service or consumable as the sample's catalog has it. Codes and prices are invented.</summary>
internal sealed record CareItem(string Code, string Name, string ListType, string ChargeType, long PriceFen)
{
    /// <summary>01, 02 (a tenth is the person's first), 03.</summary>
    public string Class { get; init; } = "01";
    public long CeilingFen { get; init; }
    public string Gend { get; init; } = "";
    public int AgeMin { get; init; } = -1;
    public int AgeMax { get; init; } = -1;
    public int DaysMax { get; init; } = -1;
    public int PerDayMax { get; init; } = -1;
    public int ToOn { get; init; }
    public bool InCatalog { get; init; } = true;

    public CatalogItem Row()
    {
        var row = new CatalogItem
        {
            HilistCode = Code, HilistName = Name, ListType = ListType, ChrgitmLv = Class, MedChrgitmType = ChargeType, SelfpayBp = Class switch { "01" => 0, "02" => 1000, _ => 10_000 }, MinLevel = "", FromOn = 20200101, ToOn = ToOn,
            OutpatientPool = true, GendLimit = Gend, AgeMin = AgeMin, AgeMax = AgeMax, MaxQuantityPerDayE4 = PerDayMax < 0 ? -1 : PerDayMax * 10_000L, MaxDays = DaysMax, Version = 1,
        };
        if (CeilingFen > 0)
            (row.Ceiling3MicroYuan, row.Ceiling2MicroYuan, row.Ceiling1MicroYuan, row.CeilingCommunityMicroYuan) = (CeilingFen * 10_000, CeilingFen * 10_000, CeilingFen * 10_000, CeilingFen * 10_000);
        return row;
    }
}
