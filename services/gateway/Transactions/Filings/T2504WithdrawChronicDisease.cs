using MedInsure.Gateway.Calls;
using MedInsure.Gateway.Fields;
using MedInsure.Gateway.Transactions.Shapes;
using MedInsure.Kernel;
using MedInsure.Protos.Settlement.V1;

namespace MedInsure.Gateway.Transactions.Filings;

/// <summary>Withdraws a chronic or special disease filing.</summary>
public sealed class T2504WithdrawChronicDisease : Transaction
{
    private static readonly Node Data = FilingShape.Withdrawal();

    public override IReadOnlyList<string> Numbers => ["2504"];
    public override string Title => "人员慢特病备案撤销";
    public override string Service => "filingService";
    public override IReadOnlyList<Node> Nodes => [Data];
    public override bool IsCommand => true;

    public override async Task<Refusal?> Answer(Call call)
    {
        var request = FilingShape.Request(call, call.Input.One(Data), FilingKind.ChronicSpecial);
        await call.Ask(o => call.Backends.Settlement.WithdrawFilingAsync(request, o));
        return null;
    }
}
