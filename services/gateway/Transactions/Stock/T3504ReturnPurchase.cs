using MedInsure.Gateway.Calls;
using MedInsure.Gateway.Fields;
using MedInsure.Gateway.Transactions.Shapes;
using MedInsure.Kernel;

namespace MedInsure.Gateway.Transactions.Stock;

/// <summary>What went back to the supplier. The same number with the same content again records nothing more.</summary>
public sealed class T3504ReturnPurchase : Transaction
{
    private static readonly Node Movements = StockShape.PurchaseRows();

    public override IReadOnlyList<string> Numbers => ["3504"];
    public override string Title => "商品采购退货";
    public override string Service => "goodsService";
    public override IReadOnlyList<Node> Nodes => [Movements];
    public override bool IsCommand => true;

    public override Task<Refusal?> Answer(Call call) => StockShape.Record(call, call.Input.Rows(Movements).Select(row => StockShape.Purchase("purchase_return", row)));
}
