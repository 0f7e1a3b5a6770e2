using MedInsure.Gateway.Calls;
using MedInsure.Gateway.Fields;
using MedInsure.Kernel;
using MedInsure.Protos.FraudAudit.V1;
using static MedInsure.Gateway.Fields.FieldNotation;

namespace MedInsure.Gateway.Transactions.Audit;

/// <summary>What the doctor did about results of 3101 and 3102 (dspo_way 1: the order stays, 2: it is changed or withdrawn), and why. The same message again records nothing more.</summary>
public sealed class T3103RecordFeedback : Transaction
{
    private static readonly Node Warns = Node.Many("warns", "处理数据集合", 500,
        C("warn_rslt_id", "违规标识", 50).Y, C("dspo_way", "处理方式", 3).Y, C("dspo_way_rea", "处理原因", 500));
    private static readonly Node Data = Node.One("data", "反馈信息", C("warn_type", "反馈类型", 3)).With(Warns);

    public override IReadOnlyList<string> Numbers => ["3103"];
    public override string Title => "事前事中审核结果反馈";
    public override string Service => "riskConService";
    public override IReadOnlyList<Node> Nodes => [Data];
    public override bool IsCommand => true;

    public override async Task<Refusal?> Answer(Call call)
    {
        var data = call.Input.One(Data);
        var request = new RecordFeedbackRequest
        {
            FixmedinsCode = call.Envelope.FixmedinsCode,
            MessageId = call.Envelope.Msgid,
            Operator = call.Envelope.Operator,
        };
        foreach (var row in data.Rows(Warns)) request.Feedback.Add(new Feedback { FindingNo = row.Text("warn_rslt_id"), Choice = row.Text("dspo_way"), Reason = row.Text("dspo_way_rea") });
        await call.Ask(o => call.Backends.FraudAudit.RecordFeedbackAsync(request, o));
        return null;
    }
}
