using MedInsure.Gateway.Calls;
using MedInsure.Gateway.Fields;
using MedInsure.Gateway.Transactions.Shapes;
using MedInsure.Kernel;
using MedInsure.Protos.ProviderRegistry.V1;
using static MedInsure.Gateway.Fields.FieldNotation;

namespace MedInsure.Gateway.Transactions.Registry;

/// <summary>Designated providers of the city, by kind, part of the name, code.</summary>
public sealed class T1201FindProviders : Transaction
{
    private const int RowsMax = 1_000;

    private static readonly Node MedinsInfo = Node.One("medinsinfo", "机构查询条件",
        C("fixmedins_type", "定点医疗服务机构类型", 6, Codes.ProviderType).Y, C("fixmedins_name", "定点医药机构名称", 200), C("fixmedins_code", "定点医药机构编号", 12));

    public override IReadOnlyList<string> Numbers => ["1201"];
    public override string Title => "医药机构信息获取";
    public override string Service => "fsiMedInsInfoService";
    public override IReadOnlyList<Node> Nodes => [MedinsInfo];
    public override string OutputNodes => "medinsinfo[]";

    public override async Task<Refusal?> Answer(Call call)
    {
        var asked = call.Input.One(MedinsInfo);
        var reply = await call.Ask(call.City, o => call.Backends.ProviderRegistry.QueryProvidersAsync(new QueryProvidersRequest
        {
            FixmedinsType = asked.Text("fixmedins_type"),
            NameContains = asked.Text("fixmedins_name"),
            FixmedinsCode = asked.Text("fixmedins_code"),
            PageNumber = 1,
            PageSize = RowsMax,
        }, o));

        call.Output.WriteStartArray("medinsinfo");
        foreach (var provider in reply.Provider)
        {
            call.Output.WriteStartObject();
            call.Output.WriteString("fixmedins_code", provider.FixmedinsCode);
            call.Output.WriteString("fixmedins_name", provider.FixmedinsName);
            call.Output.WriteString("uscc", provider.Uscc);
            call.Output.WriteString("fixmedins_type", provider.FixmedinsType);
            call.Output.WriteString("hosp_lv", provider.HospLv);
            call.Output.WriteEndObject();
        }
        call.Output.WriteEndArray();
        return null;
    }
}
