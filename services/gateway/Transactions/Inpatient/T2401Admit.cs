using MedInsure.Gateway.Calls;
using MedInsure.Gateway.Fields;
using MedInsure.Gateway.Transactions.Shapes;
using MedInsure.Kernel;
using MedInsure.Protos.Settlement.V1;

namespace MedInsure.Gateway.Transactions.Inpatient;

/// <summary>Admission: opens a stay.</summary>
public sealed class T2401Admit : Transaction
{
    private static readonly Node Stay = VisitShape.Stay(isChange: false);
    private static readonly Node Diagnoses = VisitShape.RequiredDiagnoses();
    private static readonly Node Agent = VisitShape.Agent();

    public override IReadOnlyList<string> Numbers => ["2401"];
    public override string Title => "入院办理";
    public override string Service => "hospitalRegisterService";
    public override IReadOnlyList<Node> Nodes => [Stay, Diagnoses, Agent];
    public override string OutputNodes => "result{mdtrt_id, psn_no}";
    public override bool CreatesCost => true;
    public override bool IsCommand => true;

    public override async Task<Refusal?> Answer(Call call)
    {
        var stay = call.Input.One(Stay);
        var request = new OpenEncounterRequest
        {
            Key = call.Key(),
            FixmedinsCode = call.Envelope.FixmedinsCode,
            PsnNo = stay.Text("psn_no"),
            Insutype = stay.Text("insutype"),
            Details = VisitShape.StayDetails(stay, call.Input.OneOrNone(Agent)),
        };
        VisitShape.AddDiagnoses(request.Diagnosis, call.Input.Rows(Diagnoses));
        var reply = await call.Ask(o => call.Backends.Settlement.OpenEncounterAsync(request, o));

        call.Output.WriteStartObject("result");
        call.Output.WriteString("mdtrt_id", reply.MdtrtId);
        call.Output.WriteString("psn_no", reply.PsnNo);
        call.Output.WriteEndObject();
        return null;
    }
}
