using MedInsure.Gateway.Calls;
using MedInsure.Gateway.Fields;
using MedInsure.Gateway.Transactions.Shapes;
using MedInsure.Kernel;
using MedInsure.Protos.Settlement.V1;
using static MedInsure.Gateway.Fields.FieldNotation;

namespace MedInsure.Gateway.Transactions.Reconciliation;

/// <summary>Takes back what 3203 claimed, before the agency's review begins.</summary>
public sealed class T3204WithdrawApplication : Transaction
{
    private static readonly Node Data = Node.One("data", "清算申请撤销信息", ApplicationShape.ApplicationNo.Y, ApplicationShape.ClearingOffice, C("memo", "备注", 500));

    public override IReadOnlyList<string> Numbers => ["3204"];
    public override string Title => "清算申请撤销";
    public override string Service => "ybSettlementStmtService";
    public override IReadOnlyList<Node> Nodes => [Data];
    public override bool IsCommand => true;

    public override async Task<Refusal?> Answer(Call call)
    {
        var data = call.Input.One(Data);
        if (ApplicationShape.CheckOffice(call, data) is { } elsewhere) return elsewhere;
        await call.Ask(call.Provider.County, o => call.Backends.Settlement.WithdrawStatementApplicationAsync(new WithdrawStatementApplicationRequest
        {
            FixmedinsCode = call.Envelope.FixmedinsCode,
            ClrAppyEvtId = data.Text("clr_appy_evt_id"),
            WithdrawnBy = call.Envelope.Operator,
            // The interface asks for no reason; the agency's record needs one.
            Reason = data.Has("memo") ? data.Text("memo") : "机构撤销清算申请",
        }, o));
        return null;
    }
}
