using MedInsure.Gateway.Calls;
using MedInsure.Gateway.Fields;
using MedInsure.Gateway.Transactions.Shapes;
using MedInsure.Kernel;
using MedInsure.Protos.Settlement.V1;
using static MedInsure.Gateway.Fields.FieldNotation;

namespace MedInsure.Gateway.Transactions.Reconciliation;

/// <summary>A provider claims a month of its agency; its figures must be the platform's. med_sumfee repeats medfee_sumamt in some systems: compared when it is given.</summary>
public sealed class T3203ApplyForClearing : Transaction
{
    private static readonly Node Data = Node.One("data", "清算申请信息",
        ReconciliationShape.ClearingType.Y, C("clr_way", "清算方式", 6), ApplicationShape.Month.Y, N("psntime", "人次", 6).Y,
        Money("medfee_sumamt", "医疗费总额").Y.OrNegative, Money("med_sumfee", "医保认可费用总额").OrNegative, Money("fund_appy_sum", "基金申请总额").Y.OrNegative,
        Money("cash_payamt", "现金支付金额").Y.OrNegative, Money("acct_pay", "个人账户支付金额").Y.OrNegative, Day("begndate", "开始日期"), Day("enddate", "结束日期"), ApplicationShape.ClearingOffice);

    public override IReadOnlyList<string> Numbers => ["3203"];
    public override string Title => "清算申请";
    public override string Service => "ybSettlementStmtService";
    public override IReadOnlyList<Node> Nodes => [Data];
    public override string OutputNodes => "result{clr_appy_evt_id, … as 3205A}";
    public override bool IsCommand => true;

    public override async Task<Refusal?> Answer(Call call)
    {
        var data = call.Input.One(Data);
        if (ApplicationShape.CheckOffice(call, data) is { } elsewhere) return elsewhere;
        var month = ApplicationShape.MonthOf(data);
        if (month < 0) return GatewayRefusals.MonthMalformed;
        if (data.Has("med_sumfee") && data.Fen("med_sumfee") != data.Fen("medfee_sumamt")) return GatewayRefusals.TotalsDisagree("医保认可费用总额", "med_sumfee");
        var application = await call.Ask(call.Provider.County, o => call.Backends.Settlement.ApplyForStatementAsync(new ApplyForStatementRequest
        {
            FixmedinsCode = call.Envelope.FixmedinsCode,
            RequestNo = call.Envelope.Msgid,
            ClrType = data.Text("clr_type"),
            ClrWay = data.Text("clr_way"),
            Month = month,
            BeginOn = data.DayNumberOf("begndate"),
            EndOn = data.DayNumberOf("enddate"),
            PersonTimes = data.Whole("psntime"),
            TotalFen = data.Fen("medfee_sumamt").Value,
            FundTotalFen = data.Fen("fund_appy_sum").Value,
            CashFen = data.Fen("cash_payamt").Value,
            AccountFen = data.Fen("acct_pay").Value,
            AccountWithFamily = call.FamilyInsideAccount,
            AppliedBy = call.Envelope.Operator,
        }, o));
        ApplicationShape.Write(call, application);
        return null;
    }
}
