using MedInsure.Gateway.Calls;
using MedInsure.Gateway.Fields;
using MedInsure.Gateway.Transactions.Shapes;
using MedInsure.Kernel;
using MedInsure.Protos.Settlement.V1;

namespace MedInsure.Gateway.Transactions.Inpatient;

/// <summary>Takes back a discharge; refused while a settlement stands.</summary>
public sealed class T2405UndoDischarge : Transaction
{
    private static readonly Node Data = Node.One("data", "出院撤销信息", VisitShape.MdtrtId.Y, VisitShape.PsnNo.Y);

    public override IReadOnlyList<string> Numbers => ["2405"];
    public override string Title => "出院撤销";
    public override string Service => "dscgService";
    public override IReadOnlyList<Node> Nodes => [Data];
    public override bool IsCommand => true;

    public override async Task<Refusal?> Answer(Call call)
    {
        var data = call.Input.One(Data);
        await call.Ask(o => call.Backends.Settlement.UndoDischargeAsync(new EncounterCommand
        {
            Key = call.Key(),
            FixmedinsCode = call.Envelope.FixmedinsCode,
            MdtrtId = data.Text("mdtrt_id"),
            PsnNo = data.Text("psn_no"),
        }, o));
        return null;
    }
}
