using MedInsure.Gateway.Calls;
using MedInsure.Gateway.Fields;
using MedInsure.Gateway.Transactions.Shapes;
using MedInsure.Kernel;
using MedInsure.Protos.Settlement.V1;
using static MedInsure.Gateway.Fields.FieldNotation;

namespace MedInsure.Gateway.Transactions.Reconciliation;

/// <summary>
/// Total reconciliation: the provider's sums of a period and group against ours. stmt_rslt 0 equal, 1 the centre has more rows,
/// 2 the provider has more, 3 the amounts differ. A cancelled settlement is two rows that net, unless refd_setl_flag asks for one side.
/// </summary>
public sealed class T3201CompareTotals : Transaction
{
    private static readonly Node Data = Node.One("data", "对账信息",
        VisitShape.Insutype, ReconciliationShape.ClearingType, ReconciliationShape.Office,
        ReconciliationShape.FromDay, ReconciliationShape.ToDay, ReconciliationShape.Total, ReconciliationShape.Fund, Money("acct_pay", "个人账户支付金额").Y.OrNegative,
        ReconciliationShape.Count, ReconciliationShape.Refund);

    public override IReadOnlyList<string> Numbers => ["3201"];
    public override string Title => "医药机构费用结算对总账";
    public override string Service => "ybSettlementStmtService";
    public override IReadOnlyList<Node> Nodes => [Data];
    public override string OutputNodes => "stmtinfo{setl_optins, stmt_rslt, stmt_rslt_dscr}";

    public override async Task<Refusal?> Answer(Call call)
    {
        var data = call.Input.One(Data);
        if (data.DayNumberOf("stmt_enddate") < data.DayNumberOf("stmt_begndate")) return GatewayRefusals.DaysReversed.At("stmt_enddate");
        var office = ReconciliationShape.OfficeOf(call, data, "setl_optins");
        if (office.IsRefused) return office.Refusal;
        var reply = await call.Ask(office.Value.County, o => call.Backends.Settlement.CompareTotalsAsync(
            new CompareTotalsRequest { Group = ReconciliationShape.GroupOf(call, data, office.Value), Declared = ReconciliationShape.DeclaredOf(data) }, o));
        call.Output.WriteStartObject("stmtinfo");
        call.Output.WriteString("setl_optins", office.Value.County);
        call.Output.WriteString("stmt_rslt", ReconciliationShape.ResultCode(reply.Result));
        call.Output.WriteString("stmt_rslt_dscr", reply.Text);
        call.Output.WriteEndObject();
        return null;
    }
}
