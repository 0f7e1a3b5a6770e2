using MedInsure.Gateway.Calls;
using MedInsure.Gateway.Fields;
using MedInsure.Gateway.Transactions.Shapes;
using MedInsure.Kernel;
using MedInsure.Protos.Settlement.V1;

namespace MedInsure.Gateway.Transactions.Queries;

/// <summary>A person's chronic and special disease filings in force.</summary>
public sealed class T5301QueryChronicFilings : Transaction
{
    private static readonly Node Data = Node.One("data", "慢特病备案查询条件", VisitShape.PsnNo.Y);

    public override IReadOnlyList<string> Numbers => ["5301"];
    public override string Title => "人员慢特病备案查询";
    public override string Service => "fsiIntegratedQueryService";
    public override IReadOnlyList<Node> Nodes => [Data];
    public override string OutputNodes => "feedetail[]";

    public override async Task<Refusal?> Answer(Call call)
    {
        var reply = await call.Ask(o => call.Backends.Settlement.ListFilingsAsync(new ListFilingsRequest
        {
            PsnNo = call.Input.One(Data).Text("psn_no"),
            InForceOn = DayNumber.Of(call.Calendar.Today),
            Kind = FilingKind.ChronicSpecial,
        }, o));

        // The node's name is the national table's own, though it holds no fees.
        call.Output.WriteStartArray("feedetail");
        foreach (var filing in reply.Filing)
        {
            if (filing.Withdrawn) continue;
            call.Output.WriteStartObject();
            call.Output.WriteString("opsp_dise_code", filing.DiseaseCode);
            call.Output.WriteString("opsp_dise_name", filing.DiseaseName);
            call.Output.Day("begndate", filing.FromOn);
            call.Output.Day("enddate", filing.ToOn);
            call.Output.WriteString("insutype", filing.Insutype);
            call.Output.WriteString("trt_dcla_detl_sn", filing.FilingId);
            call.Output.WriteEndObject();
        }
        call.Output.WriteEndArray();
        return null;
    }
}
