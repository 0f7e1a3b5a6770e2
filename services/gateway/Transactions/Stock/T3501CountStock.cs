using MedInsure.Gateway.Calls;
using MedInsure.Gateway.Fields;
using MedInsure.Gateway.Transactions.Shapes;
using MedInsure.Kernel;
using MedInsure.Protos.FraudAudit.V1;
using static MedInsure.Gateway.Fields.FieldNotation;

namespace MedInsure.Gateway.Transactions.Stock;

/// <summary>A count of the stock by batch. The same number with the same content again records nothing more.</summary>
public sealed class T3501CountStock : Transaction
{
    private static readonly Node Movements = StockShape.Rows("invinfo", "盘存信息", Time("invdate", "盘存日期").Y, N("inv_cnt", "库存数量", 16, 2).Y, StockShape.Lot);

    public override IReadOnlyList<string> Numbers => ["3501"];
    public override string Title => "商品盘存上传";
    public override string Service => "goodsService";
    public override IReadOnlyList<Node> Nodes => [Movements];
    public override bool IsCommand => true;

    public override Task<Refusal?> Answer(Call call) => StockShape.Record(call, call.Input.Rows(Movements).Select(Count));

    // inv_cnt has two decimals, quantities four.
    private static StockMovement Count(Row row)
    {
        var movement = StockShape.Movement("count", row, "inv_cnt", "invdate");
        (movement.QuantityE4, movement.Lot) = (movement.QuantityE4 * 100, row.Text("manu_lotnum"));
        return movement;
    }
}
