using MedInsure.Gateway.Calls;
using MedInsure.Gateway.Fields;
using MedInsure.Gateway.Transactions.Shapes;
using MedInsure.Kernel;
using MedInsure.Protos.FraudAudit.V1;

namespace MedInsure.Gateway.Transactions.Audit;

/// <summary>What a doctor is about to order (事前), before the order is given. The audit rules of the home county answer from memory; what each result is answered with, 3103 says.</summary>
public sealed class T3101CheckOrders : Transaction
{
    private static readonly CheckShape Shape = new();

    public override IReadOnlyList<string> Numbers => ["3101"];
    public override string Title => "明细审核事前分析";
    public override string Service => "riskConService";
    public override IReadOnlyList<Node> Nodes => [Shape.Data];
    public override string OutputNodes => "result[]{jr_id, rule_id, vola_cont, …, judge_result_detail_dtos[]}";

    public override Task<Refusal?> Answer(Call call) => Shape.Answer(call, CheckStage.Before);
}
