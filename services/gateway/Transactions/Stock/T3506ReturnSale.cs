using MedInsure.Gateway.Calls;
using MedInsure.Gateway.Fields;
using MedInsure.Gateway.Transactions.Shapes;
using MedInsure.Kernel;

namespace MedInsure.Gateway.Transactions.Stock;

/// <summary>What was brought back. The same number with the same content again records nothing more.</summary>
public sealed class T3506ReturnSale : Transaction
{
    private static readonly Node Movements = StockShape.SaleRows();

    public override IReadOnlyList<string> Numbers => ["3506"];
    public override string Title => "商品销售退货";
    public override string Service => "goodsService";
    public override IReadOnlyList<Node> Nodes => [Movements];
    public override bool IsCommand => true;

    public override Task<Refusal?> Answer(Call call) => StockShape.Record(call, call.Input.Rows(Movements).Select(row => StockShape.Sale("sale_return", row)));
}
