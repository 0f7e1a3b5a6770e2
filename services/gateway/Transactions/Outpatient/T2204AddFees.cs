using MedInsure.Gateway.Calls;
using MedInsure.Gateway.Fields;
using MedInsure.Gateway.Transactions.Shapes;
using MedInsure.Kernel;
using MedInsure.Protos.Settlement.V1;

namespace MedInsure.Gateway.Transactions.Outpatient;

/// <summary>Fee lines of a visit, split at once into what policy counts and what it does not.</summary>
public sealed class T2204AddFees : Transaction
{
    private static readonly Node Lines = FeeShape.OfVisit();

    public override IReadOnlyList<string> Numbers => ["2204"];
    public override string Title => "门诊费用明细信息上传";
    public override string Service => "outpatientDocInfoService";
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
        foreach (var row in rows) request.Line.Add(FeeShape.Line(row, row.Text("chrg_bchno"), original: ""));
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
