using MedInsure.Gateway.Calls;
using MedInsure.Gateway.Fields;
using MedInsure.Gateway.Transactions.Shapes;
using MedInsure.Kernel;
using MedInsure.Protos.Settlement.V1;

namespace MedInsure.Gateway.Transactions.Inpatient;

/// <summary>Fee lines of a stay, day by day; a correction is negative and names its original in init_feedetl_sn.</summary>
public sealed class T2301AddInpatientFees : Transaction
{
    private static readonly Node Lines = FeeShape.OfStay();

    public override IReadOnlyList<string> Numbers => ["2301"];
    public override string Title => "住院费用明细上传";
    public override string Service => "hospFeeDtlService";
    public override IReadOnlyList<Node> Nodes => [Lines];
    public override string OutputNodes => "result[]";
    public override bool CreatesCost => true;
    public override bool IsCommand => true;

    public override async Task<Refusal?> Answer(Call call)
    {
        var rows = call.Input.Rows(Lines);
        if ((FeeShape.SameVisit(Lines, rows) ?? FeeShape.WithinRange(Lines, rows)) is { } refusal) return refusal;
        var request = new AddFeeLinesRequest
        {
            Key = call.Key(),
            FixmedinsCode = call.Envelope.FixmedinsCode,
            MdtrtId = rows[0].Text("mdtrt_id"),
            PsnNo = rows[0].Text("psn_no"),
        };
        foreach (var row in rows) request.Line.Add(FeeShape.Line(row, batch: "", row.Text("init_feedetl_sn")));
        var reply = await call.Ask(o => call.Backends.Settlement.AddFeeLinesAsync(request, o));

        call.Output.WriteStartArray("result");
        foreach (var line in reply.Line)
        {
            call.Output.WriteStartObject();
            FeeShape.Write(call.Output, line);
            call.Output.WriteEndObject();
        }
        call.Output.WriteEndArray();
        return null;
    }
}
