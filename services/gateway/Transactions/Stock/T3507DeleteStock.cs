using MedInsure.Gateway.Calls;
using MedInsure.Gateway.Fields;
using MedInsure.Kernel;
using MedInsure.Protos.FraudAudit.V1;
using static MedInsure.Gateway.Fields.FieldNotation;

namespace MedInsure.Gateway.Transactions.Stock;

/// <summary>Takes movements back by their number: they no longer count, and the number may be used again.</summary>
public sealed class T3507DeleteStock : Transaction
{
    private static readonly Node Data = Node.One("data", "删除信息", C("fixmedins_bchno", "定点医药机构批次流水号", 30).Y, C("inv_data_type", "进销存数据类型", 30, Codes.StockDataType).Y);

    public override IReadOnlyList<string> Numbers => ["3507"];
    public override string Title => "商品信息删除";
    public override string Service => "goodsService";
    public override IReadOnlyList<Node> Nodes => [Data];
    public override bool IsCommand => true;

    public override async Task<Refusal?> Answer(Call call)
    {
        var data = call.Input.One(Data);
        var request = new DeleteStockMovementRequest { FixmedinsCode = call.Envelope.FixmedinsCode, Operator = call.Envelope.Operator, FixmedinsBchno = data.Text("fixmedins_bchno"), DataType = data.Text("inv_data_type") };
        await call.Ask(call.Provider.County, o => call.Backends.FraudAudit.DeleteStockMovementAsync(request, o));
        return null;
    }
}
