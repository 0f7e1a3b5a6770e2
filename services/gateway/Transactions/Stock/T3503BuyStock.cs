using MedInsure.Gateway.Calls;
using MedInsure.Gateway.Fields;
using MedInsure.Gateway.Transactions.Shapes;
using MedInsure.Kernel;

namespace MedInsure.Gateway.Transactions.Stock;

/// <summary>Purchases. The same number with the same content again records nothing more.</summary>
public sealed class T3503BuyStock : Transaction
{
    private static readonly Node Movements = StockShape.PurchaseRows();

    public override IReadOnlyList<string> Numbers => ["3503"];
    public override string Title => "商品采购";
    public override string Service => "goodsService";
    public override IReadOnlyList<Node> Nodes => [Movements];
    public override bool IsCommand => true;

    public override Task<Refusal?> Answer(Call call) => StockShape.Record(call, call.Input.Rows(Movements).Select(row => StockShape.Purchase("purchase", row)));
}
