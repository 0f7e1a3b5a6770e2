using System.Globalization;
using System.Net;
using System.Text;
using MedInsure.Kernel;
using MedInsure.Settlement.Ledger;
using MedInsure.Settlement.Pooling;

namespace MedInsure.Settlement.YearEndClose;

/// <summary>A year's final accounts, of a county from its ledger, of the city from what its counties told; as JSON, or as a page to print.</summary>
internal sealed record FinalStatement(string Tenant, string Name, int Year, string County, IReadOnlyList<PoolAccounts> Pools)
{
    public object Shown() => new { Tenant, Name, Year, County = County.Length > 0 ? County : null, Pools = Pools.Select(Shown) };

    private static object Shown(PoolAccounts p) => new
    {
        p.Pool, p.Carried, Opening = Yuan.Of(p.OpeningFen), Revenue = Of(p.RevenueFen, p.BudgetRevenueFen, p.Revenue), Expenditure = Of(p.ExpenditureFen, p.BudgetExpenditureFen, p.Expenditure),
        Transfers = Of(p.TransferFen, 0, p.Transfers), Closing = Yuan.Of(p.ClosingFen),
    };

    private static object Of(long total, long budget, IReadOnlyList<AccountsLine> lines) => new
    {
        Total = Yuan.Of(total), Budget = budget == 0 ? (decimal?)null : Yuan.Of(budget), Lines = lines.Select(l => new { l.Fund, l.Purpose, Amount = Yuan.Of(l.AmountFen) }),
    };

    public string Html()
    {
        var page = new StringBuilder($$"""
            <!DOCTYPE html><html lang="zh"><head><meta charset="utf-8"><title>{{Year}}年基金决算</title>
            <style>body{font-family:serif;margin:2em}table{border-collapse:collapse;width:100%;margin-bottom:2em}td,th{border:1px solid #000;padding:.2em .5em}td.n{text-align:right}@page{size:A4}</style></head>
            <body><h1>{{Text(Name)}} {{Year}}年医疗保险基金收支结余表</h1><p>单位：元{{(County.Length > 0 ? $"　统筹区：{Text(County)}" : "")}}</p>
            """);
        foreach (var pool in Pools)
        {
            page.Append(CultureInfo.InvariantCulture, $"<h2>{Text(pool.Pool)}{(pool.Carried ? "" : "（未结转）")}</h2><table><tr><th>项目</th><th>基金</th><th>决算数</th><th>预算数</th></tr>");
            Row("上年结余", "", pool.OpeningFen, null);
            Side("本年收入", pool.RevenueFen, pool.BudgetRevenueFen, pool.Revenue);
            Side("本年支出", pool.ExpenditureFen, pool.BudgetExpenditureFen, pool.Expenditure);
            Side("上解下拨净额", pool.TransferFen, 0, pool.Transfers);
            Row("年末结余", "", pool.ClosingFen, null);
            page.Append("</table>");
        }
        return page.Append("</body></html>").ToString();

        void Side(string title, long total, long budget, IReadOnlyList<AccountsLine> lines)
        {
            Row(title, "", total, budget);
            foreach (var line in lines) Row("　" + line.Purpose, line.Fund, line.AmountFen, null);
        }

        void Row(string title, string fund, long fen, long? budget) => page.Append(CultureInfo.InvariantCulture, $"<tr><td>{Text(title)}</td><td>{Text(fund)}</td><td class=\"n\">{Yuan.Of(fen):N2}</td><td class=\"n\">{(budget is { } b and not 0 ? Yuan.Of(b).ToString("N2", CultureInfo.InvariantCulture) : "")}</td></tr>");
    }

    private static string Text(string text) => WebUtility.HtmlEncode(text);
}

internal static class GetFinalAccounts
{
    /// <param name="county">At the city, one of its counties; empty: all of them.</param>
    public static async Task<Outcome<FinalStatement>> Query(LedgerPlace place, int year, string county, CancellationToken cancellation)
    {
        if (year is < 2000 or > 2100) return YearEndRefusals.YearInvalid;
        await using var connection = await place.Database.OpenConnectionAsync(cancellation);
        await using var snapshot = await connection.BeginTransactionAsync(System.Data.IsolationLevel.RepeatableRead, cancellation);
        var (flows, budgets) = (await FundFlows.Read(connection, place, county, cancellation), await FundApplication.Budgets(connection, null, county, year, cancellation));
        return new FinalStatement(place.Tenant.Code, place.Tenant.Name, year, county, FinalAccounts.Of(flows, year, budgets));
    }
}
