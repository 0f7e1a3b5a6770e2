using MedInsure.Gateway.Calls;
using MedInsure.Gateway.Fields;
using MedInsure.Gateway.Transactions.Shapes;
using MedInsure.Kernel;
using MedInsure.Protos.Settlement.V1;
using static MedInsure.Gateway.Fields.FieldNotation;

namespace MedInsure.Gateway.Transactions.Reversal;

/// <summary>Reverses a message whose outcome the sender does not know, by its msgid.</summary>
public sealed class T2601ReverseRequest : Transaction
{
    private static readonly Node Data = Node.One("data", "冲正信息", VisitShape.PsnNo.Y, C("omsgid", "原发送方报文ID", 30).Y, C("oinfno", "原交易编号", 6, Codes.Reversible).Y);

    public override IReadOnlyList<string> Numbers => ["2601"];
    public override string Title => "冲正交易";
    public override string Service => "reverseService";
    public override IReadOnlyList<Node> Nodes => [Data];
    public override bool IsCommand => true;

    public override async Task<Refusal?> Answer(Call call)
    {
        var data = call.Input.One(Data);
        await call.Ask(o => call.Backends.Settlement.ReverseRequestAsync(new ReverseRequestRequest
        {
            Key = call.Key(),
            FixmedinsCode = call.Envelope.FixmedinsCode,
            PsnNo = data.Text("psn_no"),
            OriginalMessageId = data.Text("omsgid"),
            OriginalTransaction = data.Text("oinfno"),
        }, o));
        return null;
    }
}
