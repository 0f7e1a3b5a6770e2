using MedInsure.Gateway.Calls;
using MedInsure.Gateway.Fields;
using MedInsure.Gateway.Transactions.Shapes;
using MedInsure.Kernel;
using MedInsure.Protos.ProviderRegistry.V1;
using static MedInsure.Gateway.Fields.FieldNotation;

namespace MedInsure.Gateway.Transactions.Registry;

/// <summary>The insurance catalog.</summary>
public sealed class T1312QueryCatalog : Transaction
{
    private static readonly Node Data = CatalogShape.Query();

    public override IReadOnlyList<string> Numbers => ["1312"];
    public override string Title => "医保目录信息查询";
    public override string Service => CatalogShape.Service;
    public override IReadOnlyList<Node> Nodes => [Data];
    public override string OutputNodes => CatalogShape.OutputNodes;

    public override async Task<Refusal?> Answer(Call call)
    {
        var data = call.Input.One(Data);
        var page = PageShape.Of(data);
        var reply = await CatalogShape.Ask(call, CatalogShape.Request(call, data, page));
        var json = call.Output;
        json.WriteStartArray("data");
        foreach (var item in reply.Item)
        {
            json.WriteStartObject();
            json.WriteString("hilist_code", item.HilistCode);
            json.WriteString("hilist_name", item.HilistName);
            CatalogShape.WritePeriod(json, call, item);
            json.WriteString("med_chrgitm_type", item.MedChrgitmType);
            json.WriteString("chrgitm_lv", item.ChrgitmLv);
            json.WriteString("lmt_used_flag", "0");
            json.WriteString("list_type", item.ListType);
            json.WriteString("med_use_flag", "1");
            json.WriteString("matn_used_flag", "0");
            json.WriteString("hilist_use_type", "");
            json.WriteString("lmt_cpnd_type", "");
            json.WriteString("wubi", "");
            json.WriteString("pinyin", "");
            json.WriteString("memo", "");
            CatalogShape.WriteVersion(json, call, item);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        page.Write(json, reply.Total);
        return null;
    }
}
