using MedInsure.Gateway.Calls;
using MedInsure.Gateway.Fields;
using MedInsure.Gateway.Transactions.Shapes;
using MedInsure.Kernel;
using MedInsure.Protos.Settlement.V1;
using static MedInsure.Gateway.Fields.FieldNotation;

namespace MedInsure.Gateway.Transactions.Outpatient;

/// <summary>Takes back unsettled lines: one batch, or all of them ("0000").</summary>
public sealed class T2205CancelFees : Transaction
{
    private static readonly Node Data = Node.One("data", "费用撤销信息", VisitShape.MdtrtId.Y, C("chrg_bchno", "收费批次号", 30).Y, VisitShape.PsnNo.Y);

    public override IReadOnlyList<string> Numbers => ["2205"];
    public override string Title => "门诊费用明细信息撤销";
    public override string Service => "outpatientDocInfoService";
    public override IReadOnlyList<Node> Nodes => [Data];
    public override bool IsCommand => true;

    public override async Task<Refusal?> Answer(Call call)
    {
        var data = call.Input.One(Data);
        await call.Ask(o => call.Backends.Settlement.CancelFeeLinesAsync(new CancelFeeLinesRequest
        {
            Key = call.Key(),
            FixmedinsCode = call.Envelope.FixmedinsCode,
            MdtrtId = data.Text("mdtrt_id"),
            PsnNo = data.Text("psn_no"),
            ChargeBatch = data.Text("chrg_bchno"),
        }, o));
        return null;
    }
}
