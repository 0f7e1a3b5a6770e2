using MedInsure.Gateway.Calls;
using MedInsure.Gateway.Fields;
using MedInsure.Gateway.Transactions.Shapes;
using MedInsure.Kernel;

namespace MedInsure.Gateway.Transactions.Outpatient;

/// <summary>Settles a visit. The same message again gets the same answer.</summary>
public sealed class T2207SettleOutpatient : Transaction
{
    private static readonly Node Data = ClaimShape.OfVisit();
    private static readonly Node TraceCodes = ClaimShape.TraceCodes();

    public override IReadOnlyList<string> Numbers => ["2207", "2207A"];
    public override string Title => "门诊结算";
    public override string Service => "outpatientSettleService";
    public override IReadOnlyList<Node> Nodes => [Data, TraceCodes];
    public override string OutputNodes => SettlementShape.Nodes;
    public override bool CreatesCost => true;
    public override bool IsCommand => true;

    public override async Task<Refusal?> Answer(Call call)
    {
        var request = ClaimShape.OfVisit(call, call.Input.One(Data));
        ClaimShape.AddTraceCodes(request, call.Input.Rows(TraceCodes));
        SettlementShape.Write(call, await call.Ask(o => call.Backends.Settlement.SettleClaimAsync(request, o)));
        return null;
    }
}
