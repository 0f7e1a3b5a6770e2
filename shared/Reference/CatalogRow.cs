using MedInsure.Kernel;
using MedInsure.Protos.ProviderRegistry.V1;

namespace MedInsure.Reference;

/// <summary>One row of the insurance catalog (import-formats.md, catalog.csv), as published. Both ends of its period are included.</summary>
public sealed class CatalogRow
{
    private const long NoCeiling = -1;
    private readonly long ceiling3, ceiling2, ceiling1, ceilingCommunity;

    internal CatalogRow(CatalogItem item, Func<string, string> intern)
    {
        Code = item.HilistCode;
        Name = item.HilistName;
        ListType = intern(item.ListType);
        Class = intern(item.ChrgitmLv);
        ChargeItemType = intern(item.MedChrgitmType);
        MinLevel = PolicyLevel.Parse(item.MinLevel);
        FirstPay = new BasisPoints(item.SelfpayBp);
        From = DayNumber.ToDate(item.FromOn);
        To = DayNumber.ToOptionalDate(item.ToOn);
        CountsForOutpatientPool = item.OutpatientPool;
        GenderLimit = intern(item.GendLimit);
        AgeMin = item.AgeMin < 0 ? null : item.AgeMin;
        AgeMax = item.AgeMax < 0 ? null : item.AgeMax;
        QuantityPerDayMax = item.MaxQuantityPerDayE4 < 0 ? null : new Quantity(item.MaxQuantityPerDayE4);
        DaysMax = item.MaxDays < 0 ? null : item.MaxDays;
        ceiling3 = item.HasCeiling3MicroYuan ? item.Ceiling3MicroYuan : NoCeiling;
        ceiling2 = item.HasCeiling2MicroYuan ? item.Ceiling2MicroYuan : NoCeiling;
        ceiling1 = item.HasCeiling1MicroYuan ? item.Ceiling1MicroYuan : NoCeiling;
        ceilingCommunity = item.HasCeilingCommunityMicroYuan ? item.CeilingCommunityMicroYuan : NoCeiling;
    }

    /// <summary>hilist_code.</summary>
    public string Code { get; }
    public string Name { get; }
    /// <summary>National list_type: 101 … 301.</summary>
    public string ListType { get; }
    /// <summary>National chrgitm_lv: 01 甲, 02 乙, 03 丙.</summary>
    public string Class { get; }
    /// <summary>National med_chrgitm_type: 01 … 14.</summary>
    public string ChargeItemType { get; }
    /// <summary>The person's first-pay share: 0 for class 01, the whole for class 03.</summary>
    public BasisPoints FirstPay { get; }
    /// <summary>The lowest level whose providers may bill the item to the fund.</summary>
    public PolicyLevel MinLevel { get; }
    public DateOnly From { get; }
    public DateOnly? To { get; }
    public bool CountsForOutpatientPool { get; }
    /// <summary>1 men only, 2 women only, empty = none.</summary>
    public string GenderLimit { get; }
    /// <summary>Whole years, included; null = none.</summary>
    public int? AgeMin { get; }
    public int? AgeMax { get; }
    public Quantity? QuantityPerDayMax { get; }
    public int? DaysMax { get; }

    public bool IsInForceOn(DateOnly day) => day >= From && (To is null || day <= To);

    public bool MayBeBilledAt(PolicyLevel level) => level.Rank >= MinLevel.Rank;

    /// <summary>The price ceiling at a provider's level, null where there is none. Below level 1 the community's holds (settlement-calculation.md section 11).</summary>
    public UnitPrice? CeilingAt(PolicyLevel level)
    {
        var ceiling = level.Value switch { "3" => ceiling3, "2" => ceiling2, "1" => ceiling1, _ => ceilingCommunity };
        return ceiling == NoCeiling ? null : new UnitPrice(ceiling);
    }
}

/// <summary>Why an item's line is not priced from a row.</summary>
public enum ItemAbsence : byte
{
    /// <summary>There is a row.</summary>
    None,
    /// <summary>The code has no row at all.</summary>
    NotInCatalog,
    /// <summary>The code has rows, none in force on the day.</summary>
    NotInForceOnDay,
}

/// <summary>The row in force on a day, or why there is none.</summary>
public readonly record struct ItemOnDay(CatalogRow? Row, ItemAbsence Absence);

/// <summary>A provider's level as the benefit tables use it: 3, 2, 1, community, village, pharmacy.</summary>
public readonly record struct PolicyLevel
{
    public string Value { get; }
    /// <summary>village 0 &lt; community 1 &lt; 1 &lt; 2 &lt; 3 (settlement-calculation.md section 11). A pharmacy sells what the lowest level may.</summary>
    public int Rank { get; }

    private PolicyLevel(string value, int rank) => (Value, Rank) = (value, rank);

    public static readonly PolicyLevel Village = new("village", 0);
    public static readonly PolicyLevel Community = new("community", 1);
    public static readonly PolicyLevel One = new("1", 2);
    public static readonly PolicyLevel Two = new("2", 3);
    public static readonly PolicyLevel Three = new("3", 4);
    public static readonly PolicyLevel Pharmacy = new("pharmacy", 0);

    /// <summary>Empty is village: no lower bound.</summary>
    /// <exception cref="FormatException">No such level.</exception>
    public static PolicyLevel Parse(string text) => text switch
    {
        "" or "village" => Village,
        "community" => Community,
        "1" => One,
        "2" => Two,
        "3" => Three,
        "pharmacy" => Pharmacy,
        _ => throw new FormatException($"{text} is no policy level"),
    };

    public override string ToString() => Value;
}
