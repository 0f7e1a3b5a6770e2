using MedInsure.ProviderRegistry.Catalog;

namespace MedInsure.ProviderRegistry.Tests.Catalog;

/// <summary>What is wrong with a row of catalog.csv in itself: one case per code.</summary>
[Trait("Category", "Unit")]
public sealed class CatalogFileRowTests
{
    public static TheoryData<string, string, string> Wrong()
    {
        var good = new CatalogCsv("A");
        (CatalogCsv Row, string Column, string Code)[] cases =
        [
            (good with { Code = "" }, "hilist_code", "import.required"), (good with { Code = new string('A', 51) }, "hilist_code", "import.too_long"),
            (good with { Name = "" }, "hilist_name", "import.required"), (good with { Name = new string('药', 201) }, "hilist_name", "import.too_long"),
            (good with { ListType = "107" }, "list_type", "import.unknown_code"), (good with { ListType = "" }, "list_type", "import.required"),
            (good with { Class = "甲" }, "chrgitm_lv", "import.unknown_code"), (good with { ChargeType = "15" }, "med_chrgitm_type", "import.unknown_code"),
            (good with { FirstPay = "" }, "selfpay_prop", "import.required"), (good with { FirstPay = "1.01" }, "selfpay_prop", "import.bad_number"),
            (good with { FirstPay = "-0.1" }, "selfpay_prop", "import.bad_number"), (good with { FirstPay = "0.12345" }, "selfpay_prop", "import.bad_number"),
            (good with { FirstPay = "10%" }, "selfpay_prop", "import.bad_number"),
            (good with { Class = "01", FirstPay = "0.1" }, "selfpay_prop", "catalog.class_01_first_pay"), (good with { Class = "03", FirstPay = "0.5" }, "selfpay_prop", "catalog.class_03_first_pay"),
            (good with { Ceiling3 = "1.1234567" }, "limit_price_3", "import.bad_amount"), (good with { Ceiling2 = "-1" }, "limit_price_2", "import.bad_amount"),
            (good with { Ceiling1 = "x" }, "limit_price_1", "import.bad_amount"), (good with { CeilingCommunity = "0" }, "limit_price_community", "catalog.ceiling_zero"),
            (good with { MinLevel = "pharmacy" }, "min_level", "import.unknown_code"), (good with { From = "" }, "begndate", "import.required"), (good with { From = "2020-13-01" }, "begndate", "import.bad_date"),
            (good with { To = "2019-12-31" }, "enddate", "catalog.ends_before_start"), (good with { Pool = "2" }, "outpatient_pool", "import.unknown_code"),
            (good with { Gender = "3" }, "gend_limit", "import.unknown_code"), (good with { AgeMin = "-1" }, "age_min", "import.bad_number"),
            (good with { AgeMin = "18", AgeMax = "14" }, "age_max", "catalog.ages_out_of_order"), (good with { Quantity = "0" }, "max_qty_per_day", "catalog.quantity_zero"),
            (good with { Quantity = "1.00001" }, "max_qty_per_day", "import.bad_number"), (good with { Days = "0" }, "max_days", "import.bad_number"),
        ];
        var data = new TheoryData<string, string, string>();
        foreach (var (row, column, code) in cases) data.Add(row.ToString(), column, code);
        return data;
    }

    private static Task<(List<CatalogFileRow> Rows, IReadOnlyList<Hosting.Imports.RowError> Errors)> Read(string row) =>
        ParsedRows<CatalogFileRow>.Of(CatalogCsv.Header + row, CatalogFileRow.Columns, CatalogFileRow.Parse);

    [Theory, MemberData(nameof(Wrong))]
    public async Task WrongField_IsRefusedByNameAndCode(string row, string column, string code)
    {
        var (rows, errors) = await Read(row);
        Assert.Empty(rows);
        Assert.Equal((2, column, code), Assert.Single(errors.Select(e => (e.Line, e.Column, e.Code))));
    }

    [Theory]
    [InlineData("01", "", 0)]
    [InlineData("01", "0", 0)]
    [InlineData("03", "", 10000)]
    [InlineData("03", "1", 10000)]
    [InlineData("02", "0.1250", 1250)]
    [InlineData("02", "1", 10000)]
    [InlineData("02", "0", 0)]
    public async Task FirstPay_FollowsTheClass(string itemClass, string ratio, int basisPoints)
    {
        var (rows, _) = await Read(new CatalogCsv("A") { Class = itemClass, FirstPay = ratio }.ToString());
        Assert.Equal(basisPoints, Assert.Single(rows).FirstPay.Value);
    }
}
