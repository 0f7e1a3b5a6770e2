using MedInsure.Gateway.Calls;
using MedInsure.Gateway.Fields;
using MedInsure.Gateway.Transactions.Shapes;
using MedInsure.Kernel;
using MedInsure.Protos.ProviderRegistry.V1;
using static MedInsure.Gateway.Fields.FieldNotation;

namespace MedInsure.Gateway.Transactions.Registry;

/// <summary>
/// Price ceilings. A catalog row has up to four, one per level of provider: each is a row of the answer, its level in hilist_lmtpric_type
/// (03 tertiary, 02 secondary, 01 first level, 00 community and below). Pages count catalog rows.
/// </summary>
public sealed class T1318QueryPriceCeilings : Transaction
{
    private static readonly Node Data = CatalogShape.Query();

    public override IReadOnlyList<string> Numbers => ["1318"];
    public override string Title => "医保目录限价信息查询";
    public override string Service => CatalogShape.Service;
    public override IReadOnlyList<Node> Nodes => [Data];
    public override string OutputNodes => CatalogShape.OutputNodes;

    public override async Task<Refusal?> Answer(Call call)
    {
        var data = call.Input.One(Data);
        var page = PageShape.Of(data);
        var request = CatalogShape.Request(call, data, page);
        request.WithCeilingOnly = true;
        var reply = await CatalogShape.Ask(call, request);
        call.Output.WriteStartArray("data");
        foreach (var item in reply.Item)
        {
            if (item.HasCeiling3MicroYuan) Write(call, item, "03", item.Ceiling3MicroYuan);
            if (item.HasCeiling2MicroYuan) Write(call, item, "02", item.Ceiling2MicroYuan);
            if (item.HasCeiling1MicroYuan) Write(call, item, "01", item.Ceiling1MicroYuan);
            if (item.HasCeilingCommunityMicroYuan) Write(call, item, "00", item.CeilingCommunityMicroYuan);
        }
        call.Output.WriteEndArray();
        page.Write(call.Output, reply.Total);
        return null;
    }

    private static void Write(Call call, CatalogItem item, string level, long ceilingMicroYuan)
    {
        var json = call.Output;
        json.WriteStartObject();
        json.WriteString("hilist_code", item.HilistCode);
        json.WriteString("hilist_lmtpric_type", level);
        json.WriteString("overlmt_dspo_way", "1"); // what is above is the person's (settlement-calculation.md section 2)
        CatalogShape.WritePeriod(json, call, item);
        json.Price("hilist_pric_uplmt_amt", ceilingMicroYuan);
        CatalogShape.WriteVersion(json, call, item);
        json.WriteEndObject();
    }
}
