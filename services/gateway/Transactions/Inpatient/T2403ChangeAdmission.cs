using MedInsure.Gateway.Calls;
using MedInsure.Gateway.Fields;
using MedInsure.Gateway.Transactions.Shapes;
using MedInsure.Kernel;
using MedInsure.Protos.Settlement.V1;

namespace MedInsure.Gateway.Transactions.Inpatient;

/// <summary>Changes what an admission said. Fields left out or empty stay as they were.</summary>
public sealed class T2403ChangeAdmission : Transaction
{
    private static readonly Node Stay = VisitShape.Stay(isChange: true);
    private static readonly Node Diagnoses = VisitShape.Diagnoses();
    private static readonly Node Agent = VisitShape.Agent();

    public override IReadOnlyList<string> Numbers => ["2403"];
    public override string Title => "住院信息变更";
    public override string Service => "hospitalRegisterService";
    public override IReadOnlyList<Node> Nodes => [Stay, Diagnoses, Agent];
    public override bool CreatesCost => true;
    public override bool IsCommand => true;

    public override async Task<Refusal?> Answer(Call call)
    {
        var stay = call.Input.One(Stay);
        var request = new ChangeEncounterRequest
        {
            Key = call.Key(),
            FixmedinsCode = call.Envelope.FixmedinsCode,
            MdtrtId = stay.Text("mdtrt_id"),
            PsnNo = stay.Text("psn_no"),
            Details = VisitShape.StayDetails(stay, call.Input.OneOrNone(Agent)),
        };
        VisitShape.AddDiagnoses(request.Diagnosis, call.Input.Rows(Diagnoses));
        await call.Ask(o => call.Backends.Settlement.ChangeEncounterAsync(request, o));
        return null;
    }
}
