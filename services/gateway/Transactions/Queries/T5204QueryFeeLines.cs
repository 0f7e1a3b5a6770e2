using MedInsure.Gateway.Calls;
using MedInsure.Gateway.Fields;
using MedInsure.Gateway.Transactions.Shapes;
using MedInsure.Kernel;
using MedInsure.Protos.Settlement.V1;
using static MedInsure.Gateway.Fields.FieldNotation;

namespace MedInsure.Gateway.Transactions.Queries;

/// <summary>The fee lines of a visit or of one settlement of it.</summary>
public sealed class T5204QueryFeeLines : Transaction
{
    private static readonly Node Data = Node.One("data", "费用明细查询条件", VisitShape.PsnNo.Y, C("setl_id", "结算ID", 30), VisitShape.MdtrtId.Y);

    public override IReadOnlyList<string> Numbers => ["5204"];
    public override string Title => "费用明细查询";
    public override string Service => "fsiIntegratedQueryService";
    public override IReadOnlyList<Node> Nodes => [Data];
    public override string OutputNodes => "feedetail[]";

    public override async Task<Refusal?> Answer(Call call)
    {
        var data = call.Input.One(Data);
        var reply = await call.Ask(o => call.Backends.Settlement.ListFeeLinesAsync(new ListFeeLinesRequest
        {
            PsnNo = data.Text("psn_no"),
            FixmedinsCode = call.Envelope.FixmedinsCode,
            MdtrtId = data.Text("mdtrt_id"),
            SetlId = data.Text("setl_id"),
        }, o));

        var json = call.Output;
        json.WriteStartArray("feedetail");
        foreach (var line in reply.Line)
        {
            json.WriteStartObject();
            json.WriteString("mdtrt_id", data.Text("mdtrt_id"));
            json.WriteString("setl_id", data.Text("setl_id"));
            json.WriteString("psn_no", data.Text("psn_no"));
            json.WriteString("chrg_bchno", line.ChargeBatch);
            json.Time("fee_ocur_time", line.OccurredAtMs);
            json.WriteString("hilist_code", line.MedListCode);
            json.WriteString("hilist_name", line.ItemName);
            json.WriteString("list_type", line.ListType);
            FeeShape.Write(json, line);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        return null;
    }
}
