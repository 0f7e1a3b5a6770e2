using MedInsure.Gateway.Calls;
using MedInsure.Gateway.Fields;
using MedInsure.Gateway.Transactions.Shapes;
using MedInsure.Kernel;

namespace MedInsure.Gateway.Transactions.Outpatient;

/// <summary>What a visit's settlement would come to. Nothing is stored.</summary>
public sealed class T2206PreSettleOutpatient : Transaction
{
    private static readonly Node Data = ClaimShape.OfVisit();

    public override IReadOnlyList<string> Numbers => ["2206", "2206A"];
    public override string Title => "门诊预结算";
    public override string Service => "outpatientSettleService";
    public override IReadOnlyList<Node> Nodes => [Data];
    public override string OutputNodes => SettlementShape.Nodes;
    public override bool CreatesCost => true;

    public override async Task<Refusal?> Answer(Call call)
    {
        var request = ClaimShape.OfVisit(call, call.Input.One(Data));
        SettlementShape.Write(call, await call.Ask(o => call.Backends.Settlement.PreSettleClaimAsync(request, o)));
        return null;
    }
}
