using Grpc.Core;
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
        var request = new CompareTotalsRequest { Group = ReconciliationShape.GroupOf(call, data, office.Value), Declared = ReconciliationShape.DeclaredOf(data) };
        CompareTotalsReply reply;
        try { reply = await call.Ask(office.Value.County, o => call.Backends.Settlement.CompareTotalsAsync(request, o)); }
        // A settlement of the release before, while releases change: it knows sums only. To go with the release after this one.
        catch (RpcException e) when (e.StatusCode == StatusCode.Unimplemented) { reply = await CompareSums(call, office.Value.County, request); }
        call.Output.WriteStartObject("stmtinfo");
        call.Output.WriteString("setl_optins", office.Value.County);
        call.Output.WriteString("stmt_rslt", ReconciliationShape.ResultCode(reply.Result));
        call.Output.WriteString("stmt_rslt_dscr", reply.Text);
        call.Output.WriteEndObject();
        return null;
    }

    private static async Task<CompareTotalsReply> CompareSums(Call call, string county, CompareTotalsRequest request)
    {
        var (group, theirs) = (request.Group, request.Declared);
        var ours = await call.Ask(county, o => call.Backends.Settlement.SumSettlementsAsync(new SumSettlementsRequest
        {
            FixmedinsCode = group.FixmedinsCode, Insutype = group.Insutype, ClearingType = group.ClearingType, FromOn = group.FromOn, ToOn = group.ToOn, RefdSetlFlag = group.RefdSetlFlag,
        }, o));
        if (ours.RowCount > theirs.RowCount) return new CompareTotalsReply { Result = ComparisonResult.CentreMore, Text = $"中心多：中心{ours.RowCount}笔，机构{theirs.RowCount}笔" };
        if (ours.RowCount < theirs.RowCount) return new CompareTotalsReply { Result = ComparisonResult.ProviderMore, Text = $"机构多：中心{ours.RowCount}笔，机构{theirs.RowCount}笔" };
        var account = ours.AccountFen + (group.FamilyInsideAccount ? ours.FamilyAccountFen : 0);
        var differences = new List<string>(3);
        Differ("医疗费总额", ours.TotalFen, theirs.TotalFen);
        Differ("基金支付总额", ours.FundTotalFen, theirs.FundTotalFen);
        if (theirs.HasAccountFen) Differ("个人账户支付", account, theirs.AccountFen);
        return differences.Count == 0 ? new CompareTotalsReply { Result = ComparisonResult.Equal, Text = "对账平" }
            : new CompareTotalsReply { Result = ComparisonResult.Different, Text = $"金额不符：{string.Join("；", differences)}" };

        void Differ(string name, long centre, long provider)
        {
            if (centre != provider) differences.Add($"{name}中心{new Fen(centre)}，机构{new Fen(provider)}");
        }
    }
}
