using MedInsure.Gateway.Calls;
using MedInsure.Gateway.Fields;
using MedInsure.Gateway.Transactions.Shapes;
using MedInsure.Kernel;

namespace MedInsure.Gateway.Transactions.Reconciliation;

/// <summary>Who clears the provider's settlements: its own county's agency, whichever county settled them; the counties clear among themselves at the city.</summary>
public sealed class T3206AListClearingOffices : Transaction
{
    private static readonly Node Data = Node.Optional("data", "清算机构查询条件", VisitShape.Insutype, ReconciliationShape.ClearingType);

    public override IReadOnlyList<string> Numbers => ["3206A"];
    public override string Title => "清算机构查询";
    public override string Service => "ybSettlementStmtService";
    public override IReadOnlyList<Node> Nodes => [Data];
    public override string OutputNodes => "data[]{fixmedins_code, clr_optins, clr_optins_name}";

    public override Task<Refusal?> Answer(Call call)
    {
        call.Output.WriteStartArray("data");
        call.Output.WriteStartObject();
        call.Output.WriteString("fixmedins_code", call.Envelope.FixmedinsCode);
        call.Output.WriteString("clr_optins", call.Provider.County);
        call.Output.WriteString("clr_optins_name", call.Tenants.Find(call.Provider.County)?.Name ?? "");
        call.Output.WriteEndObject();
        call.Output.WriteEndArray();
        return Task.FromResult<Refusal?>(null);
    }
}
