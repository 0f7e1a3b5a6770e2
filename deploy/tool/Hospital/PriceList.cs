using System.Globalization;
using System.Text.Json;

namespace MedInsure.Tool.Hospital;

/// <summary>What a hospital of one city sells: the city's catalog as 1312 and 1318 give it, with prices of the hospital's own.</summary>
public sealed class PriceList
{
    private const int PageSize = 500;

    private PriceList(IReadOnlyList<PricedItem> all)
    {
        All = all;
        Drugs = [.. all.Where(i => i.ListType is "101" or "102")];
        Services = [.. all.Where(i => i.ChargeType is "02" or "03" or "04" or "05")];
        Ward = [.. all.Where(i => i.ChargeType is "01" or "05" or "07")];
        Operations = [.. all.Where(i => i.ChargeType is "06" or "08")];
    }

    public IReadOnlyList<PricedItem> All { get; }
    public IReadOnlyList<PricedItem> Drugs { get; }
    public IReadOnlyList<PricedItem> Services { get; }
    public IReadOnlyList<PricedItem> Ward { get; }
    public IReadOnlyList<PricedItem> Operations { get; }

    public static async Task<PriceList> Download(GatewayClient client, RunProvider provider)
    {
        var ceilings = new Dictionary<string, decimal>();
        await foreach (var row in Pages(client, provider, "1318"))
            if (decimal.TryParse(GatewayAnswer.Text(row, "hilist_pric_uplmt_amt"), CultureInfo.InvariantCulture, out var ceiling)) ceilings[GatewayAnswer.Text(row, "hilist_code")] = ceiling;
        var items = new List<PricedItem>();
        await foreach (var row in Pages(client, provider, "1312"))
        {
            var code = GatewayAnswer.Text(row, "hilist_code");
            items.Add(new PricedItem(code, GatewayAnswer.Text(row, "list_type"), GatewayAnswer.Text(row, "med_chrgitm_type"), Price(code, GatewayAnswer.Text(row, "med_chrgitm_type"), ceilings.GetValueOrDefault(code))));
        }
        return items.Count > 0 ? new PriceList([.. items.DistinctBy(i => i.Code).OrderBy(i => i.Code, StringComparer.Ordinal)]) : throw new ToolException($"1312: the catalog of {provider.County} is empty");
    }

    private static async IAsyncEnumerable<JsonElement> Pages(GatewayClient client, RunProvider provider, string infno)
    {
        for (var page = 1; ; page++)
        {
            var answer = await client.Call(provider, infno, new
            {
                data = new { query_date = client.Today.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture), insu_admdvs = provider.County, vali_flag = "1", updt_time = "2000-01-01 00:00:00", page_num = page, page_size = PageSize },
            });
            if (!answer.Accepted) throw new ToolException($"{infno} page {page}: {answer.Message}");
            foreach (var row in answer.Output.GetProperty("data").EnumerateArray()) yield return row;
            // 1318 answers up to four rows per catalog row: its pages say when it is the last, not its rows.
            if (!int.TryParse(GatewayAnswer.Text(answer.Output, "pages"), out var pages) || page >= pages) yield break;
        }
    }

    /// <summary>Around the ceiling where there is one (a third of the prices lie above it), else what such things cost. Depends on the code alone.</summary>
    private static decimal Price(string code, string chargeType, decimal ceiling)
    {
        var hash = 17u;
        foreach (var c in code) hash = unchecked(hash * 31 + c);
        var part = hash % 1000 / 1000m;
        if (ceiling is > 0 and < 999_999) return Math.Max(0.01m, decimal.Round(ceiling * (0.8m + 0.3m * part), 2));
        var (from, to) = chargeType switch
        {
            "09" or "11" => (2m, 160m), "10" => (0.05m, 6m), "02" => (5m, 30m), "03" => (40m, 700m), "04" => (4m, 150m), "05" => (3m, 260m),
            "06" => (400m, 5_200m), "01" or "07" => (12m, 150m), "08" => (2m, 2_400m), _ => (5m, 90m),
        };
        return decimal.Round(from + (to - from) * part * part, 2);
    }
}

/// <param name="Price">Yuan.</param>
public sealed record PricedItem(string Code, string ListType, string ChargeType, decimal Price);
