using MedInsure.Gateway.Calls;
using MedInsure.Gateway.Fields;
using MedInsure.Gateway.Transactions.Shapes;
using MedInsure.Kernel;
using MedInsure.Protos.Settlement.V1;
using static MedInsure.Gateway.Fields.FieldNotation;

namespace MedInsure.Gateway.Transactions.Queries;

/// <summary>
/// The provider's own settlements of a person. With setl_id one settlement as setlinfo and setldetail; without, the person's or the
/// visit's settlements and refund rows, a page of setlinfo objects.
/// </summary>
public sealed class T5203QuerySettlements : Transaction
{
    private static readonly Node Data = Node.One("data", "结算查询条件",
        VisitShape.PsnNo.Y, C("setl_id", "结算ID", 30), VisitShape.MdtrtId, Time("begntime", "开始时间"), Time("endtime", "结束时间"), PageShape.NumberField, PageShape.SizeField);

    public override IReadOnlyList<string> Numbers => ["5203"];
    public override string Title => "结算信息查询";
    public override string Service => "fsiIntegratedQueryService";
    public override IReadOnlyList<Node> Nodes => [Data];
    public override string OutputNodes => "with setl_id: setlinfo{…}, setldetail[]; without: setlinfo[], recordCounts, pages, pageNum, pageSize";

    public override async Task<Refusal?> Answer(Call call)
    {
        var data = call.Input.One(Data);
        var page = PageShape.Of(data);
        var reply = await call.Ask(o => call.Backends.Settlement.ListSettlementsAsync(new ListSettlementsRequest
        {
            PsnNo = data.Text("psn_no"),
            FixmedinsCode = call.Envelope.FixmedinsCode,
            SetlId = data.Text("setl_id"),
            MdtrtId = data.Text("mdtrt_id"),
            SettledFromOn = data.DayNumberOf("begntime"),
            SettledToOn = data.DayNumberOf("endtime"),
            PageNumber = page.Number,
            PageSize = page.Size,
        }, o));

        if (data.Has("setl_id"))
        {
            if (reply.Settlement.Count == 0) return GatewayRefusals.SettlementUnknown;
            call.Output.WriteStartObject("setlinfo");
            Write(call, reply.Settlement[0]);
            call.Output.WriteEndObject();
            SettlementShape.WriteDetail(call.Output, reply.Settlement[0]);
            return null;
        }
        call.Output.WriteStartArray("setlinfo");
        foreach (var settlement in reply.Settlement)
        {
            call.Output.WriteStartObject();
            Write(call, settlement);
            call.Output.WriteEndObject();
        }
        call.Output.WriteEndArray();
        page.Write(call.Output, reply.Total);
        return null;
    }

    private static void Write(Call call, SettlementReply s)
    {
        var json = call.Output;
        SettlementShape.WriteInfo(call, s);
        json.WriteString("fixmedins_code", s.FixmedinsCode);
        json.WriteString("fixmedins_name", s.FixmedinsName);
        json.WriteString("pay_loc", s.ManualClaimNo.Length > 0 ? "1" : "2");   // at the agency, at the provider
        json.WriteString("setl_type", s.ManualClaimNo.Length > 0 ? "1" : "2"); // by the agency from paper, on-line
        json.WriteString("hosp_lv", s.HospLv);
        json.WriteString("fixmedins_poolarea", s.ProviderCounty);
        json.WriteString("lmtpric_hosp_lv", s.PolicyLevel);
        json.WriteString("dedc_hosp_lv", s.PolicyLevel);
        json.Day("begndate", s.BeginOn);
        json.Day("enddate", s.EndOn);
        json.Fen("psn_pay", s.PersonShareFen);
        json.Fen("cash_payamt", s.CashFen);
        json.Flag("refd_setl_flag", s.ReversesSetlId.Length > 0);
        json.WriteString("year", s.PolicyOn == 0 ? "" : (s.PolicyOn / 10_000).ToString());
        json.WriteString("dise_codg", s.DiseaseCode);
        json.WriteString("flxempe_flag", "0");
        json.WriteString("nwb_flag", "0");
        json.WriteString("insu_optins", s.Person?.County ?? "");
        json.WriteString("invono", s.InvoiceNo);
        json.Flag("mid_setl_flag", s.Interim);
        // Ours: which row a refund row takes back, and by which one this row was taken back.
        json.WriteString("init_setl_id", s.ReversesSetlId);
        json.WriteString("refd_setl_id", s.ReversedBySetlId);
    }
}
