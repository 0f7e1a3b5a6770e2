using MedInsure.Gateway.Calls;
using MedInsure.Gateway.Fields;
using MedInsure.Gateway.Transactions.Shapes;
using MedInsure.Kernel;
using MedInsure.Protos.Settlement.V1;

namespace MedInsure.Gateway.Transactions.Filings;

/// <summary>Withdraws a referral or off-site filing.</summary>
public sealed class T2502WithdrawReferral : Transaction
{
    private static readonly Node Data = FilingShape.Withdrawal();

    public override IReadOnlyList<string> Numbers => ["2502"];
    public override string Title => "转院备案撤销";
    public override string Service => "filingService";
    public override IReadOnlyList<Node> Nodes => [Data];
    public override bool IsCommand => true;

    public override async Task<Refusal?> Answer(Call call)
    {
        var request = FilingShape.Request(call, call.Input.One(Data), FilingKind.Referral);
        await call.Ask(o => call.Backends.Settlement.WithdrawFilingAsync(request, o));
        return null;
    }
}
