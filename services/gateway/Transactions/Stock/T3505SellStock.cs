using MedInsure.Gateway.Calls;
using MedInsure.Gateway.Fields;
using MedInsure.Gateway.Transactions.Shapes;
using MedInsure.Kernel;

namespace MedInsure.Gateway.Transactions.Stock;

/// <summary>Sales, insured or not, with the packs' trace codes. The same number with the same content again records nothing more.</summary>
public sealed class T3505SellStock : Transaction
{
    private static readonly Node Movements = StockShape.SaleRows();

    public override IReadOnlyList<string> Numbers => ["3505"];
    public override string Title => "商品销售";
    public override string Service => "goodsService";
    public override IReadOnlyList<Node> Nodes => [Movements];
    public override bool IsCommand => true;

    public override Task<Refusal?> Answer(Call call) => StockShape.Record(call, call.Input.Rows(Movements).Select(row => StockShape.Sale("sale", row)));
}
