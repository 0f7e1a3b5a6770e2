using MedInsure.Gateway.Calls;
using MedInsure.Gateway.Fields;
using MedInsure.Gateway.Transactions.Shapes;
using MedInsure.Kernel;
using MedInsure.Protos.Settlement.V1;

namespace MedInsure.Gateway.Transactions.Inpatient;

/// <summary>Takes back an admission that has no fee lines.</summary>
public sealed class T2404CancelAdmission : Transaction
{
    private static readonly Node Data = Node.One("data", "入院撤销信息", VisitShape.MdtrtId.Y, VisitShape.PsnNo.Y);

    public override IReadOnlyList<string> Numbers => ["2404"];
    public override string Title => "入院撤销";
    public override string Service => "hospitalRegisterService";
    public override IReadOnlyList<Node> Nodes => [Data];
    public override bool IsCommand => true;

    public override async Task<Refusal?> Answer(Call call)
    {
        var data = call.Input.One(Data);
        await call.Ask(o => call.Backends.Settlement.CancelEncounterAsync(new EncounterCommand
        {
            Key = call.Key(),
            FixmedinsCode = call.Envelope.FixmedinsCode,
            MdtrtId = data.Text("mdtrt_id"),
            PsnNo = data.Text("psn_no"),
        }, o));
        return null;
    }
}
