using MedInsure.Gateway.Calls;
using MedInsure.Gateway.Fields;
using MedInsure.Gateway.Transactions.Shapes;
using MedInsure.Kernel;
using MedInsure.Protos.FraudAudit.V1;
using static MedInsure.Gateway.Fields.FieldNotation;

namespace MedInsure.Gateway.Transactions.Stock;

/// <summary>What came or went otherwise than bought or sold: moved, found, lost, destroyed. The same number with the same content again records nothing more.</summary>
public sealed class T3502ChangeStock : Transaction
{
    private static readonly Node Movements = StockShape.Rows("invinfo", "库存变更信息",
        C("inv_chg_type", "库存变更类型", 6).Y, N("pric", "单价", 16, 6), N("cnt", "数量", 16, 4).Y, Time("inv_chg_time", "库存变更时间").Y);

    public override IReadOnlyList<string> Numbers => ["3502"];
    public override string Title => "商品库存变更";
    public override string Service => "goodsService";
    public override IReadOnlyList<Node> Nodes => [Movements];
    public override bool IsCommand => true;

    public override Task<Refusal?> Answer(Call call) => StockShape.Record(call, call.Input.Rows(Movements).Select(Change));

    private static StockMovement Change(Row row)
    {
        var movement = StockShape.Movement("change", row, "cnt", "inv_chg_time", "pric");
        movement.ChangeType = row.Text("inv_chg_type");
        return movement;
    }
}
