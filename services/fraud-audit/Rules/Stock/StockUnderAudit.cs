using MedInsure.Kernel;
using MedInsure.Protos.FraudAudit.V1;
using MedInsure.Reference;

namespace MedInsure.FraudAudit.Rules.Stock;

/// <summary>What a provider could have sold of an item.</summary>
/// <param name="From">yyyyMMdd: first day that it is known of; 0 = the stock is not known, sold against bought cannot be judged.</param>
/// <param name="OpeningE4">When that day began: the last count and the movements since; not below zero.</param>
/// <param name="NetInE4">From then to the month's end, sales and their returns left out.</param>
/// <param name="EverIn">Whether any count, purchase or other movement ever brought it in.</param>
/// <param name="HighestPriceMicroYuan">Of purchases within the price window; 0 = none is known.</param>
internal sealed record StockOfItem(int From, long OpeningE4, long NetInE4, bool EverIn, long HighestPriceMicroYuan);

/// <param name="FirstOn">The first day that it told anything of, yyyyMMdd.</param>
/// <param name="UnnamedIds">Its own numbers of goods that it told of without a national code.</param>
internal sealed record StockOfProvider(int FirstOn, IReadOnlyDictionary<string, StockOfItem> Items, IReadOnlySet<string> UnnamedIds);

/// <summary>A sale of a whole pack.</summary>
/// <param name="Claim">Null: told by a provider's stock only.</param>
/// <param name="On">yyyyMMdd.</param>
internal sealed record TraceSale(AuditClaim? Claim, AuditLine? Line, string FixmedinsCode, int On);

/// <param name="Sales">The bills by the time of settlement, then what stock tells of elsewhere.</param>
internal sealed record TraceCodeSales(string Code, IReadOnlyList<TraceSale> Sales);

/// <param name="from">The month's first day, yyyyMMdd.</param>
/// <param name="bills">Standing bills settled in the month by providers that told of their stock, by the time of settlement.</param>
/// <param name="sales">Codes sold in the month that were sold otherwise too.</param>
internal sealed class StockUnderAudit(int from, int to, IReadOnlyList<AuditClaim> bills, IReadOnlyDictionary<string, StockOfProvider> providers, IReadOnlyList<TraceCodeSales> sales, CityReference reference)
{
    public int From => from;
    public int To => to;
    public IReadOnlyDictionary<string, StockOfProvider> Providers => providers;
    public IReadOnlyList<TraceCodeSales> Sales => sales;
    public CityReference Reference => reference;
    public List<Violation> Found { get; } = [];

    /// <summary>Net lines of the month by provider and item, of the kinds of goods given.</summary>
    public IEnumerable<SoldItem> Sold(IReadOnlyList<string> listTypes) =>
        from bill in bills
        where providers.ContainsKey(bill.FixmedinsCode)
        from line in NetLines.Of(bill.Line)
        where listTypes.Contains(line.ListType)
        group (bill, line) by (bill.FixmedinsCode, line.MedListCode) into sold
        orderby sold.Key.FixmedinsCode, sold.Key.MedListCode
        select new SoldItem(sold.Key.FixmedinsCode, sold.Key.MedListCode, providers[sold.Key.FixmedinsCode], [.. sold]);

    /// <summary>About an item of a provider: the last bill of it carries the money, the others stand beside it.</summary>
    public void Find(StockRule rule, SoldItem sold, IReadOnlyList<(AuditClaim Bill, AuditLine Line)> about, long inScopeFen, string text, string textEn)
    {
        var last = about[^1].Bill;
        Found.Add(new Violation(rule.Number, $"{sold.Item}:{from / 100}", last, [.. about.Where(a => a.Bill.SetlId == last.SetlId).Select(a => a.Line)], inScopeFen, text, textEn,
            [.. about.Select(a => a.Bill).Where(b => b.SetlId != last.SetlId).DistinctBy(b => b.SetlId).Reverse().Take(EarlierMax)]));
    }

    /// <summary>Enough to begin with; the rest is the provider's month.</summary>
    private const int EarlierMax = 50;
}

/// <summary>What was billed of an item by a provider in the month, net, by the time of settlement.</summary>
internal sealed record SoldItem(string FixmedinsCode, string Item, StockOfProvider Provider, IReadOnlyList<(AuditClaim Bill, AuditLine Line)> Lines)
{
    public StockOfItem? Stock => Provider.Items.GetValueOrDefault(Item);
    public string Name => Lines[0].Line.ItemName is { Length: > 0 } name ? name : Item;

    /// <summary>The provider told of the goods, only not under the national code: nothing can be said of them.</summary>
    public bool IsUnnamed => Lines.Any(l => Provider.UnnamedIds.Contains(l.Line.ProviderListCode));
}
