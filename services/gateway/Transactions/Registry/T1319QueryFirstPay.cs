using MedInsure.Gateway.Calls;
using MedInsure.Gateway.Fields;
using MedInsure.Gateway.Transactions.Shapes;
using MedInsure.Kernel;
using MedInsure.Protos.ProviderRegistry.V1;
using static MedInsure.Gateway.Fields.FieldNotation;

namespace MedInsure.Gateway.Transactions.Registry;

/// <summary>First-pay ratios. They are the same for all kinds of person, which the empty selfpay_prop_psn_type says.</summary>
public sealed class T1319QueryFirstPay : Transaction
{
    private static readonly Node Data = CatalogShape.Query();

    public override IReadOnlyList<string> Numbers => ["1319"];
    public override string Title => "医保目录先自付比例信息查询";
    public override string Service => CatalogShape.Service;
    public override IReadOnlyList<Node> Nodes => [Data];
    public override string OutputNodes => CatalogShape.OutputNodes;

    public override async Task<Refusal?> Answer(Call call)
    {
        var data = call.Input.One(Data);
        var page = PageShape.Of(data);
        var request = CatalogShape.Request(call, data, page);
        request.WithFirstPayOnly = true;
        var reply = await CatalogShape.Ask(call, request);
        var json = call.Output;
        json.WriteStartArray("data");
        foreach (var item in reply.Item)
        {
            json.WriteStartObject();
            json.WriteString("hilist_code", item.HilistCode);
            json.WriteString("selfpay_prop_psn_type", "");
            json.WriteString("selfpay_prop_type", "10"); // first-pay ratio
            CatalogShape.WritePeriod(json, call, item);
            json.Ratio("selfpay_prop", item.SelfpayBp);
            CatalogShape.WriteVersion(json, call, item);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        page.Write(json, reply.Total);
        return null;
    }
}
