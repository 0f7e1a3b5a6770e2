using MedInsure.Gateway.Calls;
using MedInsure.Gateway.Fields;
using MedInsure.Gateway.Transactions.Shapes;
using MedInsure.Kernel;
using MedInsure.Protos.Settlement.V1;
using static MedInsure.Gateway.Fields.FieldNotation;

namespace MedInsure.Gateway.Transactions.Outpatient;

/// <summary>Cancels a registration that has nothing settled.</summary>
public sealed class T2202CancelRegistration : Transaction
{
    private static readonly Node Data = Node.One("data", "挂号撤销信息", VisitShape.PsnNo.Y, VisitShape.MdtrtId.Y, C("ipt_otp_no", "住院/门诊号", 30).Y);

    public override IReadOnlyList<string> Numbers => ["2202"];
    public override string Title => "门诊挂号撤销";
    public override string Service => "outpatientDocInfoService";
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
            VisitNo = data.Text("ipt_otp_no"),
        }, o));
        return null;
    }
}
