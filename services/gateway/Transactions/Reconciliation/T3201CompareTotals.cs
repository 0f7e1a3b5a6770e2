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
        VisitShape.Insutype, C("clr_type", "清算类别", 6, Codes.ClearingType), C("setl_optins", "结算经办机构", 6),
        Day("stmt_begndate", "对账开始日期").Y, Day("stmt_enddate", "对账结束日期").Y,
        Money("medfee_sumamt", "医疗费总额").Y.OrNegative, Money("fund_pay_sumamt", "基金支付总额").Y.OrNegative, Money("acct_pay", "个人账户支付金额").Y.OrNegative,
        N("fixmedins_setl_cnt", "定点医药机构结算笔数", 10).Y, C("refd_setl_flag", "退费结算标志", 3, Codes.YesNo));

    public override IReadOnlyList<string> Numbers => ["3201"];
    public override string Title => "医药机构费用结算对总账";
    public override string Service => "ybSettlementStmtService";
    public override IReadOnlyList<Node> Nodes => [Data];
    public override string OutputNodes => "stmtinfo{setl_optins, stmt_rslt, stmt_rslt_dscr}";

    public override async Task<Refusal?> Answer(Call call)
    {
        var data = call.Input.One(Data);
        if (data.DayNumberOf("stmt_enddate") < data.DayNumberOf("stmt_begndate")) return GatewayRefusals.DaysReversed.At("stmt_enddate");
        // The clearing office is the home county that settled: the one named here, else where the envelope points.
        var office = data.Has("setl_optins") ? data.Text("setl_optins") : call.HomeCounty;
        if (call.Tenants.Find(office) is not { IsCity: false }) return GatewayRefusals.UnknownCounty(office).At("setl_optins");

        var ours = await call.Ask(office, o => call.Backends.Settlement.SumSettlementsAsync(new SumSettlementsRequest
        {
            FixmedinsCode = call.Envelope.FixmedinsCode,
            Insutype = data.Text("insutype"),
            ClearingType = data.Text("clr_type"),
            FromOn = data.DayNumberOf("stmt_begndate"),
            ToOn = data.DayNumberOf("stmt_enddate"),
            RefdSetlFlag = data.Text("refd_setl_flag"),
        }, o));

        var (result, text) = Compare(call, ours, data);
        call.Output.WriteStartObject("stmtinfo");
        call.Output.WriteString("setl_optins", office);
        call.Output.WriteString("stmt_rslt", result);
        call.Output.WriteString("stmt_rslt_dscr", text);
        call.Output.WriteEndObject();
        return null;
    }

    private static (string Result, string Text) Compare(Call call, SumSettlementsReply ours, Row theirs)
    {
        var count = theirs.Whole("fixmedins_setl_cnt");
        if (ours.RowCount > count) return ("1", $"中心多：中心{ours.RowCount}笔，机构{count}笔");
        if (ours.RowCount < count) return ("2", $"机构多：中心{ours.RowCount}笔，机构{count}笔");
        var differences = new List<string>(3);
        Differ("医疗费总额", ours.TotalFen, theirs.Fen("medfee_sumamt"));
        Differ("基金支付总额", ours.FundTotalFen, theirs.Fen("fund_pay_sumamt"));
        Differ("个人账户支付", call.AccountPay(ours.AccountFen, ours.FamilyAccountFen), theirs.Fen("acct_pay"));
        return differences.Count == 0 ? ("0", "对账平") : ("3", $"金额不符：{string.Join("；", differences)}");

        void Differ(string name, long centreFen, Fen provider)
        {
            if (centreFen != provider.Value) differences.Add($"{name}中心{new Fen(centreFen)}，机构{provider}");
        }
    }
}
