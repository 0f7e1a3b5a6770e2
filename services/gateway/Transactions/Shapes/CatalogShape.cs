using System.Text.Json;
using MedInsure.Gateway.Calls;
using MedInsure.Gateway.Fields;
using MedInsure.Kernel;
using MedInsure.Protos.ProviderRegistry.V1;
using static MedInsure.Gateway.Fields.FieldNotation;

namespace MedInsure.Gateway.Transactions.Shapes;

/// <summary>The queries over the insurance catalog: 1312 rows, 1318 price ceilings, 1319 first-pay ratios.</summary>
public static class CatalogShape
{
    public const string Service = "catalogqueryservice";
    public const string OutputNodes = "data[], recordCounts, pages, pageNum, pageSize";

    public static Node Query() => Node.One("data", "目录查询条件",
        Day("query_date", "查询时间点"), C("hilist_code", "医保目录编码", 30), C("hilist_name", "医保目录名称", 200), C("insu_admdvs", "参保机构医保区划", 6),
        Day("begndate", "开始日期"), C("hilist_lmtpric_type", "医保目录限价类型", 6), C("overlmt_dspo_way", "医保目录超限处理方式", 6),
        C("selfpay_prop_psn_type", "自付比例人员类别", 6), C("selfpay_prop_type", "自付比例类别", 6),
        C("vali_flag", "有效标志", 3, Codes.YesNo), Time("updt_time", "更新时间").Y, PageShape.NumberField.Y, PageShape.SizeField.Y);

    /// <summary>Valid rows (vali_flag 1) without a day of query are those in force today.</summary>
    public static QueryCatalogRequest Request(Call call, Row data, PageShape page) => new()
    {
        HilistCode = data.Text("hilist_code"),
        NameContains = data.Text("hilist_name"),
        InForceOn = data.Has("query_date") ? data.DayNumberOf("query_date") : data.Flag("vali_flag") ? DayNumber.Of(call.Calendar.Today) : 0,
        UpdatedFromMs = data.InstantMs("updt_time"),
        PageNumber = page.Number,
        PageSize = page.Size,
    };

    public static Task<QueryCatalogReply> Ask(Call call, QueryCatalogRequest request) =>
        call.Ask(call.City, o => call.Backends.ProviderRegistry.QueryCatalogAsync(request, o));

    /// <summary>What ends every row of the three queries.</summary>
    public static void WritePeriod(Utf8JsonWriter json, Call call, CatalogItem item)
    {
        json.WriteString("insu_admdvs", call.City);
        json.Day("begndate", item.FromOn);
        json.Day("enddate", item.ToOn);
    }

    public static void WriteVersion(Utf8JsonWriter json, Call call, CatalogItem item)
    {
        json.Flag("vali_flag", item.ToOn == 0 || item.ToOn >= DayNumber.Of(call.Calendar.Today));
        json.WriteString("rid", $"{item.HilistCode}.{item.FromOn}.{item.Version}");
        json.Time("updt_time", item.UpdatedAtMs);
        json.WriteString("poolarea_no", call.City);
    }
}
