using MedInsure.Gateway.Calls;
using MedInsure.Gateway.Fields;
using MedInsure.Gateway.Transactions.Shapes;
using MedInsure.Kernel;
using MedInsure.Protos.Settlement.V1;
using static MedInsure.Gateway.Fields.FieldNotation;

namespace MedInsure.Gateway.Transactions.Reconciliation;

/// <summary>
/// Reconciliation row by row: the file that 9101 brought against our rows of the period and group; the result is fetched by 9102. Who is asked must be who keeps the file.
/// stmt_rslt and its text are additions of ours: whether there is anything to fetch.
/// </summary>
public sealed class T3202CompareDetails : Transaction
{
    private static readonly Node Data = Node.One("data", "对账信息",
        ReconciliationShape.Office, ReconciliationShape.FileNumber.Y, ReconciliationShape.FromDay, ReconciliationShape.ToDay, ReconciliationShape.Total, ReconciliationShape.Fund,
        Money("cash_payamt", "现金支付金额").OrNegative, ReconciliationShape.Count, ReconciliationShape.ClearingType, ReconciliationShape.Refund,
        // Not in the national table: totals are reconciled per insurance, and the file of an unequal one should need no others' rows.
        VisitShape.Insutype, Money("acct_pay", "个人账户支付金额").OrNegative);

    public override IReadOnlyList<string> Numbers => ["3202"];
    public override string Title => "医药机构费用结算对明细账";
    public override string Service => "ybSettlementStmtService";
    public override IReadOnlyList<Node> Nodes => [Data];
    public override string OutputNodes => "fileinfo{file_qury_no, filename, dld_endtime, setl_optins, stmt_rslt, stmt_rslt_dscr}";

    public override async Task<Refusal?> Answer(Call call)
    {
        var data = call.Input.One(Data);
        if (data.DayNumberOf("stmt_enddate") < data.DayNumberOf("stmt_begndate")) return GatewayRefusals.DaysReversed.At("stmt_enddate");
        var office = ReconciliationShape.OfficeOf(call, data, "setl_optins");
        if (office.IsRefused) return office.Refusal;
        var file = data.Text("file_qury_no");
        if (file.Length > 6 && file[..6] != office.Value.County && call.Tenants.Find(file[..6]) is not null) return GatewayRefusals.FileElsewhere(file[..6], office.Value.County);

        var declared = ReconciliationShape.DeclaredOf(data);
        if (data.Has("cash_payamt")) declared.CashFen = data.Fen("cash_payamt").Value;
        var reply = await call.Ask(office.Value.County, o => call.Backends.Settlement.CompareDetailsAsync(
            new CompareDetailsRequest { Group = ReconciliationShape.GroupOf(call, data, office.Value), FileNo = file, Declared = declared }, o));
        call.Output.WriteStartObject("fileinfo");
        call.Output.WriteString("file_qury_no", reply.ResultFile.FileNo);
        call.Output.WriteString("filename", reply.ResultFile.FileName);
        call.Output.Time("dld_endtime", reply.ResultFile.ExpiresAtMs);
        call.Output.WriteString("setl_optins", office.Value.County);
        call.Output.WriteString("stmt_rslt", ReconciliationShape.ResultCode(reply.Result));
        call.Output.WriteString("stmt_rslt_dscr", reply.Text);
        call.Output.WriteEndObject();
        return null;
    }
}
