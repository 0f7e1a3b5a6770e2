using MedInsure.Gateway.Calls;
using MedInsure.Gateway.Fields;
using MedInsure.Gateway.Transactions.Shapes;
using MedInsure.Kernel;

namespace MedInsure.Gateway.Transactions.Pharmacy;

/// <summary>Settles a pharmacy sale.</summary>
public sealed class T2102SettleSale : Transaction
{
    private static readonly Node Sale = SaleShape.Sale();
    private static readonly Node Lines = FeeShape.OfSale();
    private static readonly Node TraceCodes = ClaimShape.TraceCodes();

    public override IReadOnlyList<string> Numbers => ["2102"];
    public override string Title => "药店结算";
    public override string Service => "pharmacySettleService";
    public override IReadOnlyList<Node> Nodes => [Sale, Lines, TraceCodes];
    public override string OutputNodes => SettlementShape.Nodes;
    public override bool CreatesCost => true;
    public override bool IsCommand => true;

    public override async Task<Refusal?> Answer(Call call)
    {
        if (FeeShape.WithinRange(Lines, call.Input.Rows(Lines)) is { } refusal) return refusal;
        var request = SaleShape.Request(call, call.Input.One(Sale), call.Input.Rows(Lines));
        ClaimShape.AddTraceCodes(request, call.Input.Rows(TraceCodes));
        SettlementShape.Write(call, await call.Ask(o => call.Backends.Settlement.SettleClaimAsync(request, o)));
        return null;
    }
}
