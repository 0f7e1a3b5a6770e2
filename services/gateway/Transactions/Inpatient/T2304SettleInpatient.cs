using MedInsure.Gateway.Calls;
using MedInsure.Gateway.Fields;
using MedInsure.Gateway.Transactions.Shapes;
using MedInsure.Kernel;

namespace MedInsure.Gateway.Transactions.Inpatient;

/// <summary>Settles a stay, finally or in between (mid_setl_flag). The same message again gets the same answer.</summary>
public sealed class T2304SettleInpatient : Transaction
{
    private static readonly Node Data = ClaimShape.OfStay();
    private static readonly Node TraceCodes = ClaimShape.TraceCodes();

    public override IReadOnlyList<string> Numbers => ["2304"];
    public override string Title => "住院结算";
    public override string Service => "hospSettService";
    public override IReadOnlyList<Node> Nodes => [Data, TraceCodes];
    public override string OutputNodes => SettlementShape.Nodes;
    public override bool CreatesCost => true;
    public override bool IsCommand => true;

    public override async Task<Refusal?> Answer(Call call)
    {
        var request = ClaimShape.OfStay(call, call.Input.One(Data));
        ClaimShape.AddTraceCodes(request, call.Input.Rows(TraceCodes));
        SettlementShape.Write(call, await call.Ask(o => call.Backends.Settlement.SettleClaimAsync(request, o)));
        return null;
    }
}
