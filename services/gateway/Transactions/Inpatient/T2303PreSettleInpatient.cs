using MedInsure.Gateway.Calls;
using MedInsure.Gateway.Fields;
using MedInsure.Gateway.Transactions.Shapes;
using MedInsure.Kernel;

namespace MedInsure.Gateway.Transactions.Inpatient;

/// <summary>What a stay's settlement would come to. Nothing is stored.</summary>
public sealed class T2303PreSettleInpatient : Transaction
{
    private static readonly Node Data = ClaimShape.OfStay();

    public override IReadOnlyList<string> Numbers => ["2303"];
    public override string Title => "住院预结算";
    public override string Service => "hospSettService";
    public override IReadOnlyList<Node> Nodes => [Data];
    public override string OutputNodes => SettlementShape.Nodes;
    public override bool CreatesCost => true;

    public override async Task<Refusal?> Answer(Call call)
    {
        var request = ClaimShape.OfStay(call, call.Input.One(Data));
        SettlementShape.Write(call, await call.Ask(o => call.Backends.Settlement.PreSettleClaimAsync(request, o)));
        return null;
    }
}
