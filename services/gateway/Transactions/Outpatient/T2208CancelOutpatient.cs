using MedInsure.Gateway.Calls;
using MedInsure.Gateway.Fields;
using MedInsure.Gateway.Transactions.Shapes;
using MedInsure.Kernel;

namespace MedInsure.Gateway.Transactions.Outpatient;

/// <summary>Cancels a settlement: a new row with every amount negated.</summary>
public sealed class T2208CancelOutpatient : Transaction
{
    private static readonly Node Data = ClaimShape.Cancellation();

    public override IReadOnlyList<string> Numbers => ["2208"];
    public override string Title => "门诊结算撤销";
    public override string Service => "outpatientSettleService";
    public override IReadOnlyList<Node> Nodes => [Data];
    public override string OutputNodes => SettlementShape.Nodes;
    public override bool IsCommand => true;

    public override async Task<Refusal?> Answer(Call call)
    {
        var request = ClaimShape.Reversal(call, call.Input.One(Data));
        SettlementShape.Write(call, await call.Ask(o => call.Backends.Settlement.ReverseSettlementAsync(request, o)));
        return null;
    }
}
