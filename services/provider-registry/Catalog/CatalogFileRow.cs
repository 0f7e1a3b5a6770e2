using MedInsure.Hosting.Imports;
using MedInsure.Kernel;

namespace MedInsure.ProviderRegistry.Catalog;

/// <summary>One row of catalog.csv (import-formats.md) that is right in itself.</summary>
internal sealed record CatalogFileRow(
    long Line, string Code, string Name, string ListType, string Class, string ChargeItemType, BasisPoints FirstPay,
    UnitPrice? Ceiling3, UnitPrice? Ceiling2, UnitPrice? Ceiling1, UnitPrice? CeilingCommunity, string MinLevel, DateOnly From, DateOnly? To,
    bool OutpatientPool, string GenderLimit, int? AgeMin, int? AgeMax, Quantity? QuantityPerDayMax, int? DaysMax)
{
    public static readonly string[] Columns =
    [
        "hilist_code", "hilist_name", "list_type", "chrgitm_lv", "med_chrgitm_type", "selfpay_prop", "limit_price_3", "limit_price_2", "limit_price_1", "limit_price_community",
        "min_level", "begndate", "enddate", "outpatient_pool", "gend_limit", "age_min", "age_max", "max_qty_per_day", "max_days",
    ];

    // national-interface.md section 3.
    private static readonly HashSet<string> ListTypes = ["101", "102", "103", "104", "105", "106", "201", "301"];
    private static readonly HashSet<string> Classes = ["01", "02", "03"];
    private static readonly HashSet<string> ChargeItemTypes = ["01", "02", "03", "04", "05", "06", "07", "08", "09", "10", "11", "12", "13", "14"];
    private static readonly HashSet<string> Levels = ["village", "community", "1", "2", "3"];
    private static readonly HashSet<string> GenderLimits = ["1", "2"];

    private const int YearsMax = 150;

    public static CatalogFileRow? Parse(CsvRow row)
    {
        var code = row.Text("hilist_code", 50);
        var name = row.Text("hilist_name", 200);
        var listType = row.Code("list_type", ListTypes);
        var itemClass = row.Code("chrgitm_lv", Classes);
        var chargeItemType = row.Code("med_chrgitm_type", ChargeItemTypes);
        var firstPay = FirstPayOf(row, itemClass);
        var ceilings = Array.ConvertAll((string[])["limit_price_3", "limit_price_2", "limit_price_1", "limit_price_community"], column => Ceiling(row, column));
        var minLevel = row.Code("min_level", Levels, required: false);
        var from = row.Date("begndate");
        var to = row.Date("enddate", required: false);
        if (to < from) row.Fail("enddate", "catalog.ends_before_start", "结束日期早于开始日期", "lies before begndate");
        var pool = row.Flag("outpatient_pool");
        var gender = row.Code("gend_limit", GenderLimits, required: false);
        var ageMin = row.Whole("age_min", 0, YearsMax, required: false);
        var ageMax = row.Whole("age_max", 0, YearsMax, required: false);
        if (ageMax < ageMin) row.Fail("age_max", "catalog.ages_out_of_order", "最大年龄小于最小年龄", "is less than age_min");
        var quantity = row.Amount("max_qty_per_day", required: false);
        if (quantity is { TenThousandths: 0 }) row.Fail("max_qty_per_day", "catalog.quantity_zero", "每日最大数量为0；无限制请留空", "is 0; leave it empty for no limit");
        var days = row.Whole("max_days", 1, 9_999, required: false);

        if (row.HasErrors) return null;
        return new CatalogFileRow(row.Line, code, name, listType, itemClass, chargeItemType, firstPay!.Value, ceilings[0], ceilings[1], ceilings[2], ceilings[3],
            minLevel.Length == 0 ? "village" : minLevel, from!.Value, to, pool, gender, ageMin, ageMax, quantity, days);
    }

    /// <summary>甲 pays nothing first and 丙 everything: a ratio that says otherwise is a mistake in one of the two columns. 乙 must say its ratio.</summary>
    private static BasisPoints? FirstPayOf(CsvRow row, string itemClass)
    {
        var ratio = row.Fraction("selfpay_prop", required: itemClass == "02");
        switch (itemClass)
        {
            case "01" when ratio is { Value: not 0 }:
                row.Fail("selfpay_prop", "catalog.class_01_first_pay", "甲类项目先行自付比例应为0", "a class 01 item has no first-pay ratio");
                return null;
            case "03" when ratio is { Value: not BasisPoints.Whole }:
                row.Fail("selfpay_prop", "catalog.class_03_first_pay", "丙类项目自付比例应为1", "a class 03 item is wholly self-paid: 1 or empty");
                return null;
            case "01": return BasisPoints.Zero;
            case "03": return BasisPoints.Full;
            default: return ratio;
        }
    }

    /// <summary>A ceiling of nothing would make every sale wholly over the limit; whoever means "none" leaves the field empty.</summary>
    private static UnitPrice? Ceiling(CsvRow row, string column)
    {
        var price = row.Price(column, required: false);
        if (price is { MicroYuan: 0 }) row.Fail(column, "catalog.ceiling_zero", "限价为0；无限价请留空", "is 0; leave it empty for no ceiling");
        return price;
    }
}
