using MedInsure.Gateway.Calls;
using MedInsure.Gateway.Fields;
using MedInsure.Gateway.Transactions.Shapes;
using MedInsure.Kernel;
using MedInsure.Protos.Settlement.V1;
using static MedInsure.Gateway.Fields.FieldNotation;

namespace MedInsure.Gateway.Transactions.Inpatient;

/// <summary>Takes back unsettled lines of a stay: the named ones, or all of them ("0000").</summary>
public sealed class T2302CancelInpatientFees : Transaction
{
    private static readonly Node Data = Node.Many("data", "费用撤销信息", FeeShape.LinesMax, C("feedetl_sn", "费用明细流水号", 50).Y, VisitShape.MdtrtId.Y, VisitShape.PsnNo.Y);

    public override IReadOnlyList<string> Numbers => ["2302"];
    public override string Title => "住院费用明细撤销";
    public override string Service => "hospFeeDtlService";
    public override IReadOnlyList<Node> Nodes => [Data];
    public override bool IsCommand => true;

    public override async Task<Refusal?> Answer(Call call)
    {
        var rows = call.Input.Rows(Data);
        if (FeeShape.SameVisit(Data, rows) is { } refusal) return refusal;
        var request = new CancelFeeLinesRequest
        {
            Key = call.Key(),
            FixmedinsCode = call.Envelope.FixmedinsCode,
            MdtrtId = rows[0].Text("mdtrt_id"),
            PsnNo = rows[0].Text("psn_no"),
        };
        foreach (var row in rows) request.FeedetlSn.Add(row.Text("feedetl_sn"));
        await call.Ask(o => call.Backends.Settlement.CancelFeeLinesAsync(request, o));
        return null;
    }
}
