using MedInsure.Gateway.Calls;
using MedInsure.Gateway.Fields;
using MedInsure.Gateway.Transactions.Shapes;
using MedInsure.Kernel;
using MedInsure.Protos.Settlement.V1;

namespace MedInsure.Gateway.Transactions.Reconciliation;

/// <summary>How far a claim is: by its number, or the latest of a clearing type and month.</summary>
public sealed class T3205AQueryApplication : Transaction
{
    private static readonly Node Data = Node.One("data", "清算申请查询条件", ApplicationShape.ApplicationNo, ReconciliationShape.ClearingType, ApplicationShape.Month, ApplicationShape.ClearingOffice);

    public override IReadOnlyList<string> Numbers => ["3205A"];
    public override string Title => "清算申请状态查询";
    public override string Service => "ybSettlementStmtService";
    public override IReadOnlyList<Node> Nodes => [Data];
    public override string OutputNodes =>
        "result{clr_appy_evt_id, clr_optins, clr_type, clr_way, setlym, begndate, enddate, psntime, medfee_sumamt, fund_appy_sum, cash_payamt, acct_pay, clr_stas, clr_stas_name, opt_time, memo, stmt_no, det_sumamt, dfr_amt}";

    public override async Task<Refusal?> Answer(Call call)
    {
        var data = call.Input.One(Data);
        if (ApplicationShape.CheckOffice(call, data) is { } elsewhere) return elsewhere;
        var month = ApplicationShape.MonthOf(data);
        if (month < 0) return GatewayRefusals.MonthMalformed;
        if (!data.Has("clr_appy_evt_id") && month == 0) return GatewayRefusals.FieldMissing(ApplicationShape.Month);
        if (!data.Has("clr_appy_evt_id") && !data.Has("clr_type")) return GatewayRefusals.FieldMissing(ReconciliationShape.ClearingType);
        var application = await call.Ask(call.Provider.County, o => call.Backends.Settlement.GetStatementApplicationAsync(new GetStatementApplicationRequest
        {
            FixmedinsCode = call.Envelope.FixmedinsCode,
            ClrAppyEvtId = data.Text("clr_appy_evt_id"),
            ClrType = data.Text("clr_type"),
            Month = month,
        }, o));
        ApplicationShape.Write(call, application);
        return null;
    }
}
